"""Keeps what a revision reads, each time that a change through the bot makes or replaces one.

It is read through the door of whoever makes the change: what they may not read is not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from bot.domain.changes import canonical, template_hash
from bot.domain.errors import BotError
from bot.domain.keeping import (
    CONFIG,
    MOST_OF_ONE_REVISION,
    SECRET,
    Keepsakes,
    Kept,
    content_of,
    kept_config,
)
from bot.domain.model import Json
from bot.domain.resources import CONFIGMAPS, SECRETS, ObjectRef, ResourceType
from bot.domain.workloads import references
from bot.service.in_force import InForce
from bot.store.kept import Of

if TYPE_CHECKING:
    from bot.store.kept import KeptTable
    from bot.store.secrets import Sealer

_SECONDS = 2.0
"""For so long one is read; a change is not held up any longer."""


class Door(Protocol):
    """A cluster as one person may read it."""

    async def get(self, kind: ResourceType, namespace: str, name: str) -> Json: ...


class Keeping:
    """Implements `bot.engine.ports.Keeping`."""

    def __init__(
        self, table: KeptTable, sealer: Sealer, in_force: InForce, clock: Callable[[], float]
    ) -> None:
        self._table = table
        self._sealer = sealer
        self._in_force = in_force
        self._clock = clock

    @property
    def compares_secrets(self) -> bool:
        return self._in_force.compare_secrets

    async def keep(self, door: Door, ref: ObjectRef, workload: Json, *, anew: bool = False) -> None:
        """Keep what the workload's pod template reads, as it is now. What is kept of it already stays: that
        is what its pods started with. With `anew`, what is there now takes its place.
        """
        template = workload["spec"]["template"]
        configs = [one for one in references(template) if one.startswith(CONFIG)][:MOST_OF_ONE_REVISION]
        secrets = [one for one in references(template) if one.startswith(SECRET)][:MOST_OF_ONE_REVISION]
        wanted = [self._config(door, ref, one) for one in configs]
        wanted += [self._secret(door, ref, one) for one in secrets if self.compares_secrets]
        found = tuple(one for one in await asyncio.gather(*wanted) if one is not None)
        if found:
            await self._table.keep(
                _of(ref, workload["metadata"]["uid"], template), found, self._clock(), anew=anew
            )

    async def of(self, ref: ObjectRef, uid: str, template: Json) -> Keepsakes:
        """What is kept of the revision with this pod template, by reference."""
        found = await self._table.of(_of(ref, uid, template), self._clock())
        return {one.reference: one for one in found}

    async def digest(self, door: Door, namespace: str, name: str) -> str:
        """Of a Secret as it is now. Raises what reading it raises."""
        found = await door.get(SECRETS, namespace, name)
        return self._sealer.digest(canonical(content_of(found)))

    async def sweep(self) -> None:
        await self._table.sweep(self._clock())

    async def _config(self, door: Door, ref: ObjectRef, reference: str) -> Kept | None:
        try:
            async with asyncio.timeout(_SECONDS):
                found = await door.get(CONFIGMAPS, ref.namespace or "", reference.removeprefix(CONFIG))
        except (BotError, TimeoutError):
            return None
        return kept_config(reference, found, self._clock())

    async def _secret(self, door: Door, ref: ObjectRef, reference: str) -> Kept | None:
        try:
            async with asyncio.timeout(_SECONDS):
                digest = await self.digest(door, ref.namespace or "", reference.removeprefix(SECRET))
        except (BotError, TimeoutError):
            return None
        return Kept(reference=reference, at=self._clock(), digest=digest)


def _of(ref: ObjectRef, uid: str, template: Json) -> Of:
    return Of(cluster=ref.cluster, namespace=ref.namespace or "", uid=uid, template=template_hash(template))
