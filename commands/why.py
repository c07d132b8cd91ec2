"""why: what is wrong with one object, by fixed rules, with the evidence, the next step and what changed.

This only reads: the object; then, all at once, what belongs to it; then what that points to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import Field, model_validator

from bot.domain import resources as kinds, why
from bot.domain.access import Permission
from bot.domain.cluster import LogRequest
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterDeniedError,
    ClusterRejectedError,
    PersonDeniedError,
    TargetNotFoundError,
)
from bot.domain.happenings import read
from bot.domain.loglines import attempts, status_of
from bot.domain.message import Message, plural
from bot.domain.model import Json
from bot.domain.redaction import redact
from bot.domain.resources import ObjectRef, ResourceType
from bot.domain.why import belonging, wanted
from bot.domain.why.config import Config, config
from bot.domain.why.evidence import Snapshot, Unseen, Words, crashed
from bot.domain.why.wanted import WORKLOADS, Wanted
from bot.domain.workloads import named
from bot.engine.arguments import Args, Positional
from bot.engine.command import ReadCommand, ReadContext

_KINDS = (*WORKLOADS, kinds.PODS, kinds.SERVICES, kinds.JOBS, kinds.CRONJOBS, kinds.CLAIMS, kinds.NODES)
_BY_NAME = (kinds.STATEFULSETS, kinds.DAEMONSETS, kinds.PODS, kinds.SERVICES)
"""Where a bare name is looked for that is no deployment's, in this order."""
_OFFERED = ("deployments", "statefulsets", "daemonsets", "pods", "services", "nodes")
_SETTINGS = (kinds.CONFIGMAPS, kinds.SECRETS)
_SECONDS = 5.0
"""For each read: what takes longer is not looked at, and that is said."""
_LAST_WORDS = 5

T = TypeVar("T")


class WhyArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME|TYPE/NAME", of=_OFFERED), Field(min_length=1, max_length=2)
    ]

    @model_validator(mode="after")
    def _one_object(self) -> WhyArgs:
        named(self.target, _KINDS)
        return self

    @property
    def is_bare(self) -> bool:
        """A name alone: of which kind is found out."""
        return len(self.target) == 1 and "/" not in self.target[0]


async def run(ctx: ReadContext, args: WhyArgs) -> Message:
    kind, target = await _find(ctx, args)
    namespace = args.namespace if kind.namespaced else None
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=namespace, type=kind, name=target["metadata"]["name"])
    look = _Look(ctx, args.namespace)
    seen = belonging.own(Snapshot(ref=ref, target=target, now=ctx.now()))
    seen = await look.at(seen, wanted.first(seen))
    words = look.words(*crash) if (crash := crashed(seen)) else _nothing()
    seen, said, made = await asyncio.gather(look.at(seen, wanted.then(seen)), words, ctx.made(ref))
    account = {"words": said, "made": made, "looked": look.account(kind), "unseen": look.failures()}
    verdict = await asyncio.to_thread(
        why.judge, seen.model_copy(update=account)
    )  # of thousands of pods, long
    return why.render(verdict)


async def _nothing() -> None:
    return None


async def _find(ctx: ReadContext, args: WhyArgs) -> tuple[ResourceType, Json]:
    """The object that is meant. A bare name is a deployment's, else that of the first kind that has it."""
    kind, name = named(args.target, _KINDS)
    try:
        return kind, await ctx.cluster.get(kind, args.namespace, name)
    except TargetNotFoundError:
        if not args.is_bare:
            raise
        look = _Look(ctx, args.namespace)
        asked = [Wanted(part="pods", kind=one, fields=f"metadata.name={name}") for one in _BY_NAME]
        found = await asyncio.gather(*map(look.listed, asked))
        other = next((one for one, items in zip(_BY_NAME, found, strict=True) if items), None)
        if other is None:
            raise
        return other, await ctx.cluster.get(other, args.namespace, name)


