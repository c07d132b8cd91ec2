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
from bot.domain.obstacles.change import LOOKED_AT, patched
from bot.domain.podspec import env_patch, env_sources, quantities, resources_patch, template_of, variables
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, ObjectRef, check_name
from bot.domain.rollout import CAUSE
from bot.domain.updates import check_image, floating_warning, shown_image, template_plan, template_write
from bot.domain.workloads import containers, no_container, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles

_AMOUNTS = "RESOURCE=AMOUNT,…"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*=.*", re.DOTALL)


class DeployArgs(Args):
    name: Annotated[str, Positional("NAME")]
    image: Annotated[str, Flag("--image", help="the image to run", metavar="IMAGE")]
    replicas: Annotated[
        int | None, Flag("--replicas", "-r", help="how many pods", metavar="N"), Field(ge=0, le=1000)
    ] = None
    port: Annotated[
        tuple[Annotated[int, Field(ge=1, le=65535)], ...],
        Flag("--port", help="a port it serves on; may be repeated", metavar="PORT"),
        Field(max_length=10),
    ] = ()
    env: Annotated[
        tuple[str, ...], Flag("--env", "-e", help="a variable; may be repeated", metavar="K=V")
    ] = ()

    env_from: Annotated[
        tuple[str, ...],
        Flag("--env-from", help="all of a ConfigMap or Secret as variables; may be repeated",
             metavar="configmap/NAME", rare=True),
    ] = ()  # fmt: skip
    requests: Annotated[
        str, Flag("--requests", help="what is kept for it, as cpu=100m,memory=256Mi", metavar=_AMOUNTS)
    ] = ""
    limits: Annotated[
        str, Flag("--limits", help="the most it may use, as cpu=200m,memory=512Mi", metavar=_AMOUNTS)
    ] = ""
    container: Annotated[
        str, Flag("-c", "--container", help="of several containers, which", metavar="CONTAINER")
    ] = ""
    command: Annotated[
        bool,
        Flag("--command", help="as kubectl spells it; what follows -- is the command", rare=True),
    ] = False
    argv: Annotated[
        tuple[str, ...], Positional("-- CMD", help="what it runs", behind=True), Field(max_length=100)
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

    @model_validator(mode="after")
    def _can_be(self) -> DeployArgs:
        env_sources(self.env_from)
        quantities(self.limits)
        quantities(self.requests)
        if self.container:
            check_name(self.container, "a container's name")
        if self.command and not self.argv:
            raise ValueError("`--command` needs a command behind `--`.")
        return self

    def settings(self, now: Json) -> Json:
        """What a container has beside its image, without its variables; `now` is as it was."""
        found = resources_patch(now, quantities(self.limits), quantities(self.requests))
        if self.port:
            found["ports"] = [{"containerPort": port} for port in self.port]
        if self.env_from:
            there = now.get("envFrom") or []
            found["envFrom"] = [*there, *(one for one in env_sources(self.env_from) if one not in there)]
        if self.argv:
            found["command"] = list(self.argv)
        return found

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
    container: Json = {"name": args.container or args.name, "image": args.image, **args.settings({})}
    if args.env:
        container["env"] = args.variables
    labels = {"app": args.name}
    replicas = 1 if args.replicas is None else args.replicas
    body: Json = {
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
    planned = Plan(
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
    return await with_obstacles(ctx, planned, None, replicas=replicas, template=body["spec"]["template"])


async def _update(ctx: ReadContext, args: DeployArgs, ref: ObjectRef, found: Json) -> Plan:
    name = _container(found, ref, args)
    now = next(one for one in found["spec"]["template"]["spec"]["containers"] if one["name"] == name)
    wanted = {**args.settings(now), **env_patch(now, variables(args.env))}
    spec = template_of([(now, {"image": args.image, **wanted})])
    if args.replicas is not None:
        spec["replicas"] = args.replicas
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    planned = template_plan("deploy", ref, found, spec, step)
    template = patched(found["spec"]["template"], spec["template"])
    return await with_obstacles(ctx, planned, found, replicas=args.replicas, template=template)


def _container(found: Json, ref: ObjectRef, args: DeployArgs) -> str:
    """The container that is named, else the one called like the deployment, else the only one."""
    names = containers(found)
    wanted = args.container or ref.name
    if wanted in names:
        return wanted
    if args.container or len(names) > 1:
        lines = tuple(f"set image {ref.name} {name}={args.image} {where(ref)}" for name in names[:4])
        raise no_container(ref, names, args.container, lines)
    return names[0]


COMMAND = ChangeCommand(
    name="deploy",
    aliases=("create deployment",),
    summary="Run an image: a new deployment, or an update of one.",
    examples=(
        "deploy web --image web:1.1",
        "create deployment web --image=web:1.0 --replicas=2 --port=8080",
        "deploy job --image tools:2 --limits=cpu=200m,memory=128Mi -- sleep 3600",
    ),
    args=DeployArgs,
    permission=Permission.WORKLOAD_CREATE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
