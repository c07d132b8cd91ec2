"""The only door to a cluster: the policy is asked inside every method, and a change holds to its pin."""

from __future__ import annotations

import asyncio
from typing import Literal

from bot.domain.access import ANY, Allowance, Decision, Program
from bot.domain.changes import Applied, Step, Write
from bot.domain.cluster import (
    ApiTable,
    ExecRequest,
    LogRequest,
    Ran,
    Take,
    Taken,
    Terminal,
    WebAnswer,
    WebRequest,
)
from bot.domain.errors import AccessDeniedError, BotError, StalePlanError, TargetNotFoundError
from bot.domain.identity import Identity
from bot.domain.model import Json
from bot.domain.resources import NAMESPACES, PODS, SERVICES, ObjectRef, ResourceType, nearest
from bot.domain.runs import Run
from bot.domain.sight import Sight
from bot.service import writes
from bot.service.gate import Gate
from bot.service.raw import RawCluster, RawClusters


class Clusters:
    """What the engine is given: names for everybody, and doors that have a gate."""

    def __init__(self, raw: RawClusters) -> None:
        self._raw = raw

    @property
    def names(self) -> tuple[str, ...]:
        return self._raw.names

    @property
    def default(self) -> str:
        return self._raw.default

    def namespace(self, name: str) -> str:
        return self._raw.namespace(name)

    async def namespaces(self, name: str) -> tuple[str, ...]:
        """The names of all namespaces, as the bot sees them; whom they may be shown to is for the caller."""
        found = await self._raw.cluster(name).table(NAMESPACES, None, with_names=True)
        return tuple(namespace for _, namespace in found.names)

    def behind(self, name: str, gate: Gate, identity: Identity | None) -> GuardedCluster:
        """A cluster behind a gate, asked on somebody's behalf, or as the bot.

        Raises `ClusterUnknownError` for a name that is none of ours.
        """
        raw = self._raw.cluster(name)
        return GuardedCluster(raw.acting(identity) if identity else raw, gate)

    async def sight(self, ref: ObjectRef, identity: Identity) -> Sight:
        """What the cluster's own rules let somebody see of a workload and its pods, as it says now."""
        raw = self._raw.cluster(ref.cluster)
        pods = ObjectRef(cluster=ref.cluster, namespace=ref.namespace, type=PODS, name="")
        whole, listed, logs = await asyncio.gather(
            raw.lets(identity, "get", ref),
            raw.lets(identity, "list", pods),
            raw.lets(identity, "get", pods, "log"),
        )
        return Sight(workload=whole, pods=listed, logs=logs)


