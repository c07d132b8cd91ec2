"""Looks at what a revision reads, live and kept, and plans that its ConfigMaps come back with it."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable

from bot.domain.changes import FieldChange, Step
from bot.domain.errors import TargetNotFoundError
from bot.domain.keeping import CONFIG, MOST_OF_ONE_REVISION, return_of
from bot.domain.message import Output
from bot.domain.obstacles.change import Obstacle
from bot.domain.redaction import redact
from bot.domain.resources import CONFIGMAPS, ObjectRef
from bot.domain.revisions.revision import Revision
from bot.domain.staying import Settings, configs_of, secrets_of
from bot.engine.command import ReadContext
from bot.engine.obstacles import Found, Reads, seen

_MOST_LINES = 60


async def settings_of(
    ctx: ReadContext, ref: ObjectRef, uid: str, chosen: Revision, *, with_config: bool
) -> tuple[Settings, tuple[Obstacle, ...]]:
    """What a revision reads, and in a line which of it could not be looked at, and why."""
    space = ref.namespace or ""
    configs = configs_of(chosen.template)[:MOST_OF_ONE_REVISION]
    secrets = secrets_of(chosen.template)[:MOST_OF_ONE_REVISION] if ctx.keeping.compares_secrets else ()
    reads: Reads = {f"ConfigMap {name}": _config(ctx, space, name) for name in configs}
    reads |= {f"Secret {name}": _secret(ctx, space, name) for name in secrets}
    read, unseen = await seen(reads)
    live = {
        name: next(iter(read[f"ConfigMap {name}"]), None) for name in configs if f"ConfigMap {name}" in read
    }
    digests = {name: read[f"Secret {name}"][0]["digest"] for name in secrets if f"Secret {name}" in read}
    settings = Settings(
        configs=live,
        kept=await ctx.keeping.of(ref, uid, chosen.template),
        digests=digests if ctx.keeping.compares_secrets else None,
        with_config=with_config,
    )
    return settings, unseen


async def returns(ctx: ReadContext, ref: ObjectRef, settings: Settings) -> tuple[Step, ...]:
    """What brings the ConfigMaps back that are otherwise now, as the server's dry run answers it."""
    writes = [
        return_of(settings.kept[CONFIG + name], settings.configs[name], ref) for name in settings.returning
    ]
    return tuple([await ctx.cluster.dry_run(write) for write in writes])


def lines_of(steps: tuple[Step, ...]) -> tuple[Output, ...]:
    """Of values of several lines, which lines change."""
    several = [(step.write.target.name, change) for step in steps for change in step.changes]
    lines = [line for name, change in several for line in _lines(name, change)]
    if not lines:
        return ()
    more = [f"… and {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return (Output(text=redact("\n".join([*lines[:_MOST_LINES], *more])), name="changes.diff"),)


def _lines(name: str, change: FieldChange) -> list[str]:
    before, after = str(change.before or ""), str(change.after or "")
    if "\n" not in before + after:
        return []
    called = f"{name} {change.path}"
    return list(
        difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"{called}, now", f"{called}, then", lineterm="", n=2
        )
    )


def _config(ctx: ReadContext, namespace: str, name: str) -> Callable[[], Awaitable[Found]]:
    async def read() -> Found:
        """Nothing where it is gone."""
        try:
            return (await ctx.cluster.get(CONFIGMAPS, namespace, name),)
        except TargetNotFoundError:
            return ()

    return read


def _secret(ctx: ReadContext, namespace: str, name: str) -> Callable[[], Awaitable[Found]]:
    async def read() -> Found:
        """Its digest alone; the empty one where it is gone."""
        try:
            return ({"digest": await ctx.keeping.digest(ctx.cluster, namespace, name)},)
        except TargetNotFoundError:
            return ({"digest": ""},)

    return read
