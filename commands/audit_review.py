"""audit review: the changes that were made before anybody else said yes, and wait to be signed off."""

from __future__ import annotations

from bot.domain.access import Permission
from bot.domain.message import Bullets, Icon, Message, Paragraph, plural, text
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext

_SIGNED = 8
"""Buttons in one message; what is signed off makes room for the next."""


class AuditReviewArgs(Args):
    pass


async def run(ctx: BotContext, _args: AuditReviewArgs) -> Message:
    if not ctx.reviews:
        return Message(icon=Icon.DONE, headline=text("Nothing waits to be signed off."))
    mine = [button for found in ctx.reviews for button in found.buttons]
    note = "" if mine else "None of these is yours to sign off."
    return Message(
        icon=Icon.WARNING,
        headline=text("{} to be signed off", plural(len(ctx.reviews), "change")),
        parts=(
            Bullets(items=tuple(found.said for found in ctx.reviews)),
            *((Paragraph(text=text("{}", note)),) if note else ()),
        ),
        buttons=tuple(mine[:_SIGNED]),
        footer=text("Nobody signs off their own change. Each is on the record."),
    )


COMMAND = BotCommand(
    name="audit review",
    summary="What was done before anybody else said yes, to be signed off.",
    examples=("audit review",),
    args=AuditReviewArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
