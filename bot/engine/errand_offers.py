"""Whether others can be asked to do what somebody is refused: who, by which words, and in which channel."""

from __future__ import annotations

import itertools
import logging

from bot.domain import asked
from bot.domain.access import ANY, Need, Place
from bot.domain.errors import AccessDeniedError, BotError
from bot.domain.invocation import Invocation
from bot.domain.message import Button
from bot.domain.model import Frozen, Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.typed import join, split
from bot.engine import errand_cards, whereabouts
from bot.engine.arguments import Args
from bot.engine.command import ChangeCommand, Command
from bot.engine.directory import Channel
from bot.engine.grammar import spelled
from bot.engine.rooms import Rooms
from bot.service.others import others

log = logging.getLogger(__name__)

OFFERED_SECONDS = 900.0
_TRIED = 3
"""So many groups are looked at, whether they can be asked, before none is offered."""


class Errand(Frozen):
    """What the row keeps."""

    verb: str
    line: str
    echo: str
    """The line as people read it."""
    label: str
    need: Need
    question: Json
    """What the policy refused, to be asked again of whoever takes it."""
    asker: Invocation
    channel: str
    ts: str = ""
    until: float = 0.0
    taken_by: tuple[str, str] = ("", "")


async def offered(
    rooms: Rooms, by: Invocation, command: Command, args: Args, *, target: str, error: AccessDeniedError
) -> tuple[Button, Operation] | None:
    """The button below a refusal, and its row; None where nobody else could, or they cannot be asked.

    Only for changes: what a read finds would be shown to whoever pressed, and not to whoever asked.
    """
    questions = error.questions
    if not questions or not isinstance(command, ChangeCommand):
        return None
    actor, place = questions[0][0].actor, questions[0][0].place
    line = _line(rooms, command, args)
    if not line or args.context not in whereabouts.known(rooms, actor, place):
        return None
    for need in others(rooms.in_force.policy, questions)[:_TRIED]:
        try:
            there = await reached(rooms, need, place, by.user)
        except BotError as unsaid:
            log.warning("nobody is offered to be asked: %s", unsaid.message)
            return None
        if there is not None:
            break
    else:
        return None
    scope = questions[0][0].scope
    errand = Errand(
        verb=command.name,
        line=line,
        echo=_echo(command, args) if scope.namespace == ANY else line,
        label=errand_cards.label_of(
            command.name, target if scope.namespace == ANY else f"{scope.namespace}/{target}"
        ),
        need=need,
        question=asked.kept(tuple(itertools.chain.from_iterable(questions))),
        asker=by,
        channel=there.id,
    )
    wake_at = rooms.clock() + OFFERED_SECONDS
    row = rooms.new(Kind.ERRAND, State.OPEN, errand.model_dump(mode="json"), owner=by.user, wake_at=wake_at)
    return errand_cards.offer(need, row.id), row


def _line(rooms: Rooms, command: Command, args: Args) -> str:
    """The line that means these arguments; empty where none does."""
    line = join([*command.name.split(), *spelled(args)])
    try:
        again = rooms.registry.read(split(line))
    except BotError:
        return ""
    return line if again == (command, args) else ""


def _echo(command: Command, args: Args) -> str:
    """The line without a namespace, where what is meant lives in none."""
    nowhere = args.model_copy(update={"namespace": type(args).model_fields["namespace"].default})
    return join([*command.name.split(), *spelled(nowhere)])


async def reached(
    rooms: Rooms, need: Need, place: Place, requester: str, *, fresh: bool = False
) -> Channel | None:
    """The channel in which they can be asked; None where there is none, or nobody but the requester.

    Raises `BotError` where that cannot be said.
    """
    if not await _somebody(rooms, need, requester):
        return None
    there = await rooms.directory.channel(need.channel or place.channel, fresh=fresh)
    if there.id != place.channel and not await rooms.directory.is_in(there.id, requester):
        return None
    return there if is_fit(there) else None


def is_fit(there: Channel) -> bool:
    """Whether others can be asked there: nobody of another workspace reads it."""
    return there.can_post and not there.is_shared and not there.is_direct


async def _somebody(rooms: Rooms, need: Need, requester: str) -> bool:
    for group in need.groups:
        if await rooms.directory.members(group) - {requester}:
            return True
    for schedule in need.oncall:
        on_duty = await rooms.oncall.who(schedule)
        if on_duty.emails or on_duty.users - {requester}:
            return True
    return False
