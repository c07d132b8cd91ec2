"""The messages that the engine itself says, as pure functions of what is known."""

from __future__ import annotations

from bot.domain.ages import age, spell
from bot.domain.changes import FieldChange, Plan
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterUnavailableError,
    TargetNotFoundError,
    UsageError,
)
from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Text,
    bold,
    code,
    instant,
    person,
    progress_bar,
    text,
)  # fmt: skip
from bot.domain.model import Frozen
from bot.domain.redaction import redact_value
from bot.domain.resources import ObjectRef
from bot.domain.rollout import CAUSE, Phase, PodTrouble, Progress, Trouble, short_image

_MOST_FIELDS = 12
_LONG = 120


class Asked(Frozen):
    """Whose change a card speaks of, and where it is on the record."""

    user: str
    name: str
    started: float
    receipt: str = ""


def where(ref: ObjectRef) -> Text:
    """`shop/web` on `prod`."""
    return text("{} on {}", code(ref), code(ref.cluster))


# ---------------------------------------------------------------- a plan, waiting for its requester


def preview(plan: Plan, plan_id: str, until: float, minutes: int) -> Message:
    """The question, with the few fields that will change and what stands in the way."""
    warnings = tuple(text("⚠️ {}", warning) for warning in plan.warnings)
    parts: list[Part] = [Facts(rows=rows)] if (rows := field_rows(plan)) else []
    parts += [Bullets(items=warnings)] if warnings else []
    style = "danger" if plan.risk == "destructive" else "primary"
    return Message(
        icon=Icon.WAITING,
        headline=plan.title,
        parts=tuple(parts),
        buttons=(
            Button(label=plan.button, press=f"{plan_id}:confirm", style=style),
            Button(label="Cancel", press=f"{plan_id}:cancel"),
        ),
        footer=text("Nothing has changed yet. Yours until {} ({} min) · plan {}",
                    instant(until, "later"), minutes, code(plan_id[:6])),
    )  # fmt: skip


