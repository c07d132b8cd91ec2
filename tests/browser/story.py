"""The story that the browser plays: a person deploys, scales, breaks, reads why, and rolls back.

The test asserts on it; the pictures are taken along the way.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.tour.cluster import Cluster, clusters
from tests.tour.demo import running

PLACE = "U0ANA/C0SHOP"
ROLLOUT_MS = 20_000

Look = Callable[[str], Awaitable[None]]
"""Takes a picture under a name; the test looks at nothing."""


@dataclass(frozen=True)
class World:
    """A demo that runs, and its cluster's own API."""

    url: str
    cluster: Cluster

    async def asks(self, question: Callable[[Cluster], object]) -> object:
        """Ask the cluster, without holding the browser up."""
        return await asyncio.to_thread(question, self.cluster)


@contextlib.asynccontextmanager
async def demo(*options: str) -> AsyncIterator[World]:
    with contextlib.ExitStack() as stack:
        found = await asyncio.to_thread(stack.enter_context, running(*options))
        cluster, *others = clusters(found.kubeconfig).values()
        for one in (cluster, *others):
            stack.enter_context(contextlib.closing(one))
        yield World(found.url, cluster)


class Visitor:
    """Somebody at the page, with a keyboard and a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def arrives(self, url: str, place: str = PLACE) -> None:
        await self.page.goto(f"{url}#{place}")
        await expect(self.page.locator("#app:not([aria-busy])")).to_be_visible()

    async def becomes(self, person: str) -> None:
        await self.page.get_by_test_id("person").select_option(person)
        await expect(self.page.locator("#app:not([aria-busy])")).to_be_visible()

    async def types(self, line: str) -> Locator:
        """Type a line, and give the answer that only this person sees."""
        return await self._new("ephemeral", self._write(line))

    async def _write(self, line: str) -> None:
        await self.page.get_by_test_id("composer").fill(f"/k8s {line}".rstrip())
        await self.page.get_by_test_id("composer").press("Enter")

    async def replies(self, words: str) -> None:
        """Write in the thread that is open."""
        composer = self.page.get_by_test_id("thread").get_by_role("textbox")
        await composer.fill(words)
        await composer.press("Enter")

    async def presses(self, message: Locator, label: str) -> None:
        await message.get_by_role("button", name=label, exact=True).click()

    async def says_yes(self, plan: Locator, label: str) -> Locator:
        """Press the plan's button, and give the card that appears in the channel."""
        return await self._new("message", self.presses(plan, label))

    async def asks_by_button(self, message: Locator, label: str) -> Locator:
        """Press a button that asks for a plan, and give the plan."""
        return await self._new("ephemeral", self.presses(message, label))

    async def _new(self, kind: str, doing: Awaitable[None]) -> Locator:
        rows = self.page.get_by_test_id(kind)
        before = await rows.count()
        await doing
        await expect(rows).to_have_count(before + 1)
        return self.page.locator(f'[data-ts="{await rows.last.get_attribute("data-ts")}"]').first


async def wait_for_bot(visitor: Visitor) -> None:
    """Type until there is an answer: a bot that has just started may not have connected yet."""
    for _ in range(20):
        answer = await visitor.types("whoami")
        told = await answer.inner_text()
        await answer.get_by_test_id("dismiss").click()
        await expect(answer).to_have_count(0)
        if "failed with the error" not in told:
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the bot does not answer")


# ------------------------------------------------------------ the chapters


async def deploys(ana: Visitor, look: Look) -> None:
    plan = await ana.types("deploy api --image web:1.0 --replicas 2")
    await expect(plan).to_contain_text("Nothing has changed yet")
    await look("deploy-plan")
    card = await ana.says_yes(plan, "Deploy api")
    await look("deploy-moving")
    await expect(card).to_contain_text("2 of 2", timeout=ROLLOUT_MS)
    await expect(card).to_contain_text("successfully rolled out", timeout=ROLLOUT_MS)
    await look("deploy-done")


async def scales(ana: Visitor, look: Look) -> None:
    plan = await ana.types("scale api 4")
    await expect(plan).to_contain_text("2 → 4")
    await look("scale-plan")
    card = await ana.says_yes(plan, "Scale to 4")
    await expect(card).to_contain_text("has 4 replicas", timeout=ROLLOUT_MS)
    await look("scale-done")


async def breaks(ana: Visitor, look: Look) -> Locator:
    plan = await ana.types("deploy web --image web:missing")
    card = await ana.says_yes(plan, "Update web")
    await expect(card).to_contain_text("cannot be pulled", timeout=ROLLOUT_MS)
    await expect(card).to_contain_text("3 of 3 still run web:1.0")
    await look("broken-card")
    return card


async def reads_the_thread(ana: Visitor, card: Locator, look: Look) -> None:
    await card.get_by_test_id("replies").click()
    line = ana.page.get_by_test_id("thread-message").nth(1)
    await expect(line).to_contain_text("web:missing")
    await expect(line).to_contain_text("not found")
    await look("broken-thread")
    await ana.page.get_by_test_id("thread-close").click()
    await expect(ana.page.get_by_test_id("thread")).to_be_hidden()


async def rolls_back(ana: Visitor, card: Locator, look: Look) -> None:
    plan = await ana.asks_by_button(card, "Roll back…")
    await expect(plan).to_contain_text("web:missing → web:1.0")
    await look("rollback-plan")
    back = await ana.says_yes(plan, "Roll back to web:1.0")
    await expect(back).to_contain_text("is back on web:1.0", timeout=ROLLOUT_MS)
    await look("rollback-done")
