"""`python -m tests.browser.consents`: pictures of everything that a yes, a no or a refusal looks like.

Each at the width of a desk and of a phone, some in dark mode, into `screenshots/`. They are for looking at:
nothing compares them.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from playwright.async_api import expect

from bot.service.codes import new_secret, sealed_secret
from bot.store.codes import Enrolments
from bot.store.secrets import Sealer
from tests.browser.scene import LONG_MS, MERGE, OPS, STRATEGIC, Scene, play
from tests.factories import one_time_code

POLICY = Path("tests/browser/consents.yaml")
DARK = {"approval-one-of-two", "announced", "form-ask"}
_WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
_CONFIGS = "/api/v1/namespaces/shop/configmaps"
_SCALERS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"


async def take(scene: Scene) -> None:
    await _words(scene)
    await _approval(scene)
    await _denial(scene)
    await _typed_name(scene)
    await _code(scene)
    await _review(scene)
    await _configs(scene)
    await _home(scene)


async def _words(scene: Scene) -> None:
    """What people are told of themselves."""
    await scene.sits("cho")
    for name, line in (
        ("can-i-confirm", "can-i scale web 4"),
        ("can-i-approve", "can-i delete deployment web"),
        ("can-i-no", "can-i label deployment web tier=front"),
        ("whoami", "whoami"),
        ("freeze", "freeze"),
        ("review-none", "audit review"),
        ("refusal-near-miss", "label deployment web tier=front"),
        ("refusal-plain", "drain node-1"),
        ("help", "help"),
    ):
        await scene.answered(name, line)


async def _approval(scene: Scene) -> None:
    """Cho asks, ana and ben say yes, and it is done."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6}
    await scene.place.api(_SCALERS, "POST", {"metadata": {"name": "web-hpa"}, "spec": spec})
    patient = {"minReadySeconds": 600, "progressDeadlineSeconds": 6000}  # a rollout that stays under way
    await scene.place.api(_WEB, "PATCH", {"spec": patient}, MERGE)
    question = await scene.visitor.types("set image web web=web:1.1")
    await scene.look("approval-question")
    await scene.opens(question, "Ask @sre…")
    await scene.fills("x")
    await scene.sends()
    await scene.look("form-ask")
    await scene.fills("checkout fix, tested on staging")
    await scene.sends()
    await expect(question).to_contain_text("Withdraw")
    await scene.look("approval-waits")
    await scene.sits("cho", OPS)
    message = scene.latest("0 of 2")
    await scene.look("approval-asked")
    await scene.sits("ana", OPS)
    await scene.visitor.presses(message, "Approve: Update web")
    await expect(scene.latest("1 of 2")).to_be_visible()
    await scene.look("approval-one-of-two")
    await scene.sits("ben", OPS)
    await scene.visitor.presses(scene.latest("1 of 2"), "Approve: Update web")
    await scene.sits("ben")
    await expect(scene.latest("Pause")).to_be_visible()
    await scene.look("card-moving")
    await scene.visitor.presses(scene.latest("Pause"), "Pause")
    await asyncio.sleep(2)
    await scene.look("card-pause")
    pause = scene.page.get_by_test_id("ephemeral").last
    await pause.get_by_role("button").first.click()
    await expect(scene.page.get_by_role("button", name="Resume").last).to_be_visible()
    await scene.look("card-paused")
    await scene.place.api(_WEB, "PATCH", {"spec": {"paused": False, "minReadySeconds": 0}}, MERGE)
    await expect(scene.latest("successfully rolled out")).to_be_visible(timeout=LONG_MS)
    await scene.look("card-done")
    await scene.sits("cho", OPS)
    await expect(scene.latest("Approved by")).to_be_visible()
    await scene.look("approval-done")


async def _denial(scene: Scene) -> None:
    await scene.sits("cho")
    question = await scene.visitor.types("deploy web --image web:1.3")
    await scene.opens(question, "Ask @sre…")
    await scene.fills("it is Friday")
    await scene.sends()
    await expect(question).to_contain_text("Withdraw")
    await scene.sits("ben", OPS)
    await scene.opens(scene.latest("0 of 2"), "Deny…")
    await scene.look("form-deny")
    await scene.fills("not on a Friday; Monday at nine")
    await scene.sends()
    await expect(scene.latest("Denied by")).to_be_visible()
    await scene.look("denied")
    await scene.sits("cho")
    await scene.look("denied-requester")
    await scene.dismisses(question)


