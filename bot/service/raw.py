"""The clusters as the room that talks to Kubernetes gives them: no policy, no person."""

from __future__ import annotations

from typing import Literal, Protocol

from bot.domain.changes import Write
from bot.domain.cluster import (
    ApiTable,
    ExecRequest,
    Listing,
    LogRequest,
    Ran,
    Take,
    Taken,
    Terminal,
    WebAnswer,
    WebRequest,
)
from bot.domain.identity import Identity
from bot.domain.model import Json
from bot.domain.resources import ObjectRef, ResourceType


class RawCluster(Protocol):
    """One cluster, as the room that talks to Kubernetes gives it."""

    @property
    def name(self) -> str: ...
    def acting(self, identity: Identity) -> RawCluster: ...
    async def lets(self, identity: Identity, verb: str, ref: ObjectRef, subresource: str = "") -> bool: ...
    async def version(self) -> Json: ...
    async def resolve(self, word: str) -> ResourceType: ...
    async def get(self, ref: ObjectRef) -> Json: ...
    async def list(
        self, kind: ResourceType, namespace: str | None, *, labels: str = "", fields: str = ""
    ) -> Listing: ...
    async def collect(
        self,
        kind: ResourceType,
        namespace: str | None,
        take: Take,
        *,
        labels: str = "",
        fields: str = "",
        most: int = 5000,
    ) -> Taken: ...
    async def table(
        self,
        kind: ResourceType,
        namespace: str | None,
        *,
        name: str = "",
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        most: int = 1,
        with_names: bool = False,
        take: Take | None = None,
        of: Literal["Metadata", "Object"] = "Metadata",
    ) -> ApiTable: ...
    async def write(self, write: Write, *, dry_run: bool, version: str = "") -> Json: ...
    async def logs(self, request: LogRequest) -> str: ...
    async def run(self, request: ExecRequest, *, seconds: float, most_bytes: int) -> Ran: ...
    async def open(self, request: ExecRequest, *, most_bytes: int) -> Terminal: ...
    async def fetch(self, request: WebRequest) -> WebAnswer: ...


class RawClusters(Protocol):
    """All clusters of one bot, by the names of their contexts."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def default(self) -> str: ...
    def namespace(self, name: str) -> str: ...
    def cluster(self, name: str) -> RawCluster: ...
