"""What changed lately: the workload's revisions, who wrote it, and the settings that it reads."""

from __future__ import annotations

from bot.domain.ages import parse_time, spell
from bot.domain.changes import MARK
from bot.domain.describe.answer import sentence
from bot.domain.message import Text, code, instant, text
from bot.domain.model import Frozen, Json
from bot.domain.records import Made
from bot.domain.resources import NODES
from bot.domain.revisions.history import HISTORIES
from bot.domain.rollouts.snapshot import short_image
from bot.domain.why.config import written
from bot.domain.why.evidence import Snapshot

_MOST = 4
_NEWEST = 2
_TOGETHER = 5.0
"""Seconds within which a write and a revision are one change."""


class Change(Frozen):
    """One change: what, when, by whom as far as the cluster knows."""

    what: Text
    at: float | None
    by: str = ""
    """The field manager that wrote it; empty where none is known."""


def changes(seen: Snapshot) -> tuple[Change, ...]:
    """The last changes, the newest first."""
    if seen.ref.type == NODES:
        return ()  # its kubelet writes it all the time
    known = _revisions(seen)
    known += _writing(seen, known)
    found = _known_by(seen, known)
    found += [
        Change(what=text("{} {} written", config.kind, code(config.name)), at=config.at, by=config.by)
        for config in seen.configs
        if config.exists and config.at
    ]
    return tuple(sorted(found, key=lambda one: one.at or 0.0, reverse=True)[:_MOST])


def _known_by(seen: Snapshot, known: list[Change]) -> list[Change]:
    """Where the record tells of a change too, by whom it was; and what only the record tells of."""
    told_of: set[str] = set()
    found = []
    for one in known:
        made = _nearest(seen, one.at)
        if made:
            told_of.add(made.operation)
            one = one.model_copy(update={"by": f"{made.by}, {made.receipt}"})  # noqa: PLW2901 - the same, known better
        found.append(one)
    rest = (made for made in seen.made if made.operation not in told_of)
    return found + [
        Change(what=text("{}", code(made.verb)), at=made.at, by=f"{made.by}, {made.receipt}") for made in rest
    ]


def _nearest(seen: Snapshot, at: float | None) -> Made | None:
    """Of several changes within a few seconds the one that this is."""
    near = [made for made in seen.made if at and abs(made.at - at) <= _TOGETHER]
    return min(near, key=lambda made: abs(made.at - (at or 0.0)), default=None)


def told(change: Change, now: float) -> Text:
    by = text(" by {}", code(sentence(change.by)[:60])) if change.by else Text()
    when = text(", {}", instant(change.at, f"{spell(now - change.at)} ago")) if change.at else Text()
    return change.what + by + when


def _revisions(seen: Snapshot) -> list[Change]:
    """The newest templates, with the images that came and went."""
    known = _revised(seen)
    when, by = written(seen.target)
    found = []
    for place, (number, shown, at, cause) in enumerate(known[:_NEWEST]):
        before = known[place + 1][1] if place + 1 < len(known) else ""
        change = text("{} → {}", code(before), code(shown)) if before and before != shown else code(shown)
        why = text(" ({})", sentence(cause)) if cause else Text()
        together = place == 0 and when and at and abs(when - at) <= _TOGETHER
        found.append(Change(what=text("revision {}: {}", number, change) + why, at=at,
                            by=_writer(seen.target, by) if together else ""))  # fmt: skip
    return found


_Known = list[tuple[int, str, float | None, str]]
"""Number, images, when it was made, and why."""


def _revised(seen: Snapshot) -> _Known:
    history = HISTORIES.get(seen.ref.type)
    if history is None:
        return []
    kept = (*seen.sets, *seen.revisions)
    return [
        (one.number, _short(one.images), parse_time(one.created), one.cause)
        for one in history.revisions(seen.target, kept, seen.pods)
    ]


def _short(found: tuple[str, ...]) -> str:
    return ", ".join(short_image(image) for image in found)


def _writing(seen: Snapshot, known: list[Change]) -> list[Change]:
    """The last write of the object itself, where it made no revision: a scale, a pause, a label."""
    when, by = written(seen.target)
    if when is None or any(one.at and abs(one.at - when) <= _TOGETHER for one in known):
        return []
    kind = seen.ref.type.singular
    return [Change(what=text("{} {} written", kind, code(seen.ref.name)), at=when,
                   by=_writer(seen.target, by))]  # fmt: skip


def _writer(target: Json, by: str) -> str:
    """The field manager; of a change through the bot, also its id."""
    mark = (target["metadata"].get("annotations") or {}).get(MARK, "")
    return f"{by}, change {mark[:8]}" if by.startswith("k8s-bot") and mark else by
