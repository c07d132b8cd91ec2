"""What every workload has: containers in a template, pods that are its own, and what is wrong with those."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.describe.answer import Fact, ports
from bot.domain.message import Text
from bot.domain.model import Json
from bot.domain.rollouts.snapshot import PodTrouble, pod_troubles, short_image
from bot.domain.troubles import causes


def images(spec: Json) -> str:
    """The images of a pod's spec, short, for a headline."""
    return ", ".join(short_image(one.get("image", "")) for one in spec.get("containers") or ())


def containers(spec: Json) -> list[Fact]:
    """Images, ports and the names of variables; never their values."""
    found = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return [fact for one in found for fact in _container(one)]


def own(found: Json, pods: Iterable[Json]) -> list[Json]:
    """Of the pods those that it controls itself."""
    uid = found["metadata"].get("uid")
    return [
        pod for pod in pods
        if any(owner.get("uid") == uid for owner in pod["metadata"].get("ownerReferences") or ())
    ]  # fmt: skip


def wrong(pods: Iterable[Json], now: float) -> tuple[Text, ...]:
    """Each cause once, with how many pods have it."""
    troubles: list[PodTrouble] = [bad for pod in pods for bad in pod_troubles(pod, None, now)]
    return causes(troubles)


def _container(container: Json) -> list[Fact]:
    name = container["name"]
    variables = ", ".join(variable["name"] for variable in container.get("env") or ())
    return [
        (f"{name}: image", container.get("image", "")),
        (f"{name}: ports", ports(container)),
        (f"{name}: env", variables),
    ]
