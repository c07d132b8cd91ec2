"""The messages that the engine itself says, as pure functions of what is known."""

from __future__ import annotations

import re

from bot.domain.changes import FieldChange, Plan
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterUnavailableError,
    LockedError,
    OutcomeUnknownError,
    PersonDeniedError,
    TargetNotFoundError,
    UnrecordedError,
    UsageError,
)
from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Icon,
    Message,
    Paragraph,
    Part,
    Text,
    code,
    instant,
    marked,
    person,
    text,
)
from bot.domain.model import Frozen, Json
from bot.domain.redaction import redact, redact_value
from bot.domain.resources import CONFIGMAPS
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.spelling import visibly
from bot.domain.typed import clean
from bot.domain.updates import shown_images
from bot.domain.workloads import RESTARTED
from bot.engine import run_cards

_MOST_FIELDS = 12
_SUGGESTIONS = 9
_ON_BUTTON = 40
_PLACE = re.compile(r" -n \S+ --context \S+$")
_SAYS_ITSELF = (UsageError, TargetNotFoundError, OutcomeUnknownError, UnrecordedError)
"""Errors beside which it need not, or must not, be said that nothing was changed."""
_NO = (AccessDeniedError, PersonDeniedError, ClusterUnavailableError)
_LONG = 120
_ENV = re.compile(r"^env\[([^\]]*)\](?:\.value)?$")
_NAMED = re.compile(r"(?:env|metadata\.annotations|metadata\.labels|^data)(\[[^\]]*\]|\.[^.\[]+$)")
"""Where people name a value themselves, its name tells whether it is a secret."""
_PORT = re.compile(r"^ports\[[^\]]*\]\.containerPort$")
_SHORT = {f"spec.template.metadata.annotations[{RESTARTED}]": "restarted at"}


class Asked(Frozen):
    """Whose change a card speaks of, and where it is on the record."""

    user: str
    name: str
    started: float
    receipt: str = ""
    agreed: tuple[tuple[str, str], ...] = ()
    """Who else said yes, by id and name."""
    sent_by: tuple[str, str] = ("", "")
    """For whom it is done, who may not do it themselves."""


class Asks(Frozen):
    """What a question asks for beside a mere yes."""

    label: str = ""
    """Of the button, where it does not just do it."""
    note: Text = Text()
    destroys: bool = False


JUST_A_YES = Asks()


# ---------------------------------------------------------------- a plan, waiting for its requester


def preview(plan: Plan, plan_id: str, until: float, minutes: int, asks: Asks = JUST_A_YES) -> Message:
    """The question, with the few fields that will change and what stands in the way."""
    parts = [*what(plan), *plan.beside, *warnings(plan)]
    parts += [Paragraph(text=asks.note)] if asks.note else []
    style = "danger" if asks.destroys or plan.risk == "destructive" else "primary"
    return Message(
        icon=Icon.WAITING,
        headline=plan.title,
        parts=tuple(parts),
        buttons=(
            Button(label=asks.label or plan.button, press=f"{plan_id}:confirm", style=style),
            Button(label="Cancel", press=f"{plan_id}:cancel"),
            *plan.instead,
        ),
        footer=text("{} Yours until {} ({} min) · plan {}", plan.not_yet,
                    instant(until, "later"), minutes, code(plan_id[:6])),
    )  # fmt: skip


def what(
    plan: Plan, *, in_public: bool = False, beside: tuple[tuple[str, str], ...] = ()
) -> tuple[Part, ...]:
    """What would be done: the fields that change, or each word of what is run; with rows `beside` them."""
    if plan.run:
        return run_cards.what(plan.run, beside)
    rows = (*field_rows(plan, in_public=in_public), *beside)
    return (Facts(rows=rows),) if rows else ()


def warnings(plan: Plan) -> list[Part]:
    """What stands in the way: one as a sentence, several as a list."""
    if len(plan.warnings) == 1:
        return [Paragraph(text=text("⚠️ {}", plan.warnings[0]))]
    return [Paragraph(text=text("⚠️ Before you do:")), Bullets(items=plan.warnings)] if plan.warnings else []


def field_rows(plan: Plan, *, in_public: bool = False) -> tuple[tuple[str, str], ...]:
    """The changed fields as people read them: `image web`, `1.0 → 1.1`. What is in a ConfigMap is shown to
    its requester alone, whom the policy lets read it.
    """
    rows = []
    for step in sorted(plan.steps, key=lambda one: one.write.target != plan.follow):
        lead = f"{step.write.target.name} " if len(plan.steps) > 1 else ""
        changes = [change for change in step.changes if not change.path.endswith((f"[{CAUSE}]", "].name"))]
        shown = _changed if in_public and step.write.target.type == CONFIGMAPS else shown_change
        rows += [(lead + short_path(change.path), shown(change)) for change in changes]
    if len(rows) > _MOST_FIELDS:
        more = len(rows) - _MOST_FIELDS
        rows = [*rows[:_MOST_FIELDS], ("…", f"and {more} more fields, all on the record")]
    return tuple(rows)


def step_summaries(plan: Plan) -> list[Json]:
    """The same for the record, with each write's target; secrets made unreadable."""
    if plan.run:
        return [run_cards.summary(plan.run)]
    return [
        {
            "target": f"{step.write.target.type.plural}/{step.write.target}",
            "action": step.write.action,
            "uid": step.pin.uid if step.pin else "",
            "changes": [
                f"{short_path(change.path)}: {shown(change)}"
                for change in step.changes
                if not change.path.endswith("].name")
            ],
        }
        for step in plan.steps
        for shown in (_changed if step.write.target.type == CONFIGMAPS else shown_change,)
    ]


