"""A StatefulSet's and a DaemonSet's revisions: ControllerRevisions, each a patch that holds a pod template.

One that is gone back to is given the next number, and keeps nothing of those before; its notes are those of
the day it was made. What came back is seen by that: it was made before one with a lower number.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bot.domain.ages import parse_time
from bot.domain.changes import MARK
from bot.domain.model import Json
from bot.domain.revisions.revision import Revision, own_notes
from bot.domain.rollouts.snapshot import (
    CAUSE,
    REVISION_HASH,
    images,
    is_observed,
    is_ready,
    owner,
    template_of,
)


def revisions(workload: Json, kept: tuple[Json, ...], pods: tuple[Json, ...]) -> tuple[Revision, ...]:
    """All that can be gone back to, the newest first."""
    uid = workload["metadata"]["uid"]
    mine = [pod for pod in pods if owner(pod) == uid and not _ends(pod)]
    read = [_read(one, workload, mine) for one in kept if owner(one) == uid]
    as_made = sorted((one for one in read if one), key=lambda one: (_made(one), one.number))
    noted = own_notes(tuple(reversed(as_made)))
    lasted = {
        one.number: _made(after) - _made(one)
        for one, after in pairwise(reversed(noted))
        if after.number == one.number + 1 and one.created and after.created
    }
    newest_first = sorted(noted, key=lambda one: one.number, reverse=True)
    return tuple(_judged(one, noted, lasted.get(one.number)) for one in newest_first)


def current(workload: Json, known: tuple[Revision, ...]) -> str:
    """The number that it is at; empty while the newest change has not been given one yet."""
    return str(known[0].number) if known and is_observed(workload) else ""


def _ends(pod: Json) -> bool:
    """It gives way to another: that it is not ready tells nothing of what it ran."""
    return "deletionTimestamp" in pod["metadata"]


def _runs(pod: Json, revision: Json) -> bool:
    """Whether a pod is of this ControllerRevision."""
    metadata, found = revision["metadata"], template_of(pod)
    return found is not None and found in {
        metadata["name"],
        (metadata.get("labels") or {}).get(REVISION_HASH),
    }


def _read(kept: Json, workload: Json, pods: list[Json]) -> Revision | None:
    """None for one that holds no pod template, or has no number: it cannot be gone back to. The API checks
    nothing of what is in there.
    """
    metadata, number = kept["metadata"], kept.get("revision")
    template = _part(_part(kept.get("data"), "spec"), "template")
    if not _has_containers(template) or not isinstance(number, int):
        return None
    here = [pod for pod in pods if _runs(pod, kept)]
    notes = metadata.get("annotations") or {}
    return Revision(
        number=number,
        name=metadata["name"],
        images=images(template),
        created=metadata.get("creationTimestamp", ""),
        cause=notes.get(CAUSE, ""),
        ready=sum(map(is_ready, here)),
        replicas=len(here),
        template=_as_served(template, workload["spec"]["template"]),
        mark=notes.get(MARK, ""),
    )


def _has_containers(template: Json) -> bool:
    found = _part(template, "spec").get("containers")
    return isinstance(found, list) and bool(found) and all(map(_is_container, found))


def _is_container(one: Any) -> bool:
    """As far as anybody reads it."""
    if not isinstance(one, dict) or not isinstance(one.get("name"), str):
        return False
    keys = {"ports": "containerPort", "env": "name"}
    is_whole = all(_lists(one.get(part), key) for part, key in keys.items())
    return is_whole and isinstance(one.get("image", ""), str)


def _lists(found: Any, key: str) -> bool:
    return found is None or (
        isinstance(found, list) and all(isinstance(each, dict) and key in each for each in found)
    )


def _part(whole: Any, key: str) -> Json:
    """A part of a document; an empty one where that is not there."""
    part = whole.get(key) if isinstance(whole, dict) else None
    return part if isinstance(part, dict) else {}


def _as_served(template: Json, live: Json) -> Json:
    """As the workload has it: without the directive of the patch, and without the empty date that controllers
    wrote until lately.
    """
    metadata = dict(_part(template, "metadata"))
    if "creationTimestamp" not in (live.get("metadata") or {}):
        metadata.pop("creationTimestamp", None)
    return {**{key: part for key, part in template.items() if key != "$patch"}, "metadata": metadata}


def _judged(one: Revision, known: tuple[Revision, ...], lasted: float | None) -> Revision:
    after = next((other for other in known if other.number == one.number + 1), None)
    return one.model_copy(
        update={
            "returned": any(other.number < one.number and _made(other) > _made(one) for other in known),
            "left": after is not None and _made(after) < _made(one),
            "lasted": lasted,
        }
    )


def _made(one: Revision) -> float:
    return parse_time(one.created) or 0.0
