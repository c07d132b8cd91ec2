"""One cluster: what the bot reads there, and the two ways in which it changes something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import aiohttp

from bot.domain.cluster import (
    ApiTable,
    ExecRequest,
    Listing,
    LogRequest,
    Ran,
    Taken,
    WebAnswer,
    WebRequest,
)
from bot.domain.errors import BotError, ClusterRejectedError, OutcomeUnknownError, TargetNotFoundError
from bot.domain.resources import BUILT_IN, PODS, SERVICES, ObjectRef, ResourceType, find_type
from bot.kube import errors, exec, impersonation, tables  # noqa: A004 - what kubectl calls it
from bot.kube.answers import document
from bot.kube.discovery import Discovery
from bot.kube.errors import Asked
from bot.kube.paths import lines, path_of, proxied, selection
from bot.kube.pool import NOT_SENT
from bot.kube.sending import request
from bot.kube.transport import BROKEN, JSON, Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.changes import Write
    from bot.domain.cluster import Take
    from bot.domain.identity import Identity
    from bot.domain.model import Json
    from bot.kube.answers import Answer
    from bot.kube.transport import Query, Socket

U = TypeVar("U")
_Pages: TypeAlias = "list[U]"
_GONE = 410
_NO_LOG = "unable to retrieve container logs for "
"""How a kubelet says, with a 200, that a container's log is gone."""


