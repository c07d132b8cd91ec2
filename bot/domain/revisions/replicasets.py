"""A Deployment's revisions: its ReplicaSets, which note every number that they have had."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ages import parse_time
from bot.domain.changes import MARK
from bot.domain.model import Json
from bot.domain.revisions.revision import Revision, own_notes
from bot.domain.rollouts.snapshot import CAUSE, HASH, images, is_observed, revision
from bot.domain.workloads import owned

_HISTORY = "deployment.kubernetes.io/revision-history"
_DESIRED = "deployment.kubernetes.io/desired-replicas"


@dataclass(frozen=True)
class _Numbered:
    """A revision with every number that it has had, the first to the last."""

    one: Revision
    numbers: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.numbers[0]


def revisions(
    deployment: Json, replicasets: tuple[Json, ...], _pods: tuple[Json, ...]
) -> tuple[Revision, ...]:
    """All that can be gone back to, the newest first."""
    uid = deployment["metadata"]["uid"]
    mine = [each for each in replicasets if owned(each, uid) and revision(each).isdecimal()]
    known = sorted(map(_read, mine), key=lambda each: each.one.number, reverse=True)
    made = {each.first: parse_time(each.one.created) for each in known}
    return own_notes(tuple(_judged(each, known, made) for each in known))


def current(deployment: Json, _known: tuple[Revision, ...]) -> str:
    """The number that it is at; empty while the newest change has not been given one yet."""
    return revision(deployment) if is_observed(deployment) else ""


def _read(replicaset: Json) -> _Numbered:
    metadata, template = replicaset["metadata"], replicaset["spec"]["template"]
    labels = {k: v for k, v in template["metadata"].get("labels", {}).items() if k != HASH}
    status, notes, number = (
        replicaset.get("status", {}),
        metadata.get("annotations") or {},
        revision(replicaset),
    )
    found = Revision(
        number=int(number),
        name=metadata["name"],
        images=images(template),
        created=metadata.get("creationTimestamp", ""),
        cause=notes.get(CAUSE, ""),
        ready=status.get("readyReplicas", 0),
        replicas=status.get("replicas", 0),
        template={**template, "metadata": {**template["metadata"], "labels": labels}},
        desired=next(iter(_numbers(notes.get(_DESIRED, ""))), None),
        mark=notes.get(MARK, ""),
    )
    return _Numbered(found, (*_numbers(notes.get(_HISTORY, "")), int(number)))


def _numbers(words: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words.split(",") if word.isdecimal())


def _judged(each: _Numbered, known: list[_Numbered], made: dict[int, float | None]) -> Revision:
    """With what the numbers of all tell of its time: which was cut off the history, no object says."""
    number = each.one.number
    begun, ended = made.get(number), made.get(number + 1)
    return each.one.model_copy(
        update={
            "returned": each.first != number,
            "left": any(number + 1 in other.numbers[1:] and other.first < each.first for other in known),
            "lasted": ended - begun if begun is not None and ended is not None else None,
        }
    )
