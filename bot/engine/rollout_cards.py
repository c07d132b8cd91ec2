"""The live card of a rollout and the lines of its thread, as pure functions of one judged snapshot.

Each state is complete in itself, so that any edit may be the last one seen; the last line of every failure
says what still works.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ages import spell
from bot.domain.changes import Plan
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
    progress_bar,
    text,
)  # fmt: skip
from bot.domain.redaction import redact
from bot.domain.resources import DAEMONSETS, ObjectRef
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble
from bot.domain.troubles import cause, causes, kept_back, kept_from, still_works
from bot.domain.workloads import place
from bot.engine import rollout_buttons as buttons
from bot.engine.cards import Asked, inverse, signature
from bot.engine.rollout_buttons import replaces_pods

_DELETE_IT = (
    "It keeps its order, and waits for this pod of an older template. Delete the pod, and it comes back with "
    "the newest one."
)
_DELETE_LATER = (
    "It keeps its order: also after a rollback it waits for {}. Delete that pod then, and it comes back with "
    "the template of before."
)


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

    @property
    def blocker(self) -> PodTrouble | None:
        """The broken pod of before that a set which keeps its order waits for: the one whose deletion lets
        it go on, else any.
        """
        progress = self.progress
        if self.bad or not progress.ordered:
            return None
        first = sorted(progress.troubles, key=lambda trouble: trouble.pod != progress.blocked)
        return next(iter(first), None)


def rolling(plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, now: float) -> Message:
    """The card for this moment."""
    view = _View(plan, ref, asked, progress, now - asked.started)
    return _BUILDERS[progress.phase](view)


def _moving(view: _View) -> Message:
    if view.bad or view.blocker or view.progress.lingering or view.progress.refused:
        return _troubled(view)
    return Message(
        icon=Icon.UNDER_WAY,
        headline=view.plan.doing,
        parts=(Paragraph(text=_bar(view)), Paragraph(text=text("{}", view.progress.sentence))),
        buttons=(
            *buttons.way_back(view.plan),
            *buttons.pause(view.plan, view.ref),
            buttons.why(view.ref),
            buttons.all_logs(view.ref),
        ),
        footer=signature(view.asked),
    )


def _bar(view: _View) -> Text:
    progress = view.progress
    due = progress.desired - progress.held
    bar = progress_bar(min(progress.updated, progress.available), due)
    return text("{}  {} of {} updated · {} available · {}", code(bar), progress.updated, due,
                progress.available, spell(view.took))  # fmt: skip


def _troubled(view: _View) -> Message:
    said = "{} waits for {}: {}" if view.blocker else "{} is not progressing: {}"
    who = (code(view.blocker.pod),) if view.blocker else ()
    return Message(
        icon=Icon.WARNING,
        headline=text(said, place(view.ref), *who, _cause(view)),
        parts=(
            Paragraph(text=still_works(view.progress)),
            *_next_step(view),
            Paragraph(text=text("{}", view.progress.sentence)),
        ),
        buttons=_remedies(view, *buttons.pause(view.plan, view.ref)),
        footer=signature(view.asked),
    )


def _cause(view: _View) -> Text:
    if bad := view.bad or view.blocker:
        return cause(bad)
    return kept_from(view.progress) or text("its new pods do not become available")


def _next_step(view: _View) -> tuple[Part, ...]:
    """What alone lets a set that keeps its order go on; it surprises whoever has just rolled back."""
    if view.progress.blocked:
        return (Paragraph(text=text(_DELETE_IT)),)
    if view.bad and view.progress.ordered and replaces_pods(view.plan):
        return (Paragraph(text=text(_DELETE_LATER, code(view.bad.pod))),)
    return ()


def _paused(view: _View) -> Message:
    return Message(
        icon=Icon.WAITING,
        headline=text(
            "{} is paused: the change is stored, and no further pod follows it until it is resumed",
            place(view.ref),
        ),
        parts=(Paragraph(text=_bar(view)), Paragraph(text=still_works(view.progress))),
        buttons=(buttons.resume(view.ref), buttons.why(view.ref)),
        footer=signature(view.asked),
    )


def _held(view: _View) -> Message:
    """Its pods are replaced only when they are deleted: there is nothing to follow any further. One that is
    broken is the first to delete.
    """
    if not replaces_pods(view.plan):
        return _done(view)
    progress = view.progress
    broken = tuple(bad for bad in progress.troubles if not bad.new)
    first = (buttons.delete_pod(view.ref, broken[0].pod),) if broken else ()
    return Message(
        icon=Icon.WAITING,
        headline=text(
            "{} has the change stored: each pod follows it only once it is deleted ({})",
            place(view.ref), code("OnDelete"),
        ),
        parts=(
            Paragraph(text=text("{} of {} pods have it; {} available.", progress.updated, progress.desired,
                                progress.available)),
            *((Bullets(items=causes(broken)),) if broken else ()),
            Paragraph(text=text("{}", progress.sentence)),
        ),
        buttons=(*first, *inverse(view.plan), buttons.status(view.ref)),
        footer=signature(view.asked),
    )  # fmt: skip


def _done(view: _View) -> Message:
    icon = Icon.ROLLED_BACK if view.plan.verb == "rollback" else Icon.DONE
    progress = view.progress
    is_part = progress.held > 0 and replaces_pods(view.plan)
    headline = text(
        "{} · {} of {} in {}",
        view.plan.doing if is_part else view.plan.done,
        progress.updated if is_part else progress.available,
        progress.desired,
        spell(view.took),
    )
    return Message(
        icon=icon,
        headline=headline,
        parts=(Paragraph(text=text("{}", progress.sentence)), *_left_out(view)),
        buttons=inverse(view.plan),
        footer=signature(view.asked),
    )


def _left_out(view: _View) -> tuple[Part, ...]:
    """Which pods the change does not reach, where that is how it is set up."""
    if said := kept_back(view.progress):
        return (Paragraph(text=said),)
    if view.ref.type == DAEMONSETS and not view.progress.desired:
        return (Paragraph(text=text("It chooses no node now, so it has no pod.")),)
    return ()


def _stuck(view: _View) -> Message:
    progress = view.progress
    still = text(" · no step further for {}", spell(progress.idle)) if progress.idle else Text()
    return Message(
        icon=Icon.FAILED,
        headline=text("{} is stuck: {}", place(view.ref), _cause(view)),
        parts=(
            Paragraph(text=still_works(progress)),
            *_next_step(view),
            Paragraph(text=text("{} · {}{}", progress.sentence, spell(view.took), still)),
        ),
        buttons=_remedies(view),
        footer=signature(view.asked),
    )


def _remedies(view: _View, *also: Button) -> tuple[Button, ...]:
    """The way back first, or the deletion that lets it go on; logs only where a container ever ran."""
    bad, blocked = view.bad or view.blocker, view.progress.blocked
    ran = bad is not None and bad.kind in {Trouble.CRASH, Trouble.UNREADY}
    first = (buttons.delete_pod(view.ref, blocked),) if blocked else ()
    logs = (buttons.logs(view.ref, bad),) if bad is not None and ran else ()
    late = "" if bad else view.progress.lingering
    return (*first, *inverse(view.plan), *also, *logs, buttons.why(view.ref, late))


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
    Phase.HELD: _held,
    Phase.DONE: _done,
    Phase.STUCK: _stuck,
    Phase.GONE: _gone,
}


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
    logs = (buttons.logs(ref, bad),) if bad.kind is Trouble.CRASH else ()
    return Message(
        icon=Icon.WARNING, headline=headline, parts=parts, buttons=(*logs, buttons.why(ref, bad.pod))
    )
