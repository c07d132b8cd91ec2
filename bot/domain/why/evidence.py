"""All that was read about one object at one moment; from here on nothing is asked of the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from bot.domain.ages import parse_time
from bot.domain.happenings import Happening
from bot.domain.loglines import status_of
from bot.domain.model import Frozen, Json
from bot.domain.records import Made
from bot.domain.resources import NODES, ObjectRef
from bot.domain.rollouts import FOLLOWED, assess, newest, snapshot
from bot.domain.rollouts.snapshot import (
    PodTrouble,
    Trouble,
    is_ready,
    pod_troubles,
    template_of,
)
from bot.domain.why.config import Config

_FORGIVEN = 600.0
"""Seconds of running after which the kubelet, too, counts earlier crashes no more."""


class Words(Frozen):
    """The last lines of a container that crashed, without secrets."""

    pod: str
    container: str
    text: str


class Unseen(Frozen):
    """What could not be looked at, and why, in a few words."""

    what: str
    why: str


class Snapshot(Frozen):
    """One object with what belongs to it. What was not read, or could not be, is empty."""

    ref: ObjectRef
    target: Json
    now: float
    sets: tuple[Json, ...] = ()
    """Its own ReplicaSets."""
    jobs: tuple[Json, ...] = ()
    """The Jobs of a CronJob, the newest first."""
    pods: tuple[Json, ...] = ()
    """Its own pods; of a service those it selects, of a node those on it."""
    revisions: tuple[Json, ...] = ()
    """The ControllerRevisions of a StatefulSet or DaemonSet."""
    events: tuple[Happening, ...] = ()
    autoscalers: tuple[Json, ...] = ()
    budgets: tuple[Json, ...] = ()
    nodes: tuple[Json, ...] = ()
    """Those under pods that are not well, and those that are cordoned."""
    claims: tuple[Json, ...] | None = None
    """None where they were not read: then none is missing."""
    quotas: tuple[Json, ...] = ()
    slices: tuple[Json, ...] = ()
    neighbours: tuple[Json, ...] = ()
    """Deployments that a service's selector may have meant."""
    configs: tuple[Config, ...] = ()
    words: Words | None = None
    made: tuple[Made, ...] = ()
    """The last changes of it through the bot."""
    looked: tuple[str, ...] = ()
    """What was looked at, such as `3 pods`."""
    unseen: tuple[Unseen, ...] = ()
    unread: frozenset[str] = frozenset()
    """Fields of this that could not be read: their emptiness means nothing."""

    @cached_property
    def current(self) -> str | None:
        """What tells pods of a workload's newest template."""
        return newest(self.rolled) if self.ref.type in FOLLOWED else None

    @cached_property
    def rolled(self) -> snapshot.Snapshot:
        """A workload as its rollout is judged."""
        return snapshot.Snapshot(workload=self.target, kind=self.ref.type, replicasets=self.sets,
                                revisions=self.revisions, pods=self.pods)  # fmt: skip

    @cached_property
    def progress(self) -> snapshot.Progress:
        """How far the rollout of a workload is."""
        return assess(self.rolled, self.now)

    @cached_property
    def ready(self) -> int:
        """How many of its pods are ready."""
        return sum(map(is_ready, self.pods))

    @cached_property
    def troubles(self) -> tuple[PodTrouble, ...]:
        """What is wrong with its pods, those of the newest template first."""
        found = [
            bad
            for pod in self.pods
            for bad in (*pod_troubles(pod, self.current, self.now), *_flapping(pod, self.current, self.now))
        ]
        return tuple(sorted(found, key=lambda bad: not bad.new))

    @cached_property
    def _by_name(self) -> Json:
        return {pod["metadata"]["name"]: pod for pod in self.pods}

    def pod(self, name: str) -> Json:
        """One of its pods; empty where it has none of that name."""
        found: Json = self._by_name.get(name, {})
        return found

    def about(self, *objects: str, reason: str = "", words: str = "") -> Iterator[Happening]:
        """Events about these, such as `pod/web-0`; of each object the newest first."""
        for one in (one for name in objects for one in self._by_object.get(name, ())):
            if reason in {"", one.reason} and words.lower() in one.message.lower():
                yield one

    @cached_property
    def _by_object(self) -> dict[str, list[Happening]]:
        found: dict[str, list[Happening]] = {}
        for one in self.events:
            found.setdefault(one.object, []).append(one)
        return found

    def about_pod(self, name: str, reason: str = "", words: str = "") -> Happening | None:
        """The newest event about a pod as it is now; one of an earlier pod of its name is none."""
        born = parse_time(self.pod(name).get("metadata", {}).get("creationTimestamp")) or 0.0
        found = self.about(f"pod/{name}", reason=reason, words=words)
        return next((one for one in found if one.last >= born), None)


