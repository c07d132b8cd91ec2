"""A change before and after it is made: writes, what they alter, and the facts that were shown."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any, Literal

from bot.domain.access import Facts, Risk
from bot.domain.message import Button, Part, Text
from bot.domain.model import Frozen, Json
from bot.domain.resources import ObjectRef
from bot.domain.runs import Run, shown

MARK = "k8s-bot/change"
"""The annotation by which an object bears the id of its last change through the bot: the proof, after a
lost answer, that a change arrived."""

_NOISE = {
    "metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.uid",
    "metadata.creationTimestamp", "metadata.selfLink", "status",
}  # fmt: skip


class Write(Frozen):
    """One call that changes one object."""

    action: Literal["create", "patch", "delete", "evict"]
    target: ObjectRef
    patch: Literal["merge", "strategic", "json"] = "strategic"
    body: Any
    """The object to create, the patch, or the options of a deletion."""


def is_removal(write: Write) -> bool:
    """Whether its object is gone afterwards, and so can bear no mark."""
    return write.action in {"delete", "evict"}


class Pin(Frozen):
    """What a plan relies on: the object's identity and the values that were shown."""

    uid: str
    facts: tuple[tuple[str, str], ...]
    """Paths and their values as canonical JSON, `null` for what was not there."""


class FieldChange(Frozen):
    path: str
    before: Any
    after: Any


class Step(Frozen):
    """A write with its preview, as the server's dry run answered it."""

    write: Write
    pin: Pin | None
    """None for a create: there, that the name is free is the fact, and the server keeps it."""
    changes: tuple[FieldChange, ...]
    facts: Facts = Facts()
    """What the policy asks for of it."""
    owner: ObjectRef | None = None
    """What its object belongs to, of the kinds that can be locked."""


class Plan(Frozen):
    """What will be done, exactly; made by a dry run, shown, stored, and then applied as it stands."""

    verb: str
    title: Text
    """The question: what, on what, where."""
    button: str
    risk: Risk
    doing: Text
    """The card's headline while it is under way, without the icon."""
    done: Text
    """The same once it is done."""
    steps: tuple[Step, ...] = ()
    run: Run | None = None
    """What is run, where that is no change of an object: then there are no steps."""
    warnings: tuple[Text, ...] = ()
    nothing: Text = Text()
    """Set when there is nothing to change: said, and nothing is done."""
    follow: ObjectRef | None = None
    """The workload whose rollout is followed afterwards."""
    patience: float = 0.0
    """Seconds for which a disruption budget that does not let a pod go is waited for."""
    to_type: str = ""
    """What is typed before it is destroyed, where that is not the name of what is changed."""
    inverse: str = ""
    """The command line that would undo it."""
    beside: tuple[Part, ...] = ()
    """What is shown with the question, such as the revisions that there are."""
    instead: tuple[Button, ...] = ()
    """Other choices for the same question, such as further revisions to go back to; or what is left to do
    where there is nothing to change.
    """
    halfway: tuple[Button, ...] = ()
    """Next steps where it ended with only a part of it done."""
    locks: str = ""
    """Why its workload is locked once it is done; empty: it is not."""

    @property
    def main(self) -> int:
        """The place of the step that it is about: that of the workload that is followed, else the first."""
        followed = (n for n, step in enumerate(self.steps) if step.write.target == self.follow)
        return next(followed, 0)

    @property
    def target(self) -> ObjectRef:
        """The object that it is about."""
        return self.run.target if self.run else self.steps[self.main].write.target

    @property
    def is_told_in_channel(self) -> bool:
        """By a card: what a program or a request answers is its requester's alone."""
        return self.run is None or self.run.is_typed_to

    @property
    def is_told_by_its_title(self) -> bool:
        """Whether whoever reads the title alone knows what they say yes to."""
        return self.run is None or shown(self.run.words).is_told_by_its_headline

    @property
    def noun(self) -> str:
        return "run" if self.run else "change"

    @property
    def undone(self) -> str:
        """What is so where it came to nothing."""
        return "Nothing was run." if self.run else "Nothing was changed."

    @property
    def not_yet(self) -> str:
        return "Nothing has run yet." if self.run else "Nothing has changed yet."


def targets(plan: Plan) -> tuple[ObjectRef, ...]:
    """The objects that a plan may change: a program may do anything to its pod, a request is a mere look."""
    if plan.run:
        return (plan.run.target,) if plan.run.program else ()
    return tuple(step.write.target for step in plan.steps)


class Result(StrEnum):
    """How a change ended."""

    APPLIED = "applied"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_APPLIED = "not-applied"
    UNKNOWN = "unknown"


class Call(Frozen):
    """One call that was made, as the record keeps it."""

    target: str
    action: str
    version_before: str = ""
    version_after: str = ""
    status: int = 0


class Applied(Frozen):
    """A write that the server took, and what the object looked like afterwards."""

    call: Call
    after: Json


