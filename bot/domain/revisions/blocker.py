"""A pod that keeps a StatefulSet's rollout standing, also the one that leads back.

In order, each pod waits until those before it are ready: one that does not become ready stops all, whatever
template the set has by then, until somebody deletes it. Kubernetes documents that as a forced rollback.
"""

from __future__ import annotations

from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import STATEFULSETS, ObjectRef
from bot.domain.rollouts.snapshot import PodTrouble, owner, pod_troubles
from bot.domain.rollouts.statefulsets import blocking
from bot.domain.troubles import cause


def blocker(
    ref: ObjectRef, workload: Json, pods: tuple[Json, ...], wanted: str, now: float
) -> PodTrouble | None:
    """What is wrong with the pod that has to be deleted before any other comes to the revision of that name;
    None where none has.
    """
    if ref.type != STATEFULSETS:
        return None
    own = [pod for pod in pods if owner(pod) == workload["metadata"]["uid"]]
    troubles = tuple(trouble for pod in own for trouble in pod_troubles(pod, wanted, now))
    pod = blocking(workload, troubles)
    return next((trouble for trouble in troubles if trouble.pod == pod), None)


def told(bad: PodTrouble) -> Text:
    """What keeps it standing, and what ends that."""
    return text("{}. {}", unready(bad), what_ends_it(bad))


def unready(bad: PodTrouble) -> Text:
    return text("{} does not become ready: {}", code(bad.pod), cause(bad))


def what_ends_it(bad: PodTrouble) -> Text:
    return text("Pods are replaced in order: none is until {} is deleted.", code(bad.pod))
