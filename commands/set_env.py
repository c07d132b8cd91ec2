"""set env: variables of a workload's containers, set or taken away."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.change import LOOKED_AT, patched
from bot.domain.podspec import (
    EVERY,
    chosen_containers,
    env_names,
    env_patch,
    env_reference,
    env_source,
    shown_variables,
    template_of,
    variables,
)
from bot.domain.resources import CONFIGMAPS, PODS, REPLICASETS, ROLLED, SECRETS, ObjectRef, nearest
from bot.domain.typed import join
from bot.domain.updates import containers_plan, template_write
from bot.domain.workloads import named, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles

_KEY = re.compile(r"[A-Za-z0-9._-]{1,253}")
_MOST = 50
"""Variables at once."""
_NAMED = 6


class SetEnvArgs(Args):
    words: Annotated[tuple[str, ...], Positional("NAME KEY=VALUE"), Field(min_length=1, max_length=24)]
    container: Annotated[
        str, Flag("-c", "--containers", "--container", help="in this container only", metavar="CONTAINER")
    ] = EVERY
    source: Annotated[
        str,
        Flag("--from", help="a variable for each of its keys", metavar="configmap/NAME", rare=True),
    ] = ""
    keys: Annotated[
        tuple[str, ...],
        Flag("--keys", help="only these keys; of a Secret they have to be named", metavar="KEY,…", rare=True),
    ] = ()
    prefix: Annotated[
        str, Flag("--prefix", help="what the names of those variables begin with", metavar="TEXT", rare=True)
    ] = ""

    @field_validator("keys")
    @classmethod
    def _one_by_one(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(key.strip() for word in keys for key in word.split(",") if key.strip()))
        wrong = next((key for key in found if not _KEY.fullmatch(key)), "")
        if wrong:
            raise ValueError(f"`{wrong[:60]}` can be no key of a ConfigMap or Secret.")
        return found

    @model_validator(mode="after")
    def _both_parts(self) -> SetEnvArgs:
        if not self.wanted and not self.source:
            raise ValueError("Which variable? Write KEY=VALUE after the name, or KEY- to take one away.")
        if not self.target:
            raise ValueError("Of which workload? Write its name before KEY=VALUE.")
        named(self.target, ROLLED)
        if not self.source and (self.keys or self.prefix):
            raise ValueError("`--keys` and `--prefix` are for `--from`.")
        if self.source and env_source(self.source)[0] is SECRETS and not self.keys:
            raise ValueError("Secrets are not read here: `--keys` says which keys are meant.")
        env_names(self.keys, self.prefix)
        return self

    @property
    def target(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if not _is_variable(word))

    @property
    def wanted(self) -> dict[str, str | None]:
        return variables(tuple(word for word in self.words if _is_variable(word)))


def _is_variable(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


async def plan(ctx: ReadContext, args: SetEnvArgs) -> Plan:
    kind, name = named(args.target, ROLLED)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    words = [word for word in args.words if _is_variable(word)]
    words += [f"--from={args.source}"] if args.source else []
    words += [f"--keys={','.join(args.keys)}"] if args.keys else []
    words += [f"--prefix={args.prefix}"] if args.prefix else []
    line = f"{join(['set', 'env', f'{kind.singular}/{name}', *words])} {where(ref)}"
    chosen = chosen_containers(found, ref, args.container, line)
    taken = await _references(ctx, args)
    wanted: dict[str, str | Json | None] = {**taken, **args.wanted}
    spec = template_of([(container, env_patch(container, wanted)) for container in chosen])
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    said = [_shown_source(tuple(taken), args.source)] if args.source else []
    said += [shown_variables(args.wanted)] if args.wanted else []
    planned = containers_plan("set env", ref, said[0] if len(said) == 1 else text("{}, {}", *said), step)
    template = patched(found["spec"]["template"], spec.get("template", {}))
    return await with_obstacles(ctx, planned, found, template=template)


async def _references(ctx: ReadContext, args: SetEnvArgs) -> dict[str, Json]:
    """Where each variable of `--from` comes from. Of a ConfigMap its keys are read, of a Secret nothing."""
    if not args.source:
        return {}
    kind, name = env_source(args.source)
    keys = args.keys
    if kind is CONFIGMAPS:
        there = (await ctx.cluster.get(kind, args.namespace, name)).get("data") or {}
        keys = args.keys or tuple(sorted(there))
        wrong = next((key for key in keys if key not in there), "")
        if wrong or not keys:
            said = f"no key `{wrong}`" if wrong else "no keys"
            raise TargetNotFoundError(
                f"`{args.namespace}/{name}` has {said}", near=tuple(nearest(wrong, there))
            )
    if len(keys) > _MOST:
        raise UsageError(f"That is {len(keys)} variables, and {_MOST} is the most; `--keys` names some.")
    try:
        names = env_names(keys, args.prefix)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return {variable: env_reference(kind, name, key) for variable, key in names.items()}


def _shown_source(names: tuple[str, ...], source: str) -> Text:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return text("{}{} from {}", code(", ".join(names[:_NAMED])), more, code(source))


COMMAND = ChangeCommand(
    name="set env",
    summary="Variables of a workload's containers.",
    examples=(
        "set env deployment/web LOG=debug OLD-",
        "set env web -c web MODE=fast -n shop",
        "set env deployment/web --from=configmap/settings --prefix=APP_",
    ),
    args=SetEnvArgs,
    permission=Permission.WORKLOAD_UPDATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, CONFIGMAPS, *LOOKED_AT),
    plan=plan,
)
