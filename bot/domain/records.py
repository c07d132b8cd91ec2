"""The account of what was asked, decided and done: canonical, hash-chained, only ever added to."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.domain.ages import parse_time
from bot.domain.changes import canonical
from bot.domain.model import Frozen, Json

GENESIS = "0" * 64
"""What the first record names as the one before it."""


class RecordKind(StrEnum):
    READ = "read"
    ASKED = "asked"
    """A change that was planned and shown; nothing was done."""
    INTENT = "intent"
    CONCLUSION = "conclusion"
    REFUSAL = "refusal"
    CLOSED = "closed"
    """A plan that was cancelled, ran out, or no longer held; nothing was done."""
    SET = "set"
    """Something of the bot's own was changed: a lock."""
    VOTE = "vote"
    """Somebody else said yes or no to a change."""
    REVIEWED = "reviewed"
    """A change that was made first was signed off."""
    FOLLOWED = "followed"
    """How the rollout of a change ended."""


class Entry(Frozen):
    """What a record says, before it has its place in the chain."""

    kind: RecordKind
    operation: str
    actor: str
    actor_name: str = ""
    team: str = ""
    channel: str = ""
    asked: str = ""
    """The line as typed, redacted."""
    verb: str = ""
    understood: dict[str, Any] = Field(default_factory=dict)
    cluster: str = ""
    namespace: str = ""
    target: str = ""
    question: dict[str, Any] = Field(default_factory=dict)
    """What the policy was asked, so that it can be asked again: see `domain/asked.py`."""
    decision: dict[str, Any] = Field(default_factory=dict)
    detail: dict[str, Any] = Field(default_factory=dict)
    """What the kind needs: a plan's changes, calls with versions before and after, an outcome, a duration."""

    def of(self, kind: RecordKind, detail: Json) -> Entry:
        """The same entry as another kind, with more detail."""
        return self.model_copy(update={"kind": kind, "detail": self.detail | detail})


class Record(Frozen):
    """An entry in its place. `text` is the canonical JSON that the hash covers; all else is read from it."""

    seq: int
    at: str
    text: str
    previous: str
    hash: str

    @property
    def receipt(self) -> str:
        """The number and the start of the hash, as messages show them."""
        return f"record {self.seq} · {self.hash[:8]}"


class Made(Frozen):
    """A change through the bot, as its record tells of it."""

    operation: str
    verb: str
    by: str
    at: float
    receipt: str


def made(record: Record) -> Made | None:
    """What a conclusion tells of a change that was applied; None for any other record."""
    said = json.loads(record.text)
    detail = said.get("detail", {})
    at = parse_time(record.at)
    if said["kind"] != RecordKind.CONCLUSION or detail.get("result") != "applied" or at is None:
        return None
    return Made(
        operation=said["operation"],
        verb=said.get("verb", ""),
        by=said.get("actor_name") or said["actor"],
        at=at,
        receipt=f"record {record.seq}",
    )


def seal(entry: Entry, seq: int, at: str, previous: str) -> Record:
    """Give an entry its place: number, instant, and a hash over both and over the one before."""
    content = {
        "seq": seq,
        "at": at,
        "previous": previous,
        **entry.model_dump(mode="json", exclude_defaults=True),
    }
    body = canonical(content)
    return Record(seq=seq, at=at, text=body, previous=previous, hash=digest(body))


def digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