async def _typed_name(scene: Scene) -> None:
    question = await scene.visitor.types("delete deployment web")
    await scene.look("delete-question")
    await scene.opens(question, "Ask @sre…")
    await scene.fills("wbe", "not needed any more")
    await scene.sends()
    await scene.look("form-typed-name")
    await scene.page.get_by_test_id("modal-x").click()
    await scene.visitor.presses(question, "Cancel")
    await scene.sits("cho")


async def _code(scene: Scene) -> None:
    secret, folder = new_secret(), scene.place.folder
    Enrolments(folder).enrol("U0BEN", sealed_secret(Sealer.of("", folder), "U0BEN", secret))
    await scene.sits("ben")
    question = await scene.visitor.types("restart web")
    await scene.look("code-question")
    await scene.opens(question, "Restart web…")
    code = one_time_code(secret, time.time())
    await scene.fills(f"{(int(code) + 499_979) % 1_000_000:06d}")
    await scene.sends()
    await asyncio.sleep(1)
    await scene.look("form-code")
    await scene.fills(code)
    await scene.sends()
    await expect(scene.latest("successfully rolled out")).to_be_visible(timeout=LONG_MS)
    await scene.look("code-done")


async def _review(scene: Scene) -> None:
    """Ana is on call: she rolls back at once, and ben signs it off."""
    await scene.sits("ana")
    question = await scene.visitor.types("rollback web")
    await scene.look("rollback-question")
    await scene.opens(question, await question.get_by_role("button").first.inner_text())
    await scene.look("form-review")
    await scene.fills("checkout is down since 1.1")
    await scene.sends()
    await expect(scene.latest("is back on")).to_be_visible(timeout=LONG_MS)
    await scene.look("rollback-locked")
    await scene.answered("locked-refusal", "set env web LEVEL=debug")
    await scene.answered("review-mine", "audit review")
    await scene.sits("ben", OPS)
    await scene.look("announced")
    await scene.answered("review-waits", "audit review")
    await scene.opens(scene.latest("acted without waiting"), "Sign off…")
    await scene.look("form-sign-off")
    await scene.fills("read the logs: 1.1 cannot reach db")
    await scene.sends()
    await expect(scene.latest("Signed off by")).to_be_visible()
    await scene.look("signed-off")
    await scene.sits("ana")
    await scene.visitor.presses(scene.latest("is back on"), "Fixed")
    await asyncio.sleep(1)
    await scene.look("fixed")


async def _configs(scene: Scene) -> None:
    """A rollback after a ConfigMap has changed, as its requester and as those see it who are asked."""
    place = scene.place
    await place.api(_CONFIGS, "POST", {"metadata": {"name": "web-env"}, "data": {"LEVEL": "info"}})
    container = {"name": "web", "envFrom": [{"configMapRef": {"name": "web-env"}}]}
    template = {"template": {"spec": {"containers": [container]}}}
    await place.api(_WEB, "PATCH", {"spec": template}, STRATEGIC)
    await scene.sits("cho")
    await asyncio.sleep(4)
    question = await scene.visitor.types("set image web web=web:1.4")
    await scene.opens(question, "Ask @sre…")
    await scene.fills("the next one")
    await scene.sends()
    for who in ("ana", "ben"):
        await scene.sits(who, OPS)
        await scene.visitor.presses(scene.latest("of 2 from"), "Approve: Update web")
        await asyncio.sleep(1)
    await scene.sits("cho")
    await expect(scene.latest("runs web:1.4")).to_be_visible(timeout=LONG_MS)
    await place.api(f"{_CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "debug"}}, MERGE)
    await scene.answered("rollback-config-stays", "rollback web")
    question = await scene.visitor.types("rollback web --with-config")
    await scene.look("rollback-config")
    await scene.opens(question, "Ask @sre…")
    await scene.fills("the log fills the disk")
    await scene.sends()
    await scene.sits("ben", OPS)
    await expect(scene.latest("the log fills the disk")).to_be_visible()
    await scene.look("rollback-config-asked")


async def _home(scene: Scene) -> None:
    await scene.sits("cho")
    await scene.visitor.types("scale web 3")
    home = await scene.visitor.types("")
    await expect(home).to_contain_text("Scale")
    await scene.look("home")
    await scene.sits("cho", "D0CHO")
    await scene.page.get_by_test_id("tab-home").click()
    await asyncio.sleep(1)
    await scene.look("app-home")


if __name__ == "__main__":
    sys.exit(play(take, POLICY, DARK))
