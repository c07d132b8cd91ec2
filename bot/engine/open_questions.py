"""What waits for somebody: their own plans, the yes that others ask of them, what they may sign off."""

from __future__ import annotations

from bot.domain.access import Actor
from bot.domain.approvals import people, rules_met
from bot.domain.message import Button, person, text
from bot.domain.operation import Kind, Operation, State
from bot.engine import approval_cards
from bot.engine.command import Waiting
from bot.engine.planned import Planned
from bot.engine.reviews import SIGN, Reviewed
from bot.engine.rooms import Rooms


async def open_questions(rooms: Rooms, actor: Actor) -> tuple[Waiting, ...]:
    """Their own first, the oldest first; then those in which they have a say and have not spoken."""
    own = await rooms.operations.waiting(actor.id)
    asked = await rooms.operations.open_to_others(Kind.PLAN, State.ASKING)
    others = [(one, Planned.model_validate(one.data)) for one in asked if one.owner != actor.id]
    return (
        *(_own(one, Planned.model_validate(one.data)) for one in own),
        *(_asked(one, planned) for one, planned in others if _has_a_say(planned, actor)),
    )


async def open_reviews(rooms: Rooms, actor: Actor) -> tuple[Waiting, ...]:
    """What they may sign off, with the button for it; and what others still have to sign of theirs."""
    found = await rooms.operations.open_to_others(Kind.REVIEW, State.OPEN)
    reviews = [(one, Reviewed.model_validate(one.data)) for one in found]
    return tuple(
        _review(one, review, actor)
        for one, review in reviews
        if review.need.is_met_by(actor) or review.planned.invocation.user == actor.id
    )


def _has_a_say(planned: Planned, actor: Actor) -> bool:
    has_spoken = actor.id in {vote.user for vote in planned.votes}
    is_another = actor.id not in planned.wanted_by
    return is_another and bool(rules_met(planned.needs, actor)) and not has_spoken


def _channel(planned: Planned) -> str:
    """Where those who are asked are called."""
    return next((need.channel for need in planned.needs if need.channel), planned.invocation.place.channel)


def _own(operation: Operation, planned: Planned) -> Waiting:
    about = planned.plan.button
    withdraw = Button(label=approval_cards.cut(f"Withdraw: {about}"), press=f"{operation.id}:cancel")
    if operation.state is State.ASKING:
        said = text("{} Waiting for others.", planned.plan.title)
        return Waiting(
            said=said,
            until=operation.wake_at or 0.0,
            buttons=(withdraw,),
            channel=_channel(planned),
        )
    label = approval_cards.asks(planned).label or about
    if planned.needs:
        label = approval_cards.cut(f"Ask {people(planned.needs)}: {about}…")
    return Waiting(
        said=planned.plan.title,
        until=operation.wake_at or 0.0,
        about=about,
        channel=planned.invocation.place.channel,
        buttons=(
            Button(
                label=label,
                press=f"{operation.id}:confirm",
                style="danger" if planned.to_type else "primary",
            ),
            Button(label="Cancel", press=f"{operation.id}:cancel"),
        ),
    )


def _asked(operation: Operation, planned: Planned) -> Waiting:
    """With a yes only to what stands there whole."""
    who, yes_and_no = planned.invocation, approval_cards.answers(planned, operation.id)
    whole = approval_cards.in_a_line(planned)
    said = text("{} asks: {}", person(who.user, who.user_name), whole or planned.plan.title)
    if whole:
        buttons = yes_and_no
    else:
        buttons = yes_and_no[1:]
        said = text("{} It is shown whole where you were called: say yes there.", said)
    return Waiting(
        said=said,
        until=operation.wake_at or 0.0,
        about=planned.plan.button,
        channel=_channel(planned),
        buttons=buttons,
    )


def _review(operation: Operation, review: Reviewed, actor: Actor) -> Waiting:
    planned, who = review.planned, review.planned.invocation
    is_own = actor.id in planned.wanted_by
    sign = Button(label=approval_cards.cut(f"Sign off {planned.receipt.partition(' · ')[0]}…"),
                  press=f"{operation.id}:{SIGN}")  # fmt: skip
    waits_for = f" · waits for {review.need.people}" if is_own else ""
    return Waiting(
        said=text("{}: {}{} ({}){}", person(who.user, who.user_name), planned.became,
                  f" · {planned.reason}" if planned.reason else "", planned.receipt, waits_for),
        until=0.0,
        buttons=() if is_own else (sign,),
    )  # fmt: skip
