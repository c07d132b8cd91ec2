"""exec: a program in a container, run to its end or typed to, as far as an exec profile lets it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

from pydantic import Field, model_validator

from bot.domain import execmessages
from bot.domain.access import Permission, Program, Risk
from bot.domain.changes import Plan, Result
from bot.domain.cluster import Ended, ExecRequest
from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.execmessages import End, Where
from bot.domain.loglines import choose, containers
from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    PODS,
    REPLICASETS,
    STATEFULSETS,
    ObjectRef,
    ResourceType,
)
from bot.domain.runs import Run
from bot.domain.selectors import selector
from bot.domain.typed import join
from bot.domain.workloads import named
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import Event, Live, Outcome, RunCommand, RunContext, SessionContext, Stage
from bot.engine.ports import Typed

_KINDS = (PODS, DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS)
_LOOK_SECONDS = 5.0
_IDLE_SECONDS = 600.0
_RESULTS = {Ended.LOST: Result.UNKNOWN, Ended.NOT_STARTED: Result.FAILED}


class ExecArgs(Args):
    target: Annotated[str, Positional("POD|TYPE/NAME", of=("pods", "deployments"))]
    words: Annotated[tuple[str, ...], Positional("CONTAINER CMD", rest=True)] = ()
    argv: Annotated[tuple[str, ...], Positional("-- CMD", behind=True), Field(max_length=200)] = ()
    container: Annotated[str, Flag("-c", "--container", help="in this container", metavar="NAME")] = ""
    stdin: Annotated[bool, Flag("-i", "--stdin", help="type to it, in a thread")] = False
    tty: Annotated[bool, Flag("-t", "--tty", help="give it a terminal; types to it as well")] = False

    @model_validator(mode="after")
    def _one_program(self) -> ExecArgs:
        named((self.target,), _KINDS)
        if not self.argv and not self.words:
            raise ValueError("Which program? Put it behind `--`.")
        if self.argv and len(self.words) > 1:
            raise ValueError("Put the whole command behind `--`.")
        if self.argv and self.words and self.container:
            raise ValueError("One container at a time.")
        return self

    @property
    def interactive(self) -> bool:
        return self.stdin or self.tty

    def meant(self, pod: Json) -> tuple[str, tuple[str, ...]]:
        """The container, and the program: without `--`, a first word that is a container's name is that."""
        if self.argv:
            return "".join(self.words) or self.container, self.argv
        first, *more = self.words
        if more and not self.container and first in containers(pod):
            return first, tuple(more)
        return self.container, self.words

    def programs(self) -> tuple[Program, ...]:
        """What may be meant, before the pod is known."""
        readings = [self.argv or self.words]
        if not self.argv and not self.container and len(self.words) > 1:
            readings.append(self.words[1:])
        return tuple(Program(argv=argv, interactive=self.interactive) for argv in readings)


async def run(ctx: RunContext, meant: Run) -> Outcome:
    where, request = _asked(meant)
    allowed = ctx.cluster.allowance(request)
    began = ctx.now()
    ran = await ctx.cluster.run(request)
    detail = _of(where) | {
        "result": ran.ended.value,
        "exit_code": ran.exit_code,
        "profile": allowed.profile,
        "bytes": len(ran.stdout) + len(ran.stderr),
        "sha256": hashlib.sha256(ran.stdout + ran.stderr).hexdigest(),
    }
    # A megabyte to be made readable would hold everybody up.
    shown = await asyncio.to_thread(execmessages.ended, where, ran, allowed, ctx.now() - began)
    return Outcome(shown=shown, detail=detail, result=_RESULTS.get(ran.ended, Result.APPLIED))


async def step(ctx: SessionContext, _args: ExecArgs, state: Json, event: Event) -> Stage:
    """The terminal is a connection of one process: where it is gone, so is what ran in it."""
    if event is Event.BEGIN and ctx.meant:
        where, request = _asked(ctx.meant)
        allowed = ctx.cluster.allowance(request)
        terminal = await ctx.cluster.open(request)
        opened = ctx.terminals.keep(ctx.session, terminal, request)
        state = {"where": where.model_dump(mode="json"), "began": ctx.now(), "profile": allowed.profile}
        return await _goes_on(where, opened, state, ctx)
    opened_before = ctx.terminals.find(ctx.session)
    if opened_before is None:
        return _lost(state)
    where = Where.model_validate(state["where"])
    if event is Event.STOP:
        await opened_before.terminal.close()
        return await _last(opened_before, state, ctx, execmessages.stopped(where))
    if opened_before.terminal.ran:
        return await _last(opened_before, state, ctx, execmessages.over(where, opened_before.terminal.ran))
    ctx.cluster.allowance(opened_before.request)
    if ctx.now() - opened_before.at >= _IDLE_SECONDS:
        await opened_before.terminal.close()
        return await _last(opened_before, state, ctx, execmessages.idle(where, _IDLE_SECONDS))
    return await _goes_on(where, opened_before, state, ctx)


