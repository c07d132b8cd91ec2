"""What a rule found: one cause, the facts that show it, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from bot.domain.ages import spell
from bot.domain.describe.answer import sentence
from bot.domain.message import Button, Text, code, instant, text
from bot.domain.model import Frozen
from bot.domain.resources import ObjectRef
from bot.domain.revisions.history import HISTORIES
from bot.domain.rollouts.snapshot import PodTrouble
from bot.domain.why.evidence import Snapshot, Words
from bot.domain.workloads import called

_LABEL = 75


class Rank(IntEnum):
    """Causes before symptoms: what stands first explains what stands below it."""

    NODE_DOWN = 10
    REFUSED = 20
    CONFIG = 30
    CLAIM = 35
    VOLUME = 40
    UNSCHEDULABLE = 45
    EVICTED = 47
    BLOCKED = 49
    """Put right already, but for the broken pod that is waited for."""
    IMAGE = 50
    START = 55
    INIT = 58
    MEMORY = 60
    LIVENESS = 65
    CRASH = 70
    UNREADY = 75
    TERMINATING = 80
    JOB = 85
    SERVICE = 88
    AUTOSCALER = 90
    DEADLINE = 92
    PAUSED = 94
    OFF = 96
    """Nothing runs because nothing is asked for."""
    REMARK = 100
    """From here on: worth a line, and no trouble."""


class Fact(Frozen):
    """Something that was seen: what, where it stands, and since when."""

    text: Text
    source: str
    at: float | None = None


class Finding(Frozen):
    rank: Rank
    cause: Text
    """A clause after the object's name: `shop/web on prod: …`."""
    facts: tuple[Fact, ...] = ()
    step: Text = Text()
    """One sentence, with its full stop."""
    buttons: tuple[Button, ...] = ()
    pods: int = 0
    """How many pods have it."""
    old: bool = False
    """It is only with pods of an earlier template."""
    words: Words | None = None

    @property
    def order(self) -> tuple[int, bool, int]:
        return self.rank, self.old, -self.pods

    @property
    def is_trouble(self) -> bool:
        return self.rank < Rank.REMARK


def there(ref: ObjectRef) -> str:
    """The flags by which a line means the same place, wherever it is typed."""
    return f"-n {ref.namespace} --context {ref.cluster}" if ref.namespace else f"--context {ref.cluster}"


def button(label: str, line: str, ref: ObjectRef) -> Button:
    return Button(label=label[:_LABEL], command=f"{line} {there(ref)}")


def nowhere(ref: ObjectRef) -> ObjectRef:
    """The same cluster, and no namespace: for kinds that live in none."""
    return ref.model_copy(update={"namespace": None})


def describe_pod(name: str, ref: ObjectRef) -> Button:
    return button("Describe the pod", f"describe pod {name}", ref)


def logs(bad: PodTrouble, ref: ObjectRef) -> Button:
    before = " --previous" if bad.restarts else ""
    container = f" -c {bad.container}" if bad.container else ""
    label = "Logs before the crash" if before else "Logs"
    return button(label, f"logs {bad.pod}{container}{before}", ref)


def rollback(seen: Snapshot) -> tuple[Button, ...]:
    """The way back, where there is one: a workload that has an earlier revision."""
    kept = (*seen.sets, *seen.revisions)
    if seen.ref.type not in HISTORIES or len(kept) < 2:  # noqa: PLR2004 - this one and one before
        return ()
    return (button("Roll back", f"rollback {called(seen.ref)}", seen.ref),)


def back_or(seen: Snapshot, otherwise: str) -> Text:
    """The step where going back to the last revision would do."""
    return text(f"Roll back, or {otherwise}" if rollback(seen) else otherwise[:1].upper() + otherwise[1:])


def quoted(message: str, source: str, when: float | None) -> Fact:
    """The cluster's own words."""
    return Fact(text=text("{}", sentence(message)), source=source, at=when)


def told(fact: Fact, now: float) -> Text:
    """`Back-off pulling image … · pod web-1a-x, 14:02`."""
    place = text(" · {}", fact.source)
    if fact.at is None:
        return fact.text + place
    return fact.text + place + text(", {}", instant(fact.at, f"{spell(now - fact.at)} ago"))


def names(group: Sequence[PodTrouble]) -> Text:
    """Who has it: one pod by name, else how many."""
    return text("{}", code(group[0].pod)) if len(group) == 1 else text("{} pods", len(group))
