"""lock: nothing is changed there until it ends or is lifted; be it one workload or everything."""

from __future__ import annotations

import secrets
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Permission, Risk
from bot.domain.ages import parse_duration
from bot.domain.errors import UsageError
from bot.domain.locks import Lock
from bot.domain.message import Button, Icon, Message, code, instant, text
from bot.domain.redaction import redact
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, SCALABLE
from bot.domain.workloads import named
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import BotCommand, BotContext

KINDS = (*SCALABLE, DAEMONSETS)
_LONGEST = 30 * 24 * 3600


class LockArgs(Args):
    target: Annotated[tuple[str, ...], Positional("NAME", of=("deployments",)), Field(max_length=2)] = ()
    reason: Annotated[str, Flag("--reason", "-m", help="why, for whoever is kept from it", metavar="TEXT")]
    duration: Annotated[str, Flag("--for", help="for so long, such as 2h", metavar="AGE")] = ""
    whole: Annotated[bool, Flag("--namespace-wide", help="the whole namespace")] = False
    cluster_wide: Annotated[bool, Flag("--cluster-wide", help="the whole cluster")] = False
    everything: Annotated[bool, Flag("--everything", help="every cluster: nothing at all is changed")] = False

    @field_validator("reason")
    @classmethod
    def _says_why(cls, reason: str) -> str:
        said = redact(" ".join(reason.split()))
        if not 3 <= len(said) <= 200:  # noqa: PLR2004 - a word, and a line on a phone
            raise ValueError("Say why, in at most 200 characters.")
        return said

    @field_validator("duration")
    @classmethod
    def _ends(cls, duration: str) -> str:
        if duration and not 0 < parse_duration(duration) <= _LONGEST:
            raise ValueError("A lock lasts at most 30 days: write --for 2h, or leave it out.")
        return duration

    @model_validator(mode="after")
    def _one_reach(self) -> LockArgs:
        reaches = [bool(self.target), self.whole, self.cluster_wide, self.everything]
        if sum(reaches) != 1:
            raise UsageError("What is to be locked? A NAME, or one of the three wides.")
        if self.target:
            named(self.target, KINDS)
        return self

    def cluster(self) -> str:
        return ANY if self.everything else self.context

    def reach(self) -> str:
        return ANY if self.cluster_wide or self.everything else self.namespace


async def run(ctx: BotContext, args: LockArgs) -> Message:
    lock = made(ctx, args)
    await ctx.locks.set(lock)
    until = text("until {}", instant(lock.until, "its end")) if lock.until else text("until it is lifted")
    return Message(
        icon=Icon.LOCKED,
        headline=text("Locked: {}, {}", code(lock.what), until),
        buttons=(Button(label="Unlock", command=f"unlock {lock.id}"),),
        footer=text("{} · lock {} · what is under way goes on", lock.reason, code(lock.id)),
    )


def made(ctx: BotContext, args: LockArgs) -> Lock:
    kind, name = named(args.target, KINDS) if args.target else (DEPLOYMENTS, "")
    now = ctx.now()
    return Lock(
        id=secrets.token_hex(4),
        cluster=ANY if args.everything else ctx.cluster,
        namespace=ANY if args.everything or args.cluster_wide else ctx.namespace,
        kind=kind.plural if name else ANY,
        name=name,
        reason=args.reason,
        owner=ctx.actor.id,
        owner_name=ctx.actor.name,
        since=now,
        until=now + parse_duration(args.duration) if args.duration else None,
    )


COMMAND = BotCommand(
    name="lock",
    summary="Nothing is changed there until it ends or is lifted.",
    examples=('lock web --reason "load test" --for 2h', 'lock --namespace-wide --reason "incident 12"'),
    args=LockArgs,
    permission=Permission.LOCK_SET,
    kinds=lambda _: ("locks",),
    mostly="locks",
    risk=Risk.READ,
    run=run,
)
