"""Anything under way: a row with a state, a lease, a fence and a next wake-up.

    invocation   received ─→ answered ─→ done                         the answer is kept until it is delivered
    plan         waiting ─→ (asking) ─→ confirmed ─→ intended ─→ concluded ─→ done
                    ├─→ cancelled ←─┤           the card is posted before the intent, so a restart finds it;
                    └─→ expired ←───┘           `asking` waits for the yes of others
    approval     moving ─→ done                                       the message that asks them
    review       open ─→ signed ─→ done                               what was done first, signed off later
    errand       open ─→ asking ─→ done                               what a refused person asks others to do
    follow       moving ─→ done
    session      moving ─→ (stopping) ─→ done                             a verb that lives on, step by step
    offer        open ─→ expired                                      buttons that run a command
    form         open ─→ expired                                      questions in a window of its own
    result       open ─→ expired                                      what a read found, view by view

A state says what the next step is, so that whoever claims the row, after whatever crash, knows what to do.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.model import Frozen, Json


class Kind(StrEnum):
    INVOCATION = "invocation"
    PLAN = "plan"
    FOLLOW = "follow"
    SESSION = "session"
    OFFER = "offer"
    RESULT = "result"
    FORM = "form"
    APPROVAL = "approval"
    REVIEW = "review"
    ERRAND = "errand"


class State(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    WAITING = "waiting"
    ASKING = "asking"
    CONFIRMED = "confirmed"
    INTENDED = "intended"
    MOVING = "moving"
    STOPPING = "stopping"
    OPEN = "open"
    SIGNED = "signed"
    DONE = "done"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


FINAL = frozenset({State.DONE, State.CANCELLED, State.EXPIRED})

LEGAL: dict[Kind, dict[State, frozenset[State]]] = {
    Kind.INVOCATION: {
        State.RECEIVED: frozenset({State.ANSWERED, State.DONE}),
        State.ANSWERED: frozenset({State.DONE}),
    },
    Kind.PLAN: {
        State.WAITING: frozenset({State.ASKING, State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
        State.ASKING: frozenset({State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
        State.CONFIRMED: frozenset({State.INTENDED, State.CONCLUDED}),
        State.INTENDED: frozenset({State.CONCLUDED}),
        State.CONCLUDED: frozenset({State.DONE}),
    },
    Kind.FOLLOW: {State.MOVING: frozenset({State.DONE})},
    Kind.SESSION: {
        State.MOVING: frozenset({State.STOPPING, State.DONE}),
        State.STOPPING: frozenset({State.DONE}),
    },
    Kind.OFFER: {State.OPEN: frozenset({State.EXPIRED})},
    Kind.RESULT: {State.OPEN: frozenset({State.EXPIRED})},
    Kind.FORM: {State.OPEN: frozenset({State.EXPIRED})},
    Kind.APPROVAL: {State.MOVING: frozenset({State.DONE})},
    Kind.REVIEW: {State.OPEN: frozenset({State.SIGNED}), State.SIGNED: frozenset({State.DONE})},
    Kind.ERRAND: {
        State.OPEN: frozenset({State.ASKING, State.EXPIRED}),
        State.ASKING: frozenset({State.DONE}),
    },
}


class Operation(Frozen):
    """One row, as its holder sees it."""

    id: str
    kind: Kind
    state: State
    owner: str
    """The person it belongs to; empty when anybody may press."""
    data: Json
    fence: int
    """Grows with every claim: whoever writes must hold the newest."""
    wake_at: float | None
    """When it is due, in seconds since 1970; None while it waits for a person or is over."""
    created_at: float


def check_step(kind: Kind, old: State, new: State) -> None:
    """Refuse a step that the machine above does not have."""
    if new is not old and new not in LEGAL[kind].get(old, frozenset()):
        raise ValueError(f"{kind} cannot go from {old} to {new}")
