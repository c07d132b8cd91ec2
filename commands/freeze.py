"""freeze: when the calendar lets nothing be changed, now and next."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bot.domain.access import ANY, Permission
from bot.domain.locks import Freeze
from bot.domain.message import Bullets, Icon, Message, Text, code, instant, plural, text
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext
from bot.engine.whereabouts import nothing_there

_LISTED = 30
_VERBS = 8


class FreezeArgs(Args):
    pass


async def run(ctx: BotContext, _args: FreezeArgs) -> Message:
    """Of a cluster on which the policy gives somebody nothing it tells them nothing."""
    if ctx.cluster not in ctx.visible:
        raise nothing_there(ctx.cluster, ctx.usual, ctx.visible)
    now = ctx.now()
    here = [one for one in ctx.freezes if any(fnmatchcase(ctx.cluster, glob) for glob in one.clusters)]
    coming = sorted(
        ((times[0], one) for one in here if (times := one.times(now))), key=lambda found: found[0]
    )
    if not coming:
        return Message(
            headline=text("No freeze holds on {}, and none comes within a year.", code(ctx.cluster))
        )
    holding = sum(begin <= now for (begin, _), _ in coming)
    left = len(coming) - _LISTED
    return Message(
        icon=Icon.LOCKED if holding else None,
        headline=_headline(holding, len(coming) - holding, ctx.cluster),
        parts=(Bullets(items=tuple(_line(one, span, now) for span, one in coming[:_LISTED])),),
        footer=text("{} not shown.", plural(left, "more freeze")) if left > 0 else Text(),
    )


def _headline(holding: int, later: int, cluster: str) -> Text:
    comes = text("{} to come", later)
    if not holding:
        return text("No freeze holds on {} now, {}", code(cluster), comes)
    holds = text(
        "{} {} on {} now", plural(holding, "freeze"), "holds" if holding == 1 else "hold", code(cluster)
    )
    return text("{}, {}", holds, comes) if later else holds


def _line(freeze: Freeze, span: tuple[float, float], now: float) -> Text:
    begin, end = span
    until = text("until {}", instant(end, "its end"))
    when = text("now, {}", until) if begin <= now else text("from {} {}", instant(begin, "later"), until)
    why = text(": {}", freeze.reason) if freeze.reason else Text()
    return text("{}{} · {} · {}{}", code(freeze.name), why, when, _where(freeze), _allowed(freeze))


def _where(freeze: Freeze) -> Text:
    if ANY in freeze.namespaces:
        return text("everywhere")
    return text("in {}", ", ".join(freeze.namespaces))


def _allowed(freeze: Freeze) -> Text:
    """The verbs that stay possible."""
    if not freeze.allows:
        return Text()
    more = ", …" if len(freeze.allows) > _VERBS else ""
    return text(" · {}{} may go on", ", ".join(freeze.allows[:_VERBS]), more)


COMMAND = BotCommand(
    name="freeze",
    summary="When the calendar lets nothing be changed: now, and next.",
    examples=("freeze",),
    args=FreezeArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
