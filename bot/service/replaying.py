"""What another policy would have said to what is on the record: for `policy replay`. Pure."""

from __future__ import annotations

import json

from bot.domain import asked
from bot.domain.access import Effect
from bot.domain.changes import canonical
from bot.domain.errors import AccessDeniedError
from bot.domain.model import Frozen, Json
from bot.domain.records import Record, RecordKind
from bot.service.lines import by_scope, decide_line
from bot.service.policy import Policy


class Replayed(Frozen):
    """One decision of the past, beside what it would be."""

    seq: int
    at: str
    actor: str
    verb: str
    where: str
    was: str
    now: str
    question: str
    """What was asked, as it is kept."""
    why: str
    """The rule or the reason of now."""
    partly: bool = False
    """The record keeps not all that was asked, or not as it was asked."""

    @property
    def differs(self) -> bool:
        return self.was != self.now


def replayed(record: Record, policy: Policy) -> Replayed | None:
    """None where no question or no decision was kept. Raises `ValueError` for a damaged question."""
    said: Json = json.loads(record.text)
    question = said.get("question")
    was = _was(said)
    if not question or not was:
        return None
    asks = asked.again(question)
    decision = decide_line(policy, by_scope(asks))
    target = "/".join(
        part for part in (said.get("cluster"), said.get("namespace"), said.get("target")) if part
    )
    hidden = any("[redacted" in word.lower() for one in asks if one.program for word in one.program.argv)
    return Replayed(
        seq=record.seq,
        at=record.at,
        actor=said.get("actor_name") or said.get("actor", ""),
        verb=said.get("verb", ""),
        where=target,
        was=was,
        question=canonical(question),
        now=decision.effect.value,
        why=f"rule {decision.rule}" if decision.rule else decision.reason,
        partly="more" in question or hidden,
    )


def _was(said: Json) -> str:
    """What was decided: what was refused was recorded without a decision."""
    found = said.get("decision", {}).get("effect", "")
    if found:
        return str(found)
    refused = (
        said.get("kind") == RecordKind.REFUSAL
        and said.get("detail", {}).get("error") == AccessDeniedError.code
    )
    return Effect.DENY.value if refused else ""
