"""logs: what containers printed, merged by time, a crash's last words wherever they are, and as it comes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission
from bot.domain.ages import parse_duration, parse_instant, spell
from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError
from bot.domain.loglines import choose, crash_before, every_container
from bot.domain.logs import answers, following
from bot.domain.logs.reading import Wanted, read_all, read_one
from bot.domain.message import Message, Text, code, text
from bot.domain.model import Json
from bot.domain.patterns import Pattern
from bot.domain.resources import (
    CRONJOBS,
    DAEMONSETS,
    DEPLOYMENTS,
    JOBS,
    PODS,
    REPLICASETS,
    SERVICES,
    STATEFULSETS,
    ResourceType,
)
from bot.domain.results import Lines
from bot.domain.selectors import selector
from bot.domain.troubles import worst_first
from bot.domain.workloads import named, owned
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import Event, Live, ReadCommand, ReadContext, Stage

_KINDS = (PODS, DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS, JOBS, CRONJOBS, SERVICES)
_USUAL = 100
_MOST = 10_000
"""More than these, or than a megabyte, is not read for one answer."""
_FIRST = 10
"""Lines that following begins with."""


class LogsArgs(ReadArgs):
    target: Annotated[
        tuple[str, ...],
        Positional("POD|TYPE/NAME [CONTAINER]", of=("pods", "deployments")),
        Field(max_length=3),
    ] = ()
    selector: Annotated[str, Flag("-l", "--selector", help="of pods with these labels", metavar="K=V")] = ""
    container: Annotated[str, Flag("-c", "--container", help="of this container", metavar="NAME")] = ""
    every: Annotated[bool, Flag("--all-containers", help="of all containers of each pod")] = False
    tail: Annotated[
        int | None, Flag("--tail", help="only so many of the newest lines", metavar="N"), Field(ge=-1)
    ] = None
    since: Annotated[str, Flag("--since", help="no older than this, such as 5m", metavar="AGE")] = ""
    since_time: Annotated[
        str,
        Flag("--since-time", help="not from before, such as 2026-01-01T00:00:00Z", metavar="TIME", rare=True),
    ] = ""
    previous: Annotated[bool, Flag("-p", "--previous", help="of the run before this one")] = False
    follow: Annotated[bool, Flag("-f", "--follow", help="as it comes, for ten minutes")] = False
    grep: Annotated[
        str, Flag("--grep", help="only lines that this expression fits, in either case", metavar="REGEX")
    ] = ""
    around: Annotated[
        int, Flag("-C", help="with so many lines around each", metavar="N", rare=True), Field(ge=0, le=50)
    ] = 0
    timestamps: Annotated[bool, Flag("--timestamps", help="with the time of each line", rare=True)] = False
    prefix: Annotated[bool, Flag("--prefix", help="with pod and container in front", rare=True)] = False
    limit_bytes: Annotated[
        int | None,
        Flag("--limit-bytes", help="only so much of its start", metavar="N", rare=True),
        Field(gt=0),
    ] = None
    places: Annotated[
        int,
        Flag("--max-log-requests", help="of so many containers at once", metavar="N", rare=True),
        Field(ge=1, le=20),
    ] = 10

    refused: ClassVar[dict[str, str]] = {
        "-A": "name one namespace with -n, and ask for lines around with -C.",
        "--all-namespaces": "name one namespace with -n.",
        "--all-pods": "all pods of a workload are read as it is; --prefix puts their names in front.",
        "--ignore-errors": "a pod that cannot be read is said, and the others are shown as it is.",
        "--insecure-skip-tls-verify-backend": "the kubelet's certificate is always checked.",
        "--pod-running-timeout": "a pod that has not started is said so at once; -f waits for its lines.",
    }

    @field_validator("since")
    @classmethod
    def _is_an_age(cls, since: str) -> str:
        if since and not parse_duration(since):
            raise ValueError("since: write how long ago, such as 5m.")
        return since

    @field_validator("since_time")
    @classmethod
    def _is_a_time(cls, since: str) -> str:
        return parse_instant(since) if since else since

    @field_validator("grep")
    @classmethod
    def _is_an_expression(cls, expression: str) -> str:
        if expression and Pattern.regex(expression) is None:
            raise ValueError("grep: that is no expression that can be read.")
        return expression

    @model_validator(mode="after")
    def _fits_together(self) -> LogsArgs:
        if bool(self.target) == bool(self.selector):
            raise ValueError("Of which pod? Name a pod or TYPE/NAME, or give labels with -l.")
        _, inline = self.parted()
        if len(inline) + bool(self.container) + self.every > 1:
            raise ValueError("One container at a time, or --all-containers.")
        if self.since and self.since_time:
            raise ValueError("Either --since or --since-time.")
        if self.follow and (self.previous or self.around or self.limit_bytes):
            raise ValueError("Not with -f: --previous, -C and --limit-bytes are about what has been printed.")
        if self.around and not self.grep:
            raise ValueError("-C goes with --grep: lines around those that it finds.")
        if self.tail == 0 and not self.follow:
            raise ValueError("tail: write how many lines, or -1 for all that fit.")
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
        kinds = (PODS,) if len(words) == 1 and "/" not in words[0] else _KINDS
        kind, name = named(words, kinds) if words else (PODS, "")
        return kind, name, "".join(inline) or self.container

    @property
    def lines(self) -> int:
        """How many lines are read; one who looks for something looks through all that there is."""
        if self.tail is None:
            return _FIRST if self.follow else _MOST if self.since or self.since_time or self.grep else _USUAL
        return _MOST if self.tail < 0 else min(self.tail, _MOST)

    @property
    def again(self) -> tuple[str, ...]:
        """The flags that another question about the same has, too."""
        given = (
            (self.every, "--all-containers"),
            (self.since, f"--since={self.since}"),
            (self.since_time, f"--since-time={self.since_time}"),
            (self.grep, f"--grep={self.grep}"),
            (self.timestamps, "--timestamps"),
            (self.prefix, "--prefix"),
        )
        return tuple(flag for value, flag in given if value)


async def run(ctx: ReadContext, args: LogsArgs) -> Message | Lines:
    asked = _asked(ctx, args)
    pods = await _pods(ctx, args)
    if not pods:
        return Message(headline=text("There are no pods of {}.", asked.whose))
    if unclear := _unclear(args, pods):
        return answers.which(asked, unclear)
    places, left = _places(args, pods)
    if len(places) > 1 or left:
        read = await read_all(ctx.cluster.logs, _wanted(args), places)
        return answers.of_many(asked, read, left, ctx.now())
    return await _one(ctx, args, asked, *places[0])


async def _one(
    ctx: ReadContext, args: LogsArgs, asked: answers.Asked, pod: Json, container: str
) -> Message | Lines:
    printed = await read_one(ctx.cluster.logs, _wanted(args), pod, container)
    before = None
    if crash_before(printed.status) and not args.previous and not args.grep:
        brief = Wanted(namespace=args.namespace, lines=5, previous=True)
        before = await read_one(ctx.cluster.logs, brief, pod, container)
    return answers.of_one(asked, printed, before, ctx.now())


def _wanted(args: LogsArgs) -> Wanted:
    return Wanted(
        namespace=args.namespace,
        lines=args.lines,
        since_seconds=parse_duration(args.since) if args.since else None,
        since_time=args.since_time,
        previous=args.previous,
        limit_bytes=args.limit_bytes or 0,
    )


async def _pods(ctx: ReadContext, args: LogsArgs) -> list[Json]:
    """Those that are meant, the ones in trouble first, then the newest."""
    kind, name, _ = args.wanted
    if kind == PODS and name:
        return [await ctx.cluster.get(PODS, args.namespace, name)]
    labels = args.selector or await _labels(ctx, args.namespace, kind, name)
    found = await ctx.cluster.list(PODS, args.namespace, labels=labels) if labels else ()
    return worst_first(found, ctx.now())


async def _labels(ctx: ReadContext, namespace: str, kind: ResourceType, name: str) -> str:
    """The selector of a workload's pods; nothing where it has none, as a service without one."""
    workload = await ctx.cluster.get(kind, namespace, name)
    if kind == CRONJOBS:
        uid = workload["metadata"]["uid"]
        jobs = [job for job in await ctx.cluster.list(JOBS, namespace) if owned(job, uid)]
        if not jobs:
            return ""
        workload = max(jobs, key=lambda job: str(job["metadata"]["creationTimestamp"]))
    return selector(workload["spec"].get("selector") or {})


