"""Planted trouble: what can be asked to go wrong, and how it goes wrong.

Faults of the API are met by requests as they come in; faults of the cluster happen to the cluster.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.journal import Entry, guard
from bot.demo.kubernetes.kinds import NAMESPACES, NODES, Resource
from bot.demo.kubernetes.known_faults import KNOWN, UnknownFaultError, check_fault

_REASONS = {
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", "planted: forbidden"),
    409: ("Conflict", "planted: the object has been modified"),
    410: ("Expired", "too old resource version"),
    429: ("TooManyRequests", "The apiserver is receiving too many requests, please try again later."),
    500: ("InternalError", "Internal error occurred: planted"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "request did not complete within the allotted timeout"),
}


@dataclass
class Planted:
    """A fault that waits for requests; `left` is None when it stays until it is taken away."""

    spec: dict[str, Any]
    left: int | None

    def meets(self, entry: Entry) -> bool:
        if self.left == 0 or entry.method != self.spec.get("method", entry.method):
            return False
        return re.search(self.spec.get("path", ""), entry.path) is not None


class Faults:
    """Every fault that is planted now."""

    def __init__(self, cluster: Cluster, cut_watches: Callable[[], None]) -> None:
        self._cluster, self._cut_watches = cluster, cut_watches
        self._planted: list[Planted] = []
        self._outage_until = 0.0

    async def before(self, request: web.Request, entry: Entry) -> web.StreamResponse | bool:
        """Meet a request: with an answer to give, with True to cut it after acting, with False otherwise."""
        if asyncio.get_running_loop().time() < self._outage_until:
            return self.hang_up(request)
        found = [fault for fault in self._planted if fault.meets(entry)]
        for fault in found:
            if fault.left is not None:
                fault.left -= 1
        self._planted = [fault for fault in self._planted if fault.left != 0]
        for fault in found:
            if fault.spec["fault"] == "latency":
                await asyncio.sleep(float(fault.spec["seconds"]))
        for fault in found:
            if fault.spec["fault"] == "status":
                return _refusal(fault.spec)
        cuts = [fault for fault in found if fault.spec["fault"] == "cut"]
        if any(fault.spec.get("after") != "act" for fault in cuts):
            return self.hang_up(request)
        return bool(cuts)

    def hang_up(self, request: web.Request) -> web.StreamResponse:
        """Close the connection under a request, so that no answer ever comes."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)

    def routes(self) -> list[web.RouteDef]:
        place = "/simulator/faults"
        return [web.get(place, self._list), web.post(place, self._post), web.delete(place, self._clear)]

    async def _list(self, request: web.Request) -> web.Response:
        guard(request)
        shown = [
            fault.spec if fault.left is None else {**fault.spec, "next": fault.left}
            for fault in self._planted
        ]
        shown += self._cluster.trouble.shown()
        return web.json_response({"faults": shown})

    async def _clear(self, request: web.Request) -> web.Response:
        guard(request)
        self._planted.clear()
        self._cluster.trouble.clear()
        self._cluster.empty_quotas()
        self._outage_until = 0.0
        return web.json_response({"faults": []})

    async def _post(self, request: web.Request) -> web.Response:
        guard(request)
        try:
            spec = await request.json()
            self.plant(spec)
        except (ValueError, UnknownFaultError) as error:
            return web.json_response({"error": str(error), "known": KNOWN}, status=400)
        return web.json_response(spec, status=201)

    def plant(self, spec: dict[str, Any]) -> None:
        """Plant a fault, or raise what is wrong with it."""
        check_fault(spec)
        match spec["fault"]:
            case "status" | "latency" | "cut":
                self._planted.append(Planted(spec, spec.get("next")))
            case "cut-watches":
                self._cut_watches()
            case "forget-versions":
                self._cluster.store.forget()
            case "outage":
                self._outage_until = asyncio.get_running_loop().time() + float(spec["seconds"])
                self._cut_watches()
            case "missing-image" | "crash" | "probe" | "load":
                self._cluster.trouble.plant(spec)
            case "full-quota":
                self._cluster.fill_quota(self._existing(NAMESPACES, spec.get("namespace", "default")))
            case "load-balancer":
                self._cluster.set_load_balancer(on=bool(spec["on"]))
            case "lose-node" | "restore-node":
                node = self._existing(NODES, spec["node"])
                self._cluster.set_lost(node, lost=spec["fault"] == "lose-node")

    def _existing(self, resource: Resource, name: str) -> str:
        if self._cluster.store.get(resource, "", name) is None:
            raise UnknownFaultError(f'there is no {resource.singular} "{name}"')
        return name


def _refusal(spec: dict[str, Any]) -> web.Response:
    code = int(spec["status"])
    reason, message = _REASONS.get(code, ("", f"planted: {code}"))
    details = {"retryAfterSeconds": spec["retryAfter"]} if "retryAfter" in spec else None
    response = web.json_response(ApiError(code, reason, message, details).status(), status=code)
    if "retryAfter" in spec:
        response.headers["Retry-After"] = str(spec["retryAfter"])
    return response
