"""What `logs` answers: one container's lines, several containers' lines, or which container is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.ages import age, parse_time
from bot.domain.loglines import containers, crash_before, ending, waits_for
from bot.domain.logs.merging import Shown, Source, merged, picked, short_names
from bot.domain.logs.reading import Printed
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
from bot.domain.patterns import Pattern
from bot.domain.redaction import redact
from bot.domain.results import Lines
from bot.domain.typed import join

_LONGEST = 300
_MOST_QUIET = 10
_MOST_CHOICES = 5


class Asked(Frozen):
    """What was asked for, as far as the answer speaks of it."""

    cluster: str
    namespace: str
    words: tuple[str, ...]
    """The line's own words for the target."""
    whose: Text
    """Of which pods, for a headline: `shop/web on prod`."""
    target: str = ""
    """`TYPE/NAME`, where there is one."""
    flags: tuple[str, ...] = ()
    """Those that another question about the same should have, too."""
    lines: int
    since: str = ""
    """`in the last 5 min`, for a sentence; empty where no time was given."""
    previous: bool = False
    times: bool = False
    prefix: bool = False
    grep: str = ""
    around: int = 0

    @property
    def there(self) -> tuple[str, ...]:
        return ("-n", self.namespace, "--context", self.cluster)


def of_one(asked: Asked, printed: Printed, before: Printed | None, now: float) -> Message | Lines:
    """One container's lines. `before` has the last words of the run before, where that one crashed."""
    ended, crash = ending(printed.status), crash_before(printed.status)
    whose = _name(asked, printed)
    buttons = _next_steps(asked, printed)
    if not printed.lines:
        return Message(headline=text("{} {}", whose, why_silent(asked, printed)), buttons=buttons)
    parts: list[Part] = []
    if ended:
        parts.append(_line("It ended with {}{}. Its last words:", _exit(ended, now), _waits(printed.status)))
    elif crash and before and before.lines:
        words, _ = merged([Source("", before.lines)], most=len(before.lines))
        said = "\n".join(line.line for line in words)
        parts.append(_line("The run before ended with {}. Its last words:", _exit(crash, now)))
        parts.append(Output(text=said, name=f"{printed.name}-before.log"))
        parts.append(_line("Since then:"))
    when = " before its last restart" if printed.previous and not ended else _since(asked)
    shown, count = merged([Source(_full(asked, printed), printed.lines)], most=asked.lines, times=asked.times)
    head = text("{} of {}{}", _counted(asked, count), whose, when)
    ill = bool((ended or crash or {}).get("exitCode"))
    return _lines(asked, head, shown, name=f"{printed.name}.log", parts=parts, buttons=buttons, ill=ill)


def of_many(asked: Asked, read: Sequence[Printed], left: int, now: float) -> Message | Lines:
    """The merged lines of several containers, and why some of them have none. `left` were not read."""
    spoke = [printed for printed in read if printed.lines]
    quiet = [printed for printed in read if not printed.lines]
    names = _names(asked, read)
    crashed = [one for one in spoke if crash_before(one.status) and not one.previous]
    bullets = [_crash(read, one, now) for one in crashed[:_MOST_QUIET]]
    bullets += [text("{} {}", code(_place(read, one)), why_silent(asked, one)) for one in quiet[:_MOST_QUIET]]
    if len(quiet) > _MOST_QUIET:
        bullets.append(text("{} more have no lines either.", len(quiet) - _MOST_QUIET))
    footer = text("{} not read: those in trouble and the newest come first.", plural(left, "more pod"))
    footer = footer if left else Text()
    parts: list[Part] = [Bullets(items=tuple(bullets))] if bullets else []
    buttons = (*(_before(asked, one) for one in crashed[:1]), *_steps_for_all(asked))
    pods = plural(len({printed.name for printed in spoke or quiet}), "pod")
    if not spoke:
        head = text("No lines of {} of {}{}.", pods, asked.whose, _since(asked))
        return Message(headline=head, parts=tuple(parts), buttons=buttons, footer=footer)
    sources = [Source(names[printed.name, printed.container], printed.lines) for printed in spoke]
    shown, count = merged(sources, most=asked.lines, times=asked.times)
    head = text("{} of {} of {}{}", _counted(asked, count), pods, asked.whose, _since(asked))
    found = _lines(asked, head, shown, name="logs.log", parts=parts, buttons=buttons, ill=False)
    return found.model_copy(update={"footer": footer})


def which(asked: Asked, pod: Json) -> Message:
    """Several containers, and none named: each is a press away, and all of them are."""
    names = containers(pod)
    lines = {
        f"Logs of {name}"[:75]: join(["logs", *asked.words, "-c", name, *asked.flags, *asked.there])
        for name in names[:_MOST_CHOICES]
    }
    lines["Logs of all"] = join(["logs", *asked.words, "--all-containers", *asked.flags, *asked.there])
    whose = text("{} on {}", code(f"{asked.namespace}/{pod['metadata']['name']}"), code(asked.cluster))
    return Message(
        headline=text("{} has {} containers: {}.", whose, len(names), ", ".join(names)),
        parts=(_line("Say which with {}.", code("-c NAME")),),
        buttons=tuple(Button(label=label, command=line) for label, line in lines.items()),
    )