@dataclass
class _Look:
    """Reads that never fail: what cannot be read is empty, and is told."""

    ctx: ReadContext
    namespace: str
    _looked: list[str] = field(default_factory=list)
    _unseen: set[Unseen] = field(default_factory=set)

    async def at(self, seen: Snapshot, asked: tuple[Wanted, ...]) -> Snapshot:
        """Read all of it at once, and leave out what belongs to others."""
        answers = await asyncio.gather(
            *(self._named(one) if one.names else self.listed(one) for one in asked)
        )
        update: dict[str, Any] = {}
        unread = set(seen.unread)
        for one, found in zip(asked, answers, strict=True):
            if found is None:
                unread.add(one.part)
            else:
                update[one.part] = (*update.get(one.part, ()), *found)
        if "events" in update:
            update["events"] = (*read(update["events"]), *seen.events)
        return belonging.own(seen.model_copy(update=update | {"unread": frozenset(unread)}))

    async def listed(self, one: Wanted) -> tuple[Any, ...] | None:
        """Those there are, or None where that cannot be known."""
        turn, place = self._turn(), one.namespace or self.namespace
        reading = self.ctx.cluster.list(one.kind, place, labels=one.labels, fields=one.fields)
        found = await self._within(plural(2, one.called).partition(" ")[2], reading)
        if found is not None:
            self._looked[turn] = plural(len(found), one.called)
        return found

    async def _named(self, one: Wanted) -> tuple[Any, ...]:
        found = await asyncio.gather(*(self._single(one.kind, name) for name in one.names))
        return tuple(item for item in found if item is not None)

    async def _single(self, kind: ResourceType, name: str) -> Json | Config | None:
        """One object by name; of settings no value is kept, and that one is not there is an answer."""
        turn, what = self._turn(), f"{kind.singular} {name}"
        try:
            found = await self._within(what, self.ctx.cluster.get(kind, self.namespace, name))
        except TargetNotFoundError:
            return Config(kind=kind.kind, name=name, exists=False) if kind in _SETTINGS else None
        if found is None:
            return None
        self._looked[turn] = what
        return config(kind.kind, found) if kind in _SETTINGS else found

    async def words(self, pod: Json, container: str) -> Words | None:
        """The last lines of a crash, from whichever of the container's logs has them."""
        name = pod["metadata"]["name"]
        turn, what = self._turn(), f"the log of {name}"
        for previous in attempts(status_of(pod, container), previous=True):
            request = LogRequest(
                namespace=pod["metadata"]["namespace"], pod=name, container=container, tail=_LAST_WORDS,
                previous=previous,
            )  # fmt: skip
            said = await self._within(what, self.ctx.cluster.logs(request))
            if said and said.strip():
                self._looked[turn] = what
                return Words(pod=name, container=container, text=redact(said.strip()))
        return None

    async def _within(self, what: str, reading: Awaitable[T]) -> T | None:
        """What was read in time. Raises `TargetNotFoundError`; every other failure is told later."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await reading
        except TimeoutError:
            reason = f"no answer in {_SECONDS:.0f} s"
        except AccessDeniedError:
            reason = "not allowed to you here"
        except PersonDeniedError:
            reason = "the cluster's own rights do not let you"
        except ClusterDeniedError:
            reason = "the bot may not read it"
        except TargetNotFoundError:
            raise
        except ClusterRejectedError:
            reason = "the cluster refuses it"
        except BotError:
            reason = "the cluster did not answer"
        self._unseen.add(Unseen(what=what, why=reason))
        return None

    def _turn(self) -> int:
        """A place in the account: in the order in which reads begin, however they end."""
        self._looked.append("")
        return len(self._looked) - 1

    def account(self, kind: ResourceType) -> tuple[str, ...]:
        return (f"the {kind.singular}", *(one for one in dict.fromkeys(self._looked) if one))

    def failures(self) -> tuple[Unseen, ...]:
        """What was read after all, such as a crash's other log, is none."""
        return tuple(sorted((one for one in self._unseen if one.what not in self._looked), key=str))


def _kinds(args: WhyArgs) -> tuple[str, ...]:
    return (named(args.target, _KINDS)[0].plural,)


COMMAND = ReadCommand(
    name="why",
    summary="What is wrong with it, since when, and what to do.",
    examples=("why web", "why pod/web-7c9d8-x2x4k -n shop", "why svc/web", "why node/node-1"),
    args=WhyArgs,
    permission=Permission.OBJECT_READ,
    kinds=_kinds,
    also_reads=(
        kinds.REPLICASETS, kinds.PODS, kinds.EVENTS, kinds.ENDPOINTSLICES, kinds.AUTOSCALERS, kinds.BUDGETS,
        kinds.CLAIMS, kinds.CONFIGMAPS, kinds.QUOTAS, kinds.REVISIONS, kinds.JOBS,
    ),
    run=run,
)  # fmt: skip
