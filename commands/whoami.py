"""whoami: who you are here, and what you may do."""

from __future__ import annotations

from bot.domain.access import Effect, Permission
from bot.domain.message import Facts, Message, bold, code, text
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext


class WhoamiArgs(Args):
    pass


async def run(ctx: BotContext, _args: WhoamiArgs) -> Message:
    may: dict[Effect, list[str]] = {effect: [] for effect in Effect}
    for command in ctx.commands:
        if command.permission is not Permission.BOT_ASK:
            may[ctx.may(command).effect].append(command.name)
    rows = [
        ("Slack id", ctx.actor.id),
        ("user groups", ", ".join(sorted(ctx.actor.groups)) or "none of those that the policy names"),
        ("at once", ", ".join(may[Effect.ALLOW]) or "nothing"),
        ("with a confirm", ", ".join(may[Effect.CONFIRM]) or "nothing"),
        ("not from here", ", ".join(may[Effect.DENY]) or "nothing"),
    ]
    return Message(
        headline=text(
            "You are {}, in {} on {}", bold(ctx.actor.name), code(ctx.namespace), code(ctx.cluster)
        ),
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
