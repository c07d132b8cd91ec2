"""How a write is planned, made, and looked for when nobody knows whether it arrived.

What makes an object bear the change's id, and a patch hold to what was shown, is here. What is deleted or
evicted can bear nothing: there the uid is the precondition, and that it is gone is the proof.
"""

from __future__ import annotations

import re
from typing import Protocol

from bot.domain.belonging import owner_of
from bot.domain.changes import (
    MARK,
    Applied,
    Call,
    FieldChange,
    Step,
    Write,
    difference,
    flatten,
    is_removal,
    moved,
    pin,
    pin_whole,
)
from bot.domain.errors import ClusterRejectedError, StalePlanError, TargetNotFoundError
from bot.domain.facts import facts_of
from bot.domain.model import Json
from bot.domain.resources import ObjectRef

HELD = "DisruptionBudget"
"""The reason of a refusal that may pass: a budget does not let the pod go yet."""

_CONFLICT = 409
_TRIES = 4
_TIES = re.compile(
    r"^(apiVersion|kind|metadata\.name|metadata\.namespace)$"
    r"|^(metadata|spec\.template\.metadata)\.labels|^spec\.selector|\]\.name$|\]\.protocol$"
)


class RawWriter(Protocol):
    """Of one cluster, what a write needs."""

    async def get(self, ref: ObjectRef) -> Json: ...
    async def write(self, write: Write, *, dry_run: bool, version: str = "") -> Json: ...


async def planned(raw: RawWriter, write: Write) -> Step:
    """What a write would change, by the server's own dry run."""
    if write.action == "create":
        await raw.write(write, dry_run=True)
        facts, owner = facts_of(None, write.body), owner_of(write.target, write.body)
        return Step(write=write, pin=None, changes=_asked_for(write.body), facts=facts, owner=owner)
    for last in range(_TRIES):
        before = await raw.get(write.target)
        try:
            if is_removal(write):
                return await _removal(raw, write, before)
            after = await raw.write(write, dry_run=True, version=before["metadata"]["resourceVersion"])
        except ClusterRejectedError as error:
            if error.status != _CONFLICT or last == _TRIES - 1:
                raise
            continue
        changes = difference(before, after)
        pinned, facts = pin(before, changes), facts_of(before, after)
        owner = owner_of(write.target, before)
        return Step(write=write, pin=pinned, changes=changes, facts=facts, owner=owner)
    raise AssertionError("unreachable: the last try returns or raises")


async def _removal(raw: RawWriter, write: Write, before: Json) -> Step:
    """A delete or an eviction of this very object; that a budget holds it now may pass."""
    sent = write.model_copy(
        update={"body": {**write.body, "preconditions": {"uid": before["metadata"]["uid"]}}}
    )
    try:
        await raw.write(sent, dry_run=True)
    except ClusterRejectedError as error:
        if error.reason != HELD:
            raise
    facts, owner = facts_of(before, None), owner_of(write.target, before)
    return Step(write=sent, pin=pin_whole(before), changes=(), facts=facts, owner=owner)


async def made(raw: RawWriter, step: Step, change: str) -> Applied:
    """Make one write. A status that moved under it is tried again; a changed object is refused."""
    write = step.write
    if step.pin is None:
        return _applied(step, "", await raw.write(_marked(write, change), dry_run=False))
    if write.action == "evict" and (gone := await _removed(raw, step)) is not None:
        return gone  # by itself, or it is going
    for last in range(_TRIES):
        version = ""
        if write.action != "evict":
            before = await raw.get(write.target)
            check(step, before)
            version = before["metadata"]["resourceVersion"]
        try:
            if is_removal(write):
                return await _sent(raw, step, version)
            after = await raw.write(_marked(write, change), dry_run=False, version=version)
        except ClusterRejectedError as error:
            if error.status != _CONFLICT or last == _TRIES - 1:
                raise
            continue
        return _applied(step, version, after)
    raise AssertionError("unreachable: the last try returns or raises")


async def _sent(raw: RawWriter, step: Step, version: str) -> Applied:
    """Ask that this very object goes.

    A connection that breaks before the answer makes the HTTP library send a DELETE once more, which the uid
    makes harmless; the second answer then says that nothing, or another object, is there.
    """
    try:
        await raw.write(step.write, dry_run=False, version=version)
    except (TargetNotFoundError, ClusterRejectedError) as error:
        if isinstance(error, ClusterRejectedError) and error.status != _CONFLICT:
            raise
        gone = await _removed(raw, step)
        if gone is None:
            raise
        return gone
    return _applied(step, version, _remains(step))


async def _removed(raw: RawWriter, step: Step) -> Applied | None:
    """Whether this very object is gone, or on its way."""
    try:
        now = await raw.get(step.write.target)
    except TargetNotFoundError:
        return _applied(step, "", _remains(step))
    is_other = step.pin is not None and now["metadata"]["uid"] != step.pin.uid
    if is_other or now["metadata"].get("deletionTimestamp"):
        return _applied(step, "", _remains(step))
    return None


async def found(raw: RawWriter, step: Step, change: str, *, or_is_so: bool = False) -> Applied | None:
    """Look whether a write arrived: its object bears the change's id, or is gone where that was meant.

    `or_is_so` takes an object for changed that is as the write makes it: another change may bear on it since.
    """
    if is_removal(step.write):
        return await _removed(raw, step)
    try:
        now = await raw.get(step.write.target)
    except TargetNotFoundError:
        return None
    is_ours = now["metadata"].get("annotations", {}).get(MARK) == change
    return _applied(step, "", now) if is_ours or (or_is_so and _is_so(step, now)) else None


def _is_so(step: Step, now: Json) -> bool:
    """Whether this very object has all that the write would set."""
    is_it = step.pin is not None and now["metadata"]["uid"] == step.pin.uid
    has = flatten(now)
    return is_it and all(has.get(path) == value for path, value in flatten(step.write.body).items())


def check(step: Step, now: Json) -> None:
    """Raise `StalePlanError` where the object is no longer as it was shown."""
    if step.pin is not None and (differences := moved(step.pin, now)):
        raise StalePlanError(
            f"`{step.write.target}` has changed since it was shown: {'; '.join(differences[:3])}."
        )


def _applied(step: Step, version: str, after: Json) -> Applied:
    call = Call(
        target=f"{step.write.target.type.plural}/{step.write.target}",
        action=step.write.action,
        version_before=version,
        version_after="" if is_removal(step.write) else after["metadata"].get("resourceVersion", ""),
    )
    return Applied(call=call, after=after)


def _remains(step: Step) -> Json:
    """What can be said of an object that is no more."""
    return {"metadata": {"name": step.write.target.name, "uid": step.pin.uid if step.pin else ""}}


def _asked_for(body: Json) -> tuple[FieldChange, ...]:
    """Of a new object, what was asked for; not the server's defaults, nor the names that tie it together."""
    return tuple(change for change in difference({}, body) if not _TIES.search(change.path))


def _marked(write: Write, change: str) -> Write:
    """The same write, leaving the change's id on the object."""
    if write.patch == "json" and write.action == "patch":
        path = "/metadata/annotations/" + MARK.replace("/", "~1")
        return write.model_copy(update={"body": [*write.body, {"op": "add", "path": path, "value": change}]})
    metadata = write.body.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), MARK: change}
    return write.model_copy(
        update={"body": {**write.body, "metadata": {**metadata, "annotations": annotations}}}
    )
