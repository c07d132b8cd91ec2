"""whoami: who you are here, and what you may do."""

from __future__ import annotations

from bot.domain.access import Effect, Permission
from bot.domain.message import Facts, Message, bold, text
from bot.engine.command import Args, BotCommand, BotContext


class WhoamiArgs(Args):
    pass


async def run(ctx: BotContext, _args: WhoamiArgs) -> Message:
    may: dict[Effect, list[str]] = {effect: [] for effect in Effect}
    for command in ctx.commands:
        if command.permission is not Permission.BOT_ASK:
            may[ctx.may(command).effect].append(command.name)
    rows = [
        ("you", f"{ctx.actor.name} ({ctx.actor.id})"),
        ("groups", ", ".join(sorted(ctx.actor.groups)) or "none that the policy names"),
        ("here", f"{ctx.namespace} on {ctx.cluster}"),
        ("at once", ", ".join(may[Effect.ALLOW]) or "nothing"),
        ("with a confirm", ", ".join(may[Effect.CONFIRM]) or "nothing"),
        ("not from here", ", ".join(may[Effect.DENY]) or "nothing"),
    ]
    return Message(
        headline=text("{}, this is what you may do here.", bold(ctx.actor.name)),
        parts=(Facts(rows=tuple(rows)),),
    )


COMMAND = BotCommand(
    name="whoami",
    summary="Who you are here, and what you may do.",
    examples=("whoami", "whoami -n shop"),
    args=WhoamiArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
