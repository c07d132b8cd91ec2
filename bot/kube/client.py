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
from bot.kube import errors, exec, tables  # noqa: A004 - what kubectl calls it
from bot.kube.discovery import Discovery
from bot.kube.errors import Asked
from bot.kube.paths import inside, path_of, selection
from bot.kube.pool import NOT_SENT
from bot.kube.sending import request
from bot.kube.transport import BROKEN, JSON, Transport, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.changes import Write
    from bot.domain.cluster import Take
    from bot.domain.model import Json
    from bot.kube.transport import Query, Socket

U = TypeVar("U")
_Pages: TypeAlias = "list[U]"
_GONE = 410
_NO_LOG = "unable to retrieve container logs for "
"""How a kubelet says, with a 200, that a container's log is gone."""


class Cluster:
    """The API of one cluster, over connections that are kept."""

    def __init__(self, name: str, transport: Transport) -> None:
        self.name = name
        self.transport = transport
        self._discovery = Discovery(transport)

    async def version(self) -> Json:
        return await self._json("/version", Asked(self.name))

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
        return await self._json(path_of(ref.type, ref.namespace, ref.name), self._asked(ref))

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
        path, asked = path_of(kind, namespace), Asked(self.name, kind, namespace)
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
        path, asked = path_of(kind, namespace), Asked(self.name, kind, namespace)
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
        asked = Asked(self.name, kind, namespace, name)
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
            sent.method, sent.path, sent.body, query=sent.query, content_type=sent.form, dry_run=dry_run
        )
        if not answer.is_success:
            if not dry_run and errors.is_lost(answer.status, answer.body):
                raise errors.unknown(self.name)
            raise errors.refusal(self._asked(write.target), answer.status, answer.body)
        after = document(answer.body)
        if not isinstance(after, dict) or "metadata" not in after:
            raise errors.no_answer(self.name) if dry_run else errors.unknown(self.name)
        return after

    async def logs(self, request: LogRequest) -> str:
        """Lines of a container, empty where there are none any more."""
        query: list[tuple[str, str | int]] = [("limitBytes", request.limit_bytes)]
        query += [("container", request.container)] if request.container else []
        query += [("tailLines", request.tail)] if request.tail is not None else []
        query += [("sinceSeconds", request.since_seconds)] if request.since_seconds is not None else []
        query += [("sinceTime", request.since_time)] if request.since_time else []
        query += [(flag, "true") for flag in ("previous", "timestamps") if getattr(request, flag)]
        path = path_of(PODS, request.namespace, request.pod, "log")
        answer = await self.transport.read(path, query=query, most=request.limit_bytes)
        if not answer.is_success:
            asked = Asked(self.name, PODS, request.namespace, request.pod)
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
        port = f":{request.port}" if request.port or request.scheme else ""
        name = f"{request.scheme + ':' if request.scheme else ''}{request.name}{port}"
        path = path_of(kind, request.namespace, name, "proxy") + inside(request.path)
        answer = await self.transport.fetch(request.method, path, accept="*/*", most=request.most_bytes)
        said = document(answer.body) if answer.status >= 400 else None  # noqa: PLR2004 - as HTTP says
        if isinstance(said, dict) and said.get("kind") == "Status" and said.get("apiVersion") == "v1":
            asked = Asked(self.name, kind, request.namespace, request.name)
            raise errors.refusal(asked, answer.status, answer.body)
        return answer

    async def close(self) -> None:
        await self._discovery.close()
        await self.transport.close()

    async def _dial(self, request: ExecRequest) -> Socket:
        path = path_of(PODS, request.namespace, request.pod, "exec")
        return await self.transport.dial(path, query=exec.query_of(request), protocols=exec.PROTOCOLS)

    async def _not_let_in(self, request: ExecRequest, refused: aiohttp.WSServerHandshakeError) -> BotError:
        """The sentence of a refused handshake, whose body the library throws away.

        The same request without its upgrade runs nothing: it is refused for the same reason, or for that.
        """
        path = path_of(PODS, request.namespace, request.pod, "exec")
        answer = await self.transport.read(path, query=exec.query_of(request), most=65_536)
        status = refused.status
        asked = Asked(self.name, PODS, request.namespace, request.pod)
        if answer.is_success or answer.status != status:
            return errors.refusal(asked, status, b"")
        return errors.refusal(asked, status, answer.body)

    def _asked(self, ref: ObjectRef) -> Asked:
        return Asked(self.name, ref.type, ref.namespace, ref.name)

    async def _json(self, path: str, asked: Asked, *, query: Query = (), accept: str = JSON) -> Json:
        answer = await self.transport.read(path, query=query, accept=accept)
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
