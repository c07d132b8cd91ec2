"""Following logs: what has been seen of each container, what is new since, and the message that shows it.

All that is needed to go on is in `Following`, so another process can take the next step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.domain.ages import spell
from bot.domain.cluster import LogRequest
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from bot.domain.loglines import ending, status_of
from bot.domain.logs.answers import Asked
from bot.domain.logs.lines import LONGEST_KEY, Line, parse, redacted
from bot.domain.logs.merging import Source, merged, picked, short_names
from bot.domain.logs.reading import AT_ONCE, Ask, Wanted, newest
from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Text,
    instant,
    plural,
    text,
)
from bot.domain.model import Frozen, Json
from bot.domain.patterns import Pattern
from bot.domain.typed import join

SECONDS = 600.0
"""For how long it is followed."""
LOOK_SECONDS = 10.0
"""How old the knowledge of which pods there are may be."""

_BETWEEN = 500
"""Lines that are read of one container in one step; of more, the newest."""
_OF_NEW = 100
"""Lines that are read of a pod that joins."""
_STEP_BYTES = 200_000
_MOST_LINES = 60
_MOST_CHARACTERS = 6_000
_LINE = 1_000
_MOST_NOTES = 3
_SAID_QUIET = 5.0
_PAUSES = ((20.0, 2.0), (60.0, 5.0))
_LONGEST_PAUSE = 10.0
_BAD_REQUEST = 400


class Seen(Frozen):
    """One container that is followed, and the last line of it that was seen."""

    pod: str
    container: str
    at: str = ""
    same: int = 0
    """How many lines with that very time were seen: the server is asked by the second, and repeats them."""
    inside: bool = False
    """It ended inside a private key."""
    restarts: int = 0


class Following(Frozen):
    """How far it is."""

    began: float
    heard: float
    """When the newest line came."""
    looked: float = 0.0
    """When it was last seen which pods there are."""
    count: int = 0
    seen: tuple[Seen, ...] = ()
    shown: tuple[str, ...] = ()
    """The newest lines, as they stand in the message."""
    notes: tuple[str, ...] = ()
    left: int = 0
    """Pods that are not followed, as there are too many."""
    skipped: bool = False
    """Some lines came faster than they could be read."""
    silent: float = 0.0
    """Since when the cluster does not answer."""
    over: str = ""
    """Why there is nothing more to follow."""

    @property
    def pods(self) -> int:
        return len({one.pod for one in self.seen})


def looked(so_far: Following, places: Sequence[tuple[Json, str]], left: int, now: float) -> Following:
    """Take in which containers there are now: who joined, who is gone, who was started again."""
    known = {(one.pod, one.container): one for one in so_far.seen}
    notes, seen = list(so_far.notes), []
    for pod, container in places:
        name = pod["metadata"]["name"]
        status = status_of(pod, container)
        restarts = status.get("restartCount", 0)
        before = known.pop((name, container), None)
        if before is None and so_far.looked:
            notes.append(f"{name} joined.")
        if before and restarts > before.restarts:
            ended = ending({**status, "state": {}}) or {}
            notes.append(f"{name} was started again after exit {ended.get('exitCode', 0)}.")
        seen.append((before or Seen(pod=name, container=container)).model_copy(update={"restarts": restarts}))
    notes += [f"{name} is gone." for name in dict.fromkeys(one.pod for one in known.values())]
    alive = any(pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"} for pod, _ in places)
    over = "" if alive or not places else "All of it has ended."
    return so_far.model_copy(
        update={
            "looked": now, "seen": tuple(seen), "notes": tuple(notes[-_MOST_NOTES:]), "left": left,
            "over": over, "silent": 0.0,
        }
    )  # fmt: skip


async def listened(ask: Ask, so_far: Following, asked: Asked, wanted: Wanted, *, now: float) -> Following:
    """Take in what was printed since: one request for each container."""
    gate = asyncio.Semaphore(AT_ONCE)
    first = not so_far.shown and not so_far.count and not any(one.at for one in so_far.seen)
    most = wanted.lines if first else _OF_NEW

    async def one(seen: Seen) -> tuple[Seen, list[Line], bool]:
        request = LogRequest(
            namespace=wanted.namespace, pod=seen.pod, container=seen.container, timestamps=True,
            limit_bytes=_STEP_BYTES, tail=_BETWEEN if seen.at else most + LONGEST_KEY,
            since_time=f"{seen.at[:19]}Z" if seen.at else wanted.since_time,
            since_seconds=None if seen.at else wanted.since_seconds,
        )  # fmt: skip
        async with gate:
            try:
                lines = parse(await newest(ask, request))
            except TargetNotFoundError:
                lines = []
            except ClusterRejectedError as error:
                if error.status != _BAD_REQUEST:
                    raise
                lines = []
        return _fresh(seen, lines, most)

    found = await asyncio.gather(*(one(seen) for seen in so_far.seen), return_exceptions=True)
    for result in found:
        if isinstance(result, BaseException):
            raise result
    heard = [result for result in found if not isinstance(result, BaseException)]
    lines, count = _said(so_far, asked, heard)
    return so_far.model_copy(
        update={
            "seen": tuple(seen for seen, _, _ in heard),
            "shown": _room((*so_far.shown, *lines)),
            "count": so_far.count + count,
            "heard": now if count else so_far.heard,
            "skipped": so_far.skipped or any(skipped for _, _, skipped in heard),
            "silent": 0.0,
        }
    )


def _fresh(seen: Seen, lines: list[Line], most: int) -> tuple[Seen, list[Line], bool]:
    """What of the lines is new, without secrets; and whether some before them were missed."""
    if not lines:
        return seen, [], False
    at = lines[-1].at
    same = sum(line.at == at for line in lines)
    if not seen.at:
        new, inside = redacted(lines)
        new = new[-most:] if most else []
        skipped = False
    else:
        known = [place for place, line in enumerate(lines) if line.at == seen.at][: seen.same]
        fresh = lines[known[-1] + 1 :] if known else [line for line in lines if line.at > seen.at]
        new, inside = redacted(fresh, inside=seen.inside)
        skipped = not known and len(lines) >= _BETWEEN
        inside = inside if fresh else seen.inside
    return seen.model_copy(update={"at": at, "same": same, "inside": inside}), new, skipped


def _said(
    so_far: Following, asked: Asked, heard: Sequence[tuple[Seen, list[Line], bool]]
) -> tuple[list[str], int]:
    names = _names(so_far, asked)
    sources = [Source(names[seen.pod, seen.container], lines) for seen, lines, _ in heard if lines]
    shown, count = merged(sources, most=_BETWEEN * max(1, len(sources)), times=asked.times)
    pattern = Pattern.regex(asked.grep) if asked.grep else None
    return picked(shown, pattern, 0) if pattern else ([line.line for line in shown], count)


def _names(so_far: Following, asked: Asked) -> dict[tuple[str, str], str]:
    short = short_names([one.pod for one in so_far.seen])
    alone = len(so_far.seen) == 1 and (not asked.target or asked.target.startswith("pod/"))
    several = len(so_far.seen) > len(short)
    names = {}
    for one in so_far.seen:
        name = f"{short[one.pod]}/{one.container}" if several else short[one.pod]
        full = f"pod/{one.pod}/{one.container}"
        names[one.pod, one.container] = full if asked.prefix else "" if alone else name
    return names


def _room(lines: Sequence[str]) -> tuple[str, ...]:
    """The newest lines that a message has room for."""
    kept: list[str] = []
    room = _MOST_CHARACTERS
    for line in reversed(lines[-_MOST_LINES:]):
        cut = line if len(line) <= _LINE else f"{line[:_LINE]}…"
        room -= len(cut) + 1
        if room < 0:
            break
        kept.append(cut)
    return tuple(reversed(kept))


def pause(so_far: Following, now: float) -> float:
    """Seconds until the next step: the longer nothing comes, the more."""
    quiet = now - so_far.heard
    return next((seconds for until, seconds in _PAUSES if quiet < until), _LONGEST_PAUSE)


def going_on(asked: Asked, so_far: Following, now: float) -> Message:
    """The message while it is followed."""
    notes = [text("{}", note) for note in so_far.notes]
    if so_far.silent:
        notes.append(text("The cluster has not answered for {}.", spell(now - so_far.silent)))
    elif now - so_far.heard >= _SAID_QUIET:
        notes.append(text("No line for {}.", spell(now - so_far.heard)))
    end = so_far.began + SECONDS
    left = text("{} not followed. ", plural(so_far.left, "more pod")) if so_far.left else Text()
    return Message(
        icon=Icon.UNDER_WAY,
        headline=text("Following {}: {} of {}", asked.whose, _lines(so_far), plural(so_far.pods, "pod")),
        parts=_parts(so_far, notes),
        footer=left + text("It ends by itself at {}.", instant(end, f"{spell(SECONDS)} after its start")),
    )


def ended(asked: Asked, so_far: Following, now: float) -> Message:
    """The message once it is over."""
    notes = [text("{}", note) for note in (*so_far.notes, so_far.over) if note]
    took = spell(now - so_far.began)
    again = Button(label="Follow on", command=join(["logs", *asked.words, *asked.flags, "-f", *asked.there]))
    look = Button(label="Logs", command=join(["logs", *asked.words, *asked.flags, *asked.there]))
    return Message(
        headline=text(
            "Followed {} for {}: {} of {}", asked.whose, took, _lines(so_far), plural(so_far.pods, "pod")
        ),
        parts=_parts(so_far, notes),
        buttons=(look,) if so_far.over else (again, look),
    )


def _lines(so_far: Following) -> str:
    return f"{so_far.count:,} {'line' if so_far.count == 1 else 'lines'}"


def _parts(so_far: Following, notes: list[Text]) -> tuple[Part, ...]:
    if so_far.skipped:
        notes = [*notes, text("It prints faster than can be shown: some lines are left out.")]
    said: list[Part] = [Bullets(items=tuple(notes))] if len(notes) > 1 else [Paragraph(text=n) for n in notes]
    return (*said, *([Output(text="\n".join(so_far.shown), name="logs.log")] if so_far.shown else []))
