"""The whole diff of a plan that others are asked about, before whoever presses for it, and nobody else."""

from __future__ import annotations

import itertools

from bot.domain.access import ANY, Actor, Ask, Effect, Permission, Place, Risk, Scope
from bot.domain.approvals import people, rules_met
from bot.domain.changes import FieldChange, Step
from bot.domain.errors import PressError
from bot.domain.invocation import Invocation
from bot.domain.message import Message, Output, Paragraph, Part, code, plural, text
from bot.domain.operation import FINAL, Operation
from bot.domain.records import Entry, RecordKind
from bot.domain.resources import SECRETS
from bot.engine.cards import question, readable
from bot.engine.planned import Planned
from bot.engine.pressing import presser
from bot.engine.rooms import Rooms

DIFF = "diff"
_MOST = 9000
"""Characters: a message holds some more, with its headline and notes."""


async def diff(rooms: Rooms, by: Invocation, operation: Operation) -> Message:
    """Field by field with nothing cut, to its requester and to whoever is asked, as far as the policy lets
    them read it. That they looked is on the record.

    Raises `PressError` for everybody else, and for what is over.
    """
    if operation.state in FINAL:
        raise PressError("This question is already settled.", hint="Nothing was done by this press.")
    planned = Planned.model_validate(operation.data)
    plan = planned.plan
    actor = await presser(rooms, by, planned.invocation.place, plan.verb)
    is_own = by.user == planned.invocation.user
    if plan.run or not (is_own or rules_met(planned.needs, actor)):
        raise PressError("This is not yours to see.", hint=f"{people(planned.needs)} can.")
    seen = [is_own or _may_read(rooms, actor, by.place, step) for step in plan.steps]
    detail = {"outcome": "looked at the diff", "asked_by": planned.invocation.id}
    entry = Entry(
        kind=RecordKind.READ, operation=by.id, actor=by.user, actor_name=by.user_name, team=by.team,
        channel=by.place.channel, verb=plan.verb, cluster=plan.target.cluster,
        namespace=plan.target.namespace or "", target=plan.target.name, detail=detail,
    )  # fmt: skip
    async with rooms.database.write() as transaction:
        await rooms.ledger.append(transaction, entry)
    return shown(planned, tuple(seen), operation.id)


def shown(planned: Planned, seen: tuple[bool, ...], plan_id: str) -> Message:
    """The fields of those steps that may be seen; of the others how many there are."""
    every = [
        line
        for step, is_seen in zip(planned.plan.steps, seen, strict=True)
        for line in _lines(step, is_seen=is_seen)
    ]
    ends = itertools.accumulate(len(line) + 1 for line in every)
    fitting = sum(end <= _MOST for end in ends)
    parts: list[Part] = [Output(text="\n".join(every[:fitting]), name="diff.txt")] if fitting else []
    if left := len(every) - fitting:
        parts.append(Paragraph(text=text("{} not shown for want of room.", plural(left, "more line"))))
    return Message(
        headline=text("All that would change: {}", question(planned.plan)),
        parts=tuple(parts),
        footer=text("Shown to you alone · plan {}", code(plan_id[:6])),
    )


def _lines(step: Step, *, is_seen: bool) -> list[str]:
    target = step.write.target
    head = f"{step.write.action} {target.type.plural}/{target}"
    if not is_seen:
        return [head, f"  {plural(len(step.changes), 'field')}, which the policy does not let you read"]
    shown = (change for change in step.changes if not _is_said_beside(change, step.changes))
    return [head, *(line for change in shown for line in _change(step, change))]


def _is_said_beside(change: FieldChange, changes: tuple[FieldChange, ...]) -> bool:
    """`env[LEVEL].name` that comes or goes with `env[LEVEL].value`: its name stands in that path."""
    value = change.after if change.before is None else change.before
    comes_or_goes = change.before is None or change.after is None
    if not comes_or_goes or not change.path.endswith(f"[{value}].name"):
        return False
    item = change.path.removesuffix("name")
    return any(one.path.startswith(item) for one in changes if one.path != change.path)


def _change(step: Step, change: FieldChange) -> list[str]:
    """Its path, and its lines before and after."""
    if step.write.target.type == SECRETS and not change.path.startswith("metadata"):
        return [f"  {change.path}", "  ~ changes; what is in a Secret is not shown"]
    sides = (("-", change.before), ("+", change.after))
    return [
        f"  {change.path}",
        *(
            f"  {sign} {line}"
            for sign, value in sides
            if value is not None
            for line in readable(change.path, value).split("\n")
        ),
    ]


def _may_read(rooms: Rooms, actor: Actor, place: Place, step: Step) -> bool:
    """Whether the policy lets them `get` it from here without further ado."""
    target = step.write.target
    scope = Scope(cluster=target.cluster, namespace=target.namespace or ANY, kind=target.type.plural)
    asked = Ask(
        actor=actor, place=place, verb="get", permission=Permission.OBJECT_READ, risk=Risk.READ, scope=scope
    )
    return rooms.in_force.policy.decide(asked).effect is Effect.ALLOW
