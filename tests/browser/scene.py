"""Where pictures are taken: a browser in which one person after another sits, and the bot they talk to."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.browser import story
from tests.browser.camera import FOLDER, TALL_DESK, Camera, NoBrowserError, chromium, empty_folder, visit
from tests.browser.story import Visitor
from tests.world import PEOPLE, World, world

PACE = 0.5
LONG_MS = 60_000
SHOP, OPS = "C0SHOP", "C0OPS"
APPS = "/apis/apps/v1/namespaces/shop"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


class Scene:
    """One browser, in which one person after another sits, and who also looks through the camera."""

    def __init__(self, place: World, visitor: Visitor, camera: Camera) -> None:
        self.place, self.visitor, self.page, self.look = place, visitor, visitor.page, camera.look

    async def sits(self, who: str, channel: str = SHOP) -> None:
        await self.page.evaluate("place => { location.hash = place }", f"{PEOPLE[who]}/{channel}")
        await expect(self.page.locator("#app:not([aria-busy])")).to_be_visible()
        await asyncio.sleep(0.4)

    async def answered(self, name: str, line: str) -> None:
        """A line, its answer's picture, and the answer dismissed."""
        answer = await self.visitor.types(line)
        await self.look(name)
        await self.dismisses(answer)

    async def dismisses(self, answer: Locator) -> None:
        await answer.get_by_test_id("dismiss").click()
        await expect(answer).to_have_count(0)

    async def opens(self, message: Locator, label: str) -> None:
        await self.visitor.presses(message, label)
        await expect(self.page.get_by_test_id("modal")).to_be_visible()

    async def fills(self, *words: str) -> None:
        for place, typed in enumerate(words):
            await self.page.get_by_test_id("modal").get_by_role("textbox").nth(place).fill(typed)

    async def sends(self) -> None:
        await self.page.get_by_test_id("modal-submit").click()

    def latest(self, words: str) -> Locator:
        return self.page.get_by_test_id("message").filter(has_text=words).last

    async def presses(self, message: Locator, label: str) -> None:
        await self.visitor.presses(message, label)

    async def asks(self, line: str, reason: str, who: str = "@sre") -> Locator:
        """A line that wants the yes of others, and its way to them; gives the requester's own message."""
        question = await self.visitor.types(line)
        await self.opens(question, f"Ask {who}…")
        await self.fills(reason)
        await self.sends()
        await expect(question).to_contain_text("Withdraw")
        return question

    async def starts_anew(self, later: float = 0.0) -> None:
        """The bot stops, and starts with a clock that is so many seconds ahead."""
        await self.place.stop_bot()
        self.place.ahead += later
        await self.place.start_bot()


Story = Callable[[Scene], Awaitable[None]]


def play(story_of: Story, policy: Path, dark: Collection[str] = ()) -> int:
    """Play it under this policy, with the folder emptied first; gives the exit code."""
    return asyncio.run(_play(story_of, policy, dark))


async def _play(story_of: Story, policy: Path, dark: Collection[str]) -> int:
    empty_folder()
    try:
        with tempfile.TemporaryDirectory(prefix="k8s-bot-pictures-") as folder:
            async with chromium() as browser, world(Path(folder), pace=PACE, policy=policy) as place:
                await place.start_bot()
                visitor = Visitor(await visit(browser, place.slack.page_url, TALL_DESK))
                camera = await Camera.before(browser, place.slack.page_url, visitor.page, dark, tall=True)
                await story.wait_for_bot(visitor)
                await story_of(Scene(place, visitor, camera))
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}/")
    return 0
