"""deploy: bring an image to run; a new deployment where there is none, an update where there is one."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import code, plural, text
from bot.domain.model import Json
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, ObjectRef, check_name
from bot.domain.rollout import CAUSE
from bot.domain.updates import check_image, floating_warning, shown_image, template_plan, template_write
from bot.domain.workloads import containers, no_container, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*=.*", re.DOTALL)


class DeployArgs(Args):
    name: Annotated[str, Positional("NAME")]
    image: Annotated[str, Flag("--image", help="the image to run", metavar="IMAGE")]
    replicas: Annotated[
        int | None, Flag("--replicas", "-r", help="how many pods", metavar="N"), Field(ge=0, le=1000)
    ] = None
    port: Annotated[
        int | None, Flag("--port", help="the port it serves on", metavar="PORT"), Field(ge=1, le=65535)
    ] = None
    env: Annotated[
        tuple[str, ...], Flag("--env", "-e", help="a variable; may be repeated", metavar="K=V")
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, given: Any) -> Any:
        """`deployment/web` is `web`, as other verbs have it."""
        kind, slash, name = str(given.get("name", "")).partition("/")
        return {**given, "name": name} if slash and kind.lower() in DEPLOYMENTS.words else given

    @field_validator("name")
    @classmethod
    def _is_name(cls, name: str) -> str:
        return check_name(name, "a deployment's name")

    @field_validator("image")
    @classmethod
    def _is_image(cls, image: str) -> str:
        return check_image(image)

    @field_validator("env")
    @classmethod
    def _are_variables(cls, env: tuple[str, ...]) -> tuple[str, ...]:
        for item in env:
            if not _VARIABLE.fullmatch(item):
                raise ValueError(f"`{item.partition('=')[0][:60]}` is no NAME=VALUE")
        return env

    @property
    def variables(self) -> list[Json]:
        return [{"name": k, "value": v} for k, _, v in (item.partition("=") for item in self.env)]


async def plan(ctx: ReadContext, args: DeployArgs) -> Plan:
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=DEPLOYMENTS, name=args.name)
    try:
        found = await ctx.cluster.get(DEPLOYMENTS, args.namespace, args.name)
    except TargetNotFoundError:
        return await _create(ctx, args, ref)
    return await _update(ctx, args, ref, found)


async def _create(ctx: ReadContext, args: DeployArgs, ref: ObjectRef) -> Plan:
    container: Json = {"name": args.name, "image": args.image}
    if args.port:
        container["ports"] = [{"containerPort": args.port}]
    if args.env:
        container["env"] = args.variables
    labels = {"app": args.name}
    replicas = 1 if args.replicas is None else args.replicas
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": args.name,
            "namespace": args.namespace,
            "labels": labels,
            "annotations": {CAUSE: ctx.line},
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    image = code(shown_image(args.image))
    return Plan(
        verb="deploy",
        title=text("Deploy {} as {}, {}?", image, place(ref), plural(replicas, "replica")),
        button=f"Deploy {args.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · new, {}", place(ref), image),
        done=text("{} runs {}", place(ref), image),
        steps=(await ctx.cluster.dry_run(Write(action="create", target=ref, body=body)),),
        warnings=floating_warning((args.image,)),
        follow=ref,
    )


async def _update(ctx: ReadContext, args: DeployArgs, ref: ObjectRef, found: Json) -> Plan:
    container: Json = {"name": _container(found, ref, args.image), "image": args.image}
    if args.port:
        container["ports"] = [{"containerPort": args.port}]
    if args.env:
        container["env"] = args.variables
    spec: Json = {"template": {"spec": {"containers": [container]}}}
    if args.replicas is not None:
        spec["replicas"] = args.replicas
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    return template_plan("deploy", ref, found, spec, step)


def _container(found: Json, ref: ObjectRef, image: str) -> str:
    """The container that the image is for: the one called like the deployment, else the only one."""
    names = containers(found)
    if ref.name in names:
        return ref.name
    if len(names) > 1:
        lines = tuple(f"set image {ref.name} {name}={image} {where(ref)}" for name in names[:4])
        raise no_container(ref, names, "", lines)
    return names[0]


COMMAND = ChangeCommand(
    name="deploy",
    aliases=("create deployment",),
    summary="Run an image: a new deployment, or an update of one.",
    examples=("deploy web --image web:1.1", "create deployment web --image=web:1.0 --replicas=2 --port=8080"),
    args=DeployArgs,
    permission=Permission.WORKLOAD_CREATE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS),
    plan=plan,
)
