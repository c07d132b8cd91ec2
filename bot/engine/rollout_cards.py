"""The live card of a rollout and the lines of its thread, as pure functions of one judged snapshot.

Each state is complete in itself, so that any edit may be the last one seen; the last line of every failure
says what still works.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ages import spell
from bot.domain.changes import Plan
from bot.domain.errors import BotError
from bot.domain.locks import Lock
from bot.domain.message import (
    Button,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Text,
    code,
    marked,
    plural,
    progress_bar,
    text,
)  # fmt: skip
from bot.domain.redaction import redact
from bot.domain.resources import ObjectRef
from bot.domain.rollout import Phase, PodTrouble, Progress, Trouble
from bot.domain.troubles import cause, still_works
from bot.domain.workloads import place, where
from bot.engine.cards import Asked, inverse, signature


@dataclass(frozen=True)
class _View:
    """All that a card is made of."""

    plan: Plan
    ref: ObjectRef
    asked: Asked
    progress: Progress
    took: float

    @property
    def bad(self) -> PodTrouble | None:
        """What stops the new template, where something does."""
        return next((trouble for trouble in self.progress.troubles if trouble.new), None)


def rolling(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, now: float) -> Message:
    """The card for this moment."""
    view = _View(plan, ref, asked, progress, now - asked.started)
    return _BUILDERS[progress.phase](view)


def _moving(view: _View) -> Message:
    if view.bad is not None:
        return _troubled(view, view.bad)
    return Message(
        icon=Icon.UNDER_WAY,
        headline=view.plan.doing,
        parts=(Paragraph(text=_bar(view)), Paragraph(text=text("{}", view.progress.sentence))),
        buttons=(*_way_back(view.plan), *_pause(view), _why(view.ref), _all_logs(view.ref)),
        footer=signature(view.asked),
    )


def _way_back(plan: Plan) -> tuple[Button, ...]:
    """While it runs, back to what ran before; what changes no template has nothing to stop."""
    if not plan.inverse.startswith("rollback"):
        return ()
    return (Button(label="Stop and roll back…", command=plan.inverse),)


def _pause(view: _View) -> tuple[Button, ...]:
    """Where pods are replaced that can be held; what changes no template goes on in spite of a pause."""
    paths = [change.path for step in view.plan.steps for change in step.changes]
    if not any(path == "spec.paused" or path.startswith("spec.template") for path in paths):
        return ()
    return (Button(label="Pause", command=f"pause {view.ref.name} {where(view.ref)}"),)


def _bar(view: _View) -> Text:
    progress = view.progress
    bar = progress_bar(min(progress.updated, progress.available), progress.desired)
    return text("{}  {} of {} updated · {} available · {}", code(bar), progress.updated, progress.desired,
                progress.available, spell(view.took))  # fmt: skip


def _troubled(view: _View, bad: PodTrouble) -> Message:
    return Message(
        icon=Icon.WARNING,
        headline=text("{} is not progressing: {}", place(view.ref), cause(bad)),
        parts=(
            Paragraph(text=still_works(view.progress)),
            Paragraph(text=text("{}", view.progress.sentence)),
        ),
        buttons=_remedies(view, bad, *_pause(view)),
        footer=signature(view.asked),
    )


def _paused(view: _View) -> Message:
    return Message(
        icon=Icon.WAITING,
        headline=text(
            "{} is paused: the change is stored, and no further pod follows it until it is resumed",
            place(view.ref),
        ),
        parts=(Paragraph(text=_bar(view)), Paragraph(text=still_works(view.progress))),
        buttons=(Button(label="Resume", command=f"resume {view.ref.name} {where(view.ref)}"), _why(view.ref)),
        footer=signature(view.asked),
    )


def _done(view: _View) -> Message:
    icon = Icon.ROLLED_BACK if view.plan.verb == "rollback" else Icon.DONE
    return Message(
        icon=icon,
        headline=text(
            "{} · {} of {} in {}",
            view.plan.done,
            view.progress.available,
            view.progress.desired,
            spell(view.took),
        ),
        parts=(Paragraph(text=text("{}", view.progress.sentence)),),
        buttons=inverse(view.plan),
        footer=signature(view.asked),
    )


def _stuck(view: _View) -> Message:
    bad = view.bad
    why = cause(bad) if bad else text("its new pods do not become available")
    return Message(
        icon=Icon.FAILED,
        headline=text("{} is stuck: {}", place(view.ref), why),
        parts=(
            Paragraph(text=still_works(view.progress)),
            Paragraph(text=text("{} · {}", view.progress.sentence, spell(view.took))),
        ),
        buttons=_remedies(view, bad),
        footer=signature(view.asked),
    )


def _remedies(view: _View, bad: PodTrouble | None, *also: Button) -> tuple[Button, ...]:
    """The way back first; logs only where a container ever ran."""
    ran = bad is not None and bad.kind in {Trouble.CRASH, Trouble.UNREADY}
    logs = (_logs(view.ref, bad),) if bad is not None and ran else ()
    return (*inverse(view.plan), *also, *logs, _why(view.ref))


def _gone(view: _View) -> Message:
    return Message(
        icon=Icon.WARNING,
        headline=text("{} is gone: it was deleted while it was followed", place(view.ref)),
        parts=(
            Paragraph(
                text=text("The change was made {} ago; nothing of it is left to follow.", spell(view.took))
            ),
        ),
        footer=signature(view.asked),
    )


_BUILDERS = {
    Phase.MOVING: _moving,
    Phase.PAUSED: _paused,
    Phase.DONE: _done,
    Phase.STUCK: _stuck,
    Phase.GONE: _gone,
}


def overtaken(
    plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, newer: tuple[str, ...]
) -> Message:
    """The end of a card whose change was made, and then changed again by somebody: it claims nothing more."""
    return Message(
        icon=Icon.WARNING,
        headline=text("{} · overtaken by a later change", plan.doing),
        parts=(
            Paragraph(text=text("The change was made; since then {}.", "; ".join(newer[:3]))),
            Paragraph(text=text("{} of {} available.", progress.available, progress.desired)),
        ),
        buttons=(_status(ref), _why(ref)),
        footer=signature(asked),
    )


def locked(card: Message, lock: Lock | None) -> Message:
    """The end of a card whose workload stays locked: who says that it is fixed does it here."""
    if lock is None:
        return card
    fixed = Button(label="Fixed", command=f"unlock {lock.id}")
    headline = text("{} · locked until {} says it is fixed", card.headline, lock.owner_name)
    return card.model_copy(update={"headline": headline, "buttons": (*card.buttons, fixed)})


def lost(plan: Plan, ref: ObjectRef, asked: Asked, error: BotError) -> Message:
    """The change was made, and what becomes of it cannot be seen from here any more."""
    return Message(
        icon=Icon.WARNING,
        headline=text("{} cannot be followed any further: {}", place(ref), marked(error.message)),
        parts=(Paragraph(text=text("The change was made: {}. Its rollout may still go on.", plan.doing)),),
        buttons=(_status(ref),),
        footer=signature(asked),
    )


def thread_line(bad: PodTrouble, ref: ObjectRef, last_words: str) -> Message:
    """What went wrong with one pod, with its last words where it had any."""
    if bad.kind is Trouble.CRASH:
        times = f", restarted {plural(bad.restarts, 'time')}" if bad.restarts else ""
        headline = text(
            "{} crashed (exit {}){}, now {}", code(bad.pod), bad.exit_code, times, code(bad.reason)
        )
    else:
        headline = text("{}: {}", code(bad.pod), cause(bad))
    parts: tuple[Part, ...] = ()
    if last_words:
        parts = (Paragraph(text=text("Last words:")), Output(text=last_words, name=f"{bad.pod}.log"))
    elif bad.message and bad.kind is Trouble.IMAGE:
        parts = (Output(text=redact(bad.message[:600])),)
    logs = (_logs(ref, bad),) if bad.kind is Trouble.CRASH else ()
    buttons = (*logs, _why(ref, bad.pod))
    return Message(icon=Icon.WARNING, headline=headline, parts=parts, buttons=buttons)


def _status(ref: ObjectRef) -> Button:
    return Button(label="Rollout status", command=f"rollout status deployment/{ref.name} {where(ref)}")


def _why(ref: ObjectRef, pod: str = "") -> Button:
    line = f"why pod/{pod}" if pod else f"why deployment/{ref.name}"
    return Button(label="Why", command=f"{line} {where(ref)}")


def _all_logs(ref: ObjectRef) -> Button:
    return Button(label="Logs", command=f"logs deployment/{ref.name} {where(ref)}")


def _logs(ref: ObjectRef, bad: PodTrouble) -> Button:
    flag = " --previous" if bad.kind is Trouble.CRASH and bad.restarts else ""
    return Button(
        label="Logs before the crash" if flag else "Logs", command=f"logs {bad.pod}{flag} {where(ref)}"
    )
