"""The proxy: one HTTP request through the API server to a pod, or to a pod behind a Service."""

import secrets

from aiohttp import web

from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.controllers.endpoints import selected, target_port
from bot.demo.kubernetes.errors import ApiError, not_found
from bot.demo.kubernetes.images import PORT
from bot.demo.kubernetes.kinds import NODES, PODS, SERVICES
from bot.demo.kubernetes.objects import Obj, is_ready, is_terminating


async def serve_proxy(cluster: Cluster, request: web.Request, asked: Request) -> web.StreamResponse:
    """Answer pods/proxy, services/proxy and nodes/proxy; the name may carry scheme and port."""
    await request.read()
    parts = asked.name.split(":")
    name, port = (parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[1] if len(parts) == 2 else "")
    found = cluster.store.get(asked.resource, asked.namespace, name)
    if found is None:
        raise not_found(asked.resource, name)
    if asked.resource is NODES:
        return web.Response(text="ok")
    pod, number = (
        _behind(cluster, found, port, name) if asked.resource is SERVICES else (found, _number(found, port))
    )
    path = asked.tail or "/"
    for container in pod["spec"]["containers"]:
        run = cluster.kubelet.container(pod, container["name"])
        answer = run.instance.program.answers(number, path) if run and run.running and run.instance else None
        if answer is not None:
            return web.Response(status=answer[0], text=answer[1])
    address = pod["status"].get("podIP", "")
    raise _unavailable(
        f"error trying to reach service: dial tcp {address}:{number}: connect: connection refused"
    )


def _behind(cluster: Cluster, service: Obj, wanted: str, name: str) -> tuple[Obj, int]:
    """Pick a ready pod behind a Service, and the port of it that is meant."""
    ports = service["spec"].get("ports") or ()
    port = next((one for one in ports if wanted in ("", str(one["port"]), one.get("name"))), None)
    pods = [
        pod
        for pod in cluster.store.each(PODS, service["metadata"]["namespace"])
        if selected(service, pod) and is_ready(pod) and not is_terminating(pod)
    ]
    if port is None:
        raise _unavailable(f'no service port "{wanted}" found for service "{name}"')
    if not pods:
        raise _unavailable(f'no endpoints available for service "{name}"')
    pod = secrets.choice(pods)
    return pod, target_port(port, pod) or PORT


def _number(pod: Obj, wanted: str) -> int:
    if wanted.isdigit():
        return int(wanted)
    declared = [port for container in pod["spec"]["containers"] for port in container.get("ports") or ()]
    named = next((port for port in declared if port.get("name") == wanted), None)
    first = named or (declared[0] if declared else {"containerPort": 80})
    return int(first["containerPort"])


def _unavailable(message: str) -> ApiError:
    return ApiError(503, "ServiceUnavailable", message)