class Cluster:
    """The API of one cluster, over connections that are kept."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        discovery: Discovery | None = None,
        identity: Identity | None = None,
    ) -> None:
        self.name = name
        self.transport = transport
        self._discovery = discovery or Discovery(transport)
        self._identity = identity
        self._whose = impersonation.headers(identity) if identity else ()

    def acting(self, identity: Identity) -> Cluster:
        """The same cluster over the same connections, asked on somebody's behalf: each request says so.

        What the cluster is and what it can hold is still asked as the bot: it is the same for everybody.
        """
        return Cluster(self.name, self.transport, self._discovery, identity)

    async def version(self) -> Json:
        return self._read(await self.transport.read("/version"), Asked(self.name))

    async def resources(self) -> tuple[ResourceType, ...]:
        """Every type that can be read, core first; at most a minute old."""
        return await self._discovery.types()

    async def resolve(self, word: str) -> ResourceType:
        """The type a word means. The usual ones are known without asking."""
        try:
            return find_type(word, BUILT_IN)
        except TargetNotFoundError:
            return find_type(word, await self.resources())

    async def get(self, ref: ObjectRef) -> Json:
        return await self._json(
            path_of(ref.type, ref.namespace, ref.name), self._about(ref.type, ref.namespace, ref.name)
        )

    async def list(
        self,
        kind: ResourceType,
        namespace: str | None,
        *,
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        most: int = 5000,
    ) -> Listing:
        """Objects without their managed fields, in pages of `limit`, until there are `most` of them."""
        query = selection(labels, fields, min(limit, most))
        path, asked = path_of(kind, namespace), self._about(kind, namespace)
        pages = await self._pages(path, query, asked, accept=JSON, most=most, use=tables.bare)
        items = [item for found, _ in pages for item in found][:most]
        return Listing(items=tuple(items), version=pages[0][1])

    async def collect(
        self,
        kind: ResourceType,
        namespace: str | None,
        take: Take,
        *,
        labels: str = "",
        fields: str = "",
        limit: int = 200,
        most: int = 5000,
    ) -> Taken:
        """What `take` takes of each object, beside the loop: of a page no more than that is kept."""

        def use(page: Json) -> tuple[tuple[Any, ...], int]:
            return tuple(map(take, tables.bare(page)[0])), tables.remaining(page)

        query = selection(labels, fields, min(limit, most))
        path, asked = path_of(kind, namespace), self._about(kind, namespace)
        pages = await self._pages(path, query, asked, accept=JSON, most=most, use=use, aside=True)
        items = tuple(item for found, _ in pages for item in found)
        return Taken(items=items[:most], remaining=pages[-1][1] + max(0, len(items) - most))

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
    ) -> ApiTable:
        """A Table as the server prints it, in pages until there are `most` rows.

        Across all namespaces their names stand in front. `take` is given each row's metadata, or with
        `of="Object"` the whole object.
        """
        everywhere = namespace is None and kind.namespaced
        include = of if take else "Metadata" if with_names or everywhere else "None"
        asked = self._about(kind, namespace, name)
        path = path_of(kind, namespace, name or None)
        chosen = () if name else selection(labels, fields, limit)

        def use(page: Json) -> ApiTable:
            return tables.read(kind, page, with_namespace=everywhere, take=take)

        query = (("includeObject", include), *chosen)
        pages = await self._pages(
            path, query, asked, accept=tables.ACCEPT, most=most, use=use, aside=take is not None
        )
        return tables.whole(pages)

    async def write(self, write: Write, *, dry_run: bool, version: str = "") -> Json:
        """Create, patch, delete or evict, once; give the object as it then is, or what the server said.

        With `version`, a change of an object that has changed since is refused as a conflict (409).
        """
        sent = request(write, dry_run=dry_run, version=version)
        answer = await self.transport.write(
            sent.method, sent.path, sent.body, query=sent.query, content_type=sent.form, dry_run=dry_run,
            whose=self._whose,
        )  # fmt: skip
        if not answer.is_success:
            if not dry_run and errors.is_lost(answer.status, answer.body):
                raise errors.unknown(self.name)
            asked = self._about(write.target.type, write.target.namespace, write.target.name)
            raise errors.refusal(asked, answer.status, answer.body)
        after = document(answer.body)
        if not isinstance(after, dict) or "metadata" not in after:
            raise errors.no_answer(self.name) if dry_run else errors.unknown(self.name)
        return after

    async def logs(self, request: LogRequest) -> str:
        """Lines of a container, empty where there are none any more."""
        query, path = lines(request), path_of(PODS, request.namespace, request.pod, "log")
        answer = await self.transport.read(path, query=query, most=request.limit_bytes, whose=self._whose)
        if not answer.is_success:
            asked = self._about(PODS, request.namespace, request.pod)
            raise errors.refusal(asked, answer.status, answer.body)
        text = answer.body.decode(errors="replace")
        return "" if text.startswith(_NO_LOG) else text

    async def run(self, request: ExecRequest, *, seconds: float, most_bytes: int) -> Ran:
        """Run a program to its end, or until a bound is reached. It is asked for once, whatever happens."""
        try:
            return await exec.to_the_end(lambda: self._dial(request), seconds=seconds, most_bytes=most_bytes)
        except aiohttp.WSServerHandshakeError as refused:
            raise await self._not_let_in(request, refused) from refused
        except NOT_SENT as problem:
            raise errors.unreachable(self.name, problem) from problem

    async def open(self, request: ExecRequest, *, most_bytes: int) -> exec.OpenTerminal:
        """Start a program whose input stays open."""
        try:
            socket = await self._dial(request)
        except aiohttp.WSServerHandshakeError as refused:
            raise await self._not_let_in(request, refused) from refused
        except NOT_SENT as problem:
            raise errors.unreachable(self.name, problem) from problem
        except BROKEN as problem:
            raise OutcomeUnknownError(
                f"the connection to cluster `{self.name}` broke while the program was being started",
                hint="It may have run for a moment.",
            ) from problem
        return await exec.OpenTerminal.on(socket, request, most_bytes)

    async def fetch(self, request: WebRequest) -> WebAnswer:
        """One request to what a pod or a service serves. No redirect is followed."""
        kind = PODS if request.kind == "pods" else SERVICES
        path, most = proxied(kind, request), request.most_bytes
        answer = await self.transport.fetch(request.method, path, accept="*/*", most=most, whose=self._whose)
        said = document(answer.body) if answer.status >= 400 else None  # noqa: PLR2004 - as HTTP says
        if isinstance(said, dict) and said.get("kind") == "Status" and said.get("apiVersion") == "v1":
            asked = self._about(kind, request.namespace, request.name)
            raise errors.refusal(asked, answer.status, answer.body)
        return answer

    async def lets(self, identity: Identity, verb: str, ref: ObjectRef, subresource: str = "") -> bool:
        """Whether the cluster's own rules let somebody do this; an empty name means all of them."""
        where, body = impersonation.REVIEWS, impersonation.review(identity, verb, ref, subresource)
        answer = await self.transport.write("POST", where, body, query=(), content_type=JSON, dry_run=True)
        said = self._read(answer, Asked(self.name)).get("status") or {}
        return said.get("allowed") is True

    async def close(self) -> None:
        await self._discovery.close()
        await self.transport.close()

    async def _dial(self, request: ExecRequest) -> Socket:
        path, query = path_of(PODS, request.namespace, request.pod, "exec"), exec.query_of(request)
        return await self.transport.dial(path, query=query, protocols=exec.PROTOCOLS, whose=self._whose)

    async def _not_let_in(self, request: ExecRequest, refused: aiohttp.WSServerHandshakeError) -> BotError:
        """The sentence of a refused handshake, whose body the library throws away.

        The same request without its upgrade runs nothing: it is refused for the same reason, or for that.
        """
        path = path_of(PODS, request.namespace, request.pod, "exec")
        query, status = exec.query_of(request), refused.status
        answer = await self.transport.read(path, query=query, most=65_536, whose=self._whose)
        asked = self._about(PODS, request.namespace, request.pod)
        is_same = answer.status == status and not answer.is_success
        return errors.refusal(asked, status, answer.body if is_same else b"")

    def _about(self, kind: ResourceType, namespace: str | None, name: str = "") -> Asked:
        return Asked(self.name, kind, namespace, name, self._identity)

    async def _json(self, path: str, asked: Asked, *, query: Query = (), accept: str = JSON) -> Json:
        answer = await self.transport.read(path, query=query, accept=accept, whose=self._whose)
        return self._read(answer, asked)

    def _read(self, answer: Answer, asked: Asked) -> Json:
        if not answer.is_success:
            raise errors.refusal(asked, answer.status, answer.body)
        read = document(answer.body)
        if not isinstance(read, dict) or (asked.type and "metadata" not in read):
            raise errors.no_answer(self.name)
        return read

    async def _pages(
        self,
        path: str,
        query: Query,
        asked: Asked,
        *,
        accept: str,
        most: int,
        use: Callable[[Json], U],
        aside: bool = False,
    ) -> _Pages[U]:
        """What `use` makes of each page, until there are `most` items or all; `aside` in a thread.

        A list that grows too old is begun anew, once.
        """
        for is_second in (False, True):
            used: _Pages[U] = []
            token, count = "", 0
            try:
                while not used or (token and count < most):
                    onward = [("continue", token)] if token else []
                    page = await self._json(path, asked, query=[*query, *onward], accept=accept)
                    token = (page.get("metadata") or {}).get("continue", "")
                    count += len(page.get("items") or page.get("rows") or ())
                    used.append(await asyncio.to_thread(use, page) if aside else use(page))
            except ClusterRejectedError as refused:
                if refused.status != _GONE or is_second:
                    raise
            else:
                return used
        raise AssertionError("the second pass returns or raises")
