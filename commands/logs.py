"""logs: what a container printed, several pods' lines by time, a crash's last words wherever they are."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain import logmessages
from bot.domain.access import Permission
from bot.domain.ages import parse_duration
from bot.domain.cluster import LogRequest
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from bot.domain.loglines import Source, attempts, choose, crash_before, merged
from bot.domain.logmessages import LogsAsked, Printed
from bot.domain.message import Message, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, PODS, REPLICASETS, STATEFULSETS, ResourceType
from bot.domain.selectors import selector
from bot.domain.troubles import worst_first
from bot.domain.workloads import named
from bot.engine.command import Args, Flag, Positional, ReadCommand, ReadContext

_KINDS = (PODS, DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS)
_USUAL = 100
_MOST = 2000
"""No message shows more, and so many are read in a moment."""
_MOST_PODS = 5
_LAST_WORDS = 5
_BAD_REQUEST = 400


class LogsArgs(Args):
    target: Annotated[tuple[str, ...], Positional("POD|TYPE/NAME [CONTAINER]"), Field(max_length=3)] = ()
    selector: Annotated[str, Flag("-l", "--selector", help="of pods with these labels", metavar="K=V")] = ""
    container: Annotated[str, Flag("-c", "--container", help="of this container", metavar="NAME")] = ""
    tail: Annotated[
        int | None, Flag("--tail", help="only so many of the newest lines", metavar="N"), Field(ge=-1)
    ] = None
    since: Annotated[str, Flag("--since", help="no older than this, such as 5m", metavar="AGE")] = ""
    previous: Annotated[bool, Flag("-p", "--previous", help="of the run before this one")] = False
    timestamps: Annotated[bool, Flag("--timestamps", help="with the time of each line")] = False

    @field_validator("since")
    @classmethod
    def _is_an_age(cls, since: str) -> str:
        if since and not parse_duration(since):
            raise ValueError("since: write how long ago, such as 5m.")
        return since

    @field_validator("tail")
    @classmethod
    def _is_some(cls, tail: int | None) -> int | None:
        if tail == 0:
            raise ValueError("tail: write how many lines, or -1 for all that fit.")
        return tail

    @model_validator(mode="after")
    def _one_target(self) -> LogsArgs:
        if bool(self.target) == bool(self.selector):
            raise ValueError("Of which pod? Name a pod or TYPE/NAME, or give labels with -l.")
        _, inline = self.parted()
        if len(inline) + bool(self.container) > 1:
            raise ValueError("One container at a time.")
        self.wanted  # noqa: B018 - a name that cannot be one is refused with the line, not later
        return self

    def parted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the workload, and what follows them: a container. `TYPE NAME` is two words."""
        spread = len(self.target) > 1 and any(self.target[0].lower() in kind.words for kind in _KINDS)
        return self.target[: 1 + spread], self.target[1 + spread :]

    @property
    def wanted(self) -> tuple[ResourceType, str, str]:
        """Kind, name and container; empty where they are not said."""
        words, inline = self.parted()
        kind, name = named(words, _KINDS) if words else (PODS, "")
        return kind, name, "".join(inline) or self.container

    @property
    def lines(self) -> int:
        if self.tail is None:
            return _MOST if self.since else _USUAL
        return _MOST if self.tail < 0 else min(self.tail, _MOST)


async def run(ctx: ReadContext, args: LogsArgs) -> Message:
    kind, name, container = args.wanted
    asked = _asked(ctx, args)
    if kind == PODS and name:
        pods = [await ctx.cluster.get(PODS, args.namespace, name)]
    else:
        labels = args.selector
        if name:
            labels = selector((await ctx.cluster.get(kind, args.namespace, name))["spec"]["selector"])
        pods = worst_first(await ctx.cluster.list(PODS, args.namespace, labels=labels), ctx.now())
    if not pods:
        return Message(headline=text("There are no pods {}.", asked.whose))
    unclear = next((pod for pod in pods[:_MOST_PODS] if not choose(pod, container)), None)
    if unclear:
        return logmessages.which(asked, unclear)
    if len(pods) == 1:
        return await _one(ctx, args, asked, pods[0])
    return await _many(ctx, args, asked, pods)


def _asked(ctx: ReadContext, args: LogsArgs) -> LogsAsked:
    return LogsAsked(
        cluster=ctx.cluster.name,
        namespace=args.namespace,
        words=(*args.parted()[0], *(("-l", args.selector) if args.selector else ())),
        whose=_whose(ctx, args),
        lines=args.lines,
        since=parse_duration(args.since) if args.since else 0,
        previous=args.previous,
        times=args.timestamps,
    )


def _whose(ctx: ReadContext, args: LogsArgs) -> Text:
    if args.selector:
        where = text("in {} on {}", code(args.namespace), code(ctx.cluster.name))
        return text("with {} {}", code(args.selector), where)
    return text("of {} on {}", code(f"{args.namespace}/{args.wanted[1]}"), code(ctx.cluster.name))


async def _one(ctx: ReadContext, args: LogsArgs, asked: LogsAsked, pod: Json) -> Message:
    printed = await _read(ctx, args, pod, times=args.timestamps)
    before = ""
    if crash_before(printed.status) and not args.previous:
        brief = args.model_copy(update={"previous": True, "tail": _LAST_WORDS, "since": ""})
        before = (await _read(ctx, brief, pod, times=False)).text
    return logmessages.of_one(asked, printed, before, ctx.now())


async def _many(ctx: ReadContext, args: LogsArgs, asked: LogsAsked, pods: list[Json]) -> Message:
    taken = pods[:_MOST_PODS]
    reading = (_read(ctx, args, pod, times=True) for pod in taken)
    read: list[Printed] = []
    for result in await asyncio.gather(*reading, return_exceptions=True):
        if isinstance(result, Printed):
            read.append(result)
        elif not isinstance(result, TargetNotFoundError):  # one that went away meanwhile has no say
            raise result
    sources = [Source(pod=printed.name, text=printed.text) for printed in read if printed.text]
    lines = merged(sources, keep_times=args.timestamps, most=args.lines)
    quiet = tuple(printed for printed in read if not printed.text)
    return logmessages.of_many(asked, lines, len(sources), quiet, len(pods) - len(taken))


async def _read(ctx: ReadContext, args: LogsArgs, pod: Json, *, times: bool) -> Printed:
    """What the container printed, from whichever of its logs has it."""
    printed = Printed(pod=pod, container=choose(pod, args.wanted[2]), text="")
    request = LogRequest(
        namespace=args.namespace,
        pod=printed.name,
        container=printed.container,
        tail=args.lines,
        since_seconds=parse_duration(args.since) if args.since else None,
        timestamps=times,
    )
    for previous in attempts(printed.status, previous=args.previous):
        try:
            said = await ctx.cluster.logs(request.model_copy(update={"previous": previous}))
        except ClusterRejectedError as error:
            # Not started, or never restarted: the pod's own status says it better than the refusal does.
            if error.status != _BAD_REQUEST:
                raise
        else:
            if said.strip():
                return printed.model_copy(update={"text": said, "previous": previous})
    return printed


COMMAND = ReadCommand(
    name="logs",
    summary="What a pod, or the pods of a workload, printed.",
    examples=("logs web-7c9d8-x2x4k", "logs deploy/web --since 10m", "logs -l app=web --tail 20"),
    args=LogsArgs,
    permission=Permission.LOGS_READ,
    kinds=lambda _: (PODS.plural,),
    also_reads=(DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS),
    run=run,
)
