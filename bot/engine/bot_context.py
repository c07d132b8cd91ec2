"""What the verbs about the bot itself are given: who asks, what waits and runs, what the policy would say."""

from __future__ import annotations

from functools import partial

from bot.domain.access import Actor, Decision, Effect, Standing
from bot.domain.locks import Lock
from bot.domain.message import code, text
from bot.domain.operation import Kind
from bot.domain.records import Entry
from bot.domain.verdicts import OnCallUntil, Verdict
from bot.domain.whereabouts import Usual
from bot.engine import asking, whereabouts
from bot.engine.authorized import Authorized, understood
from bot.engine.command import BotContext, Command, UnderWay
from bot.engine.following import Following
from bot.engine.judging import Question, is_open_to_all, judge as judged
from bot.engine.open_questions import open_questions, open_reviews
from bot.engine.rooms import Rooms
from bot.engine.sessions import Running
from bot.service.locks import LockBook


class BoundLocks:
    """The locks, as one line may set and lift them: what it does is recorded as its own."""

    def __init__(self, book: LockBook, entry: Entry) -> None:
        self._book = book
        self._entry = entry

    async def all(self) -> tuple[Lock, ...]:
        return await self._book.all()

    async def set(self, lock: Lock) -> None:
        await self._book.set(lock, self._entry)

    async def lift(self, lock: Lock) -> bool:
        return await self._book.lift(lock, self._entry)


async def about_the_bot(rooms: Rooms, line: Authorized) -> BotContext:
    """What a verb about the bot itself is given."""

    def may(command: Command) -> Decision:
        return _may(rooms, line, command)

    def may_at(cluster: str, namespace: str) -> Decision:
        there = line.args.model_copy(update={"context": cluster, "namespace": namespace})
        asked = asking.ask(line.actor, line.invocation.place, line.command, there, line.command.mostly)
        return rooms.in_force.policy.decide(asked)

    def judge(words: tuple[str, ...]) -> Verdict | None:
        return _judge(rooms, line, usual, words)

    here = rooms, line.actor, line.invocation.place
    usual = await whereabouts.usual(*here)
    return BotContext(
        actor=line.actor,
        place=line.invocation.place,
        cluster=line.args.context,
        namespace=line.args.namespace,
        clusters=rooms.clusters.names,
        visible=whereabouts.visible(*here),
        usual=usual,
        look=partial(whereabouts.look, *here, line.invocation.id),
        choose=partial(whereabouts.choose, *here),
        commands=rooms.registry.commands,
        records=rooms.ledger,
        locks=BoundLocks(rooms.locks, line.entry),
        waiting=await open_questions(rooms, line.actor),
        reviews=await open_reviews(rooms, line.actor),
        under_way=await _under_way(rooms, line.invocation.user),
        may=may,
        may_at=may_at,
        judge=judge,
        now=rooms.clock,
        handles=rooms.in_force.policy.handles,
        freezes=rooms.in_force.freezes,
        on_call=_on_call(rooms, line.actor),
    )


def _judge(rooms: Rooms, line: Authorized, usual: Usual, words: tuple[str, ...]) -> Verdict | None:
    """What the policy says to a line; of a cluster on which it gives this person nothing, from whichever
    channel, it says nothing.
    """
    question = Question(rooms.registry, words)
    if is_open_to_all(question):
        return None
    actor, place = line.actor, line.invocation.place
    known = whereabouts.known(rooms, actor, place)
    cluster = question.context or line.args.context
    if cluster not in known:
        raise whereabouts.nothing_there(cluster, usual, known)
    own = line.args.namespace if cluster == line.args.context else ""
    namespace = question.namespace or own or whereabouts.namespace(rooms, place, cluster)
    verdict = judged(rooms.in_force, question, actor, place, cluster=cluster, namespace=namespace)
    by = next((one for one in rooms.in_force.policy.rules if one.name == verdict.decision.rule), None)
    theirs = tuple(one for one in _on_call(rooms, actor) if by and one.schedule in by.oncall)
    return verdict.model_copy(update={"on_call": theirs})


def _on_call(rooms: Rooms, actor: Actor) -> tuple[OnCallUntil, ...]:
    """A rota tells until when; a provider is asked who is on call, and no more."""
    found = []
    for name in sorted(actor.oncall):
        schedule = rooms.in_force.oncall.get(name)
        rota = schedule.rota if schedule else None
        until = rota.until(actor.id, rooms.clock()) if rota else None
        found.append(OnCallUntil(schedule=name, until=until))
    return tuple(found)


async def _under_way(rooms: Rooms, user: str) -> tuple[UnderWay, ...]:
    found = await rooms.operations.going(user)
    follows = [Following.model_validate(one.data) for one in found if one.kind is Kind.FOLLOW]
    sessions = [Running.model_validate(one.data) for one in found if one.kind is Kind.SESSION]
    return (
        *(UnderWay(what=one.plan.doing, channel=one.channel) for one in follows),
        *(
            UnderWay(
                what=text("{}", code(understood(one.invocation.text))),
                channel=one.invocation.place.channel,
            )
            for one in sessions
        ),
    )


def _may(rooms: Rooms, line: Authorized, command: Command) -> Decision:
    """What the policy says to a verb as it would be meant there, for what it mostly acts on."""
    actor, place = line.actor, line.invocation.place
    if actor.standing is not Standing.MEMBER:
        return Decision(effect=Effect.DENY)
    there = command.args.model_construct(namespace=line.args.namespace, context=line.args.context)
    return rooms.in_force.policy.decide(asking.ask(actor, place, command, there, command.mostly))
