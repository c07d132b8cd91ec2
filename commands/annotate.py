"""annotate: notes on an object for people and programs, set or taken away."""

from __future__ import annotations

from typing import ClassVar

from bot.domain.access import Permission, Risk
from bot.domain.changes import MARK
from bot.engine.command import ChangeCommand
from bot.engine.marking import MarkArgs, Marking, kinds

_LONGEST = 1000


class AnnotateArgs(MarkArgs):
    noun: ClassVar[str] = "an annotation"

    def check(self, key: str, value: str | None) -> None:
        if key == MARK:
            raise ValueError(f"`{MARK}` is how the bot knows its own changes again.")
        if value is not None and len(value) > _LONGEST:
            raise ValueError(f"The value of `{key}` is longer than {_LONGEST} characters.")


COMMAND = ChangeCommand(
    name="annotate",
    summary="Set or take away annotations of an object.",
    examples=("annotate deployment/web owner=shop-team", "annotate pod web-7c9d8-x2x4k note- -n shop"),
    args=AnnotateArgs,
    permission=Permission.OBJECT_ANNOTATE,
    risk=Risk.REVERSIBLE,
    kinds=kinds,
    also_reads=(),
    plan=Marking("annotate", "annotations", "annotated").plan,
)
