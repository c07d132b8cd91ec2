"""expose: a Service before a workload, and the address to use."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import ClusterRejectedError, UsageError
from bot.domain.message import Button, Message, Paragraph, Text, code, text
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
from bot.domain.services import Address, address, describe_ports
from bot.domain.workloads import named, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

_KINDS = (DEPLOYMENTS, REPLICASETS, STATEFULSETS, PODS, SERVICES)
_HOST = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_TYPES = {name.lower(): name for name in ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")}


class ExposeArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]
    port: Annotated[
        int | None, Flag("--port", help="the port the Service has", metavar="PORT"), Field(ge=1, le=65535)
    ] = None
    target_port: Annotated[
        str, Flag("--target-port", help="the pods' port, by number or name", metavar="PORT")
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

    @field_validator("type")
    @classmethod
    def _is_type(cls, value: str) -> str:
        if value.lower() not in _TYPES:
            raise ValueError(f"`--type` is one of {', '.join(_TYPES.values())}.")
        return _TYPES[value.lower()]

    @field_validator("target_port")
    @classmethod
    def _is_port(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?", value):
            raise ValueError("`--target-port` is a number or a port's name.")
        return value

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
        return self


async def plan(ctx: ReadContext, args: ExposeArgs) -> Plan:
    kind, name = named(args.target, _KINDS)
    of = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    ref = of.model_copy(update={"type": SERVICES, "name": args.name or name})
    if args.type == "ExternalName":
        body = _body(ref, {"app": name}, {"type": args.type, "externalName": args.external_name})
        return _stands_for(ref, args.external_name, await _dry_run(ctx, ref, body))
    found = await ctx.cluster.get(kind, args.namespace, name)
    spec = {"type": args.type, "selector": _selector(found, of), "ports": [_port(args, found, of)]}
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


def _selector(found: Json, of: ObjectRef) -> dict[str, str]:
    """What the workload's pods bear. Raises `UsageError` where a Service could not find them."""
    spec = found.get("spec", {})
    if of.type == PODS:
        labels = found["metadata"].get("labels") or {}
    elif of.type == SERVICES:
        labels = spec.get("selector") or {}
    else:
        labels = spec.get("selector", {}).get("matchLabels") or {}
    if not labels:
        hint = f"`/k8s label pod {of.name} app={of.name}` gives it one." if of.type == PODS else ""
        raise UsageError(f"`{of}` has no labels by which a Service could find its pods.", hint=hint)
    return dict(labels)


def _declared(found: Json) -> list[Json]:
    """The ports that its containers, or a Service's own list, name."""
    spec = found.get("spec", {})
    pod = spec.get("template", {}).get("spec", spec)
    ports = [port for container in pod.get("containers", []) for port in container.get("ports") or []]
    return ports or [{"containerPort": port["port"]} for port in spec.get("ports") or []]


def _port(args: ExposeArgs, found: Json, of: ObjectRef) -> Json:
    """The port asked for, else the only one there is. Raises `UsageError` where that is not one."""
    numbers = [port["containerPort"] for port in _declared(found)]
    port = args.port or (numbers[0] if len(numbers) == 1 else None)
    if port is None and numbers:
        lines = tuple(f"{_line(args, of)} --port {number}" for number in numbers[:4])
        named_ports = ", ".join(f"`{number}`" for number in numbers)
        raise UsageError(f"Which port? `{of}` serves on {named_ports}.", suggestions=lines)
    if port is None:
        raise UsageError(f"Which port? The containers of `{of}` name none.", hint="Add `--port PORT`.")
    target = args.target_port
    aim: int | str = int(target) if target.isdecimal() else target or port
    return {"port": port, "targetPort": aim, "protocol": args.protocol}


def _line(args: ExposeArgs, of: ObjectRef) -> str:
    """The line again, as far as it was understood."""
    kind = "" if args.type == "ClusterIP" else f" --type {args.type}"
    name = f" --name {args.name}" if args.name else ""
    return f"expose {of.type.singular}/{of.name} {where(of)}{kind}{name}"


def _warnings(args: ExposeArgs, found: Json) -> tuple[Text, ...]:
    said = []
    names = {port.get("name") for port in _declared(found)}
    if args.target_port and not args.target_port.isdecimal() and args.target_port not in names:
        said.append(
            text("None of its containers calls a port {}: nothing will answer.", code(args.target_port))
        )
    if args.type in {"NodePort", "LoadBalancer"}:
        said.append(text("{} opens it to callers outside the cluster.", args.type))
    return tuple(said)


def report(plan: Plan, applied: tuple[Json, ...]) -> Message:
    """The address to use, or why there is none yet."""
    ref, made = plan.steps[0].write.target, applied[0]
    found = address(made["name"], ref.namespace or "", made)
    kind, ports = made["spec"].get("type"), made["spec"].get("ports")
    parts = [Paragraph(text=_told(found)), *([Paragraph(text=_ports(made["spec"]))] if ports else [])]
    buttons = [Button(label="Describe", command=f"describe service {made['name']} {where(ref)}")]
    if kind == "NodePort":
        nodes = f"get nodes -o wide --context {ref.cluster}"
        buttons.append(Button(label="Addresses of the nodes", command=nodes))
    return Message(headline=plan.done, parts=tuple(parts), buttons=tuple(buttons))


def _told(found: Address) -> Text:
    if found.where:
        return text("Use {} {}.", code(found.where), found.reach)
    return text("{}", found.reach)


def _ports(spec: Json) -> Text:
    return text("Port {}", describe_ports(spec))


COMMAND = ChangeCommand(
    name="expose",
    summary="A Service before a workload, and the address to use.",
    examples=("expose web --port 80 --target-port 8080", "expose deployment/web --type=NodePort --port 8080"),
    args=ExposeArgs,
    permission=Permission.SERVICE_CREATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (SERVICES.plural,),
    also_reads=(*_KINDS, NODES),
    plan=plan,
    report=report,
)
