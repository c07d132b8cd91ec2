"""unlock: lift a lock; one's own always, anybody's where the policy says so."""

from __future__ import annotations

from typing import Annotated

from bot.domain.access import Decision, Permission
from bot.domain.errors import AccessDeniedError, TargetNotFoundError
from bot.domain.locks import CONFIGURED, Lock
from bot.domain.message import Icon, Message, Text, code, text
from bot.engine.arguments import Args, Positional
from bot.engine.command import BotCommand, BotContext


class UnlockArgs(Args):
    lock: Annotated[str, Positional("LOCK", "its id, as `locks` shows it")]


async def run(ctx: BotContext, args: UnlockArgs) -> Message:
    lock = await _found(ctx, args)
    if not await ctx.locks.lift(lock):
        raise TargetNotFoundError(f"the lock `{lock.id}` was lifted meanwhile")
    return Message(
        icon=Icon.DONE,
        headline=text("Lifted: the lock of {}", code(lock.what)),
        footer=text("{}", lock.reason),
    )


async def _found(ctx: BotContext, args: UnlockArgs) -> Lock:
    """The lock, where it is this person's to lift."""
    lock = next((found for found in await ctx.locks.all() if found.id == args.lock), None)
    if lock is None:
        raise TargetNotFoundError(f"there is no lock `{args.lock[:40]}`", hint="`/k8s locks` lists them.")
    check(ctx, lock)
    return lock


async def decide(ctx: BotContext, args: UnlockArgs) -> tuple[Decision, Text]:
    """By the rules for where the lock is; whoever set it may lift it, but not past a confirm."""
    lock = await _found(ctx, args)
    about = text("It keeps {} from being changed: {}, by {}.", code(lock.what), lock.reason, lock.owner_name)
    return ctx.may_at(lock.cluster, lock.namespace), about


def check(ctx: BotContext, lock: Lock) -> None:
    """Raise `AccessDeniedError` where it is not this person's to lift."""
    if lock.id == CONFIGURED:
        raise AccessDeniedError("This one stands in the configuration.", hint="An operator lifts it there.")
    if lock.owner == ctx.actor.id:
        return
    there = ctx.may_at(lock.cluster, lock.namespace)
    if not there.allowed:
        raise AccessDeniedError(
            f"{lock.owner_name} set this lock, and no rule lets you lift it.",
            hint=f"Ask {lock.owner_name}. {there.reason} {there.near_miss}".strip(),
        )


COMMAND = BotCommand(
    name="unlock",
    summary="Lift a lock: one's own, or where a rule says so anybody's.",
    examples=("unlock 3c1f99aa",),
    args=UnlockArgs,
    permission=Permission.BOT_ASK,
    kinds=lambda _: ("locks",),
    mostly="locks",
    run=run,
    decide=decide,
)
