"""The client's connections, for what its own methods cannot do: send once, follow nothing, open a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from kubernetes.aio.client import ApiClient

NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


def settle(client: ApiClient) -> None:
    """Look once whether the environment names a proxy for the server.

    The library would look before each request, in a thread, and in `~/.netrc` too, whose passwords are not
    the cluster's.
    """
    client.configuration.client_session_kwargs = {"trust_env": _has_proxy(client.configuration.host)}


def _has_proxy(server: str) -> bool:
    url = URL(server)
    return url.scheme in getproxies() and not proxy_bypass(url.host or "")


def single(client: ApiClient) -> aiohttp.ClientSession:
    """A session over the client's own connections that sends nothing twice."""
    rest = client.rest_client
    if rest.pool_manager is None:  # it is made only with the client's first request
        rest.pool_manager = rest._create_pool_manager()  # noqa: SLF001 - as the client's own exec does
    connector, asks = rest.pool_manager.connector, rest.pool_manager.trust_env
    return aiohttp.ClientSession(
        connector=connector, connector_owner=False, trust_env=asks, middlewares=(_once,)
    )


def reach(client: ApiClient) -> dict[str, Any]:
    """How the server is reached, as the client itself would."""
    rest, name = client.rest_client, client.configuration.tls_server_name
    return {"proxy": rest.proxy, "proxy_headers": rest.proxy_headers, "server_hostname": name}


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The library repeats a GET whose connection broke, unless it is told so by an error it does not know."""
    try:
        return await handler(request)
    except NOT_SENT:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as problem:
        raise aiohttp.ClientConnectionError(*problem.args) from problem
