"""can-i: what the policy says to a line of yours, here; nothing of it is done."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field

from bot.domain.access import ANY, Permission
from bot.domain.message import Button, Icon, Message, Paragraph, Part, Text, code, text
from bot.domain.typed import join
from bot.domain.verdicts import Verdict, how, on_call
from bot.engine.arguments import Args, Positional
from bot.engine.command import BotCommand, BotContext


class CanIArgs(Args):
    line: Annotated[tuple[str, ...], Positional("VERB", rest=True), Field(min_length=1)]
    refused: ClassVar[dict[str, str]] = {"--list": "`whoami` lists what you may do."}


async def run(ctx: BotContext, args: CanIArgs) -> Message:
    verdict = ctx.judge(args.line)
    if verdict is None:
        said = text("Yes: {} answers every full member.", code(args.line[0]))
        return Message(icon=Icon.DONE, headline=said)
    return answer(verdict, args.line)


def answer(verdict: Verdict, line: tuple[str, ...]) -> Message:
    decision = verdict.decision
    everywhere = verdict.namespace == ANY
    place = text("all namespaces") if everywhere else text("{}", code(verdict.namespace))
    where = text("{} in {} on {}", code(verdict.verb), place, code(verdict.cluster))
    parts: tuple[Part, ...] = tuple(Paragraph(text=one) for one in _more(verdict))
    if not decision.allowed:
        return Message(icon=Icon.FAILED, headline=text("No: {}.", where), parts=parts)
    runs = (Button(label="Run it", command=join(line)),) if verdict.whole else ()
    rule = text("Rule {}, policy {}.", decision.rule, decision.policy)
    headline = text("Yes, {}: {}.", how(decision), where)
    return Message(icon=Icon.DONE, headline=headline, parts=parts, buttons=runs, footer=rule)


def _more(verdict: Verdict) -> list[Text]:
    decision = verdict.decision
    said = [text("{}", one) for one in (decision.reason, decision.near_miss) if one]
    told = re.findall(r"#[^\s,.]+", decision.near_miss)
    if untold := [f"#{name}" for name in verdict.elsewhere if f"#{name}" not in told]:
        said.append(text("You could ask for it in {}.", ", ".join(untold)))
    if verdict.on_call:
        said.append(on_call(verdict.on_call))
    if decision.is_open:
        said.append(text("What it changes may decide otherwise: that is known once it is planned."))
    if not verdict.whole:
        said.append(text("That is for the verb; a whole line is answered more exactly."))
    return said


COMMAND = BotCommand(
    name="can-i",
    summary="What the policy says to a line of yours, here.",
    examples=("can-i scale web 5", "can-i delete pods -n shop", "can-i exec deploy/web -- ls"),
    args=CanIArgs,
    permission=Permission.BOT_ASK,
    aliases=("auth can-i",),
    run=run,
)
