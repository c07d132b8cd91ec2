"""From a request that may be served to its answer: the verbs of every kind, and what hangs below."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.demo.kubernetes import metrics
from bot.demo.kubernetes.access.identity import Identity
from bot.demo.kubernetes.access.reviews import review
from bot.demo.kubernetes.api import represent
from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.api.lists import list_objects
from bot.demo.kubernetes.api.request import Request, check_kind, read_body, read_patch
from bot.demo.kubernetes.api.rest import Rest
from bot.demo.kubernetes.api.scales import Scales
from bot.demo.kubernetes.api.subresources import Subresources
from bot.demo.kubernetes.api.watching import Watch
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import bad_request, details_of
from bot.demo.kubernetes.kinds import NAMESPACES, PODS
from bot.demo.kubernetes.objects import Obj, name_of, uid_of
from bot.demo.kubernetes.patch import APPLY


@dataclass(frozen=True)
class Answer:
    """A document to send."""

    body: Obj
    status: int = 200
    as_yaml: bool = False


@dataclass(frozen=True)
class Streamed:
    """A response that is already under way, or is no document."""

    response: web.StreamResponse


class Resources:
    """Everything under /api and /apis."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._store = cluster, cluster.store
        self._rest = Rest(cluster.store)
        self._scales = Scales(self._rest)
        self._below = Subresources(cluster, self._rest)
        self._watches: set[Watch] = set()

    def cut_watches(self) -> None:
        for watch in list(self._watches):
            watch.close()

    async def answer(self, request: web.Request, asked: Request, who: Identity) -> Answer | Streamed:
        if self._below.serves(asked):
            return await self._subresource(request, asked)
        if asked.resource.is_virtual:
            return Answer(await self._review(request, asked, who), 201)
        form = represent.read_accept(request.headers.get("Accept", ""), asked.query.get("includeObject", ""))
        if asked.resource.group == metrics.GROUP:
            return self._measure(asked, form)
        if asked.verb == "watch":
            return Streamed(await self._watch(request, Watch(self._store, asked, form)))
        if asked.verb == "list":
            found, metadata = list_objects(self._store, asked)
            whole = represent.many(form, asked.resource, found, metadata, asked.view)
            return Answer(whole, as_yaml=form.yaml)
        if asked.subresource == "scale":
            return await self._scale(request, asked)
        if asked.verb in ("delete", "deletecollection"):
            return await self._delete(request, asked, form)
        obj, status = await self._single(request, asked)
        return Answer(represent.one(form, asked.resource, obj, asked.view), status, form.yaml)

    def _measure(self, asked: Request, form: represent.Form) -> Answer:
        source, resource = self._cluster.metrics, asked.resource
        if asked.verb == "get":
            found = source.one(resource, asked.namespace, asked.name)
            return Answer(represent.one(form, resource, found), as_yaml=form.yaml)
        labels = asked.query.get("labelSelector", "")
        listed = list(source.each(resource, asked.namespace, labels=labels))
        return Answer(represent.many(form, resource, listed, {}), as_yaml=form.yaml)

    async def _single(self, request: web.Request, asked: Request) -> tuple[Obj, int]:
        media = request.headers.get("Content-Type", "")
        match asked.verb:
            case "get":
                return self._rest.get(asked), 200
            case "create":
                body = read_body(await request.read(), media, asked.resource.kind)
                return self._rest.create(asked, body), 201
            case "update":
                body = read_body(await request.read(), media, asked.resource.kind)
                return self._rest.update(asked, body), 200
            case _:
                before = self._store.version
                missing = self._store.get(asked.resource, asked.namespace, asked.name) is None
                obj = self._rest.patch(asked, media, read_patch(await request.read()))
                made = missing and media.startswith(APPLY) and (self._store.version > before or asked.dry_run)
                return obj, 201 if made else 200

    async def _scale(self, request: web.Request, asked: Request) -> Answer:
        media = request.headers.get("Content-Type", "")
        raw = await request.read()
        if asked.verb == "get":
            return Answer(self._scales.get(asked))
        if asked.verb == "update":
            return Answer(self._scales.update(asked, read_body(raw, media, "Scale")))
        return Answer(self._scales.patch(asked, media, read_patch(raw)))

    async def _review(self, request: web.Request, asked: Request, who: Identity) -> Obj:
        resource = asked.resource
        body = read_body(await request.read(), request.headers.get("Content-Type", ""), resource.kind)
        checked = check_kind(resource, resource.kind, resource.api_version, body)
        return review(self._store, resource, who, checked, asked.namespace)

    async def _subresource(self, request: web.Request, asked: Request) -> Answer | Streamed:
        found = await self._below.answer(request, asked)
        return Streamed(found) if isinstance(found, web.StreamResponse) else Answer(found[0], found[1])

    async def _watch(self, request: web.Request, watch: Watch) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        self._watches.add(watch)
        try:
            await response.prepare(request)
            async for line in watch.lines():
                await response.write(line)
            await response.write_eof()
        except ConnectionError:
            pass  # the watcher has gone
        finally:
            self._watches.discard(watch)
        return response

    async def _delete(self, request: web.Request, asked: Request, form: represent.Form) -> Answer:
        options = _options(asked, await request.read(), request.headers.get("Content-Type", ""))
        if asked.verb == "deletecollection":
            found, metadata = list_objects(self._store, asked)
            for obj in [] if asked.dry_run else found:
                delete(self._store, asked.resource, obj, options)
            return Answer(represent.many(form, asked.resource, found, metadata, asked.view))
        obj, gone = self._rest.delete(asked, options)
        if not gone or asked.resource in (PODS, NAMESPACES):
            return Answer(represent.one(form, asked.resource, obj, asked.view))
        details = details_of(asked.resource, name_of(obj)) | {"uid": uid_of(obj)}
        return Answer(
            {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
        )


def _options(asked: Request, raw: bytes, media: str) -> Obj:
    body: Any = read_body(raw, media, "DeleteOptions") if raw.strip() else {}
    if not isinstance(body, dict):
        raise bad_request("the object provided is unrecognized (must be of type DeleteOptions)")
    options = dict(body)
    if (grace := asked.number("gracePeriodSeconds")) is not None:
        options["gracePeriodSeconds"] = grace
    if policy := asked.query.get("propagationPolicy"):
        options["propagationPolicy"] = policy
    return options
