"""A namespace: whether it lives, and how much of what it may use is used."""

from __future__ import annotations

from bot.domain.describe.answer import Described, Fact, age_of, conditions
from bot.domain.describe.around import Around
from bot.domain.describe.limits import used
from bot.domain.message import Button, Text, bold, code, text
from bot.domain.model import Json
from bot.domain.printing.sorting import order
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place

_OWN = "kubernetes.io/metadata.name"
_STUCK = dict.fromkeys(
    (
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
        "NamespaceDeletionContentFailure",
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
    ),
    "True",
)


def namespace(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    phase = found.get("status", {}).get("phase", "Active")
    quotas = around.of("resourcequotas")
    full = [name for one in quotas for name, taken, hard in used(one) if order(taken) >= order(hard)]
    going: tuple[Text, ...] = ()
    if phase == "Terminating":
        going = (text("It is {}: what is in it goes first.", bold(phase)), *conditions(found, bad=_STUCK))
    marks = {k: v for k, v in (found["metadata"].get("labels") or {}).items() if k != _OWN}
    there = f"-n {ref.name} --context {ref.cluster}"
    return Described(
        headline=text("Namespace {} · {}", place(ref), code(phase)),
        wrong=(*going, *(text("Quota: {} is used up.", bold(name)) for name in full)),
        facts=(
            ("labels", ", ".join(f"{key}={value}" for key, value in marks.items())),
            *(fact for one in quotas for fact in _quota(one)),
            ("limit ranges", ", ".join(one["metadata"]["name"] for one in around.of("limitranges"))),
            ("age", age_of(found, now)),
        ),
        buttons=(
            Button(label="What runs in it", command=f"get all {there}"),
            Button(label="Its events", command=f"events {there}"),
        ),
        happenings=around.happenings or None,
    )


def _quota(found: Json) -> list[Fact]:
    return [(f"quota {name}", f"{taken} of {hard}") for name, taken, hard in used(found)]