def why_silent(asked: Asked, printed: Printed) -> Text:
    """Why there are no lines, as far as the pod's status tells."""
    status = printed.status
    if not status:
        phase = printed.pod.get("status", {}).get("phase", "Pending")
        return text("has printed nothing yet: it is {}.", code(phase))
    if waiting := waits_for(status):
        return text("has printed nothing yet. It waits to start: {}", redact(waiting)[:_LONGEST])
    if asked.previous and status.get("lastState"):
        return text("has nothing of its earlier run: it printed nothing, or its log is gone from the node.")
    if asked.previous:
        return text("has no log of an earlier run.")
    return text("has printed nothing{}.", _since(asked) or " yet")


def _lines(
    asked: Asked,
    head: Text,
    shown: list[Shown],
    *,
    name: str,
    parts: list[Part],
    buttons: tuple[Button, ...],
    ill: bool,
) -> Lines:
    lines = [line.line for line in shown]
    pattern = Pattern.regex(asked.grep) if asked.grep else None
    if pattern:
        lines, fitting = picked(shown, pattern, asked.around)
        head = text("{} with {} among the {}", plural(fitting, "line"), code(asked.grep), _lower(head))
    return Lines(
        icon=Icon.WARNING if ill else None,
        headline=head,
        lines=tuple(lines),
        newest_last=True,
        before=tuple(parts),
        buttons=buttons,
        name=name,
    )


def _lower(head: Text) -> Text:
    first = head.spans[0]
    return Text(
        spans=(first.model_copy(update={"text": first.text[:1].lower() + first.text[1:]}), *head.spans[1:])
    )


def _next_steps(asked: Asked, printed: Printed) -> tuple[Button, ...]:
    """What is worth a press beside the lines of one container."""
    there, one = " ".join(asked.there), f"{printed.name} -c {printed.container}"
    why = Button(label="Why", command=f"why pod/{printed.name} {there}")
    follow = Button(label="Follow", command=f"logs {one} -f {there}")
    crashed = crash_before(printed.status) and not printed.previous and not asked.previous
    runs = "running" in printed.status.get("state", {})
    return (*((_before(asked, printed),) if crashed else ()), why, *((follow,) if runs else ()))


def _before(asked: Asked, printed: Printed) -> Button:
    line = join(["logs", printed.name, "-c", printed.container, "--previous", *asked.there])
    return Button(label="Logs before the crash", command=line)


def _steps_for_all(asked: Asked) -> tuple[Button, ...]:
    there = " ".join(asked.there)
    follow = Button(label="Follow", command=join(["logs", *asked.words, *asked.flags, "-f", *asked.there]))
    why = Button(label="Why", command=f"why {asked.target} {there}")
    return (why, follow) if asked.target else (follow,)


def _names(asked: Asked, read: Sequence[Printed]) -> dict[tuple[str, str], str]:
    """What stands before each line: a pod's short name, with the container where a pod has several here."""
    short = short_names([printed.name for printed in read])
    several = len({(printed.name, printed.container) for printed in read}) > len(short)
    return {
        (printed.name, printed.container): _full(asked, printed)
        or (f"{short[printed.name]}/{printed.container}" if several else short[printed.name])
        for printed in read
    }


def _full(asked: Asked, printed: Printed) -> str:
    return f"pod/{printed.name}/{printed.container}" if asked.prefix else ""


def _place(read: Sequence[Printed], one: Printed) -> str:
    several = sum(printed.name == one.name for printed in read) > 1
    return f"{one.name}/{one.container}" if several else one.name


def _crash(read: Sequence[Printed], one: Printed, now: float) -> Text:
    ended = crash_before(one.status) or {}
    return text("{} runs again after {}.", code(_place(read, one)), _exit(ended, now))


def _name(asked: Asked, printed: Printed) -> Text:
    one = text("{} on {}", code(f"{asked.namespace}/{printed.name}"), code(asked.cluster))
    is_only = containers(printed.pod) == (printed.container,)
    return one if is_only else text("container {} of {}", code(printed.container), one)


def _counted(asked: Asked, count: int) -> str:
    counted = f"{count:,} {'line' if count == 1 else 'lines'}"
    return f"Last {counted}" if count >= asked.lines else counted


def _since(asked: Asked) -> str:
    return f" {asked.since}" if asked.since else ""


def _waits(status: Json) -> Text:
    reason = status.get("state", {}).get("waiting", {}).get("reason", "")
    return text(" and waits in {}", code(reason)) if reason else Text()


def _exit(ended: Json, now: float) -> Text:
    finished = parse_time(ended.get("finishedAt"))
    ago = f" {age(now - finished)} ago" if finished else ""
    return text("exit {} ({}){}", ended.get("exitCode", 0), code(ended.get("reason", "Error")), ago)


def _line(template: str, *values: object) -> Paragraph:
    return Paragraph(text=text(template, *values))
