"""What `exec` says: of a program that ran to its end, and of one that is typed to."""

from __future__ import annotations

import hashlib

from bot.domain.access import Allowance, Risk
from bot.domain.ages import spell
from bot.domain.changes import Plan
from bot.domain.cluster import Ended, Ran
from bot.domain.message import (
    Facts,
    File,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Span,
    Text,
    code,
    person,
    plural,
    text,
)
from bot.domain.model import Frozen
from bot.domain.printed import lines, readable
from bot.domain.results import Lines
from bot.domain.runs import SHORT, Run, shown

_MOST_CUT = 10_000
"""Bytes of a line that was cut; of a longer one the rest is shown all the same."""


class Where(Frozen):
    """Which program, and in which container of which pod."""

    cluster: str
    namespace: str
    pod: str
    container: str
    only: bool = False
    """The pod has no other container."""
    chosen: str = ""
    """The workload whose pod this is, where it was chosen for its asker."""
    argv: tuple[str, ...]

    @property
    def program(self) -> Span:
        line = shown(self.argv).line
        return code(line if len(line) <= SHORT else f"{line[: SHORT - 1]}…")

    @property
    def place(self) -> Text:
        pod = text("{} on {}", code(f"{self.namespace}/{self.pod}"), code(self.cluster))
        return pod if self.only else text("container {} of {}", code(self.container), pod)


class End(Frozen):
    """How a terminal ended, for its card and for the record."""

    exit_code: int | None
    took: float
    typed: int
    """Lines."""
    transcript: File | None

    @property
    def hash(self) -> str:
        """Of the transcript as it is attached; empty without one."""
        return hashlib.sha256(self.transcript.content).hexdigest() if self.transcript else ""


def planned(where: Where, meant: Run, risk: Risk) -> Plan:
    """What is about to be run; the question shows each word of it beside this."""
    program, place = where.program, where.place
    if meant.is_typed_to:
        return Plan(
            verb="exec",
            title=text("Open a terminal with {} in {}?", program, place),
            button="Open it",
            risk=risk,
            doing=text("A terminal with {} in {} is opened", program, place),
            done=text("A terminal with {} in {} was opened", program, place),
            run=meant,
        )
    return Plan(
        verb="exec",
        title=text("Run {} in {}?", program, place),
        button="Run it",
        risk=risk,
        doing=text("{} runs in {}", program, place),
        done=text("{} ran in {}", program, place),
        run=meant,
    )


def ended(where: Where, ran: Ran, allowed: Allowance, took: float) -> Message | Lines:
    """A program's end, and both of its streams."""
    icon, said = _end(where, ran, allowed, took)
    notes: list[Part] = [_chosen(where)] if where.chosen else []
    out, err = _stream(ran.stdout), _stream(ran.stderr)
    unread = [
        _line("What it printed on {} is no text: {}.", name, _bytes(len(raw)))
        for name, raw, shown in (("stdout", ran.stdout, out), ("stderr", ran.stderr, err))
        if shown is None
    ]
    if not out and not err:
        silent = [] if unread or ran.ended is Ended.NOT_STARTED else [_line("It printed nothing.")]
        return Message(icon=icon, headline=said, parts=(*notes, *unread, *silent))
    if not out:
        out, err, notes = err, (), [*notes, _line("On stderr:")]
    after = (_line("On stderr:"), Output(text="\n".join(err), name="stderr.txt")) if err else ()
    return Lines(
        headline=said,
        icon=icon,
        lines=out or (),
        before=(*notes, *unread),
        after=after,
        name=f"{where.pod}.txt",
    )


def _end(where: Where, ran: Ran, allowed: Allowance, took: float) -> tuple[Icon | None, Text]:
    program, place = where.program, where.place
    match ran.ended:
        case Ended.EXITED:
            icon = Icon.WARNING if ran.exit_code else None
            return icon, text(
                "{} ended with exit {} in {} after {}", program, ran.exit_code, place, _took(took)
            )
        case Ended.NOT_STARTED:
            return Icon.FAILED, text(
                "{} was not started in {}: {}", program, place, ran.said or "no reason given"
            )
        case Ended.TIMED_OUT:
            bound = spell(allowed.seconds)
            said = "{} was not waited for longer than {} in {}: it may still run there"
            return Icon.WARNING, text(said, program, bound, place)
        case Ended.TOO_LONG:
            said = "{} printed more than {} in {}: no more was read, and it may still run there"
            return Icon.WARNING, text(said, program, _bytes(allowed.bytes), place)
        case _:
            said = "The connection to {} broke in {}: whether it still runs is not known"
            return Icon.WARNING, text(said, program, place)


# ---------------------------------------------------------------- typed to


