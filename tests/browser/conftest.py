"""A browser in front of the simulated Slack, and an app behind it that answers as it is told."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from pytest_asyncio import is_async_test
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackSimulator

HERE = Path(__file__).parent
NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 5_000

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """One browser serves all its tests, so they share a loop; where there is none they are left out aloud."""
    mine = [item for item in items if HERE in item.path.parents]
    for item in filter(is_async_test, mine):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if CHROMIUM or not mine:
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("no Chromium was found, and CI must run the browser tests")
    items[:] = [item for item in items if item not in mine]
    config.hook.pytest_deselected(items=mine)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter:
        reporter.write_line(f"no Chromium was found: {len(mine)} browser tests are left out")


class App:
    """The app's request URL: keeps what is delivered, and acknowledges with what `answer` gives."""

    def __init__(self) -> None:
        self.delivered: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self.answer: Callable[[dict[str, Any]], Any] = lambda _payload: None

    async def receive(self, request: web.Request) -> web.Response:
        payload = await self._read(request)
        async with self._news:
            self.delivered.append(payload)
            self._news.notify_all()
        answer = self.answer(payload)
        if isinstance(answer, web.Response):
            return answer
        return web.json_response(answer) if answer else web.Response()

    @staticmethod
    async def _read(request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            return dict(await request.json())
        form = dict(await request.post())
        return dict(json.loads(str(form["payload"]))) if "payload" in form else form

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.delivered if one.get("type", "command") == kind]

    async def told(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait until so many of a kind have been delivered, and give the last of them."""
        async with asyncio.timeout(PATIENCE_MS / 1000), self._news:
            await self._news.wait_for(lambda: len(self.all(kind)) >= count)
        return self.all(kind)[-1]


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    site_app = web.Application()
    site_app.add_routes([web.post("/slack/events", app.receive)])
    runner = web.AppRunner(site_app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def app() -> App:
    return App()


@pytest_asyncio.fixture(loop_scope="session")
async def cluster_url() -> str | None:
    """Where a simulated cluster listens; most tests have none."""
    return None


@pytest_asyncio.fixture(loop_scope="session")
async def slack(app: App, cluster_url: str | None) -> AsyncIterator[SlackSimulator]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"  # a fixed one, so that it can come back where it was
    async with (
        serving(app) as url,
        SlackSimulator(listen, request_url=url, cluster_url=cluster_url, ack_deadline=0.5) as slack,
    ):
        yield slack


@pytest_asyncio.fixture(loop_scope="session")
async def bot(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient("xoxb-demo", base_url=slack.api_url)


Open = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="session")
async def complaints() -> list[str]:
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, slack: SlackSimulator, complaints: list[str]) -> AsyncIterator[Open]:
    """Open the page as somebody; whatever the browser complains about fails the test."""
    contexts: list[BrowserContext] = []

    async def visit(place: str = "U0ANA/C0SHOP", *, width: int = 1280, **options: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        await page.goto(f"{slack.page_url}#{place}")
        await expect(page.locator("#app:not([aria-busy])")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        await context.close()
    assert complaints == []
