"""The simulated Slack as one server: Web API, Socket Mode, response addresses, and the page."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bot.demo.slack.api import Api
from bot.demo.slack.app import Credentials
from bot.demo.slack.backend import Backend
from bot.demo.slack.control import Control
from bot.demo.slack.eyes import Eyes
from bot.demo.slack.guard import Guard
from bot.demo.slack.hands import Hands
from bot.demo.slack.opening import demo_workspace
from bot.demo.slack.timing import Timing
from bot.demo.slack.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace

LARGEST_BODY = 64 * 1024 * 1024


class SlackSimulator:
    """A Slack of one's own, for `async with` or `start` and `stop`.

    `request_url` is where signed HTTP deliveries go; open Socket Mode connections take precedence.
    `cluster_url` is where a simulated Kubernetes listens, for the page to plant trouble in.
    """

    def __init__(
        self,
        listen: str = "127.0.0.1:0",
        *,
        bot_token: str = "xoxb-demo",  # noqa: S107 - the simulator's published defaults
        app_token: str = "xapp-demo",  # noqa: S107
        signing_secret: str = "demo-signing-secret",  # noqa: S107
        client_id: str = "demo-client-id",
        client_secret: str = "demo-client-secret",  # noqa: S107
        request_url: str | None = None,
        cluster_url: str | None = None,
        page_token: str | None = None,
        links: Iterable[Json] = (),
        ack_deadline: float = 3.0,
        workspace: Workspace | None = None,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing(ack=ack_deadline)
        self.workspace = workspace or demo_workspace()
        credentials = Credentials(bot_token, app_token, signing_secret, client_id, client_secret)
        self.backend = Backend(self.workspace, timing, credentials)
        self.backend.delivery.request_url = request_url
        self.page_token = page_token or secrets.token_urlsafe(24)
        self.url = ""
        self._host, _, port = listen.rpartition(":")
        self._port = int(port)
        self._guard = Guard(self.page_token)
        self._eyes = Eyes(self.backend, self._guard, list(links))
        self._api = Api(self.backend)
        self._control = Control(self.backend)
        self._trouble = Trouble(self._control, cluster_url)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def page_url(self) -> str:
        return f"{self.url}/?token={self.page_token}"

    @property
    def request_url(self) -> str | None:
        return self.backend.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.backend.delivery.request_url = url

    @property
    def links(self) -> list[Json]:
        return self._eyes.links

    async def verify_request_url(self) -> bool:
        """Send a `url_verification` and say whether the challenge came back."""
        return await self.backend.delivery.verify()

    async def start(self) -> None:
        app = web.Application(middlewares=[self._guard.middleware()], client_max_size=LARGEST_BODY)
        app.add_routes(self._api.routes())
        app.add_routes(self._eyes.routes())
        app.add_routes(Hands(self.backend).routes())
        app.add_routes(self.backend.sign_in.routes())
        app.add_routes(self._control.routes())
        app.add_routes(self._trouble.routes())
        app.add_routes([web.get("/link/", self.backend.sockets.accept)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        await self.backend.delivery.open()
        port = self._runner.addresses[0][1]
        host = "127.0.0.1" if self._host in ("0.0.0.0", "") else self._host
        self.url = f"http://{host}:{port}"
        self._guard.listens_at(host, port)
        self.backend.listens_at(self.url)

    async def stop(self) -> None:
        self.backend.feed.close()
        await self.backend.sockets.close()
        await self.backend.tasks.stop()
        if self._runner:
            await self._runner.cleanup()
        await self.backend.delivery.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
