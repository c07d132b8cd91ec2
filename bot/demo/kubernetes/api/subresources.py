"""What hangs below an object and is no part of it: logs, exec, proxy, eviction, binding, tokens."""

from aiohttp import web

from bot.demo.kubernetes.api.deletion import check_preconditions, delete, stamp_in
from bot.demo.kubernetes.api.request import Request, read_body
from bot.demo.kubernetes.api.rest import Rest
from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.controllers.disruption import check_eviction
from bot.demo.kubernetes.errors import conflict
from bot.demo.kubernetes.kinds import NAMESPACES, PODS
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.streams.exec import serve_exec
from bot.demo.kubernetes.streams.logs import serve_log
from bot.demo.kubernetes.streams.proxy import serve_proxy

Found = web.StreamResponse | tuple[Obj, int]

_OWN = frozenset(("log", "exec", "attach", "proxy", "eviction", "binding", "token", "finalize"))


class Subresources:
    """Each of them has a way of its own."""

    def __init__(self, cluster: Cluster, rest: Rest) -> None:
        self._cluster, self._store, self._rest = cluster, cluster.store, rest

    def serves(self, asked: Request) -> bool:
        return asked.subresource in _OWN

    async def answer(self, request: web.Request, asked: Request) -> Found:
        if asked.subresource == "proxy":
            return await serve_proxy(self._cluster, request, asked)
        obj = self._rest.get(asked)
        match asked.subresource:
            case "log":
                return await serve_log(self._cluster, request, asked, obj)
            case "exec" | "attach":
                return await serve_exec(self._cluster, request, asked, obj)
            case "eviction":
                return self._evict(asked, obj, await self._body(request, "Eviction"))
            case "binding":
                return self._bind(asked, obj, await self._body(request, "Binding"))
            case "token":
                return _token(obj, await self._body(request, "TokenRequest"))
            case _:
                return self._finalize(obj, await self._body(request, "Namespace"))

    async def _body(self, request: web.Request, kind: str) -> Obj:
        body = read_body(await request.read(), request.headers.get("Content-Type", ""), kind)
        return body if isinstance(body, dict) else {}

    def _evict(self, asked: Request, pod: Obj, eviction: Obj) -> Found:
        options = eviction.get("deleteOptions") or {}
        check_preconditions(PODS, pod, options)
        check_eviction(self._store, pod)
        if not asked.dry_run and options.get("dryRun") != ["All"]:
            delete(self._store, PODS, pod, options)
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}, 201

    def _bind(self, asked: Request, pod: Obj, binding: Obj) -> Found:
        if pod["spec"].get("nodeName"):
            why = f'pod {name_of(pod)} is already assigned to node "{pod["spec"]["nodeName"]}"'
            raise conflict(PODS, asked.name, why)
        self._cluster.bind(pod, str((binding.get("target") or {}).get("name", "")))
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}, 201

    def _finalize(self, space: Obj, wanted: Obj) -> Found:
        left = (wanted.get("spec") or {}).get("finalizers") or []
        changed = self._store.update(NAMESPACES, {**space, "spec": {**space["spec"], "finalizers": left}})
        return changed, 200


def _token(account: Obj, wanted: Obj) -> Found:
    """Issue a token; here, as everywhere in this cluster, a token is a name."""
    spec = {"audiences": ["https://kubernetes.default.svc"], "expirationSeconds": 3600} | (
        wanted.get("spec") or {}
    )
    metadata = {
        "name": name_of(account),
        "namespace": account["metadata"]["namespace"],
        "creationTimestamp": stamp(),
    }
    issued = f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}"
    status = {"token": issued, "expirationTimestamp": stamp_in(spec["expirationSeconds"])}
    made = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": metadata}
    return made | {"spec": {**spec, "boundObjectRef": None}, "status": status}, 201
