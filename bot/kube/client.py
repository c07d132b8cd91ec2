"""One cluster: what the bot reads there, and the two ways in which it changes something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from bot.domain.cluster import ApiTable, Listing, LogRequest
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from bot.domain.resources import BUILT_IN, PODS, ObjectRef, ResourceType, find_type
from bot.kube import errors, tables
from bot.kube.discovery import Discovery
from bot.kube.errors import Asked
from bot.kube.transport import JSON, USER_AGENT, Transport, document

if TYPE_CHECKING:
    from bot.domain.changes import Write
    from bot.domain.model import Json
    from bot.kube.transport import Query

_Pages: TypeAlias = "list[Json]"
_GONE = 410
_PATCH = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}
_HOW = {
    "create": ("POST", None, JSON),
    "patch": ("PATCH", None, ""),
    "delete": ("DELETE", None, JSON),
    "evict": ("POST", "eviction", JSON),
}
"""For each action its method, its subresource and the form of its body."""

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
        query = _selection(labels, fields, min(limit, most))
        path, asked = path_of(kind, namespace), Asked(self.name, kind, namespace)
        pages = await self._pages(path, query, asked, accept=JSON, most=most)
        items = [item for page in pages for item in page.get("items") or ()][:most]
        for item in items:
            item["metadata"].pop("managedFields", None)
        return Listing(items=tuple(items), version=pages[0]["metadata"].get("resourceVersion", ""))

    async def table(
        self,
        kind: ResourceType,
        namespace: str | None,
        *,
        name: str = "",
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        with_names: bool = False,
        all_pages: bool = False,
    ) -> ApiTable:
        """A Table as the server prints it; across all namespaces with their names in front."""
        everywhere = namespace is None and kind.namespaced
        objects = ("includeObject", "Metadata" if with_names or everywhere else "None")
        asked = Asked(self.name, kind, namespace, name)
        path = path_of(kind, namespace, name or None)
        if name:
            pages = [await self._json(path, asked, query=(objects,), accept=tables.ACCEPT)]
        else:
            query = (objects, *_selection(labels, fields, limit))
            most = None if all_pages else 1
            pages = await self._pages(path, query, asked, accept=tables.ACCEPT, most=most)
        return tables.read(kind, pages, with_namespace=everywhere)

    async def write(self, write: Write, *, dry_run: bool, version: str = "") -> Json:
        """Create, patch, delete or evict, once; give the object as it then is, or what the server said.

        With `version`, a change of an object that has changed since is refused as a conflict (409).
        """
        ref = write.target
        query = [("fieldManager", USER_AGENT), ("fieldValidation", "Strict")]
        query = [] if write.action == "delete" else query
        query += [("dryRun", "All")] if dry_run else []
        method, subresource, form = _HOW[write.action]
        name = None if write.action == "create" else ref.name
        path = path_of(ref.type, ref.namespace, name, subresource)
        answer = await self.transport.write(
            method,
            path,
            _body(write, version),
            query=query,
            content_type=form or _PATCH[write.patch],
            dry_run=dry_run,
        )
        if not answer.is_success:
            if not dry_run and errors.is_lost(answer.status, answer.body):
                raise errors.unknown(self.name)
            raise errors.refusal(self._asked(ref), answer.status, answer.body)
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

    async def close(self) -> None:
        await self._discovery.close()
        await self.transport.close()

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

    async def _pages(self, path: str, query: Query, asked: Asked, *, accept: str, most: int | None) -> _Pages:
        """Pages until there are `most` items, or all. A list that grows too old is begun anew, once."""
        for is_second in (False, True):
            pages: _Pages = []
            token, count = "", 0
            try:
                while not pages or (token and (most is None or count < most)):
                    onward = [("continue", token)] if token else []
                    page = await self._json(path, asked, query=[*query, *onward], accept=accept)
                    pages.append(page)
                    token = (page.get("metadata") or {}).get("continue", "")
                    count += len(page.get("items") or page.get("rows") or ())
            except ClusterRejectedError as refused:
                if refused.status != _GONE or is_second:
                    raise
            else:
                return pages
        raise AssertionError("the second pass returns or raises")


def path_of(
    kind: ResourceType, namespace: str | None, name: str | None = None, subresource: str | None = None
) -> str:
    """A raw path of names that cannot lead elsewhere; an empty one would make an object its whole list."""
    return kind.path(_part(namespace), _part(name), subresource)


def _part(name: str | None) -> str | None:
    if name in {"", ".", ".."}:
        raise TargetNotFoundError(f"nothing can be called `{name}`")
    return None if name is None else quote(name, safe=":")


def _selection(labels: str, fields: str, limit: int) -> tuple[tuple[str, str | int], ...]:
    chosen = (("labelSelector", labels), ("fieldSelector", fields))
    return (("limit", limit), *((key, value) for key, value in chosen if value))


def _body(write: Write, version: str) -> Any:
    if write.action == "delete":
        held = {"resourceVersion": version} if version else {}
        preconditions = {**write.body.get("preconditions", {}), **held}
        return {"apiVersion": "v1", "kind": "DeleteOptions", **write.body, "preconditions": preconditions}
    if write.action == "evict":
        metadata = {"name": write.target.name, "namespace": write.target.namespace}
        return {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": metadata,
            "deleteOptions": write.body,
        }
    return _at_version(write, version) if version and write.action == "patch" else write.body


def _at_version(write: Write, version: str) -> Any:
    """The patch, to be taken only by the object as it was read.

    In a JSON patch the version is replaced by itself: the server then compares as for any update and answers
    409, where a failed `test` would be an unexplained 422.
    """
    if write.patch == "json":
        return [{"op": "replace", "path": "/metadata/resourceVersion", "value": version}, *write.body]
    metadata = {**(write.body.get("metadata") or {}), "resourceVersion": version}
    return {**write.body, "metadata": metadata}