def _unclear(args: LogsArgs, pods: list[Json]) -> Json | None:
    """A pod of several containers of which none was named. Raises `TargetNotFoundError` for a wrong name."""
    if args.every:
        return None
    return next((pod for pod in pods[: args.places] if not choose(pod, args.wanted[2])), None)


def _places(args: LogsArgs, pods: list[Json]) -> tuple[list[tuple[Json, str]], int]:
    """The containers that are read, and how many pods are not."""
    container = args.wanted[2]
    places = [
        (pod, name)
        for pod in pods
        for name in (every_container(pod) if args.every else (choose(pod, container),))
        if name
    ][: args.places]
    return places, len(pods) - len({pod["metadata"]["name"] for pod, _ in places})


def _asked(ctx: ReadContext, args: LogsArgs) -> answers.Asked:
    kind, name, _ = args.wanted
    ago = f"in the last {spell(parse_duration(args.since))}" if args.since else ""
    return answers.Asked(
        cluster=ctx.cluster.name,
        namespace=args.namespace,
        words=(*args.parted()[0], *(("-l", args.selector) if args.selector else ())),
        whose=_whose(ctx, args),
        target=f"{kind.singular}/{name}" if name else "",
        flags=(*args.again, *(("--previous",) if args.previous else ())),
        lines=args.lines,
        since=ago or (f"since {args.since_time}" if args.since_time else ""),
        previous=args.previous,
        times=args.timestamps,
        prefix=args.prefix,
        grep=args.grep,
        around=args.around,
    )


