"""label: labels of an object, set or taken away."""

from __future__ import annotations

from typing import ClassVar

from bot.domain.access import Permission, Risk
from bot.domain.changes import Step
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import LABEL_VALUE, PODS, ObjectRef
from bot.engine.command import ChangeCommand
from bot.engine.marking import MarkArgs, Marking, kinds


class LabelArgs(MarkArgs):
    noun: ClassVar[str] = "a label"

    def check(self, key: str, value: str | None) -> None:  # noqa: ARG002 - any key may have any value
        if value is not None and not LABEL_VALUE.fullmatch(value):
            raise ValueError(f"`{value[:80]}` cannot be a label's value.")


def _warnings(steps: tuple[Step, ...], items: dict[ObjectRef, Json]) -> tuple[Text, ...]:
    """A pod that loses a label by which it is selected is let go by its owner, and cut off from traffic."""
    lost = [
        (step.write.target, owner)
        for step in steps
        if step.write.target.type == PODS and any(change.before is not None for change in step.changes)
        for owner in items[step.write.target]["metadata"].get("ownerReferences") or []
        if owner.get("controller")
    ]
    return tuple(
        text("{} {} may select by it: then it lets {} go and starts another, and Services pass it by.",
             owner["kind"], code(owner["name"]), code(ref.name))
        for ref, owner in lost[:3]
    )  # fmt: skip


COMMAND = ChangeCommand(
    name="label",
    summary="Set or take away labels of an object.",
    examples=("label pod web-7c9d8-x2x4k version=v1", "label service/web tier=front --overwrite -n shop"),
    args=LabelArgs,
    permission=Permission.OBJECT_LABEL,
    risk=Risk.REVERSIBLE,
    kinds=kinds,
    also_reads=(),
    plan=Marking("label", "labels", "labelled", _warnings).plan,
)
