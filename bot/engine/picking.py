"""A variable left in a line is answered with the names that it may have meant, each as a button."""

from __future__ import annotations

from bot.domain.access import ANY
from bot.domain.errors import UsageError
from bot.domain.invocation import Invocation
from bot.domain.resources import nearest
from bot.domain.typed import join
from bot.domain.variables import filled, kind_of
from bot.engine import asking, whereabouts
from bot.engine.command import BotCommand
from bot.engine.grammar import understood
from bot.engine.people import actor_of
from bot.engine.rooms import Rooms

_OFFERED = 9


async def pick(rooms: Rooms, invocation: Invocation, words: tuple[str, ...], variable: str) -> UsageError:
    """The mistake, with the line once for each name that lives there and may be reached.

    Raises `AccessDeniedError` and the errors below `ClusterError`.
    """
    command, rest = rooms.registry.find(words)
    said = f"`{variable}` is a variable of a shell, and there is none here."
    if isinstance(command, BotCommand):
        return UsageError(said, hint="Write the name itself.")
    place = invocation.place
    actor = await actor_of(rooms, invocation.team, invocation.user)
    asking.check_standing(actor, place, command.name)
    given = understood(command.args, rest)
    where = {key: given[key] for key in ("namespace", "context") if key in given}
    args = await asking.settle(rooms, actor, command.args.model_construct(**where), place)
    whereabouts.check_known(rooms, actor, place, args.context)
    kind = kind_of(variable)
    gate = asking.gate(rooms, actor, place, command, None)
    door = rooms.door(args.context, gate, actor, invocation.id)
    table = await door.table(kind, args.namespace if kind.namespaced else ANY)
    names = [row[0] for row in table.rows]
    known = kind.singular or kind.plural
    if not names:
        return UsageError(said, hint=f"There is no {known} in `{args.namespace}` on `{args.context}`.")
    shown = nearest(variable.strip("${}").lower(), names) or names
    more = len(names) + table.remaining - len(shown[:_OFFERED])
    error = UsageError(said, hint=f"Which {known}?" + (f" {more} more: type the name." if more > 0 else ""))
    error.suggestions = tuple(join(filled(words, variable, name)) for name in shown[:_OFFERED])
    return error