def _changed(change: FieldChange) -> str:
    """That it changes, without its values."""
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def short_path(path: str) -> str:
    """`spec.template.spec.containers[web].image` is `image (web)`; what is short already stays."""
    pod = path.removeprefix("spec.template.")
    if pod.startswith("spec.containers["):
        name, _, rest = pod.removeprefix("spec.containers[").partition("]")
        field = _PORT.sub("port", _ENV.sub(r"env \1", rest.lstrip(".")))
        return f"{field or 'container'} ({name})"
    return _SHORT.get(path, path)


def shown_change(change: FieldChange) -> str:
    """`2 → 4`; an image with its registry, which is part of what is decided on."""
    if change.path.endswith(".image") and change.before and change.after:
        before, after = shown_images((str(change.before),), (str(change.after),))
    else:
        before, after = (_value(change.path, value) for value in (change.before, change.after))
    return after if change.before is None else f"{before} → {after}"


def _value(path: str, value: object) -> str:
    shown = readable(path, value)
    return shown if len(shown) <= _LONG else shown[: _LONG - 1] + "…"


def readable(path: str, value: object) -> str:
    """A value as people read it, all of it, without secrets, and with what cannot be seen spelt out."""
    if value is None:
        return "none"
    shown = "true" if value is True else "false" if value is False else str(value)
    name = _NAMED.search(path)
    return visibly(redact_value(name.group(1).strip(".[]") if name else "", shown))


def closed(
    plan: Plan,
    why: str,
    again: str = "",
    changed: str = "",
    icon: Icon | None = None,
) -> Message:
    """What takes the question's place when it came to nothing."""
    buttons = (Button(label="Ask again", command=again),) if again else ()
    headline = text("{}: {} {}", question(plan), marked(why), changed or plan.undone)
    return Message(icon=icon, headline=headline, buttons=buttons)


def going_ahead(plan: Plan) -> Message:
    """What the requester sees where the policy asks for no confirmation."""
    return Message(headline=plan.doing, footer=text("Its card is in this channel."))


def question(plan: Plan) -> Text:
    """The plan's title without its question mark, to go on about it."""
    *head, last = plan.title.spans
    return Text(spans=(*head, last.model_copy(update={"text": last.text.rstrip("?")})))


def accepted(plan: Plan, asked: Asked) -> Message:
    """What takes the question's place once its answer was yes."""
    return Message(
        headline=text("Confirmed: {}", plan.doing),
        footer=text("Its card is in this channel{}", f" · {asked.receipt}" if asked.receipt else ""),
    )


# ---------------------------------------------------------------- a change under way, and its end


def signature(asked: Asked) -> Text:
    """Who and for whom, who else said yes, and where it stands on the record."""
    agreed = text(", for {}", person(*asked.sent_by)) if asked.sent_by[0] else Text()
    for place, (user, name) in enumerate(asked.agreed):
        agreed += text("{}{}", " and " if place else ", approved by ", person(user, name))
    receipt = f" · {asked.receipt}" if asked.receipt else ""
    return text("{}{}{}", person(asked.user, asked.name), agreed, receipt)


def inverse(plan: Plan) -> tuple[Button, ...]:
    """The way back, as a new plan with a question of its own."""
    if not plan.inverse:
        return ()
    label = "Roll back…" if plan.inverse.startswith("rollback") else "Undo…"
    return (Button(label=label, command=plan.inverse),)


# ---------------------------------------------------------------- refusals, mistakes, errors


def waiting() -> Message:
    """What stands where the answer will, while the cluster takes its time."""
    return Message(icon=Icon.UNDER_WAY, headline=text("Asking the cluster…"))


def refused(error: BotError, receipt: str = "") -> Message:
    """One function turns every error into what a person sees."""
    changed = text("Nothing was changed.{}", f" {receipt}" if receipt else "")
    if isinstance(error, LockedError) and error.until is not None:
        changed = text("Until {}. {}", instant(error.until, "its end"), changed)
    said = marked(sentence(redact(error.message)))  # it may repeat what was typed where a name stands
    hint = (Paragraph(text=marked(redact(error.hint))),) if error.hint else ()
    icon = Icon.FAILED if isinstance(error, _NO) else Icon.WARNING
    icon = Icon.LOCKED if isinstance(error, LockedError) else icon
    footer = Text() if isinstance(error, _SAYS_ITSELF) else changed
    buttons = tuple(Button(label=_label(line), command=line) for line in error.suggestions[:_SUGGESTIONS])
    if error.form:
        buttons = (*buttons, Button(label="Fill it in…", form=error.form))
    return Message(icon=icon, headline=said, parts=hint, buttons=buttons, footer=footer)


def _label(line: str) -> str:
    """As much of a line as a button shows on a phone; the end stays, which tells one pod from its sibling."""
    line = clean(line)
    if len(line) > _ON_BUTTON:
        line = _PLACE.sub("", line)
    if len(line) <= _ON_BUTTON:
        return line
    return f"{line[: _ON_BUTTON // 2]}…{line[1 - _ON_BUTTON // 2 :]}"


def sentence(said: str) -> str:
    """Begun with a capital and ended with a point, as everything said is."""
    whole = said[:1].upper() + said[1:]
    return whole if whole.endswith((".", "?", ":")) else whole + "."


def bug(incident: str) -> Message:
    return Message(
        icon=Icon.FAILED,
        headline=text("Something in the bot itself went wrong ({}).", code(incident)),
        parts=(
            Paragraph(
                text=text("Nothing was changed by this command. An operator finds the cause in the log.")
            ),
        ),
    )
