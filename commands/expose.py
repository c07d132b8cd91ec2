"""expose: a Service before a workload, and the address to use."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
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
from bot.engine.command import Args, ChangeCommand, Flag, Positional, ReadContext

_KINDS = (DEPLOYMENTS, REPLICASETS, STATEFULSETS, PODS, SERVICES)
_HOST = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_TYPES = {name.lower(): name for name in ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")}


class ExposeArgs(Args):
    target: Annotated[tuple[str, ...], Positional("NAME"), Field(min_length=1, max_length=2)]
    port: Annotated[
        int | None, Flag("--port", help="the port the Service has", metavar="PORT"), Field(ge=1, le=65535)
    ] = None
    target_port: Annotated[
        str, Flag("--target-port", help="the pods' port, by number or name", metavar="PORT")
    ] = ""
    type: Annotated[
        Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"],
        Flag("--type", help="ClusterIP, NodePort, LoadBalancer or ExternalName", metavar="TYPE"),
    ] = "ClusterIP"
    name: Annotated[str, Flag("--name", help="the Service's name; else the workload's", metavar="NAME")] = ""
    protocol: Annotated[Literal["TCP", "UDP", "SCTP"], Flag("--protocol", metavar="PROTOCOL")] = "TCP"
    external_name: Annotated[
        str, Flag("--external-name", help="with ExternalName: the host it stands for", metavar="HOST")
    ] = ""

    @field_validator("type", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return _TYPES.get(str(value).lower(), value)

    @field_validator("target_port")
    @classmethod
    def _is_port(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?", value):
            raise ValueError("--target-port is a number or a port's name")
        return value

    @model_validator(mode="after")
    def _fits(self) -> ExposeArgs:
        named(self.target, _KINDS)
        if self.name:
            check_name(self.name, "a Service's name")
        outside = self.type == "ExternalName"
        if outside and not _HOST.fullmatch(self.external_name):
            raise ValueError("ExternalName needs --external-name HOST, such as db.example.com")
        if self.external_name and not outside:
            raise ValueError("--external-name goes with --type ExternalName")
        return self


async def plan(ctx: ReadContext, args: ExposeArgs) -> Plan:
    kind, name = named(args.target, _KINDS)
    service = args.name or name
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=SERVICES, name=service)
    if args.type == "ExternalName":
        spec: Json = {"type": "ExternalName", "externalName": args.external_name}
    else:
        found = await ctx.cluster.get(kind, args.namespace, name)
        spec = {"type": args.type, "selector": _selector(found, kind.kind), "ports": [_port(args, found)]}
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service, "namespace": args.namespace, "labels": {"app": name}},
        "spec": spec,
    }
    try:
        step = await ctx.cluster.dry_run(Write(action="create", target=ref, body=body))
    except ClusterRejectedError as error:
        if error.reason == "AlreadyExists":
            hint = f"/k8s describe service {service} shows it; --name NAME makes another."
            raise ClusterRejectedError(
                f"There is a Service `{service}` in `{args.namespace}` already.",
                status=error.status,
                hint=hint,
            ) from error
        raise
    return Plan(
        verb="expose",
        title=text("Expose {} as a {} Service?", place(ref), args.type),
        button=f"Expose {service}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · new {} Service", place(ref), args.type),
        done=text("{} is exposed ({})", place(ref), args.type),
        steps=(step,),
        warnings=_warnings(args),
    )


def _selector(found: Json, kind: str) -> dict[str, str]:
    """What the workload's pods bear. Raises `UsageError` where a Service could not find them."""
    spec = found.get("spec", {})
    if kind == "Pod":
        labels = dict(found["metadata"].get("labels") or {})
    elif kind == "Service":
        labels = dict(spec.get("selector") or {})
    else:
        labels = dict(spec.get("selector", {}).get("matchLabels") or {})
    if not labels:
        raise UsageError("It has no labels by which a Service could find its pods.", hint="Label it first.")
    return labels


def _port(args: ExposeArgs, found: Json) -> Json:
    """The port asked for, else the only one the containers name."""
    spec = found.get("spec", {})
    pod = spec.get("template", {}).get("spec", spec)
    declared = [p["containerPort"] for c in pod.get("containers", []) for p in c.get("ports", [])]
    port = args.port or (declared[0] if len(declared) == 1 else None)
    if port is None:
        raise UsageError("Which port? Its containers do not name exactly one.", hint="Add --port PORT.")
    target = args.target_port
    aim: int | str = int(target) if target.isdecimal() else target or port
    return {"port": port, "targetPort": aim, "protocol": args.protocol}


def _warnings(args: ExposeArgs) -> tuple[Text, ...]:
    if args.type in {"NodePort", "LoadBalancer"}:
        return (text("{} opens it to callers outside the cluster.", args.type),)
    return ()


def report(plan: Plan, applied: tuple[Json, ...]) -> Message:
    """The address to use, or why there is none yet."""
    ref, made = plan.steps[0].write.target, applied[0]
    found = address(made["name"], ref.namespace or "", made)
    return Message(
        headline=plan.done,
        parts=(Paragraph(text=_told(found)), Paragraph(text=text("{}", describe_ports(made["spec"])))),
        buttons=(Button(label="Describe", command=f"describe service {made['name']} {where(ref)}"),),
    )


def _told(found: Address) -> Text:
    if found.where:
        return text("Use {} {}.", code(found.where), found.reach)
    return text("{}", found.reach)


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
