"""Looks at the simulated Slack from a desk, from a phone, and in the dark, and keeps the pictures."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.story import Visitor

FOLDER = Path("screenshots")
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
TALL_DESK, TALL_PHONE = DESK | {"height": 1250}, PHONE | {"height": 1900}
"""Whole answers, without scrolling."""
_PHONE_WIDTH = PHONE["width"]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--force-color-profile=srgb")


class NoBrowserError(Exception):
    """There is nothing that could take the pictures."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium, as it is found; raises `NoBrowserError`."""
    path = next((path for path in map(shutil.which, _NAMES) if path), None)
    if path is None:
        raise NoBrowserError("no Chromium was found: it takes the pictures")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        await browser.close()


async def visit(browser: Browser, url: str, size: dict[str, int], *, scheme: str = "light") -> Page:
    is_phone = size["width"] == _PHONE_WIDTH
    context = await browser.new_context(
        viewport=size,
        color_scheme=scheme,
        has_touch=is_phone,
        is_mobile=is_phone,
        device_scale_factor=2 if is_phone else 1,
    )
    page = await context.new_page()
    await Visitor(page).arrives(url)
    return page


class Camera:
    """Looks at what the desk looks at. `dark` names the pictures that are taken in the dark, too."""

    def __init__(self, desk: Page, phone: Page, dark: Page, names_in_dark: Collection[str]) -> None:
        self._desk, self._phone, self._dark = desk, phone, dark
        self._names_in_dark = names_in_dark
        self._count = 0

    @classmethod
    async def before(
        cls, browser: Browser, url: str, desk: Page, dark: Collection[str], *, tall: bool = False
    ) -> Camera:
        phone = await visit(browser, url, TALL_PHONE if tall else PHONE)
        night = await visit(browser, url, TALL_DESK if tall else DESK, scheme="dark")
        return cls(desk, phone, night, dark)

    async def look(self, name: str) -> None:
        self._count += 1
        await asyncio.sleep(0.3)  # what slides or fades has arrived
        await self._shoot(self._desk, f"{self._count:02}-{name}")
        await self._follow(self._phone)
        await self._shoot(self._phone, f"{self._count:02}-{name}-phone")
        if name in self._names_in_dark:
            await self._follow(self._dark)
            await self._shoot(self._dark, f"{self._count:02}-{name}-dark")

    async def _follow(self, page: Page) -> None:
        """Go where the desk is."""
        place = await self._desk.evaluate("location.hash")
        if await page.evaluate("location.hash") != place:
            await page.evaluate("place => { location.hash = place }", place)
        await asyncio.sleep(0.4)

    @staticmethod
    async def _shoot(page: Page, name: str) -> None:
        await page.screenshot(path=FOLDER / f"{name}.png")


def empty_folder() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
