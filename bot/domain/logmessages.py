"""What `logs` answers: one pod's lines, several pods' lines, or which container is meant."""

from __future__ import annotations

from bot.domain.ages import age, parse_time, spell
from bot.domain.loglines import clean, containers, crash_before, ending, status_of, waits_for
from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Text,
    code,
    plural,
    text,
)
from bot.domain.model import Frozen, Json
from bot.domain.redaction import redact
from bot.domain.typed import join

_LONGEST = 300


class LogsAsked(Frozen):
    """What was asked for, as far as the answer speaks of it."""

    cluster: str
    namespace: str
    words: tuple[str, ...]
    """The line's own words for the target."""
    whose: Text
    """Of which pods, for a headline."""
    lines: int
    since: int = 0
    previous: bool = False
    times: bool = False

    @property
    def there(self) -> tuple[str, ...]:
        return ("-n", self.namespace, "--context", self.cluster)


class Printed(Frozen):
    """What one container printed, secrets and all: it is redacted on its way into a message."""

    pod: Json
    container: str
    text: str
    previous: bool = False
    """It is from the run before this one."""

    @property
    def name(self) -> str:
        return str(self.pod["metadata"]["name"])

    @property
    def status(self) -> Json:
        return status_of(self.pod, self.container)


def of_one(asked: LogsAsked, printed: Printed, before: str, now: float) -> Message:
    """One pod's lines. `before` are the last words of the run before, where that one crashed."""
    lines, ended, crash = clean(printed.text), ending(printed.status), crash_before(printed.status)
    whose = _name(asked, printed)
    if not lines:
        head = text("{} {}", whose, why_silent(asked, printed))
        return Message(headline=head, buttons=_next_steps(asked, printed))
    parts: list[Part] = []
    if ended:
        parts.append(_line("It ended with {}{}. Its last words:", _exit(ended, now), _waits(printed.status)))
    elif crash and before:
        parts.append(_line("The run before ended with {}. Its last words:", _exit(crash, now)))
        parts.append(Output(text="\n".join(clean(before)), name=f"{printed.name}-before.log"))
        parts.append(_line("Since then:"))
    parts.append(Output(text="\n".join(lines), name=f"{printed.name}.log"))
    when = " before its last restart" if printed.previous and not ended else _since(asked)
    return Message(
        icon=Icon.WARNING if (ended or crash or {}).get("exitCode") else None,
        headline=text("{} of {}{}", _counted(asked, lines), whose, when),
        parts=tuple(parts),
        buttons=_next_steps(asked, printed),
    )


def of_many(asked: LogsAsked, lines: list[str], spoke: int, quiet: tuple[Printed, ...], more: int) -> Message:
    """The merged lines of several pods, and why some of them have none."""
    said = tuple(text("{} {}", code(silent.name), why_silent(asked, silent)) for silent in quiet)
    parts: list[Part] = [Bullets(items=said)] if said else []
    if lines:
        parts.append(Output(text="\n".join(lines), name="logs.log"))
        head = text("{} of {} {}{}", _counted(asked, lines), plural(spoke, "pod"), asked.whose, _since(asked))
    else:
        head = text("No lines of {} {}{}.", plural(len(quiet), "pod"), asked.whose, _since(asked))
    left = text("{} not read: those in trouble and the newest come first.", plural(more, "more pod"))
    return Message(headline=head, parts=tuple(parts), footer=left if more else Text())


def which(asked: LogsAsked, pod: Json) -> Message:
    """Several containers, and none named: each is a press away."""
    names = containers(pod)
    flags = [f"--since={asked.since}s"] if asked.since else []
    flags += ["--previous"] if asked.previous else []
    flags += ["--timestamps"] if asked.times else []
    lines = {name: join(["logs", *asked.words, "-c", name, *flags, *asked.there]) for name in names[:5]}
    buttons = tuple(Button(label=f"Logs of {name}"[:75], command=line) for name, line in lines.items())
    whose = _name(asked, Printed(pod=pod, container="", text=""), container=False)
    return Message(
        headline=text("{} has {} containers: {}.", whose, len(names), ", ".join(names)),
        parts=(_line("Say which with {}.", code("-c NAME")),),
        buttons=buttons,
    )


def why_silent(asked: LogsAsked, printed: Printed) -> Text:
    """Why there are no lines, as far as the pod's status tells."""
    status = printed.status
    if not status:
        return text(
            "has printed nothing yet: it is {}.", code(printed.pod.get("status", {}).get("phase", "Pending"))
        )
    if waiting := waits_for(status):
        return text("has printed nothing yet. It waits to start: {}", redact(waiting)[:_LONGEST])
    if asked.previous:
        return text("has no log of an earlier run.")
    return text("has printed nothing{}.", _since(asked) or " yet")


def _next_steps(asked: LogsAsked, printed: Printed) -> tuple[Button, ...]:
    there = " ".join(asked.there)
    before = Button(
        label="Logs before the crash",
        command=f"logs {printed.name} -c {printed.container} --previous {there}",
    )
    look = Button(label="Describe", command=f"describe pod {printed.name} {there}")
    crashed = crash_before(printed.status) and not printed.previous and not asked.previous
    return (before, look) if crashed else (look,)


def _name(asked: LogsAsked, printed: Printed, *, container: bool = True) -> Text:
    one = text("{} on {}", code(f"{asked.namespace}/{printed.name}"), code(asked.cluster))
    is_only = containers(printed.pod) == (printed.container,)
    return one if is_only or not container else text("container {} of {}", code(printed.container), one)


def _counted(asked: LogsAsked, lines: list[str]) -> str:
    counted = plural(len(lines), "line")
    return f"Last {counted}" if len(lines) >= asked.lines else counted


def _since(asked: LogsAsked) -> str:
    return f" in the last {spell(asked.since)}" if asked.since else ""


def _waits(status: Json) -> Text:
    reason = status.get("state", {}).get("waiting", {}).get("reason", "")
    return text(" and waits in {}", code(reason)) if reason else Text()


def _exit(ended: Json, now: float) -> Text:
    finished = parse_time(ended.get("finishedAt"))
    ago = f" {age(now - finished)} ago" if finished else ""
    return text("exit {} ({}){}", ended.get("exitCode", 0), code(ended.get("reason", "Error")), ago)


def _line(template: str, *values: object) -> Paragraph:
    return Paragraph(text=text(template, *values))