def last(opened: Typed, state: Json, now: float, why: Message) -> Stage:
    """The end of a terminal that is closed: why, and the transcript, whose hash the record keeps."""
    where, ran = Where.model_validate(state["where"]), opened.terminal.ran
    file = execmessages.transcript(where, opened.terminal.output, opened.terminal.dropped)
    end = End(
        exit_code=ran.exit_code if ran else None,
        took=now - state["began"],
        typed=opened.typed,
        transcript=file,
    )
    detail = _of(where) | {
        "result": ran.ended.value if ran else Ended.CLOSED.value,
        "exit_code": end.exit_code,
        "profile": state["profile"],
        "lines_typed": end.typed,
        "bytes": len(file.content) if file else 0,
        "sha256": end.hash,
        "seconds": round(end.took, 1),
    }
    return Stage(
        state=state,
        message=execmessages.closed(why, end),
        wake_in=None,
        thread=execmessages.so_far(opened.terminal.output, opened.terminal.dropped),
        detail=detail,
    )


async def _last(opened: Typed, state: Json, ctx: SessionContext, why: Message) -> Stage:
    return await asyncio.to_thread(last, opened, state, ctx.now(), why)


async def _goes_on(where: Where, opened: Typed, state: Json, ctx: SessionContext) -> Stage:
    """The next look; the thread is left alone where it says all there is."""
    terminal = opened.terminal
    printed = await asyncio.to_thread(execmessages.so_far, terminal.output, terminal.dropped)
    shown = hashlib.sha256(printed.model_dump_json().encode()).hexdigest()
    return Stage(
        state=state | {"shown": shown},
        message=execmessages.terminal(where, ctx.actor.id, ctx.actor.name),
        wake_in=_LOOK_SECONDS,
        thread=None if shown == state.get("shown") else printed,
    )


def _lost(state: Json) -> Stage:
    where = Where.model_validate(state["where"]) if "where" in state else None
    detail = {"result": "unknown", "found_after_restart": True} | (_of(where) if where else {})
    return Stage(state=state, message=execmessages.gone(where), wake_in=None, detail=detail)


def _of(where: Where) -> Json:
    return {"pod": where.pod, "container": where.container}


async def plan(ctx: RunContext, args: ExecArgs) -> Plan:
    """The container that is meant; of a workload's pods one that is ready, the oldest of them."""
    kind, name = named((args.target,), _KINDS)
    pod = (
        await ctx.cluster.get(PODS, args.namespace, name)
        if kind == PODS
        else await _ready_pod(ctx, args, kind, name)
    )
    wanted, argv = args.meant(pod)
    container, pod_name = choose(pod, wanted), str(pod["metadata"]["name"])
    if not container:
        raise _several(args, pod, argv)
    meant = Run(
        target=ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=PODS, name=pod_name),
        request=ExecRequest(
            namespace=args.namespace,
            pod=pod_name,
            container=container,
            argv=argv,
            stdin=args.interactive,
            tty=args.tty,
        ),
        uid=str(pod["metadata"]["uid"]),
        only=containers(pod) == (container,),
        chosen="" if kind == PODS else f"{kind.singular}/{name}",
    )
    return execmessages.planned(_asked(meant)[0], meant, COMMAND.risk)


def _asked(meant: Run) -> tuple[Where, ExecRequest]:
    """Where it runs, for a sentence, and what is sent."""
    request = meant.request
    if not isinstance(request, ExecRequest):
        raise UsageError("That is no program.")
    where = Where(
        cluster=meant.target.cluster,
        namespace=request.namespace,
        pod=request.pod,
        container=request.container,
        only=meant.only,
        chosen=meant.chosen,
        argv=request.argv,
    )
    return where, request


async def _ready_pod(ctx: RunContext, args: ExecArgs, kind: ResourceType, name: str) -> Json:
    workload = await ctx.cluster.get(kind, args.namespace, name)
    pods = await ctx.cluster.list(PODS, args.namespace, labels=selector(workload["spec"]["selector"]))
    ready = [pod for pod in pods if _is_ready(pod)]
    if not ready:
        raise TargetNotFoundError(
            f"none of the pods of {kind.singular} `{name}` is ready: there are {len(pods)}",
            hint="Name one of them to run it there all the same.",
        )
    return min(ready, key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"]))


def _is_ready(pod: Json) -> bool:
    conditions = pod.get("status", {}).get("conditions") or ()
    is_up = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return is_up and not pod["metadata"].get("deletionTimestamp")


def _several(args: ExecArgs, pod: Json, argv: tuple[str, ...]) -> TargetNotFoundError:
    """Several containers, and none named: each is a press away."""
    names, name = containers(pod), pod["metadata"]["name"]
    error = TargetNotFoundError(
        f"pod `{name}` has {len(names)} containers, and the line does not say which",
        hint=f"It has {', '.join(f'`{one}`' for one in names)}.",
    )
    flags = [flag for flag, is_on in (("-i", args.stdin), ("-t", args.tty)) if is_on]
    there = ("-n", args.namespace, "--context", args.context)
    error.suggestions = tuple(
        join(("exec", args.target, "-c", one, *flags, *there, "--", *argv)) for one in names[:5]
    )
    return error


COMMAND = RunCommand(
    name="exec",
    summary="Run a program in a container, or type to one in a thread.",
    examples=(
        "exec web-7c9d8-x2x4k -- ls -l /",
        "exec deploy/web -c web -- cat /etc/hostname",
        "exec -it deploy/web -- sh",
    ),
    args=ExecArgs,
    permission=Permission.PROGRAM_RUN,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (PODS.plural,),
    mostly=PODS.plural,
    programs=ExecArgs.programs,
    also_reads=(DEPLOYMENTS, STATEFULSETS, DAEMONSETS, REPLICASETS),
    plan=plan,
    run=run,
    live=Live(wanted=lambda args: args.interactive, step=step, last=last),
)
