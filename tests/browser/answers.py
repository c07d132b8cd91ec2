"""`python -m tests.browser.answers`: pictures of typical answers, of a shop in which some things go wrong.

Each at the width of a desk and of a phone, some in dark mode, into `screenshots/`. They are for looking at:
nothing compares them.
"""

from __future__ import annotations

import asyncio
import sys
import time

from playwright.async_api import Browser, expect

from tests.browser import story
from tests.browser.camera import FOLDER, TALL_DESK, Camera, NoBrowserError, chromium, empty_folder, visit
from tests.browser.story import Visitor, World
from tests.tour.cluster import Cluster

SCENARIO = "examples/scenarios/busy.yaml"
DARK = {"get-pods", "card-thread", "why"}
_CRASHES = 60.0


async def take(browser: Browser, world: World) -> None:
    ana = Visitor(await visit(browser, world.url, TALL_DESK))
    camera = await Camera.before(browser, world.url, ana.page, DARK, tall=True)
    await story.wait_for_bot(ana)
    crashed = str(await world.asks(_crashed))
    for name, line in (
        ("get-pods", "get pods"),
        ("get-deployments", "get deployments"),
        ("describe-pod", f"describe pod {crashed}"),
        ("describe-deployment", "describe deployment worker"),
        ("logs", "logs deploy/web --tail 20"),
        ("why", "why worker"),
        ("why-image", "why search"),
        ("plan", "deploy web --image web:1.1"),
        ("exec", "exec deploy/web -- env"),
        ("proxy", "proxy svc/db /healthz"),
        ("top", "top pods --chart"),
        ("events", "events --types Warning"),
        ("variable", "describe pod $POD_NAME"),
        ("mistake", "scale wbe 4"),
    ):
        await _answer(ana, camera, name, line)
    await _form(ana, camera)
    await _home(ana, camera)
    await _card(ana, camera)
    await _terminal(ana, camera)


def _crashed(cluster: Cluster) -> str:
    """Wait for a worker that has crashed more than once, and name it."""
    end = time.monotonic() + _CRASHES
    while time.monotonic() < end:
        for name, pod in cluster.pods("worker").items():
            if any(one["restartCount"] > 1 for one in pod["status"].get("containerStatuses") or []):
                return name
        time.sleep(0.5)
    raise AssertionError("no worker crashes")


async def _answer(ana: Visitor, camera: Camera, name: str, line: str) -> None:
    answer = await ana.types(line)
    await camera.look(name)
    await answer.get_by_test_id("dismiss").click()
    await expect(answer).to_have_count(0)


async def _form(ana: Visitor, camera: Camera) -> None:
    """A mistake, and the form that it opens with what was understood."""
    mistake = await ana.types("scale web")
    await camera.look("mistake-usage")
    await ana.presses(mistake, "Fill it in…")
    await expect(ana.page.get_by_test_id("modal")).to_be_visible()
    await camera.look("form")
    await ana.page.get_by_test_id("modal-x").click()
    await mistake.get_by_test_id("dismiss").click()
    await expect(mistake).to_have_count(0)


async def _home(ana: Visitor, camera: Camera) -> None:
    """What waits, in the channel and in the app's own tab."""
    plan = await ana.types("scale front 8")
    await expect(plan).to_contain_text("6 → 8")
    home = await ana.types("")
    await camera.look("home")
    await ana.page.evaluate("location.hash = '#U0ANA/D0ANA'")
    await ana.page.get_by_test_id("tab-home").click()
    await expect(ana.page.get_by_test_id("home")).to_contain_text("What you can do")
    await camera.look("app-home")
    await ana.page.evaluate("place => { location.hash = place }", f"#{story.PLACE}")
    for answer in (home, plan):
        await answer.get_by_test_id("dismiss").click()


async def _card(ana: Visitor, camera: Camera) -> None:
    """A rollout that goes wrong: its card, and the thread with what is worth a line."""
    card = await ana.says_yes(await ana.types("deploy cart --image crash:1"), "Update cart")
    await camera.look("card-moving")
    await expect(card.get_by_test_id("replies")).to_be_visible(timeout=story.ROLLOUT_MS)
    await camera.look("card")
    await card.get_by_test_id("replies").click()
    await expect(ana.page.get_by_test_id("thread-message").nth(1)).to_be_visible()
    await camera.look("card-thread")
    await ana.page.get_by_test_id("thread-close").click()


async def _terminal(ana: Visitor, camera: Camera) -> None:
    await ana.types("exec -it deploy/web -- sh")
    card = ana.page.get_by_test_id("message").filter(has_text="Terminal of")
    await card.get_by_test_id("replies").click()
    await ana.replies("cat /etc/hosts")
    await expect(ana.page.get_by_test_id("thread-message").nth(1)).to_contain_text("localhost")
    await camera.look("terminal")
    await ana.replies("exit")
    await expect(card).to_contain_text("ended with exit 0")
    await camera.look("terminal-ended")


async def play() -> int:
    empty_folder()
    try:
        async with chromium() as browser, story.demo("--scenario", SCENARIO) as world:
            await take(browser, world)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}/")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(play()))
