"""`python -m tests.browser.others`: pictures of what others are asked to do, to agree to, or to sign.

Each at the width of a desk and of a phone, into `screenshots/`. They are for looking at:
nothing compares them.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.browser.scene import APPS, OPS, STRATEGIC, Scene, play

POLICY = Path("tests/browser/others.yaml")
_SERVICES = "/api/v1/namespaces/shop/services"
_HOUR = 3700.0
_MANY = 120
"""Variables: more than one message holds."""


async def take(scene: Scene) -> None:
    await scene.place.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": False})
    await scene.starts_anew()  # who reads a channel is known for a while
    await _errand(scene)
    await _errand_of_a_node(scene)
    await _program(scene)
    await _terminal(scene)
    await _request(scene)
    await _signed_run(scene)
    await _two_channels(scene)
    await _diffs(scene)
    await _many_questions(scene)
    await _late(scene)


async def _errand(scene: Scene) -> None:
    """Cho may not; ben takes it."""
    await scene.sits("cho")
    refusal = await scene.visitor.types("restart web")
    await scene.look("errand-refusal")
    await scene.presses(refusal, "Ask @sre to do it")
    message = scene.latest("cho asks")
    await expect(message).to_be_visible()
    await scene.look("errand-asked")
    await scene.sits("ben")
    await scene.presses(message, "Restart shop/web…")
    await expect(scene.latest("took it")).to_be_visible()
    plan = scene.page.get_by_test_id("ephemeral").last
    await expect(plan).to_contain_text("Nothing has changed yet")
    await scene.look("errand-taken")
    await scene.presses(plan, "Restart web")
    await expect(scene.latest("for cho")).to_be_visible()
    await scene.look("errand-card")
    await scene.sits("cho")
    refusal = await scene.visitor.types("scale web 4")
    await scene.look("errand-oncall-refusal")
    await scene.presses(refusal, "Ask whoever is on call (night) to do it")
    await expect(scene.latest("whoever is on call")).to_be_visible()
    await scene.look("errand-oncall-asked")


async def _errand_of_a_node(scene: Scene) -> None:
    """Of what lives in no namespace, and that nobody takes."""
    refusal = await scene.visitor.types("cordon node-1")
    await scene.presses(refusal, "Ask @sre to do it")
    await expect(scene.latest("cordon")).to_be_visible()
    await scene.look("errand-node")
    await scene.starts_anew(_HOUR)
    await expect(scene.latest("in time")).to_be_visible()
    await scene.look("errand-lapsed")


async def _program(scene: Scene) -> None:
    """Agreed to once, and denied once."""
    await scene.sits("cho")
    question = await scene.visitor.types("exec deploy/web -- cat /etc/hosts 'two words'")
    await scene.look("run-question")
    await scene.opens(question, "Ask @sre…")
    await scene.look("run-form")
    await scene.fills("the name of db resolves to nothing")
    await scene.sends()
    await expect(question).to_contain_text("Withdraw")
    await scene.look("run-waits")
    await scene.sits("ben", OPS)
    await scene.look("run-asked")
    await scene.presses(scene.latest("cho asks"), "Approve: Run it")
    await expect(scene.latest("Approved by")).to_be_visible()
    await scene.look("run-approved")
    await scene.sits("cho")
    await scene.look("run-answer")
    await scene.dismisses(question)
    question = await scene.asks("exec deploy/web -- ls /", "just looking")
    await scene.sits("ben", OPS)
    await scene.opens(scene.latest("just looking"), "Deny…")
    await scene.fills("read the logs instead")
    await scene.sends()
    await expect(scene.latest("Denied by")).to_be_visible()
    await scene.look("run-denied")
    await scene.sits("cho")
    await scene.look("run-denied-requester")
    await scene.dismisses(question)


async def _terminal(scene: Scene) -> None:
    question = await scene.asks("exec -it deploy/web -- sh", "the disk is full")
    await scene.sits("ben", OPS)
    await scene.look("terminal-asked")
    await scene.presses(scene.latest("the disk is full"), "Approve: Open it")
    await scene.sits("cho")
    card = scene.latest("Terminal of")
    await expect(card).to_be_visible()
    await scene.look("terminal-opened")
    await card.get_by_test_id("replies").click()
    await scene.visitor.replies("exit")
    await expect(card).to_contain_text("ended")
    await scene.look("terminal-ended")
    await scene.page.get_by_test_id("thread-close").click()
    await scene.dismisses(question)


async def _request(scene: Scene) -> None:
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    await scene.place.api(_SERVICES, "POST", {"metadata": {"name": "web"}, "spec": spec})
    question = await scene.asks("proxy svc/web /healthz", "is it alive")
    await scene.sits("ben", OPS)
    await scene.look("proxy-asked")
    await scene.presses(scene.latest("is it alive"), "Approve: Send it")
    await scene.sits("cho")
    await expect(question).not_to_contain_text("Withdraw")
    await scene.look("proxy-answer")
    await scene.dismisses(question)


async def _signed_run(scene: Scene) -> None:
    """Ana breaks the glass; ben signs it off."""
    await scene.sits("ana")
    question = await scene.visitor.types("exec deploy/web -- echo hello")
    await scene.look("run-first-question")
    await scene.opens(question, "Run it…")
    await scene.fills("checkout is down")
    await scene.sends()
    await expect(question).to_contain_text("exit 0")
    await scene.look("run-first-answer")
    await scene.sits("ben", OPS)
    await scene.look("run-announced")
    await scene.answered("run-review-list", "audit review")
    await scene.opens(scene.latest("acted without waiting"), "Sign off…")
    await scene.fills("fine")
    await scene.sends()
    await expect(scene.latest("Signed off by")).to_be_visible()
    await scene.look("run-signed-off")


async def _two_channels(scene: Scene) -> None:
    await scene.sits("cho")
    question = await scene.visitor.types("set image web web=web:1.1")
    await scene.look("two-question")
    await scene.opens(question, await _asking(question))
    await scene.fills("checkout fix")
    await scene.sends()
    await expect(question).to_contain_text("Withdraw")
    await scene.look("two-waits")
    await scene.sits("ben", OPS)
    await scene.look("two-ops")
    await scene.presses(scene.latest("checkout fix"), "Approve: Update web")
    await scene.look("two-ops-one-yes")


async def _asking(question: Locator) -> str:
    return await question.get_by_role("button").first.inner_text()


async def _diffs(scene: Scene) -> None:
    await _diff(scene, "small", "set env web LEVEL=debug")
    many = [{"name": f"FEATURE_{number:03}", "value": "on " * 9} for number in range(_MANY)]
    template = {"spec": {"containers": [{"name": "web", "env": many}]}}
    await scene.place.api(f"{APPS}/deployments/web", "PATCH", {"spec": {"template": template}}, STRATEGIC)
    await asyncio.sleep(4)  # until it is a revision
    await _diff(scene, "huge", "rollback web")


async def _diff(scene: Scene, size: str, line: str) -> None:
    await scene.sits("cho")
    question = await scene.asks(line, f"a {size} one")
    await scene.sits("ben", OPS)
    asked = scene.latest(f"a {size} one")
    await expect(asked).to_be_visible()
    await scene.look(f"diff-{size}-asked")
    diff = await scene.visitor.asks_by_button(asked, "Diff")
    await scene.look(f"diff-{size}")
    await scene.dismisses(diff)
    await scene.sits("cho")
    await scene.dismisses(question)


async def _many_questions(scene: Scene) -> None:
    """Home of one who is asked much, and what one on a rotation is told of themselves."""
    await scene.sits("ana")
    for line in ("restart web", "cordon node-1", "cordon node-2", "scale web 3", "rollback web"):
        await scene.dismisses(await scene.visitor.types(line))
    home = await scene.visitor.types("")
    await scene.look("home-many")
    await scene.dismisses(home)
    await scene.sits("ana", "D0ANA")
    await scene.page.get_by_test_id("tab-home").click()
    await expect(scene.page.get_by_test_id("home")).to_contain_text("What you can do")
    await scene.look("app-home-many")
    await scene.sits("ana")
    await scene.answered("whoami-rotation", "whoami")
    await scene.sits("ben")
    await scene.answered("whoami-rotation-next", "whoami")


async def _late(scene: Scene) -> None:
    """The answer comes after the address of the question is over."""
    await scene.sits("cho")
    await scene.asks("exec deploy/web -- ls /", "no hurry")
    await scene.starts_anew(2000)
    await scene.sits("ben", OPS)
    await scene.presses(scene.latest("no hurry"), "Approve: Run it")
    await expect(scene.latest("no hurry")).to_contain_text("Approved by")
    await scene.sits("cho", "D0CHO")
    await expect(scene.latest("exit 0")).to_be_visible()
    await scene.look("run-late")


if __name__ == "__main__":
    sys.exit(play(take, POLICY))
