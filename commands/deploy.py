"""deploy: bring an image to run; a new deployment where there is none, an update where there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.updates import (
    check_image,
    floating_warning,
    named_images,
    shown_image,
    template_plan,
    template_write,
)
from bot.domain.workloads import containers, no_container, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles

_AMOUNTS = "RESOURCE=AMOUNT,…"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*=.*", re.DOTALL)


class DeployArgs(Args):
    name: Annotated[str, Positional("NAME")]
    image: Annotated[
        tuple[str, ...],
        Flag("--image", help="the image to run; of several, each CONTAINER=IMAGE", metavar="IMAGE"),
        Field(min_length=1, max_length=10),
    ]
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
    def _are_images(cls, image: tuple[str, ...]) -> tuple[str, ...]:
        for word in image:
            check_image(word.rpartition("=")[2])
        names = [name for name, _ in named_images(image)]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise ValueError(f"Two containers would be called `{twice}`; write CONTAINER=IMAGE.")
        return image

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
        names = [name for name, _ in named_images(self.image)]
        if self.container and self.container not in names and names != [""]:
            raise ValueError(f"`{self.container}` is none of the containers {', '.join(names)}.")
        asked = (self.port, self.env, self.env_from, self.requests, self.limits, self.argv)
        if any(asked) and len(names) > 1 and not self.container:
            raise ValueError("Several containers: `-c CONTAINER` says for which one the rest is.")
        return self

    def images(self, alone: str) -> dict[str, str]:
        """The image of each container by its name; `alone` is the one that needs none in the line."""
        return {name or self.container or alone: image for name, image in named_images(self.image)}

    def set_on(self, images: Mapping[str, str]) -> str:
        """The one of these containers that all the rest is for."""
        return self.container or next(iter(images))

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
    images = args.images(args.name)
    containers: list[Json] = [{"name": name, "image": image} for name, image in images.items()]
    chosen = next(one for one in containers if one["name"] == args.set_on(images))
    chosen |= args.settings({}) | ({"env": args.variables} if args.env else {})
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
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }
    image = code(", ".join(map(shown_image, images.values())))
    planned = Plan(
        verb="deploy",
        title=text("Deploy {} as {}, {}?", image, place(ref), plural(replicas, "replica")),
        button=f"Deploy {args.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · new, {}", place(ref), image),
        done=text("{} runs {}", place(ref), image),
        steps=(await ctx.cluster.dry_run(Write(action="create", target=ref, body=body)),),
        warnings=floating_warning(tuple(images.values())),
        follow=ref,
    )
    return await with_obstacles(ctx, planned, None, replicas=replicas, template=body["spec"]["template"])


async def _update(ctx: ReadContext, args: DeployArgs, ref: ObjectRef, found: Json) -> Plan:
    images = args.images(_usual(found, ref))
    _refuse_unknown(found, ref, args, images)
    there = {one["name"]: one for one in found["spec"]["template"]["spec"]["containers"]}
    patches: dict[str, Json] = {name: {"image": image} for name, image in images.items()}
    chosen = args.set_on(images)
    patches[chosen] |= {**args.settings(there[chosen]), **env_patch(there[chosen], variables(args.env))}
    spec = template_of([(there[name], patch) for name, patch in patches.items()])
    if args.replicas is not None:
        spec["replicas"] = args.replicas
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    planned = template_plan("deploy", ref, found, spec, step)
    template = patched(found["spec"]["template"], spec["template"])
    return await with_obstacles(ctx, planned, found, replicas=args.replicas, template=template)


def _usual(found: Json, ref: ObjectRef) -> str:
    """The container meant where none is named: the one called like the deployment, or the only one."""
    names = containers(found)
    return names[0] if len(names) == 1 else ref.name


def _refuse_unknown(found: Json, ref: ObjectRef, args: DeployArgs, images: Mapping[str, str]) -> None:
    names = containers(found)
    unknown = next((name for name in images if name not in names), None)
    if unknown is None:
        return
    alone = [image for name, image in named_images(args.image) if not name]
    lines = tuple(
        f"set image {ref.name} {name}={image} {where(ref)}" for image in alone for name in names[:4]
    )
    raise no_container(ref, names, args.container if alone else unknown, lines)


COMMAND = ChangeCommand(
    name="deploy",
    aliases=("create deployment",),
    summary="Run an image: a new deployment, or an update of one.",
    examples=(
        "deploy web --image web:1.1",
        "create deployment web --image=web:1.0 --replicas=2 --port=8080",
        "deploy shop --image web=web:1.1 --image proxy=envoy:2",
        "deploy job --image tools:2 --limits=cpu=200m,memory=128Mi -- sleep 3600",
    ),
    args=DeployArgs,
    permission=Permission.WORKLOAD_CREATE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