class GuardedCluster:
    """A cluster behind a gate; reads, plans, and (for the engine alone) writes."""

    def __init__(self, raw: RawCluster, gate: Gate) -> None:
        self._raw = raw
        self._gate = gate

    @property
    def name(self) -> str:
        return self._raw.name

    def _check(self, kind: ResourceType, namespace: str | None) -> Decision:
        reach = namespace if namespace and kind.namespaced else ANY
        return self._gate.check(self._raw.name, reach, kind.plural)

    async def version(self) -> Json:
        self._gate.check(self._raw.name, ANY, "nodes")
        return await self._raw.version()

    async def resolve(self, word: str) -> ResourceType:
        return await self._raw.resolve(word)

    async def get(self, kind: ResourceType, namespace: str, name: str) -> Json:
        self._check(kind, namespace)
        try:
            return await self._raw.get(self._ref(kind, namespace, name))
        except TargetNotFoundError as error:
            raise await self._with_near_names(error, kind, namespace, name) from error

    async def list(
        self, kind: ResourceType, namespace: str, *, labels: str = "", fields: str = ""
    ) -> tuple[Json, ...]:
        self._check(kind, namespace)
        return (await self._raw.list(kind, _place(namespace), labels=labels, fields=fields)).items

    async def collect(
        self,
        kind: ResourceType,
        namespace: str,
        take: Take,
        *,
        labels: str = "",
        fields: str = "",
        most: int = 5000,
    ) -> Taken:
        self._check(kind, namespace)
        return await self._raw.collect(kind, _place(namespace), take, labels=labels, fields=fields, most=most)

    async def table(
        self,
        kind: ResourceType,
        namespace: str,
        *,
        name: str = "",
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        most: int = 1,
        take: Take | None = None,
        of: Literal["Metadata", "Object"] = "Metadata",
    ) -> ApiTable:
        self._check(kind, namespace)
        try:
            return await self._raw.table(
                kind, _place(namespace), name=name, labels=labels, fields=fields, limit=limit,
                most=most, take=take, of=of,
            )  # fmt: skip
        except TargetNotFoundError as error:
            if not name:
                raise
            raise await self._with_near_names(error, kind, namespace, name) from error

    async def logs(self, request: LogRequest) -> str:
        self._check(PODS, request.namespace)
        return await self._raw.logs(request)

    def allowance(self, request: ExecRequest) -> Allowance:
        """Within what a program may run. Raises `AccessDeniedError` when it may not."""
        program = Program(argv=request.argv, interactive=request.stdin or request.tty)
        allowed = self._gate.check(self._raw.name, request.namespace, PODS.plural, program).allowance
        if allowed is None:
            raise AccessDeniedError("No exec profile lets this program run.")
        return allowed

    async def run(self, request: ExecRequest) -> Ran:
        allowed = self.allowance(request)
        return await self._raw.run(request, seconds=allowed.seconds, most_bytes=allowed.bytes)

    async def open(self, request: ExecRequest) -> Terminal:
        allowed = self.allowance(request)
        return await self._raw.open(request, most_bytes=allowed.bytes)

    async def fetch(self, request: WebRequest) -> WebAnswer:
        kind = PODS if request.kind == "pods" else SERVICES
        self._check(kind, request.namespace)
        try:
            return await self._raw.fetch(request)
        except TargetNotFoundError as error:
            if error.hint:  # it was not sent
                raise
            raise await self._with_near_names(error, kind, request.namespace, request.name) from error

    async def holds_run(self, meant: Run) -> None:
        """Raise `StalePlanError` where the pod or service is no longer the one that was shown."""
        there = meant.target
        try:
            found = await self.get(there.type, there.namespace or "", there.name)
        except TargetNotFoundError as error:
            raise StalePlanError(f"`{there}` is gone since it was shown.") from error
        if found["metadata"]["uid"] != meant.uid:
            raise StalePlanError(f"`{there}` was deleted and made anew since it was shown.")

    async def dry_run(self, write: Write) -> Step:
        """What a write would change, by the server's own dry run."""
        self._check(write.target.type, write.target.namespace)
        return await writes.planned(self._raw, write)

    async def apply(self, step: Step, change: str) -> Applied:
        """Make one write. A status that moved under it is tried again; a changed object is refused."""
        self._check(step.write.target.type, step.write.target.namespace)
        return await writes.made(self._raw, step, change)

    async def holds(self, step: Step) -> None:
        """Raise `StalePlanError` when what was shown no longer holds; nothing is sent.

        A pod that has gone by itself need not be evicted, and stands in the way of nothing.
        """
        target = step.write.target
        if step.pin is not None and step.write.action != "evict":
            writes.check(step, await self.get(target.type, target.namespace or "", target.name))

    async def find(self, step: Step, change: str, *, or_is_so: bool = False) -> Applied | None:
        """Look whether a write arrived; with `or_is_so`, or whether its object is as it makes it."""
        self._check(step.write.target.type, step.write.target.namespace)
        return await writes.found(self._raw, step, change, or_is_so=or_is_so)

    def _ref(self, kind: ResourceType, namespace: str, name: str) -> ObjectRef:
        return ObjectRef(
            cluster=self._raw.name, namespace=namespace if kind.namespaced else None, type=kind, name=name
        )

    async def _with_near_names(
        self, error: TargetNotFoundError, kind: ResourceType, namespace: str, name: str
    ) -> TargetNotFoundError:
        """The same error with the nearest names that live there, where they can be had."""
        try:
            table = await self._raw.table(kind, _place(namespace), with_names=True)
        except BotError:
            return error
        there = [found for _, found in table.names]
        near = nearest(name, there) or [found for found in there if found.startswith(f"{name}-")][:3]
        hint = f"Did you mean `{near[0]}`?" if near else f"`/k8s get {kind.plural}` lists what there is."
        return TargetNotFoundError(error.message, hint=hint, wrong=name, near=tuple(near))


def _place(namespace: str) -> str | None:
    return None if namespace == ANY else namespace