def _flapping(pod: Json, current: str | None, now: float) -> Iterator[PodTrouble]:
    """Containers that run and are ready just now, between two of many crashes."""
    metadata = pod["metadata"]
    new = current is None or template_of(pod) == current
    for status in pod.get("status", {}).get("containerStatuses") or ():
        last = status.get("lastState", {}).get("terminated") or {}
        restarts, reason = status.get("restartCount", 0), last.get("reason", "Error")
        is_up = status.get("ready") and "running" in status.get("state", {})
        is_new = now - (parse_time(last.get("finishedAt")) or 0.0) < _FORGIVEN
        if is_up and is_new and last.get("exitCode") and (restarts > 1 or reason == "OOMKilled"):
            yield PodTrouble(
                pod=metadata["name"], container=status["name"], kind=Trouble.CRASH, reason=reason, new=new,
                image=status.get("image", ""), exit_code=last["exitCode"], restarts=restarts,
            )  # fmt: skip


def grouped(troubles: Iterable[PodTrouble], *kinds: Trouble) -> list[tuple[PodTrouble, ...]]:
    """Troubles of these kinds by what they have in common: ten pods of one bad image are one."""
    found: dict[str, list[PodTrouble]] = {}
    for bad in troubles:
        if bad.kind in kinds:
            found.setdefault(f"{bad.key}/{bad.new}", []).append(bad)
    return [tuple(group) for group in found.values()]


def owner(item: Json) -> Json:
    """The reference to the controller of an object; empty where it has none."""
    owners = item["metadata"].get("ownerReferences") or ()
    return next((one for one in owners if one.get("controller")), {})


def owned(items: Iterable[Json], owners: Iterable[Json]) -> tuple[Json, ...]:
    """Those of the items that belong to one of the owners: a namesake's and a neighbour's do not."""
    uids = {one["metadata"]["uid"] for one in owners}
    return tuple(item for item in items if owner(item).get("uid") in uids)


def condition(item: Json, kind: str) -> Json:
    found = item.get("status", {}).get("conditions") or ()
    return next((one for one in found if one.get("type") == kind), {})


def at(item: Json) -> float | None:
    """When a condition turned."""
    return parse_time(item.get("lastTransitionTime"))


def born(item: Json) -> float | None:
    return parse_time(item["metadata"].get("creationTimestamp"))


def since(pod: Json) -> float | None:
    """Since when a pod is not ready."""
    return at(condition(pod, "Ready")) or at(condition(pod, "PodScheduled")) or born(pod)


def template(target: Json) -> Json:
    """The pod template of a workload, of a CronJob too; a pod is its own."""
    spec = target.get("spec", {})
    found: Json = (spec.get("jobTemplate", {}).get("spec") or spec).get("template") or target
    return found


def container(pod: Json, name: str) -> Json:
    """What a container was asked to be."""
    spec = pod.get("spec", {})
    every = (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    return next((one for one in every if one["name"] == name), {})


def is_initial(pod: Json, name: str) -> bool:
    return any(one["name"] == name for one in pod.get("spec", {}).get("initContainers") or ())


def claim_names(pods: Iterable[Json]) -> tuple[str, ...]:
    """The names of the claims that pods or templates mount."""
    volumes = (volume for pod in pods for volume in pod.get("spec", {}).get("volumes") or ())
    names = (volume["persistentVolumeClaim"]["claimName"] for volume in volumes
             if "persistentVolumeClaim" in volume)  # fmt: skip
    return tuple(dict.fromkeys(names))


def sick_nodes(seen: Snapshot) -> tuple[str, ...]:
    """The nodes under pods that are not ready, or do not go away, and whose containers do not say why."""
    explained = {bad.pod for bad in seen.troubles if bad.kind is not Trouble.UNREADY}
    names = (
        pod["spec"].get("nodeName", "")
        for pod in seen.pods
        if not is_ready(pod)
        and pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}
        and pod["metadata"]["name"] not in explained
    )
    return tuple(dict.fromkeys(name for name in names if name))


def crashed(seen: Snapshot) -> tuple[Json, str] | None:
    """The pod and the container whose last words are worth reading."""
    found = next((bad for bad in seen.troubles if bad.kind is Trouble.CRASH), None)
    if found is None or seen.ref.type == NODES:
        return None
    return seen.pod(found.pod), found.container


def ended(pod: Json, name: str) -> Json:
    """How a container ended last, whether it runs again or not."""
    status = status_of(pod, name)
    found: Json = (
        status.get("state", {}).get("terminated") or status.get("lastState", {}).get("terminated") or {}
    )
    return found


def desired(seen: Snapshot) -> int | None:
    """How many pods are meant to be there, where that is a number."""
    target, status = seen.target, seen.target.get("status", {})
    if "desiredNumberScheduled" in status:
        return int(status["desiredNumberScheduled"])
    wanted = target.get("spec", {}).get("replicas")
    return int(wanted) if isinstance(wanted, int) else None
