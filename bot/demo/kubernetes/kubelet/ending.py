"""Ends that a program does not come to by itself: its memory runs out, or somebody planted a crash."""

from typing import TYPE_CHECKING

from bot.demo.kubernetes.kubelet.instance import Instance
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.shell import Script

if TYPE_CHECKING:
    from bot.demo.kubernetes.kubelet.container import ContainerRun

_FILLING = 1.0  # seconds a program takes to fill its memory
_KILLED = 137

End = tuple[float, int, str, str]  # in how many real seconds, with which code, why, and its last words


def planted_end(container: "ContainerRun", instance: Instance) -> End | None:
    """Find the first of them; None when nothing is in store for the program."""
    kubelet, pod = container.pod.kubelet, container.pod.pod
    found = []
    if _memory_used(container, instance) > _memory_bound(container):
        found.append((instance.at + _FILLING, _KILLED, "OOMKilled", ""))
    if (crash := kubelet.trouble.crash(pod, instance.at)) is not None:
        moment, code, words = crash
        found.append((moment, code, "Error" if code else "Completed", words))
    if not found:
        return None
    moment, code, reason, words = min(found)
    return max(0.0, moment - kubelet.clock.monotonic()) * kubelet.clock.pace, code, reason, words


def _memory_used(container: "ContainerRun", instance: Instance) -> int:
    scripted = isinstance(instance.program, Script)
    return container.pod.kubelet.trouble.memory(container.pod.pod, container.spec, scripted=scripted)


def _memory_bound(container: "ContainerRun") -> int:
    """Tell what a container may fill: its limit, or else all that its node has."""
    limit = ((container.spec.get("resources") or {}).get("limits") or {}).get("memory")
    return int(parse_quantity(limit)) if limit else container.pod.kubelet.node_memory(container.pod.node)
