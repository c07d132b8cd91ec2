"""The doors that verbs and the engine have to the world outside, as protocols."""

from __future__ import annotations

from typing import Literal, Protocol

from bot.domain.access import Allowance
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
from bot.domain.keeping import Keepsakes
from bot.domain.locks import Lock
from bot.domain.model import Json
from bot.domain.records import Record
from bot.domain.resources import ObjectRef, ResourceType


class ClusterReader(Protocol):
    """The only door a command has to its cluster. Every call asks the policy first, then the API.

    Raises `AccessDeniedError` and the errors below `ClusterError`; `get` raises `TargetNotFoundError` with
    the nearest names that live there.
    """

    @property
    def name(self) -> str: ...

    async def version(self) -> Json: ...

    async def resolve(self, word: str) -> ResourceType: ...

    async def get(self, kind: ResourceType, namespace: str, name: str) -> Json: ...

    async def list(
        self, kind: ResourceType, namespace: str, *, labels: str = "", fields: str = ""
    ) -> tuple[Json, ...]: ...

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
        """What `take` takes of each object, page by page; no more than one page is ever held."""

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
        """The server's own columns, in pages of `limit` until there are `most` rows.

        `take` is given the metadata of each row's object, or the whole of it.
        """

    async def logs(self, request: LogRequest) -> str: ...

    async def dry_run(self, write: Write) -> Step:
        """What this write would change, as the server answers it; nothing is changed."""


class ClusterWriter(ClusterReader, Protocol):
    """What the engine holds while it acts; no command ever does."""

    async def apply(self, step: Step, change: str) -> Applied:
        """Make one write, exactly as it was shown, marked with the change's id.

        Raises `StalePlanError` when what was shown no longer holds: then nothing was sent.
        """

    async def holds(self, step: Step) -> None:
        """Raise `StalePlanError` when what was shown no longer holds."""

    async def find(self, step: Step, change: str) -> Applied | None:
        """Whether a write whose answer was lost has arrived: the object as it is, or None."""


class ClusterRunner(ClusterReader, Protocol):
    """The door of the verbs that run something. Each use is on the record before it is made."""

    def allowance(self, request: ExecRequest) -> Allowance:
        """Within what a program may run. Raises `AccessDeniedError` when it may not."""

    async def run(self, request: ExecRequest) -> Ran:
        """Run a program to its end, or until a bound is reached."""

    async def open(self, request: ExecRequest) -> Terminal:
        """Start a program that is typed to."""

    async def fetch(self, request: WebRequest) -> WebAnswer:
        """One HTTP request through the API server."""


class Keeping(Protocol):
    """What is kept of the ConfigMaps and Secrets that a workload's revisions read."""

    @property
    def compares_secrets(self) -> bool:
        """Whether digests of Secrets are kept."""

    async def of(self, ref: ObjectRef, uid: str, template: Json) -> Keepsakes:
        """What is kept of the revision with this pod template, by reference."""

    async def digest(self, door: ClusterReader, namespace: str, name: str) -> str:
        """Of a Secret as it is now, to be compared with a kept one. Raises what reading it raises."""


class Locks(Protocol):
    """The locks, for a verb that sets and lifts them; either is recorded as this verb's doing."""

    async def all(self) -> tuple[Lock, ...]: ...

    async def set(self, lock: Lock) -> None: ...

    async def lift(self, lock: Lock) -> bool:
        """False where somebody was faster."""


class Records(Protocol):
    """The account, as verbs may read it."""

    async def show(self, seq: int) -> Record | None: ...

    async def search(
        self,
        *,
        actor: str = "",
        verb: str = "",
        namespace: str = "",
        target: str = "",
        since: float = 0.0,
        limit: int = 20,
    ) -> list[Record]: ...

    async def verify(self) -> tuple[int, str]:
        """How many records hold, and why the first that does not does not."""


class Typed(Protocol):
    """A terminal, and what was typed to it."""

    @property
    def terminal(self) -> Terminal: ...

    @property
    def request(self) -> ExecRequest: ...

    @property
    def typed(self) -> int:
        """Lines."""

    @property
    def at(self) -> float:
        """When it was last typed to, or opened."""


class Terminals(Protocol):
    """The terminals that are open in this process, by the session that each belongs to."""

    def find(self, session: str) -> Typed | None: ...

    def keep(self, session: str, terminal: Terminal, request: ExecRequest) -> Typed: ...
