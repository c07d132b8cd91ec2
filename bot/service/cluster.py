"""The only door to a cluster: the policy is asked inside every method, and a change holds to its pin."""

from __future__ import annotations

import re
from typing import Literal

from bot.domain.access import ANY, Allowance, Decision, Program
from bot.domain.changes import MARK, Applied, Call, FieldChange, Step, Write, difference, moved, pin
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
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterRejectedError,
    StalePlanError,
    TargetNotFoundError,
)
from bot.domain.model import Json
from bot.domain.resources import NAMESPACES, PODS, SERVICES, ObjectRef, ResourceType, nearest
from bot.service.gate import Gate
from bot.service.raw import RawCluster, RawClusters

_CONFLICT = 409
_TRIES = 4
_TIES = re.compile(
    r"^(apiVersion|kind|metadata\.name|metadata\.namespace)$"
    r"|^(metadata|spec\.template\.metadata)\.labels|^spec\.selector|\]\.name$|\]\.protocol$"
)


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

    def behind(self, name: str, gate: Gate) -> GuardedCluster:
        """A cluster behind a gate. Raises `ClusterUnknownError` for a name that is none of ours."""
        return GuardedCluster(self._raw.cluster(name), gate)


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

    async def dry_run(self, write: Write) -> Step:
        """What a write would change, by the server's own dry run."""
        self._check(write.target.type, write.target.namespace)
        if write.action == "create":
            await self._raw.write(write, dry_run=True)
            return Step(write=write, pin=None, changes=_asked_for(write.body))
        for last in range(_TRIES):
            before = await self.get(write.target.type, write.target.namespace or "", write.target.name)
            try:
                after = await self._raw.write(
                    write, dry_run=True, version=before["metadata"]["resourceVersion"]
                )
            except ClusterRejectedError as error:
                if error.status != _CONFLICT or last == _TRIES - 1:
                    raise
                continue
            changes = difference(before, after)
            return Step(write=write, pin=pin(before, changes), changes=changes)
        raise AssertionError("unreachable: the last try returns or raises")

    async def apply(self, step: Step, change: str) -> Applied:
        """Make one write. A status that moved under it is tried again; a changed object is refused."""
        target = step.write.target
        self._check(target.type, target.namespace)
        if step.pin is None:
            after = await self._raw.write(_marked(step.write, change), dry_run=False)
            return _applied(step, "", after)
        for last in range(_TRIES):
            before = await self._raw.get(target)
            _still(step, before)
            version = before["metadata"]["resourceVersion"]
            try:
                after = await self._raw.write(_marked(step.write, change), dry_run=False, version=version)
            except ClusterRejectedError as error:
                if error.status != _CONFLICT or last == _TRIES - 1:
                    raise
                continue
            return _applied(step, version, after)
        raise AssertionError("unreachable: the last try returns or raises")

    async def holds(self, step: Step) -> None:
        """Raise `StalePlanError` when what was shown no longer holds; nothing is sent."""
        target = step.write.target
        if step.pin is not None:
            _still(step, await self.get(target.type, target.namespace or "", target.name))

    async def find(self, step: Step, change: str) -> Applied | None:
        """Look whether a write arrived: its object bears the change's id."""
        target = step.write.target
        self._check(target.type, target.namespace)
        try:
            found = await self._raw.get(target)
        except TargetNotFoundError:
            return None
        if found["metadata"].get("annotations", {}).get(MARK) != change:
            return None
        return _applied(step, "", found)

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


def _still(step: Step, now: Json) -> None:
    if step.pin is not None and (differences := moved(step.pin, now)):
        raise StalePlanError(
            f"`{step.write.target}` has changed since it was shown: {'; '.join(differences[:3])}."
        )


def _place(namespace: str) -> str | None:
    return None if namespace == ANY else namespace


def _applied(step: Step, version: str, after: Json) -> Applied:
    call = Call(
        target=f"{step.write.target.type.plural}/{step.write.target}",
        action=step.write.action,
        version_before=version,
        version_after=after["metadata"].get("resourceVersion", ""),
    )
    return Applied(call=call, after=after)


def _asked_for(body: Json) -> tuple[FieldChange, ...]:
    """Of a new object, what was asked for; not the server's defaults, nor the names that tie it together."""
    return tuple(change for change in difference({}, body) if not _TIES.search(change.path))


def _marked(write: Write, change: str) -> Write:
    """The same write, leaving the change's id on the object."""
    if write.patch == "json" and write.action == "patch":
        path = "/metadata/annotations/" + MARK.replace("/", "~1")
        return write.model_copy(update={"body": [*write.body, {"op": "add", "path": path, "value": change}]})
    metadata = write.body.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), MARK: change}
    return write.model_copy(
        update={"body": {**write.body, "metadata": {**metadata, "annotations": annotations}}}
    )