_CONTENT = ("data.", "data[", "binaryData.", "binaryData[")
"""How paths to what is in a ConfigMap begin. It is pinned as a whole: what is said of it names no value."""


def canonical(value: Any) -> str:
    """JSON in the one form that is hashed and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """A JSON document as paths and leaves. List items are keyed by name or port where that tells them."""
    if isinstance(value, dict) and value:
        flat: dict[str, Any] = {}
        for key, inner in value.items():
            part = f"[{key}]" if "." in key or "/" in key else (f".{key}" if path else key)
            flat.update(flatten(inner, path + part))
        return flat
    if isinstance(value, list) and value:
        flat = {}
        for label, inner in zip(_labels(value), value, strict=True):
            flat.update(flatten(inner, f"{path}[{label}]"))
        return flat
    return {path: value} if path else {}


def _labels(items: list[Any]) -> list[Any]:
    places = list(range(len(items)))
    named = [
        item.get("name", item.get("port", i)) if isinstance(item, dict) else i for i, item in enumerate(items)
    ]
    return named if len({str(label) for label in named}) == len(items) else places


def difference(before: Json, after: Json) -> tuple[FieldChange, ...]:
    """The fields that differ, without what the server keeps for itself and without the bot's own mark."""
    old, new = flatten(before), flatten(after)
    paths = sorted(p for p in old.keys() | new.keys() if old.get(p) != new.get(p) and not _is_noise(p))
    paths = [p for p in paths if not (_is_husk(p, old, new) or _is_husk(p, new, old))]
    return tuple(FieldChange(path=p, before=old.get(p), after=new.get(p)) for p in paths)


def _is_husk(path: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether it is empty on one side and full on the other: then what is in it says all."""
    return one.get(path) in ({}, []) and any(p.startswith((f"{path}.", f"{path}[")) for p in other)


def _is_noise(path: str) -> bool:
    return (
        any(path == noise or path.startswith((noise + ".", noise + "[")) for noise in _NOISE)
        or path == f"metadata.annotations[{MARK}]"
        or (path in {"metadata.annotations", "metadata.labels"})
    )


def pin(before: Json, changes: tuple[FieldChange, ...]) -> Pin:
    """Pin an object by its uid and the values that will change; a workload by its whole pod template too, and
    a ConfigMap by all that is in it.
    """
    flat = flatten(before)
    paths = [change.path for change in changes]
    facts = {path: canonical(flat.get(path)) for path in paths if not path.startswith(_CONTENT)}
    facts |= {_LABELS: template_hash(before["metadata"].get("labels") or {})}
    template = before.get("spec", {}).get("template")
    if template is not None:
        facts["spec.template"] = template_hash(template)
    for part in {path.partition(".")[0].partition("[")[0] for path in paths if path.startswith(_CONTENT)}:
        is_there = before.get(part) is not None
        facts[f"/{part}"] = template_hash(before[part]) if is_there else canonical(None)
    return Pin(uid=before["metadata"]["uid"], facts=tuple(sorted(facts.items())))


def pin_whole(before: Json) -> Pin:
    """Pin an object that is to go: by its uid and by all that was asked of it or kept in it."""
    facts = tuple((f"/{part}", template_hash(before[part])) for part in ("data", "spec") if part in before)
    labels = (_LABELS, template_hash(before["metadata"].get("labels") or {}))
    return Pin(uid=before["metadata"]["uid"], facts=(*facts, labels))


def moved(pinned: Pin, now: Json) -> tuple[str, ...]:
    """What no longer is as it was shown; empty when the plan still holds."""
    if now["metadata"]["uid"] != pinned.uid:
        return ("it was deleted and made anew",)
    flat = flatten(now)
    current = {
        path: template_hash(part) for path in _WHOLE if (part := _part(now, path.strip("/"))) is not None
    }
    current.setdefault(_LABELS, template_hash({}))
    off = [path for path, value in pinned.facts if current.get(path, canonical(flat.get(path))) != value]
    if any(path.startswith("metadata.labels") for path in off):
        off.remove(_LABELS)
    return tuple(_WHOLE.get(path) or f"{path} is now {_short(flat.get(path))}" for path in off)


_LABELS = "/metadata.labels"
"""By which the policy may have been decided on."""
_WHOLE = {
    "spec.template": "its pod template has changed",
    "/spec": "its spec has changed",
    "/data": "what is in it has changed",
    _LABELS: "its labels have changed",
    "/binaryData": "its binary content has changed",
}
"""What is pinned as a whole, by its hash, and what is said when it is no longer the same."""


def _part(now: Json, path: str) -> Any:
    found: Any = now
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def template_hash(template: Any) -> str:
    return hashlib.sha256(canonical(template).encode()).hexdigest()[:16]


def _short(value: Any) -> str:
    return "gone" if value is None else str(value)[:80]