def _whose(ctx: ReadContext, args: LogsArgs) -> Text:
    if args.selector:
        where = text("in {} on {}", code(args.namespace), code(ctx.cluster.name))
        return text("{} {}", code(args.selector), where)
    return text("{} on {}", code(f"{args.namespace}/{args.wanted[1]}"), code(ctx.cluster.name))


async def follow(ctx: ReadContext, args: LogsArgs, state: Json, event: Event) -> Stage:
    """One step: which pods there are, every ten seconds, and what each has printed since."""
    now, asked = ctx.now(), _asked(ctx, args)
    so_far = following.Following.model_validate(state) if state else following.Following(began=now, heard=now)
    if event is Event.STOP:
        return Stage(state={}, message=following.ended(asked, so_far, now), wake_in=None)
    try:
        if now - so_far.looked >= following.LOOK_SECONDS:
            pods = await _pods(ctx, args)
            if not so_far.looked and (unclear := _unclear(args, pods)):
                return Stage(state={}, message=answers.which(asked, unclear), wake_in=None)
            so_far = following.looked(so_far, *_places(args, pods), now)
        so_far = await following.listened(ctx.cluster.logs, so_far, asked, _wanted(args), now=now)
    except ClusterUnavailableError:
        so_far = so_far.model_copy(update={"silent": so_far.silent or now})
    except TargetNotFoundError:
        if not so_far.looked:
            raise
        so_far = so_far.model_copy(update={"over": "It is gone."})
    if so_far.over or now - so_far.began >= following.SECONDS:
        return Stage(state={}, message=following.ended(asked, so_far, now), wake_in=None)
    message = following.going_on(asked, so_far, now)
    return Stage(state=so_far.model_dump(mode="json"), message=message, wake_in=following.pause(so_far, now))


COMMAND = ReadCommand(
    name="logs",
    summary="What a pod, or the pods of a workload, printed.",
    examples=("logs web-7c9d8-x2x4k", "logs deploy/web --since 10m --grep error -C 2", "logs -l app=web -f"),
    args=LogsArgs,
    permission=Permission.LOGS_READ,
    kinds=lambda _: (PODS.plural,),
    also_reads=_KINDS[1:],
    run=run,
    live=Live(wanted=lambda args: args.follow, step=follow),
)
