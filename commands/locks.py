"""locks: what must not be changed now, by whom, why, and until when."""

from __future__ import annotations

from bot.domain.access import Permission
from bot.domain.locks import CONFIGURED, Lock
from bot.domain.message import Bullets, Button, Icon, Message, Text, code, instant, plural, text
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext
from bot.engine.whereabouts import nothing_there

_LISTED = 30
_BUTTONS = 5


class LocksArgs(Args):
    pass


async def run(ctx: BotContext, _args: LocksArgs) -> Message:
    """Of a cluster on which the policy gives somebody nothing it tells them nothing."""
    if ctx.cluster not in ctx.visible:
        raise nothing_there(ctx.cluster, ctx.usual, ctx.visible)
    found = [lock for lock in await ctx.locks.all() if _concerns(ctx, lock)]
    if not found:
        return Message(headline=text("Nothing is locked on {}.", code(ctx.cluster)))
    own = [lock for lock in found if lock.owner == ctx.actor.id and lock.id != CONFIGURED]
    left = len(found) - _LISTED
    return Message(
        icon=Icon.LOCKED,
        headline=text("{} on {}", plural(len(found), "lock"), code(ctx.cluster)),
        parts=(Bullets(items=tuple(map(_line, found[:_LISTED]))),),
        buttons=tuple(
            Button(label=f"Unlock {lock.name or lock.what}"[:75], command=f"unlock {lock.id}")
            for lock in own[:_BUTTONS]
        ),
        footer=text("{} not shown.", plural(left, "more lock")) if left > 0 else Text(),
    )


def _concerns(ctx: BotContext, lock: Lock) -> bool:
    return lock.cluster in {"*", ctx.cluster}


def _line(lock: Lock) -> Text:
    until = text("until {}", instant(lock.until, "its end")) if lock.until else text("until it is lifted")
    return text("{} {}: {}, by {}, {}", code(lock.id), lock.what, lock.reason, lock.owner_name, until)


COMMAND = BotCommand(
    name="locks",
    summary="What must not be changed now, and why.",
    examples=("locks",),
    args=LocksArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
