"""`python -m tests.browser.screenshots`: pictures of the story, of typical answers, and of all blocks.

Each at the size of a desk and of a phone, some in dark mode, into `screenshots/`. They are for looking at:
nothing compares them.
"""

from __future__ import annotations

import asyncio
import sys

from playwright.async_api import Browser, Locator, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackSimulator
from tests.browser import gallery, story
from tests.browser.camera import DESK, FOLDER, PHONE, Camera, NoBrowserError, chromium, empty_folder, visit
from tests.browser.story import Visitor, World
from tests.tour.cluster import Cluster

DARK = {"deploy-plan", "broken-card", "broken-thread", "get-pods", "logs", "card-stuck"}
ANSWERS = (
    ("get-pods", "get pods"),
    ("get-pods-wide", "get pods -o wide"),
    ("describe-deployment", "describe deployment web"),
    ("logs", "logs deploy/web --tail 12"),
    ("events", "events --limit 10"),
    ("top", "top pods --chart"),
    ("top-nodes", "top nodes"),
    ("rollout-history", "rollout history web"),
    ("rollout-status", "rollout status web"),
    ("audit", "audit"),
    ("audit-show", "audit show 3"),
    ("help", "help"),
    ("help-verb", "help scale"),
    ("whoami", "whoami"),
    ("mistake-name", "scale wbe 4"),
    ("mistake-verb", "sclae web 4"),
    ("mistake-usage", "scale web"),
    ("plan-expose", "expose web --type LoadBalancer --port 80 --target-port 8080"),
    ("plan-rollback", "rollback web"),
    ("describe-service", "describe svc db"),
    ("describe-node", "describe node node-1"),
    ("cluster-info", "cluster-info"),
    ("clusters", "clusters"),
)


async def take(browser: Browser, world: World) -> None:
    ana = Visitor(await visit(browser, world.url, DESK))
    camera = await Camera.before(browser, world.url, ana.page, DARK)
    await story.wait_for_bot(ana)
    await camera.look("empty")
    await story.deploys(ana, camera.look)
    await story.scales(ana, camera.look)
    card = await story.breaks(ana, camera.look)
    await story.reads_the_thread(ana, card, camera.look)
    await story.rolls_back(ana, card, camera.look)
    await answers(ana, world, camera)
    await troubles(ana, world, camera)


async def answers(ana: Visitor, world: World, camera: Camera) -> None:
    for name, line in ANSWERS:
        answer = await ana.types(line)
        await camera.look(name)
        await answer.get_by_test_id("dismiss").click()
        await expect(answer).to_have_count(0)
    pods = await world.asks(lambda cluster: sorted(cluster.pods("web")))
    await ana.types(f"describe pod {pods[0]}")
    await camera.look("describe-pod")
    await ana.becomes("U0GUS")
    await expect(ana.page.get_by_test_id("ephemeral")).to_have_count(0)
    await ana.types("scale web 9")
    await camera.look("refusal")
    await ana.becomes("U0ANA")
    await expect(ana.page.get_by_test_id("ephemeral")).not_to_have_count(1)


async def troubles(ana: Visitor, world: World, camera: Camera) -> None:
    """A crash with its last words, and a rollout that its deadline has passed."""
    await world.asks(_hurry)
    card = await _change(ana, "deploy cart --image crash:1", "Update cart")
    await expect(card.get_by_test_id("replies")).to_be_visible(timeout=story.ROLLOUT_MS)
    await camera.look("card-crash")
    stuck = await _change(ana, "deploy api --image web:missing", "Update api")
    await expect(stuck).to_contain_text("is stuck", timeout=story.ROLLOUT_MS)
    await camera.look("card-stuck")
    await card.get_by_test_id("replies").click()
    await expect(ana.page.get_by_test_id("thread-message").nth(1)).to_be_visible()
    await camera.look("thread-crash")
    await ana.page.get_by_test_id("thread-close").click()


async def hang_gallery(browser: Browser) -> None:
    """Every block and element, a long log, a large table, files: at both sizes, by day and by night."""
    async with SlackSimulator() as slack:
        bot = AsyncWebClient("xoxb-demo", base_url=slack.api_url)
        hung = await gallery.hang(bot)
        for name, size in (("desk", DESK), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                page = await visit(browser, slack.page_url, size, scheme=scheme)
                for what, ts in hung.items():
                    await page.locator(f'[data-ts="{ts}"]').evaluate("(node) => node.scrollIntoView()")
                    await page.screenshot(path=FOLDER / f"gallery-{what}-{name}-{scheme}.png")
                await page.context.close()


async def _change(ana: Visitor, line: str, label: str) -> Locator:
    return await ana.says_yes(await ana.types(line), label)


def _hurry(cluster: Cluster) -> None:
    """Give api a deadline that a picture can wait for."""
    cluster.patch_deployment("api", {"spec": {"progressDeadlineSeconds": 5}})


async def play() -> int:
    empty_folder()
    try:
        async with chromium() as browser, story.demo() as world:
            await take(browser, world)
            await hang_gallery(browser)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}/")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(play()))
