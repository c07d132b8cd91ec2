"""The front door."""

from aiohttp import web

from bot.demo.kubernetes.cluster import Cluster


class Server:
    def __init__(self, cluster: Cluster, token: str | None) -> None:
        self._cluster, self._token = cluster, token

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    def close(self) -> None:
        """Let every stream end."""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path in ("/healthz", "/livez", "/readyz"):
            return web.Response(text="ok")
        return web.json_response({"major": "1", "minor": "36", "gitVersion": "v1.36.2"})
