"""Trouble of the workloads: load, crashes, failing probes and lost images that somebody planted.

Nothing here acts. The kubelet, the metrics and the autoscalers ask what is planted for a pod, and are
told when that changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.images import Image, find_image
from bot.demo.kubernetes.kinds import PODS
from bot.demo.kubernetes.objects import Obj, is_ready, is_terminating, labels_of, namespace_of
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.selectors import Requirement, matches, parse_labels
from bot.demo.kubernetes.store import Store

_IDLE_CPU = Decimal("0.001")
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Ailment:
    """Something planted on the pods of a namespace that a label selector finds."""

    kind: str
    spec: Obj
    planted: float = field(compare=False)

    @property
    def namespace(self) -> str:
        return str(self.spec.get("namespace", "default"))

    @cached_property
    def _requirements(self) -> list[Requirement]:
        return parse_labels(self.spec.get("selector", ""))

    def concerns(self, pod: Obj) -> bool:
        return namespace_of(pod) == self.namespace and matches(self._requirements, labels_of(pod))


class Trouble:
    """All that is planted on workloads now."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._ailments: list[Ailment] = []
        self._listeners: list[Callable[[], None]] = []
        self._counted: tuple[int, dict[tuple[str, ...], int]] = (0, {})

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Be told whenever what is planted changes."""
        self._listeners.append(listener)

    def plant(self, spec: Obj) -> None:
        """Plant one; what was planted in the same place before gives way to it."""
        place = _place(spec)
        self._ailments = [one for one in self._ailments if _place(one.spec) != place]
        self._ailments.append(Ailment(spec["fault"], spec, self._clock.monotonic()))
        self._tell()

    def clear(self) -> None:
        self._ailments.clear()
        self._tell()

    def shown(self) -> list[Obj]:
        return [one.spec for one in self._ailments]

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _of(self, kind: str, pod: Obj) -> list[Ailment]:
        return [one for one in self._ailments if one.kind == kind and one.concerns(pod)]

    # what is asked

    def exists(self, image: Image) -> bool:
        """Tell whether the registry has an image."""
        gone = {
            find_image(one.spec["image"]).reference for one in self._ailments if one.kind == "missing-image"
        }
        return image.exists and image.reference not in gone

    def crash(self, pod: Obj, since: float) -> tuple[float, int, str] | None:
        """Tell when a program that runs since then is to crash, with which code and which last words."""
        found = [
            (
                max(one.planted, since) + one.spec["seconds"],
                int(one.spec.get("code", 1)),
                _last_words(one.spec),
            )
            for one in self._of("crash", pod)
        ]
        return min(found, default=None)

    def fails(self, pod: Obj, probe: str) -> bool:
        """Tell whether a probe of a pod is to fail, whatever the program says."""
        return any(one.spec.get("probe", "readiness") == probe for one in self._of("probe", pod))

    def cpu(self, pod: Obj, container: Obj) -> Decimal:
        """Tell how many cores a container uses: its share of the work that comes in, up to its limit."""
        used = _IDLE_CPU
        for one in self._of("load", pod):
            share = parse_quantity(one.spec.get("cpu", "0")) / max(1, self._served_by(one))
            used += share / max(1, len(pod["spec"]["containers"]))
        limit = ((container.get("resources") or {}).get("limits") or {}).get("cpu")
        return min(used, parse_quantity(limit)) if limit else used

    def _served_by(self, load: Ailment) -> int:
        """Count the pods that a load is shared among; once for every state of the cluster."""
        if self._counted[0] != self._store.version:
            self._counted = (self._store.version, {})
        place = _place(load.spec)
        if place not in self._counted[1]:
            pods = self._store.each(PODS, load.namespace)
            self._counted[1][place] = sum(1 for pod in pods if load.concerns(pod) and _serves(pod))
        return self._counted[1][place]

    def memory(self, pod: Obj, container: Obj, *, scripted: bool = False) -> int:
        """Tell how many bytes a container fills: what its image does, and what every pod is made to hold."""
        planted = sum(int(parse_quantity(one.spec.get("memory", "0"))) for one in self._of("load", pod))
        return planted + (_MEBIBYTE if scripted else find_image(container["image"]).memory)


def _place(spec: Obj) -> tuple[str, ...]:
    keys = ("fault", "namespace", "selector", "probe", "image")
    return tuple(str(spec.get(key, "")) for key in keys)


def _last_words(spec: Obj) -> str:
    return str(spec.get("says", "{time} FATAL planted crash"))


def _serves(pod: Obj) -> bool:
    return is_ready(pod) and not is_terminating(pod)
