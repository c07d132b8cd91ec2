"""help: what you can do here, and how a verb is spelled."""

from __future__ import annotations

from typing import Annotated

from bot.domain.access import Decision, Effect, Permission, Risk
from bot.domain.errors import UnknownVerbError
from bot.domain.message import Bullets, Button, Facts, Message, Paragraph, Part, Text, code, text
from bot.domain.resources import nearest
from bot.domain.verdicts import how
from bot.engine.arguments import Args, Positional
from bot.engine.command import BotCommand, BotContext, Command
from bot.engine.grammar import flags, usage

_EXAMPLES = 3
_FIRST = ("get", "deploy", "events", "cluster-info", "whoami")
"""Verbs whose first example works wherever they are allowed: it names nothing that has to be there."""


class HelpArgs(Args):
    verb: Annotated[tuple[str, ...], Positional("VERB")] = ()


async def run(ctx: BotContext, args: HelpArgs) -> Message:
    if not args.verb:
        return _overview(ctx)
    wanted = " ".join(args.verb).lower()
    command = next((c for c in ctx.commands if wanted in c.names), None)
    if command is None:
        raise _unknown(ctx, wanted)
    return _one(ctx, command)


def _unknown(ctx: BotContext, wanted: str) -> UnknownVerbError:
    """The verbs that begin so, such as those of `rollout`; else those that are spelled much like it."""
    known = [name for c in ctx.commands for name in c.names]
    begun = sorted(name for name in known if name.startswith(f"{wanted} "))
    near = begun or nearest(wanted, known)
    said = f"`{wanted}` needs one of: {', '.join(name.split()[-1] for name in begun)}." if begun else ""
    return UnknownVerbError(
        said or f"There is no verb `{wanted[:40]}`.",
        hint=f"Did you mean `{near[0]}`?" if near and not begun else "",
        suggestions=tuple(f"help {name}" for name in near[:4]) or ("help",),
    )


def _may(ctx: BotContext, command: Command) -> Decision:
    if command.permission is Permission.BOT_ASK:
        return Decision(effect=Effect.ALLOW)
    return ctx.may(command)


def _overview(ctx: BotContext) -> Message:
    """What this person may do here, three examples that work now, and why the rest is not for them."""
    decided = [(command, _may(ctx, command)) for command in ctx.commands]
    open_to = {command.name: command for command, decision in decided if decision.allowed}
    denied = [
        (command.name, decision.reason or "Not here.")
        for command, decision in decided
        if not decision.allowed
    ]
    working = [open_to[name] for name in _FIRST if name in open_to][:_EXAMPLES]
    parts: list[Part] = [
        Facts(rows=tuple((command.name, command.summary) for command in open_to.values())),
        Paragraph(text=text("For example:")),
        Bullets(items=tuple(text("{}", code(f"/k8s {command.examples[0]}")) for command in working)),
    ]
    if denied:
        parts += [Paragraph(text=text("Not for you here:")), Facts(rows=tuple(denied))]
    looks = [command.examples[0] for command in working if command.risk is Risk.READ]
    return Message(
        headline=_here(ctx),
        parts=tuple(parts),
        buttons=tuple(Button(label=line, command=line) for line in looks),
        footer=text("{} says more of one. kubectl's own spelling works too.", code("/k8s help VERB")),
    )


def _here(ctx: BotContext) -> Text:
    """Without the cluster, where the policy gives somebody nothing on it."""
    if ctx.cluster not in ctx.visible:
        return text("What you can do here")
    return text("What you can do here, in {} on {}", code(ctx.namespace), code(ctx.cluster))


def _one(ctx: BotContext, command: Command) -> Message:
    decision = _may(ctx, command)
    also = f" Also written {', '.join(command.aliases)}." if command.aliases else ""
    return Message(
        headline=text("{}: {}{}", code(command.name), command.summary, also),
        parts=(
            Paragraph(text=text("{}", code(usage(command.name, command.args)))),
            Facts(rows=tuple(flags(command.args))),
            Bullets(items=tuple(text("{}", code(f"/k8s {example}")) for example in command.examples)),
        ),
        buttons=_fill_in(ctx, command) if decision.allowed else (),
        footer=_verdict(decision),
    )


def _fill_in(ctx: BotContext, command: Command) -> tuple[Button, ...]:
    if command.permission is Permission.BOT_ASK:
        return ()
    line = f"{command.name} -n {ctx.namespace} --context {ctx.cluster}"
    return (Button(label="Fill it in…", form=line),)


def _verdict(decision: Decision) -> Text:
    if not decision.allowed:
        return text("Not from here. {}", f"{decision.reason} {decision.near_miss}".strip())
    depends = " What it changes may decide otherwise." if decision.is_open else ""
    return text("You may use it here, {}.{}", how(decision), depends)


COMMAND = BotCommand(
    name="help",
    summary="What you can do here, and how a verb is spelled.",
    examples=("help", "help scale"),
    args=HelpArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
