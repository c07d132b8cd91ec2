"""What a confirmed plan leaves behind: its intent in words, what is followed, what is asked anew."""

from __future__ import annotations

import hashlib

from bot.domain.access import Decision, Effect
from bot.domain.changes import Applied
from bot.domain.locks import Lock
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.runs import Run
from bot.engine import cards
from bot.engine.approvals import address_of
from bot.engine.following import Following, made
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms
from bot.engine.sessions import Running


def as_decided(planned: Planned, decision: Decision) -> Planned:
    """With who signs it off by the policy of now, where it lets its requester act first."""
    if decision.effect is not Effect.REVIEW:
        return planned
    return planned.model_copy(update={"review": next(iter(decision.needs), None), "rule": decision.rule})


def intent(planned: Planned, decision: Decision) -> Json:
    """What is about to be done, by which decision, and who agreed."""
    detail: Json = {
        "plan": cards.step_summaries(planned.plan),
        "decision": decision.model_dump(mode="json", exclude_defaults=True),
    }
    if planned.reason:
        detail["reason"] = planned.reason
    if planned.votes:
        detail["approved_by"] = [{"id": vote.user, "name": vote.name} for vote in planned.votes]
    if planned.review:
        detail["to_be_reviewed_by"] = planned.review.people
    return detail


def is_asked_anew(planned: Planned) -> bool:
    """Whether a new plan follows one that no longer holds. Where the policy asks nothing it would be done
    without a word, however late, and again and again.
    """
    return planned.stale and planned.confirmed and not planned.applied


def once_more(rooms: Rooms, planned: Planned, plan: str) -> Operation | None:
    """The same line, where what was shown no longer holds: its answer is the new plan.

    Its id is made from that of the plan, so that it is asked once.
    """
    if not is_asked_anew(planned):
        return None
    once, now = hashlib.sha256(f"again {plan}".encode()).hexdigest()[:32], rooms.clock()
    line = planned.invocation.model_copy(
        update={"id": once, "at": now, "reply": address_of(rooms, planned), "confirmed": False}
    )
    data = line.model_dump(mode="json")
    found = rooms.new(Kind.INVOCATION, State.RECEIVED, data, owner=line.user, wake_at=now)
    return found.model_copy(update={"id": once})


def following(rooms: Rooms, planned: Planned, lock: Lock | None) -> Operation:
    """The row that follows what was changed."""
    changed = planned.applied[planned.plan.main]
    found = Following(
        plan=planned.plan,
        asked=planned.asked(),
        channel=planned.invocation.place.channel,
        ts=planned.ts,
        uid=changed.get("uid", ""),
        made=made(planned.plan, {"metadata": {"uid": changed["uid"]}, "spec": changed["spec"]}),
        operation=planned.invocation.id,
        place=planned.invocation.place,
        lock=lock,
    )
    data, owner = found.model_dump(mode="json"), planned.invocation.user
    return rooms.new(Kind.FOLLOW, State.MOVING, data, owner=owner, wake_at=rooms.clock())


def opening(rooms: Rooms, planned: Planned, plan: str, meant: Run) -> Operation:
    """The row in which a terminal goes on."""
    found = Running(
        verb=planned.plan.verb, invocation=planned.invocation, args=planned.args, meant=meant, plan=plan,
        planned=planned,
    )  # fmt: skip
    data, owner = found.model_dump(mode="json"), planned.invocation.user
    return rooms.new(Kind.SESSION, State.MOVING, data, owner=owner, wake_at=rooms.clock())


def kept(item: Applied) -> Json:
    """Of the object after the write, what is needed to speak of it."""
    metadata = item.after.get("metadata", {})
    return {
        "uid": metadata.get("uid", ""),
        "name": metadata.get("name", ""),
        "spec": item.after.get("spec", {}),
        "status": item.after.get("status", {}),
    }