def field_rows(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The changed fields as people read them: `image web`, `1.0 → 1.1`."""
    rows = []
    for step in plan.steps:
        lead = f"{step.write.target.name} " if len(plan.steps) > 1 else ""
        changes = [change for change in step.changes if not change.path.endswith(f"[{CAUSE}]")]
        rows += [(lead + short_path(change.path), shown_change(change)) for change in changes]
    if len(rows) > _MOST_FIELDS:
        more = len(rows) - _MOST_FIELDS
        rows = [*rows[:_MOST_FIELDS], ("…", f"and {more} more fields, all on the record")]
    return tuple(rows)


def short_path(path: str) -> str:
    """`spec.template.spec.containers[web].image` is `image (web)`; what is short already stays."""
    pod = path.removeprefix("spec.template.")
    if pod.startswith("spec.containers["):
        name, _, rest = pod.removeprefix("spec.containers[").partition("]")
        return f"{rest.lstrip('.') or 'container'} ({name})"
    return path


def shown_change(change: FieldChange) -> str:
    before, after = (_value(change.path, value) for value in (change.before, change.after))
    if change.before is None:
        return after
    return f"{before} → {after}"


def _value(path: str, value: object) -> str:
    if value is None:
        return "none"
    shown = "true" if value is True else "false" if value is False else str(value)
    if path.endswith(".image"):
        shown = short_image(shown)
    shown = redact_value(path.rpartition("env[")[2].partition("]")[0], shown)
    return shown if len(shown) <= _LONG else shown[: _LONG - 1] + "…"


def closed(plan: Plan, why: str, again: str = "", changed: str = "Nothing was changed.") -> Message:
    """What takes the question's place when it came to nothing."""
    buttons = (Button(label="Ask again", command=again),) if again else ()
    return Message(headline=text("{}: {} {}", question(plan), why, changed), buttons=buttons)


def going_ahead(plan: Plan) -> Message:
    """What the requester sees where the policy asks for no confirmation."""
    return Message(
        icon=Icon.UNDER_WAY, headline=plan.doing, footer=text("The card in this channel follows it.")
    )


def question(plan: Plan) -> Text:
    """The plan's title without its question mark, to go on about it."""
    *head, last = plan.title.spans
    return Text(spans=(*head, last.model_copy(update={"text": last.text.rstrip("?")})))


def accepted(plan: Plan, asked: Asked) -> Message:
    """What takes the question's place once its answer was yes."""
    return Message(
        icon=Icon.UNDER_WAY,
        headline=plan.doing,
        footer=text("Confirmed. The card in this channel follows it. {}", asked.receipt),
    )


# ---------------------------------------------------------------- a change under way, and its end


def starting(plan: Plan, asked: Asked) -> Message:
    return Message(icon=Icon.UNDER_WAY, headline=plan.doing, parts=_fields(plan), footer=signature(asked))


def finished(plan: Plan, asked: Asked, now: float) -> Message:
    """A change that needs no following."""
    return Message(
        icon=Icon.DONE,
        headline=text("{} · {}", plan.done, spell(now - asked.started)),
        parts=_fields(plan),
        buttons=_inverse(plan),
        footer=signature(asked),
    )


def failed(plan: Plan, asked: Asked, error: BotError, changed: str) -> Message:
    return Message(
        icon=Icon.FAILED,
        headline=text("{}: not done. {}", question(plan), error.message),
        parts=(Paragraph(text=text("{}{}", changed, f" {error.hint}" if error.hint else "")),),
        footer=signature(asked),
    )


def rolling(plan: Plan, asked: Asked, progress: Progress, now: float) -> Message:
    """The live card: each state complete in itself, so that any edit may be the last one seen."""
    ref = plan.follow
    if ref is None:
        raise ValueError("a plan without a workload has no rollout")
    builders = {
        Phase.MOVING: _moving, Phase.PAUSED: _paused, Phase.DONE: _done, Phase.STUCK: _stuck, Phase.GONE: _gone,
    }  # fmt: skip
    return builders[progress.phase](plan, ref, asked, progress, now - asked.started)


def _moving(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, took: float) -> Message:
    bad = next((trouble for trouble in progress.troubles if trouble.new), None)
    if bad is not None:
        return _troubled(plan, ref, asked, progress, bad)
    return Message(
        icon=Icon.UNDER_WAY,
        headline=plan.doing,
        parts=(Paragraph(text=_bar(progress, took)), Paragraph(text=text("{}", progress.sentence))),
        buttons=(_status(ref), _why(ref)),
        footer=signature(asked),
    )


def _bar(progress: Progress, took: float) -> Text:
    bar = progress_bar(min(progress.updated, progress.available), progress.desired)
    return text("{}  {} of {} updated · {} available · {}", code(bar), progress.updated, progress.desired,
                progress.available, spell(took))  # fmt: skip


def _troubled(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, bad: PodTrouble) -> Message:
    return Message(
        icon=Icon.WARNING,
        headline=text("{} is not getting on: {}", where(ref), cause(bad)),
        parts=(Paragraph(text=still_works(progress)), Paragraph(text=text("{}", progress.sentence))),
        buttons=(*_inverse(plan, "danger"), _logs(ref, bad), _why(ref)),
        footer=signature(asked),
    )


def _paused(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, took: float) -> Message:
    return Message(
        icon=Icon.WAITING,
        headline=text(
            "{} is paused: the change is stored, and no pod follows it until it is resumed", where(ref)
        ),
        parts=(Paragraph(text=_bar(progress, took)), Paragraph(text=still_works(progress))),
        footer=signature(asked),
    )


def _done(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, took: float) -> Message:
    icon = Icon.ROLLED_BACK if plan.verb == "rollback" else Icon.DONE
    return Message(
        icon=icon,
        headline=text("{} · {} of {} in {}", plan.done, progress.available, progress.desired, spell(took)),
        parts=(Paragraph(text=text("{}", progress.sentence)),),
        buttons=_inverse(plan),
        footer=signature(asked),
    )


def _stuck(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, took: float) -> Message:
    bad = next((trouble for trouble in progress.troubles if trouble.new), None)
    why = cause(bad) if bad else text("its new pods do not become available")
    return Message(
        icon=Icon.FAILED,
        headline=text("{} is stuck: {}", where(ref), why),
        parts=(
            Paragraph(text=still_works(progress)),
            Paragraph(text=text("{} · {}", progress.sentence, spell(took))),
        ),
        buttons=(*_inverse(plan, "danger"), *([_logs(ref, bad)] if bad else []), _why(ref)),
        footer=signature(asked),
    )


def _gone(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, took: float) -> Message:
    return Message(
        icon=Icon.WARNING,
        headline=text("{} is gone: it was deleted while it was followed", where(ref)),
        parts=(
            Paragraph(text=text("The change was made {} ago; nothing of it is left to follow.", spell(took))),
        ),
        footer=signature(asked),
    )


def still_works(progress: Progress) -> Text:
    """The last line of every failure: what is up, and what it runs."""
    if progress.available == 0:
        return text(
            "{} of {} available: {}.",
            0,
            progress.desired,
            bold("nothing serves now") if progress.desired else "none is wanted",
        )
    if progress.old:
        runs = ", ".join(short_image(image) for image in progress.old_images)
        whole = (
            "nothing is down"
            if progress.available >= progress.desired
            else f"{progress.available} of {progress.desired} available"
        )
        return text("{} of {} still run {}, {}.", progress.old, progress.desired, code(runs), whole)
    return text("{} of {} available.", progress.available, progress.desired)


def cause(bad: PodTrouble) -> Text:
    """One sentence, with Kubernetes' own word in it."""
    image, reason = code(short_image(bad.image)), code(bad.reason)
    if bad.kind is Trouble.IMAGE:
        missing = " (not found in registry)" if "not found" in bad.message.lower() else ""
        return text("{} cannot be pulled{} ({})", image, missing, reason)
    if bad.kind is Trouble.CRASH:
        return text("{} crashes with exit code {} ({})", image, bad.exit_code, reason)
    if bad.kind is Trouble.CONFIG:
        return text("{} cannot start: {} ({})", image, bad.message[:160], reason)
    if bad.kind is Trouble.UNSCHEDULABLE:
        return text("no node takes its pod: {} ({})", bad.message[:200], reason)
    return text("{} runs, but {} ({})", image, bad.message or "is not ready", reason)


def thread_line(bad: PodTrouble, ref: ObjectRef, last_words: str) -> Message:
    """What went wrong with one pod, with its last words where it had any."""
    if bad.kind is Trouble.CRASH:
        times = (
            ""
            if bad.restarts < 1
            else f", restarted {bad.restarts}" + (" time" if bad.restarts == 1 else " times")
        )
        headline = text(
            "{} crashed (exit {}){}, now {}", code(bad.pod), bad.exit_code, times, code(bad.reason)
        )
    else:
        headline = text("{}: {}", code(bad.pod), cause(bad))
    parts: tuple[Part, ...] = ()
    if last_words:
        parts = (Paragraph(text=text("Last words:")), Output(text=last_words, name=f"{bad.pod}.log"))
    elif bad.message and bad.kind is Trouble.IMAGE:
        parts = (Output(text=bad.message[:600]),)
    buttons = (_logs(ref, bad),) if bad.kind is Trouble.CRASH else (_why(ref, bad.pod),)
    return Message(icon=Icon.WARNING, headline=headline, parts=parts, buttons=buttons)


def signature(asked: Asked) -> Text:
    """Who, and where it stands on the record."""
    return text("{}{}", person(asked.user, asked.name), f" · {asked.receipt}" if asked.receipt else "")


def _fields(plan: Plan) -> tuple[Part, ...]:
    rows = field_rows(plan)
    return (Facts(rows=rows),) if rows else ()


def _place(ref: ObjectRef) -> str:
    return f"-n {ref.namespace} --context {ref.cluster}"


def _inverse(plan: Plan, style: str = "") -> tuple[Button, ...]:
    if not plan.inverse:
        return ()
    label = "Roll back…" if plan.inverse.startswith("rollback") else "Undo…"
    return (Button(label=label, command=plan.inverse, style="danger" if style else ""),)


def _status(ref: ObjectRef) -> Button:
    return Button(label="Pods", command=f"get pods -l app={ref.name} {_place(ref)}")


def _why(ref: ObjectRef, name: str = "") -> Button:
    line = f"describe pod {name}" if name else f"describe deployment {ref.name}"
    return Button(label="Describe", command=f"{line} {_place(ref)}")


def _logs(ref: ObjectRef, bad: PodTrouble) -> Button:
    flag = " --previous" if bad.kind is Trouble.CRASH and bad.restarts else ""
    return Button(
        label="Logs before the crash" if flag else "Logs", command=f"logs {bad.pod}{flag} {_place(ref)}"
    )


# ---------------------------------------------------------------- refusals, mistakes, errors


def refused(error: BotError, receipt: str = "") -> Message:
    """One function turns every error into what a person sees."""
    changed = text("Nothing was changed.{}", f" {receipt}" if receipt else "")
    said = text("{}", error.message)
    hint = (Paragraph(text=text("{}", error.hint)),) if error.hint else ()
    icon = Icon.FAILED if isinstance(error, (AccessDeniedError, ClusterUnavailableError)) else Icon.WARNING
    footer = Text() if isinstance(error, (UsageError, TargetNotFoundError)) else changed
    buttons = tuple(Button(label=_label(line), command=line) for line in error.suggestions[:4])
    return Message(icon=icon, headline=said, parts=hint, buttons=buttons, footer=footer)


def _label(line: str) -> str:
    return line if len(line) <= 40 else line[:39] + "…"  # noqa: PLR2004 - what a button shows on a phone


def bug(incident: str) -> Message:
    return Message(
        icon=Icon.FAILED,
        headline=text("Something in the bot itself went wrong ({}).", code(incident)),
        parts=(
            Paragraph(
                text=text(
                    "Nothing was changed by this command. An operator finds the cause under that id in the log."
                )
            ),
        ),
    )


def ago(then: float, now: float) -> str:
    return f"{age(now - then)} ago"
