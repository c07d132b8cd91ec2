"""The front door: every HTTP request comes in here, is read, let through, answered and noted."""

import logging
from json import dumps
from urllib.parse import unquote

import yaml
from aiohttp import web

from bot.demo.kubernetes import discovery, openapi
from bot.demo.kubernetes.access.gate import Gate
from bot.demo.kubernetes.access.identity import Identity
from bot.demo.kubernetes.api.request import NoSuchPathError, Request, read_request
from bot.demo.kubernetes.api.resources import Resources, Streamed
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.faults import Faults
from bot.demo.kubernetes.journal import Entry, Journal
from bot.demo.kubernetes.kinds import Kinds
from bot.demo.kubernetes.known_faults import UnknownFaultError
from bot.demo.kubernetes.objects import Obj

logger = logging.getLogger(__name__)

_LARGEST_BODY = 3 * 1024 * 1024


class Server:
    """An aiohttp application in front of a cluster."""

    def __init__(self, cluster: Cluster, token: str | None) -> None:
        self._cluster = cluster
        self._gate = Gate(cluster.store, token)
        self._resources = Resources(cluster)
        self._journal = Journal()
        self._faults = Faults(cluster, self._resources.cut_watches)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.router.add_routes(self._faults.routes() + self._journal.routes())
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    def plant(self, faults: list[Obj]) -> list[str]:
        """Plant faults in their order; tells what could not be."""
        problems = []
        for number, spec in enumerate(faults, 1):
            try:
                self._faults.plant(spec)
            except UnknownFaultError as error:
                problems.append(f"fault {number}: {error}")
        return problems

    def close(self) -> None:
        """Let every stream end."""
        self._resources.cut_watches()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        entry = self._journal.note(request, await request.read())
        cut = await self._faults.before(request, entry)
        if isinstance(cut, web.StreamResponse):
            entry.status = cut.status
            return cut
        try:
            response = await self._handle(request, entry)
        except ApiError as error:
            response = _status(error)
        except NoSuchPathError:
            response = web.Response(status=404, text="404 page not found\n")
        except web.HTTPException:
            raise
        except Exception as error:
            logger.exception("%s %s failed", request.method, request.path)
            response = _status(ApiError(500, "InternalError", f"Internal error occurred: {error}", {}))
        entry.status = response.status
        if cut:
            self._faults.hang_up(request)
        return response

    async def _handle(self, request: web.Request, entry: Entry) -> web.StreamResponse:
        who = self._gate.who(request.headers, list(request.headers.items()))
        entry.user = who.name
        parts = [part for part in request.path.split("/") if part]
        depth = {"api": 3, "apis": 4}.get(parts[0] if parts else "", 0)
        if not depth or len(parts) < depth:
            return self._about(request, who, parts)
        asked = read_request(
            request.method,
            unquote(request.rel_url.raw_path) if "%" in request.rel_url.raw_path else request.path,
            request.query_string,
            request.headers.get("User-Agent", ""),
            self._cluster.kinds,
        )
        entry.dry_run = asked.dry_run
        entry.status = 200  # of a stream, for as long as it lasts
        self._gate.admit(who, asked)
        return await self._serve(request, asked, who)

    async def _serve(self, request: web.Request, asked: Request, who: Identity) -> web.StreamResponse:
        answered = await self._resources.answer(request, asked, who)
        if isinstance(answered, Streamed):
            return answered.response
        response = _document(answered.body, answered.status, as_yaml=answered.as_yaml)
        for said in asked.warnings:
            response.headers.add("Warning", f"299 - {dumps(said)}")
        return response

    def _about(self, request: web.Request, who: Identity, parts: list[str]) -> web.StreamResponse:
        """Answer what is asked of the server itself: its health, its version, what it serves."""
        if request.path in ("/healthz", "/livez", "/readyz", "/ping"):
            return web.Response(text="ok")
        self._gate.admit_path(who, request.method, request.path)
        kinds = self._cluster.kinds
        if parts in (["api"], ["apis"]) and discovery.AGGREGATED in request.headers.get("Accept", ""):
            return _aggregated(discovery.aggregated(kinds, core=parts == ["api"]))
        found = _described(kinds, parts)
        if found is None:
            raise NoSuchPathError
        return _document(found)


def _described(kinds: Kinds, parts: list[str]) -> Obj | None:
    """Describe the server, or a part of what it serves; None when there is no such part."""
    match parts:
        case []:
            return {
                "paths": [
                    "/api",
                    "/api/v1",
                    "/apis",
                    "/healthz",
                    "/livez",
                    "/openapi/v3",
                    "/readyz",
                    "/version",
                ]
            }
        case ["version"]:
            return discovery.VERSION
        case ["api"]:
            return discovery.core_versions()
        case ["apis"]:
            return discovery.group_list(kinds)
        case ["api", "v1"]:
            return discovery.resource_list(kinds, "", "v1")
        case ["apis", group]:
            return discovery.one_group(kinds, group)
        case ["apis", group, version] if kinds.serves(group, version):
            return discovery.resource_list(kinds, group, version)
        case ["openapi", "v3", *place]:
            return openapi.document(kinds, "/".join(place)) if place else openapi.index(kinds)
    return None


def _document(body: Obj, status: int = 200, *, as_yaml: bool = False) -> web.Response:
    if as_yaml:
        return web.Response(
            status=status, text=yaml.dump(body, Dumper=yaml.CSafeDumper), content_type="application/yaml"
        )
    return web.Response(
        status=status, body=dumps(body, separators=(",", ":")).encode(), content_type="application/json"
    )


def _aggregated(body: Obj) -> web.Response:
    kind = f"application/json;g={discovery.AGGREGATED};v=v2;as=APIGroupDiscoveryList"
    return web.Response(body=dumps(body).encode(), headers={"Content-Type": kind})


def _status(error: ApiError) -> web.Response:
    response = _document(error.status(), error.code)
    seconds = (error.details or {}).get("retryAfterSeconds")
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response
