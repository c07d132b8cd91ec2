"""Who asks, for which cluster and namespace, and whether the policy lets the line through at all."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from bot.domain.access import (
    ANY,
    Actor,
    Ask,
    Decision,
    Effect,
    Permission,
    Place,
    Questions,
    Risk,
    Scope,
    Standing,
    strictest,
)
from bot.domain.changes import Plan
from bot.domain.errors import AccessDeniedError
from bot.domain.resources import BUILT_IN
from bot.engine import whereabouts
from bot.engine.arguments import Args, ReadArgs
from bot.engine.command import BotCommand, ChangeCommand, Command, ReadCommand, RunCommand
from bot.service.gate import PolicyGate, refusal
from bot.service.policy import Policy

if TYPE_CHECKING:
    from bot.engine.rooms import Rooms

_CLUSTER_WIDE = {word for found in BUILT_IN if not found.namespaced for word in found.words}
_MOST_NAMESPACES = 50
"""That are read one by one where not all may be seen."""


async def settle(rooms: Rooms, actor: Actor, args: Args, place: Place) -> Args:
    """Fill in the cluster and namespace: the line's own, else those that are usual for its asker here.

    Raises `ClusterUnknownError` that lists no cluster on which the policy gives this person nothing; whoever
    names one of those is told that there is none. The one that is usual here is let through: what is refused
    there is refused without its name.
    """
    usual = (await whereabouts.usual(rooms, actor, place)).cluster
    context = args.context or usual
    if context not in (rooms.clusters.names if context == usual else whereabouts.known(rooms, actor, place)):
        raise whereabouts.unknown(context, whereabouts.visible(rooms, actor, place))
    namespace = args.namespace or whereabouts.namespace(rooms, place, context)
    return args.model_copy(update={"context": context, "namespace": namespace})


async def is_for_the_channel(rooms: Rooms, args: Args, place: Place) -> bool:
    """Whether a read is answered before everybody: as asked, or as is usual in the channel.

    Raises `AccessDeniedError` where that is asked for and people of other workspaces would read it.
    """
    there = rooms.in_force.channels.get(place.channel)
    if not isinstance(args, ReadArgs) or not (args.share or (there and there.share)):
        return False
    channel = await rooms.directory.channel(place.channel, fresh=True)
    if channel.is_shared and args.share:
        raise outsiders()
    return not channel.is_shared


def outsiders() -> AccessDeniedError:
    return AccessDeniedError(
        "People of other workspaces read this channel, so nothing is shared here.",
        hint="Share it in a channel of this workspace alone.",
    )


async def narrowed(
    rooms: Rooms, actor: Actor, place: Place, command: Command, args: Args
) -> tuple[Args, Decision] | None:
    """Where all namespaces are asked for and only some may be seen: the same line for those.

    None where it is no such line, or where none may be seen.
    """
    kinds = command.kinds(args)
    if not isinstance(args, ReadArgs) or args.reach() != ANY or not _CLUSTER_WIDE.isdisjoint(kinds):
        return None
    policy = rooms.in_force.policy
    seen: dict[str, Decision] = {}
    for namespace in await rooms.clusters.namespaces(args.context):
        answers = [
            policy.decide(ask(actor, place, command, args, kind, namespace=namespace)) for kind in kinds
        ]
        if answers and all(answer.allowed for answer in answers):
            seen[namespace] = strictest(answers)
        if len(seen) == _MOST_NAMESPACES:
            break
    if not seen:
        return None
    return args.model_copy(update={"within": tuple(seen)}), strictest(seen.values())


def ask(actor: Actor, place: Place, command: Command, args: Args, kind: str, *, namespace: str = "") -> Ask:
    """One question of a line, for all that it reaches, or for one namespace of that."""
    reach = ANY if kind in _CLUSTER_WIDE else namespace or args.reach()
    return Ask(
        actor=actor,
        place=place,
        verb=command.name,
        permission=command.permission,
        risk=command.risk,
        scope=Scope(cluster=args.cluster(), namespace=reach, kind=kind),
    )


def of_line(actor: Actor, place: Place, command: Command, args: Args) -> Questions:
    """All questions of a line: for each kind and namespace that it names one, or for a program one for each
    reading of it.
    """
    programs = command.programs(args) if isinstance(command, RunCommand) else ()
    within = args.within if isinstance(args, ReadArgs) else ()
    lines = [
        ask(actor, place, command, args, kind, namespace=namespace)
        for kind, namespace in itertools.product(command.kinds(args), within or ("",))
    ]
    return tuple(
        tuple(line.model_copy(update={"program": program}) for program in programs or (None,))
        for line in lines
    )


def of_plan(actor: Actor, place: Place, command: Command, plan: Plan) -> tuple[Ask, ...]:
    """All questions of a plan: one for each object that it would change, at the plan's own risk.

    Of a namespace two: as what lives in none, and by its name: all that is there undergoes it. Of what is run
    one, with the program that is meant.
    """
    if plan.run:
        there = plan.run.target
        scope = Scope(cluster=there.cluster, namespace=there.namespace or ANY, kind=there.type.plural)
        return (
            Ask(
                actor=actor, place=place, verb=command.name, permission=command.permission, risk=plan.risk,
                scope=scope, program=plan.run.program,
            ),
        )  # fmt: skip
    return tuple(
        Ask(
            actor=actor,
            place=place,
            verb=command.name,
            permission=command.permission,
            risk=plan.risk,
            scope=Scope(
                cluster=step.write.target.cluster, namespace=namespace, kind=step.write.target.type.plural
            ),
            facts=step.facts,
        )
        for step in plan.steps
        for namespace in dict.fromkeys((step.write.target.namespace or ANY, step.write.target.within or ANY))
    )


def decide(rooms: Rooms, actor: Actor, place: Place, command: Command, args: Args) -> Decision:
    """The decision on the text: the strictest over all kinds that the line names. Raises `AccessDeniedError`.

    What only asks the bot about itself is open to every full member, and to nobody else.
    """
    if isinstance(command, BotCommand) and command.permission is Permission.BOT_ASK:
        check_standing(actor, place, command.name)
        return Decision(effect=Effect.ALLOW, reason="open to every member")
    decisions = []
    for readings in of_line(actor, place, command, args):
        answers = [rooms.in_force.policy.decide(one) for one in readings]
        allowed = [answer for answer in answers if answer.allowed]
        if not allowed:
            raise _refused(rooms, answers[0], readings[0], of_line(actor, place, command, args))
        decisions += allowed
    return strictest(decisions)


def decide_plan(rooms: Rooms, actor: Actor, place: Place, command: Command, plan: Plan) -> Decision:
    """The decision on the plan: on each object that it would change. Raises `AccessDeniedError`."""
    decisions = []
    for asked in of_plan(actor, place, command, plan):
        decision = rooms.in_force.policy.decide(asked)
        if not decision.allowed:
            asks = tuple((one,) for one in of_plan(actor, place, command, plan))
            raise _refused(rooms, decision, asked, asks)
        decisions.append(decision)
    if not decisions:
        raise AccessDeniedError("The plan changes nothing that could be decided on.")
    return strictest(decisions)


def decide_again(rooms: Rooms, actor: Actor, place: Place, questions: Questions) -> None:
    """Ask of somebody else what was asked before. Raises `AccessDeniedError`."""
    theirs = {"actor": actor, "place": place}
    for readings in questions:
        asks = tuple(ask.model_copy(update=theirs) for ask in readings)
        answers = [rooms.in_force.policy.decide(ask) for ask in asks]
        if not any(answer.allowed for answer in answers):
            raise _refused(rooms, answers[0], asks[0], questions)


def _refused(rooms: Rooms, decision: Decision, asked: Ask, questions: Questions) -> AccessDeniedError:
    """Of a cluster on which a member has nothing, from whichever channel, they are told nothing."""
    if asked.actor.standing is Standing.MEMBER and asked.scope.cluster != ANY:
        known = whereabouts.known(rooms, asked.actor, asked.place)
        if asked.scope.cluster not in known:
            return whereabouts.hidden(known)
    error = refusal(decision, asked.verb, asked.scope.cluster, asked.scope.namespace)
    error.questions = questions
    return error


def decide_change(
    rooms: Rooms, actor: Actor, place: Place, command: Command, args: Args, *, plan: Plan
) -> Decision:
    """The decision on a planned change, by its text and by what it would do. Raises `AccessDeniedError`.

    Where the text alone left open what the change does, the plan has answered that.
    """
    said = decide(rooms, actor, place, command, args)
    planned = decide_plan(rooms, actor, place, command, plan)
    return planned if said.is_open else strictest((planned, said))


def check_standing(actor: Actor, place: Place, verb: str) -> None:
    """Refuse whoever is no full member of this workspace, before anything is told or looked up for them."""
    if actor.standing is Standing.MEMBER and actor.team == place.team:
        return
    scope = Scope(cluster="", namespace="", kind="")
    unasked = Ask(
        actor=actor, place=place, verb=verb, permission=Permission.BOT_ASK, risk=Risk.READ, scope=scope
    )
    raise AccessDeniedError(f"Not allowed: `{verb}`.", hint=Policy().decide(unasked).reason)


def gate(
    rooms: Rooms,
    actor: Actor,
    place: Place,
    command: ReadCommand[Args] | RunCommand[Args] | ChangeCommand[Args],
    args: Args | None,
) -> PolicyGate:
    """The gate for everything that this one use of a verb will read or write; or, while its arguments are
    still being chosen, for what it mostly acts on.
    """
    kinds = command.kinds(args) if args else (command.mostly,)
    return PolicyGate(
        rooms.in_force,
        actor=actor,
        place=place,
        verb=command.name,
        permission=command.permission,
        risk=command.risk,
        main=kinds[0] if kinds else "",
        covers=frozenset(kind.plural for kind in command.also_reads),
    )
