"""Which revision to go back to: what the cluster still shows of each, and nothing that it does not."""

from __future__ import annotations

from bot.domain.ages import age, parse_time
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Table, Text, code, text
from bot.domain.redaction import redact
from bot.domain.resources import ObjectRef
from bot.domain.updates import shown_image
from bot.domain.workloads import Revision, where

UNKNOWN = "not known"
_LEFT = "left by a rollback"
_NONE_READY = "none ready"
_MOST_ROWS = 8
_MOST_OFFERED = 4
_LONGEST = 60


def choose(known: tuple[Revision, ...], number: int, current: str, ref: ObjectRef, now: float) -> Revision:
    """The revision asked for; with 0 the newest that is not the current one, and not known to be broken.

    Raises `TargetNotFoundError` with what there is.
    """
    earlier = [one for one in known if str(one.number) != current]
    wanted = (
        [one for one in known if one.number == number]
        if number
        else [one for one in earlier if not is_broken(known, one)]
    )
    if wanted:
        return wanted[0]
    said = f"`{ref}` has no revision {number}" if number else f"`{ref}` has no earlier revision"
    if not number and earlier:
        said += " that is not known to be broken"
    there = ", ".join(_told(known, one, now) for one in earlier[:_MOST_OFFERED])
    error = TargetNotFoundError(
        said, hint=f"There is: {there}." if there else "It has run only what it runs now."
    )
    error.suggestions = tuple(line_to(ref, one.number) for one in earlier[:_MOST_OFFERED])
    raise error


def _told(known: tuple[Revision, ...], one: Revision, now: float) -> str:
    state = f", {health(known, one)}" if is_broken(known, one) else ""
    return f"{one.number} (`{images_of(one)}`, {age_of(one, now)} old{state})"


def health(known: tuple[Revision, ...], one: Revision) -> str:
    """What the cluster shows: ready pods, none, or that it was gone back from. It keeps nothing else."""
    if one.ready:
        return f"{one.ready} ready now"
    if one.replicas:
        return _NONE_READY
    return _LEFT if _was_left(known, one) else UNKNOWN


def is_broken(known: tuple[Revision, ...], one: Revision) -> bool:
    """So that it is not offered again by itself."""
    return health(known, one) in {_LEFT, _NONE_READY}


def _was_left(known: tuple[Revision, ...], one: Revision) -> bool:
    """Right after it an earlier one came back: that bears, beside its first number, the next after this."""
    return any(
        one.number + 1 in other.numbers[1:] and first(other) < first(one)
        for other in known
        if other is not one
    )


def first(one: Revision) -> int:
    """The number under which it was made."""
    return one.numbers[0] if one.numbers else one.number


def current_for(known: tuple[Revision, ...], one: Revision) -> float | None:
    """Seconds from its making to that of the next one; None where either is not told.

    When a revision came back, or which was cut off the history, no object says.
    """
    made = {first(each): parse_time(each.created) for each in known}
    begun, ended = made.get(one.number), made.get(one.number + 1)
    return ended - begun if begun is not None and ended is not None else None


def table(known: tuple[Revision, ...], shown: tuple[Revision, ...], current: str, now: float) -> Table:
    """The revisions to choose from, with what is known of each."""
    rows = tuple(
        (
            f"{one.number} · current" if str(one.number) == current else str(one.number),
            images_of(one),
            age_of(one, now),
            _lasted(known, one, current, now),
            health(known, one),
            _cut(redact(one.cause)) or UNKNOWN,
            one.mark[:6] or UNKNOWN,
        )
        for one in shown[:_MOST_ROWS]
    )
    columns = ("REVISION", "IMAGE", "AGE", "CURRENT FOR", "HEALTH", "BY", "LAST PLAN")
    return Table(columns=columns, rows=rows, drop=("LAST PLAN", "BY", "AGE", "CURRENT FOR"))


def _lasted(known: tuple[Revision, ...], one: Revision, current: str, now: float) -> str:
    made = parse_time(one.created)
    if str(one.number) == current:
        return age(now - made) if made is not None and first(one) == one.number else UNKNOWN
    lasted = current_for(known, one)
    return UNKNOWN if lasted is None else age(lasted)


def passed_over(
    known: tuple[Revision, ...], chosen: Revision, current: str, *, named: bool
) -> tuple[Text, ...]:
    """What speaks against the one that was named; or why a newer one was not taken, where none was."""
    if named:
        broken = is_broken(known, chosen)
        return (text("Revision {}: {}.", chosen.number, health(known, chosen)),) if broken else ()
    return tuple(
        text(
            "Revision {} ({}) is newer and passed over: {}.",
            one.number,
            code(images_of(one)),
            health(known, one),
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
    return f"rollback {ref.name} --to-revision={number} {where(ref)}"


def age_of(one: Revision, now: float) -> str:
    made = parse_time(one.created)
    return age(now - made) if made is not None else "some time"


def images_of(one: Revision) -> str:
    return ", ".join(shown_image(image) for image in one.images)


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
