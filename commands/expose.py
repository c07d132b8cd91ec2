"""expose: a Service before a workload, and the address to use."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import ClusterRejectedError, UsageError
from bot.domain.exposing import check_address, check_ranges, declared_ports, selector_of
from bot.domain.message import Button, Icon, Message, Paragraph, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import (
    DEPLOYMENTS,
    NODES,
    PODS,
    REPLICASETS,
    SERVICES,
    STATEFULSETS,
    ObjectRef,
    check_name,
)  # fmt: skip
from bot.domain.services import Address, address, describe_ports, service_ports
from bot.domain.workloads import named, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, Look, ReadContext, Seen
from bot.engine.ports import ClusterReader

_KINDS = (DEPLOYMENTS, REPLICASETS, STATEFULSETS, PODS, SERVICES)
_HOST = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_PORT = re.compile(r"[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
_LAST_PORT = 65535
_BALANCER_SECONDS = 60.0
"""For so long the address of a load balancer is waited for."""
_TYPES = {name.lower(): name for name in ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")}


class ExposeArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]
    port: Annotated[
        tuple[str, ...],
        Flag("--port", help="the port the Service has; several as 80,443", metavar="PORT"),
        Field(max_length=10),
    ] = ()
    target_port: Annotated[
        str,
        Flag(
            "--target-port", help="the pods' port, by number or name; of several as 8080,8443", metavar="PORT"
        ),
    ] = ""
    type: Annotated[
        str,
        Flag("--type", help="ClusterIP, NodePort, LoadBalancer or ExternalName", metavar="TYPE"),
    ] = "ClusterIP"
    name: Annotated[str, Flag("--name", help="the Service's name; else the workload's", metavar="NAME")] = ""
    protocol: Annotated[
        Literal["TCP", "UDP", "SCTP"], Flag("--protocol", help="TCP, UDP or SCTP", metavar="PROTOCOL")
    ] = "TCP"
    external_name: Annotated[
        str, Flag("--external-name", help="with ExternalName: the host it stands for", metavar="HOST")
    ] = ""
    session_affinity: Annotated[
        Literal["None", "ClientIP"],
        Flag("--session-affinity", help="ClientIP: the same caller, the same pod", metavar="HOW", rare=True),
    ] = "None"
    sources: Annotated[
        str,
        Flag(
            "--load-balancer-source-ranges",
            help="who may call a LoadBalancer, as 10.0.0.0/8,192.0.2.0/24",
            metavar="CIDR,…",
            rare=True,
        ),
    ] = ""
    cluster_ip: Annotated[
        str,
        Flag(
            "--cluster-ip", help="its own address, or None for the pods' addresses", metavar="IP", rare=True
        ),
    ] = ""

    @field_validator("type")
    @classmethod
    def _is_type(cls, value: str) -> str:
        if value.lower() not in _TYPES:
            raise ValueError(f"`--type` is one of {', '.join(_TYPES.values())}.")
        return _TYPES[value.lower()]

    @field_validator("port")
    @classmethod
    def _are_ports(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        """`80,443`, or the flag once for each."""
        ports = tuple(word.strip() for one in given for word in one.split(","))
        for port in ports:
            if not (port.isdecimal() and 1 <= int(port) <= _LAST_PORT):
                raise ValueError(f"`--port` is a number from 1 to {_LAST_PORT}, not `{port[:20]}`.")
        if len(set(ports)) < len(ports):
            raise ValueError("Each `--port` once.")
        return ports

    @field_validator("target_port")
    @classmethod
    def _is_port(cls, value: str) -> str:
        if any(not _PORT.fullmatch(one) for one in value.split(",") if value):
            raise ValueError("`--target-port` is a number or a port's name.")
        return value

    @field_validator("sources")
    @classmethod
    def _are_ranges(cls, value: str) -> str:
        return check_ranges(value)

    @field_validator("cluster_ip")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return check_address(value)

    @model_validator(mode="after")
    def _fits(self) -> ExposeArgs:
        named(self.target, _KINDS)
        if self.name:
            check_name(self.name, "a Service's name")
        outside = self.type == "ExternalName"
        if outside and not _HOST.fullmatch(self.external_name):
            raise ValueError("ExternalName needs `--external-name HOST`, such as db.example.com.")
        if self.external_name and not outside:
            raise ValueError("`--external-name` goes with `--type ExternalName`.")
        if self.sources and self.type != "LoadBalancer":
            raise ValueError("`--load-balancer-source-ranges` goes with `--type LoadBalancer`.")
        if self.cluster_ip == "None" and self.type != "ClusterIP":
            raise ValueError("`--cluster-ip None` goes with `--type ClusterIP`.")
        if len(self.targets) > 1 and len(self.targets) != len(self.port):
            raise ValueError("As many of `--target-port` as of `--port`, or one.")
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.target_port.split(",")) if self.target_port else ()

    @property
    def extras(self) -> Json:
        """What the spec has besides its type, its selector and its ports."""
        found: Json = {}
        if self.session_affinity != "None":
            found["sessionAffinity"] = self.session_affinity
        if self.sources:
            found["loadBalancerSourceRanges"] = [one.strip() for one in self.sources.split(",")]
        if self.cluster_ip:
            found["clusterIP"] = self.cluster_ip
        return found


async def plan(ctx: ReadContext, args: ExposeArgs) -> Plan:
    kind, name = named(args.target, _KINDS)
    of = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    ref = of.model_copy(update={"type": SERVICES, "name": args.name or name})
    if args.type == "ExternalName":
        body = _body(ref, {"app": name}, {"type": args.type, "externalName": args.external_name})
        return _stands_for(ref, args.external_name, await _dry_run(ctx, ref, body))
    found = await ctx.cluster.get(kind, args.namespace, name)
    ports = service_ports(_ports_of(args, found, of), args.targets, args.protocol)
    spec = {"type": args.type, "selector": selector_of(found, of), "ports": ports, **args.extras}
    labels = found["metadata"].get("labels") or {"app": name}
    step = await _dry_run(ctx, ref, _body(ref, labels, spec))
    service = text("Service {} ({})", code(ref.name), args.type)
    return Plan(
        verb="expose",
        title=text("Expose {} as {}?", place(of), service),
        button=f"Expose {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · new {}", place(of), service),
        done=text("{} is exposed as {}", place(of), service),
        steps=(step,),
        warnings=_warnings(args, found),
    )


def _stands_for(ref: ObjectRef, host: str, step: Step) -> Plan:
    """A Service before nothing in this cluster: another name for a host elsewhere."""
    return Plan(
        verb="expose",
        title=text("Create Service {} as a name for {}?", place(ref), code(host)),
        button=f"Create {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · new Service for {}", place(ref), code(host)),
        done=text("Service {} stands for {}", place(ref), code(host)),
        steps=(step,),
    )


def _body(ref: ObjectRef, labels: Json, spec: Json) -> Json:
    metadata = {"name": ref.name, "namespace": ref.namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


async def _dry_run(ctx: ReadContext, ref: ObjectRef, body: Json) -> Step:
    try:
        return await ctx.cluster.dry_run(Write(action="create", target=ref, body=body))
    except ClusterRejectedError as error:
        if error.reason != "AlreadyExists":
            raise
        taken = ClusterRejectedError(
            f"There is a Service `{ref.name}` in `{ref.namespace}` already.",
            status=error.status,
            reason=error.reason,
            hint="`--name NAME` makes another one.",
        )
        taken.suggestions = (f"describe service {ref.name} {where(ref)}",)
        raise taken from error


def _ports_of(args: ExposeArgs, found: Json, of: ObjectRef) -> tuple[int, ...]:
    """The ports asked for, else the only one there is. Raises `UsageError` where that is not one."""
    if args.port:
        return tuple(int(port) for port in args.port)
    numbers = [port["containerPort"] for port in declared_ports(found)]
    if len(numbers) == 1:
        return (numbers[0],)
    if numbers:
        lines = tuple(f"{_line(args, of)} --port {number}" for number in numbers[:4])
        whole = f"{_line(args, of)} --port {','.join(map(str, numbers))}"
        named_ports = ", ".join(f"`{number}`" for number in numbers)
        raise UsageError(f"Which port? `{of}` serves on {named_ports}.", suggestions=(*lines, whole))
    raise UsageError(f"Which port? The containers of `{of}` name none.", hint="Add `--port PORT`.")


def _line(args: ExposeArgs, of: ObjectRef) -> str:
    """The line again, as far as it was understood."""
    kind = "" if args.type == "ClusterIP" else f" --type {args.type}"
    name = f" --name {args.name}" if args.name else ""
    return f"expose {of.type.singular}/{of.name} {where(of)}{kind}{name}"


def _warnings(args: ExposeArgs, found: Json) -> tuple[Text, ...]:
    names = {port.get("name") for port in declared_ports(found)}
    said = [
        text("None of its containers calls a port {}: nothing will answer.", code(target))
        for target in args.targets
        if not target.isdecimal() and target not in names
    ]
    if args.type in {"NodePort", "LoadBalancer"}:
        only = f", but only from {args.sources}" if args.sources else ""
        said.append(text("{} opens it to callers outside the cluster{}.", args.type, only))
    return tuple(said)


async def see(cluster: ClusterReader, plan: Plan, applied: tuple[Json, ...]) -> Seen:
    """The address to use; that of a load balancer is waited for a while."""
    ref, made = plan.steps[0].write.target, applied[0]
    if made["spec"].get("type") == "LoadBalancer":
        made = {**made, **await cluster.get(ref.type, ref.namespace or "", ref.name)}
    found = address(ref.name, ref.namespace or "", made)
    return Seen(message=_report(plan, made, found), settled=bool(found.where))


def _report(plan: Plan, made: Json, found: Address) -> Message:
    """The address to use, or why there is none yet."""
    ref, kind, ports = plan.steps[0].write.target, made["spec"].get("type"), made["spec"].get("ports")
    parts = [Paragraph(text=_told(found)), *([Paragraph(text=_ports(made["spec"]))] if ports else [])]
    buttons = [Button(label="Describe", command=f"describe service {ref.name} {where(ref)}")]
    if kind == "NodePort":
        nodes = f"get nodes -o wide --context {ref.cluster}"
        buttons.append(Button(label="Addresses of the nodes", command=nodes))
    return Message(icon=Icon.DONE, headline=plan.done, parts=tuple(parts), buttons=tuple(buttons))


def _told(found: Address) -> Text:
    if found.where:
        return text("Use {} {}.", code(found.where), found.reach)
    return text("{}", found.reach)


def _ports(spec: Json) -> Text:
    return text("Port {}", describe_ports(spec))


COMMAND = ChangeCommand(
    name="expose",
    summary="A Service before a workload, and the address to use.",
    examples=(
        "expose web --port 80,443 --target-port 8080,8443",
        "expose deployment/web --type=NodePort --port 8080",
    ),
    args=ExposeArgs,
    permission=Permission.SERVICE_CREATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (SERVICES.plural,),
    also_reads=(*_KINDS, NODES),
    plan=plan,
    look=Look(see=see, kinds=(), seconds=_BALANCER_SECONDS),
)
