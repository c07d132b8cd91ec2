"""Which revision to go back to: what the cluster still shows of each, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from bot.domain.ages import age, parse_time
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Table, Text, code, text
from bot.domain.records import Made
from bot.domain.redaction import redact
from bot.domain.resources import ObjectRef
from bot.domain.revisions.revision import Revision
from bot.domain.updates import shown_image
from bot.domain.workloads import called, where

UNKNOWN = "not known"
_LEFT = "left by a rollback"
_NONE_READY = "none ready"
_MOST_ROWS = 8
_MOST_OFFERED = 4
_LONGEST = 60
_TOGETHER = 10.0
"""Seconds within which a change through the bot and a revision that was made are one."""


def choose(known: tuple[Revision, ...], number: int, current: str, ref: ObjectRef, now: float) -> Revision:
    """The revision asked for; with 0 the newest that is not the current one, and not known to be broken.

    Raises `TargetNotFoundError` with what there is.
    """
    earlier = [one for one in known if str(one.number) != current]
    wanted = (
        [one for one in known if one.number == number]
        if number
        else [one for one in earlier if not is_broken(one)]
    )
    if wanted:
        return wanted[0]
    said = f"`{ref}` has no revision {number}" if number else f"`{ref}` has no earlier revision"
    if not number and earlier:
        said += " that is not known to be broken"
    there = ", ".join(_told(one, now) for one in earlier[:_MOST_OFFERED])
    is_first = [one.number for one in known] == [1]
    none = "It has run only what it runs now." if is_first else "Nothing is kept of what it ran before."
    error = TargetNotFoundError(said, hint=f"There is: {there}." if there else none)
    error.suggestions = tuple(line_to(ref, one.number) for one in earlier[:_MOST_OFFERED])
    raise error


def _told(one: Revision, now: float) -> str:
    state = f", {health(one)}" if is_broken(one) else ""
    return f"{one.number} (`{images_of(one)}`, {age_of(one, now)} old{state})"


def health(one: Revision) -> str:
    """What the cluster shows: ready pods, none, or that it was gone back from. It keeps nothing else."""
    if one.ready:
        return f"{one.ready} ready now"
    if one.replicas:
        return _NONE_READY
    return _LEFT if one.left else UNKNOWN


def is_broken(one: Revision) -> bool:
    """So that it is not offered again by itself."""
    return health(one) in {_LEFT, _NONE_READY}


def table(shown: tuple[Revision, ...], current: str, made: Iterable[Made], now: float) -> Table:
    """The revisions to choose from, with what is known of each: what is decided by stands first, for a phone
    shows no more of a line.
    """
    told = tuple(made)
    rows = tuple(
        (
            f"{one.number} · current" if str(one.number) == current else str(one.number),
            health(one),
            images_of(one),
            age_of(one, now),
            _lasted(one, current, now),
            _by(one, told),
        )
        for one in shown[:_MOST_ROWS]
    )
    columns = ("REVISION", "HEALTH", "IMAGE", "AGE", "CURRENT FOR", "BY")
    return Table(columns=columns, rows=rows, drop=("CURRENT FOR", "BY", "AGE"))


def _lasted(one: Revision, current: str, now: float) -> str:
    made = parse_time(one.created)
    if str(one.number) == current:
        return age(now - made) if made is not None and not one.returned else UNKNOWN
    return UNKNOWN if one.lasted is None else age(one.lasted)


def _by(one: Revision, made: tuple[Made, ...]) -> str:
    """Who made it, or brought it back, by the record; else what was noted as the reason."""
    at = parse_time(one.created)
    back = (m for m in made if one.returned and m.verb == "rollback" and m.operation == one.mark)
    then = (m for m in made if at is not None and abs(m.at - at) <= _TOGETHER)
    found = next(chain(back, then), None)
    if found is not None:
        return f"{found.by}, {found.receipt}"
    return _cut(redact(one.cause)) or UNKNOWN


def passed_over(
    known: tuple[Revision, ...], chosen: Revision, current: str, *, named: bool
) -> tuple[Text, ...]:
    """What speaks against the one that was named; or why a newer one was not taken, where none was."""
    if named:
        broken = is_broken(chosen)
        return (text("Revision {}: {}.", chosen.number, health(chosen)),) if broken else ()
    return tuple(
        text(
            "Revision {} ({}) is newer and passed over: {}.",
            one.number,
            code(images_of(one)),
            health(one),
        )
        for one in known
        if one.number > chosen.number and str(one.number) != current
    )


def others(
    known: tuple[Revision, ...], left_out: tuple[int, str], ref: ObjectRef, now: float
) -> tuple[Button, ...]:
    """The further revisions, each a press away; none was named, so the chosen one is only the likeliest."""
    further = [one for one in known if one.number != left_out[0] and str(one.number) != left_out[1]]
    return tuple(
        Button(
            label=f"Revision {one.number}: {images_of(one)}, {age_of(one, now)} old"[:75],
            command=line_to(ref, one.number),
        )
        for one in further[:3]
    )


def line_to(ref: ObjectRef, number: int) -> str:
    return f"rollback {called(ref)} --to-revision={number} {where(ref)}"


def age_of(one: Revision, now: float) -> str:
    made = parse_time(one.created)
    return age(now - made) if made is not None else "some time"


def images_of(one: Revision) -> str:
    return ", ".join(shown_image(image) for image in one.images)


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
