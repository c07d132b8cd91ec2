"""The question before something is run that is no change of an object: each word of it, and where exactly."""

from __future__ import annotations

from bot.domain.cluster import ExecRequest, WebRequest
from bot.domain.message import Button, Facts, Icon, Message, Output, Paragraph, Part, code, instant, text
from bot.domain.model import Json
from bot.domain.runs import Run, Shown, shown
from bot.domain.typed import clean

_MOST_NAMED = 10


def what(meant: Run, beside: tuple[tuple[str, str], ...] = ()) -> tuple[Part, ...]:
    """All that whoever says yes to it has to know, below a headline that says where: neither more nor less
    is run. With rows `beside` it.
    """
    words, request = shown(meant.words), meant.request
    rows = _program(meant, request) if isinstance(request, ExecRequest) else _request(meant, request)
    parts: list[Part] = [Output(text=words.line, name="program.txt"), Facts(rows=(*beside, *rows))]
    parts += [Paragraph(text=text("⚠️ {}", said)) for said in _notes(words)]
    if meant.chosen:
        parts.append(Paragraph(text=text("Of the pods of {} this one was chosen.", code(meant.chosen))))
    if meant.is_typed_to:
        later = "What is typed into it is not known yet: the policy and the locks decide on each line."
        parts.append(Paragraph(text=text("⚠️ {}", later)))
    return tuple(parts)


def summary(meant: Run) -> Json:
    """What a record keeps of it."""
    request = meant.request
    return {
        "target": f"{meant.target.type.plural}/{meant.target}",
        "action": "exec" if isinstance(request, ExecRequest) else "proxy",
        "uid": meant.uid,
        "words": shown(meant.words).line,
        **({"container": request.container, "typed_to": meant.is_typed_to}
           if isinstance(request, ExecRequest) else {}),
    }  # fmt: skip


def _program(meant: Run, request: ExecRequest) -> tuple[tuple[str, str], ...]:
    terminal = "with a terminal, in a thread" if request.tty else "in a thread"
    typed = (("typed to", terminal),) if meant.is_typed_to else ()
    return (("container", request.container), *typed, ("uid", meant.uid))


def _request(meant: Run, request: WebRequest) -> tuple[tuple[str, str], ...]:
    port = (("port", request.port),) if request.port else ()
    return (*port, ("scheme", request.scheme or "http"), ("uid", meant.uid))


def _notes(words: Shown) -> list[str]:
    """What the line does not say."""
    said = []
    if words.hidden:
        said.append(f"Not shown, since it looks like a secret: {_places(words.hidden)}.")
    if words.spelt:
        said.append(f"No plain ASCII, and so spelt out: {_places(words.spelt)}.")
    return said


def _places(places: tuple[int, ...]) -> str:
    named = ", ".join(str(place) for place in places[:_MOST_NAMED])
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return f"in word {named}{more}" if len(places) == 1 else f"in words {named}{more}"


def may_run(line: str, operation: str, until: float, minutes: int) -> Message:
    """The question before a line that neither changes nor runs anything in a cluster, and so has no plan."""
    return Message(
        icon=Icon.WAITING,
        headline=text("Run {}?", code(clean(line))),
        buttons=(
            Button(label="Run it", press=f"{operation}:0", style="primary"),
            Button(label="Cancel", press=f"{operation}:cancel"),
        ),
        footer=text("Nothing has run yet. Yours until {} ({} min)", instant(until, "later"), minutes),
    )


def not_run(line: str) -> Message:
    return Message(headline=text("{}: cancelled. Nothing was run.", code(clean(line))))