def terminal(where: Where, user: str, name: str) -> Message:
    """The card of a terminal that is open."""
    notes = [_chosen(where)] if where.chosen else []
    how = "Reply in this thread: your lines are typed. It ends with {}, the button, or 10 min of silence."
    return Message(
        icon=Icon.UNDER_WAY,
        headline=text("Terminal of {} · {} · opened by {}", where.place, where.program, person(user, name)),
        parts=(*notes, _line(how, code("exit"))),
    )


def so_far(output: bytes, dropped: int) -> Message:
    """What it printed, the newest last."""
    shown = readable(_whole(output, dropped))
    if shown is None:
        return Message(headline=text("It prints bytes that are no text."))
    before = (_line("{} before this are not kept.", _bytes(dropped)),) if dropped else ()
    if not shown.strip():
        return Message(headline=text("It has printed nothing yet."), parts=before)
    return Message(
        headline=text("Output"), parts=(*before, Output(text=shown.strip("\n"), name="terminal.txt"))
    )


def too_much(most: int) -> Message:
    """What whoever wrote more than is read at once sees."""
    return Message(
        icon=Icon.WARNING,
        headline=text("That is longer than {} characters: none of it was typed.", f"{most:,}"),
        parts=(_line("Send it in pieces that are each whole."),),
    )


def over(where: Where, ran: Ran) -> Message:
    """It ended by itself, or its connection did."""
    match ran.ended:
        case Ended.EXITED:
            head = text("Terminal of {}: {} ended with exit {}", where.place, where.program, ran.exit_code)
            return Message(icon=Icon.WARNING if ran.exit_code else Icon.DONE, headline=head)
        case Ended.NOT_STARTED:
            head = text("Terminal of {}: {} was not started: {}", where.place, where.program, ran.said)
            return Message(icon=Icon.FAILED, headline=head)
        case _:
            said = "Terminal of {}: the connection to {} broke; whether its last command ended is not known"
            return Message(icon=Icon.WARNING, headline=text(said, where.place, where.program))


def stopped(where: Where) -> Message:
    return Message(
        icon=Icon.DONE,
        headline=text("Terminal of {}: {} was closed by its button", where.place, where.program),
    )


def idle(where: Where, seconds: float) -> Message:
    said = "Terminal of {}: {} was closed after {} without a line"
    return Message(icon=Icon.DONE, headline=text(said, where.place, where.program, spell(seconds)))


def gone(where: Where | None) -> Message:
    """A restart: the connection was the old process's."""
    said = "The bot restarted; the shell is gone. Whether its last command ended is not known."
    head = text("Terminal of {}: {}", where.place, said) if where else text(said)
    return Message(icon=Icon.WARNING, headline=head)


def closed(why: Message, end: End) -> Message:
    """Why it ended, with what the record keeps of it, and the transcript as a file."""
    rows = [("lasted", _took(end.took)), ("lines typed", str(end.typed))]
    if end.transcript:
        rows.append(("transcript", f"{_bytes(len(end.transcript.content))}, sha256 {end.hash}"))
    files = (end.transcript,) if end.transcript else ()
    return why.model_copy(update={"parts": (*why.parts, Facts(rows=tuple(rows))), "files": files})


def transcript(where: Where, output: bytes, dropped: int) -> File | None:
    """All that is kept of it, without secrets; None where nothing was printed or what was is no text."""
    shown = readable(_whole(output, dropped))
    if not shown or not shown.strip():
        return None
    start = f"[{_bytes(dropped)} before this were not kept]\n" if dropped else ""
    return File(
        name=f"{where.pod}-terminal.txt",
        title=f"Transcript of {where.namespace}/{where.pod}",
        content=f"{start}{shown}".encode(),
    )


def _whole(output: bytes, dropped: int) -> bytes:
    """From the first whole line on: what is left of a line that was cut may be the half of a secret."""
    before, end, rest = output.partition(b"\n")
    return rest if dropped and end and len(before) <= _MOST_CUT else output


def _chosen(where: Where) -> Paragraph:
    return _line("Of the pods of {} this one was chosen.", code(where.chosen))


def _stream(raw: bytes) -> tuple[str, ...] | None:
    """Lines; empty where there are none, None where it is no text."""
    shown = readable(raw)
    return None if shown is None else lines(shown)


def _took(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else spell(seconds)  # noqa: PLR2004 - a short one is worth a digit


def _bytes(count: int) -> str:
    return plural(count, "byte") if count < 10_000 else f"{count / 1000:,.0f} kB"  # noqa: PLR2004 - as people say it


def _line(template: str, *values: object) -> Paragraph:
    return Paragraph(text=text(template, *values))
