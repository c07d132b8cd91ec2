"""A second person: what waits for somebody else's yes, and what is done first and signed off later."""

from __future__ import annotations

from tests.tour.exploring import APP
from tests.tour.page import until
from tests.tour.stage import Stage, Step, expect, shows

SPARE = f"{APP}-node"
"""A Service that nobody needs any more."""


def can_i(stage: Stage) -> str:
    shows(stage.types(f"can-i delete service {SPARE}", "cho"), "once it is approved by @sre in #ops")
    shows(stage.types("can-i drain node-1", "cho"), "No")
    expect(SPARE in stage.cluster.named("services"), f"{SPARE} is gone")
    return f"{SPARE} is there as before"


def approval(stage: Stage) -> str:
    question = stage.types(f"delete service {SPARE}", "cho")
    shows(question, "wants a yes from @sre")
    stage.gives(question, "Ask @sre", "cho", name=SPARE, reason="nobody uses it")
    asked = stage.asked("asks", SPARE, "nobody uses it", who="ben")
    expect(SPARE in stage.cluster.named("services"), "it was deleted before anybody said yes")
    stage.approves(asked, "ben")
    shows(stage.card("is deleted", SPARE), "approved by", "ben")
    until(lambda: SPARE not in stage.cluster.named("services"), f"end of {SPARE}")
    return f"{SPARE} is gone, once ben had said yes"


def review(stage: Stage) -> str:
    before = set(stage.cluster.pods("db"))
    question = stage.types("restart db")
    shows(question, "lets you act first")
    stage.gives(question, "Restart db", reason="it hangs since noon")
    stage.card("db", "restarted")

    def replaced() -> bool:
        after = set(stage.cluster.pods("db"))
        return bool(after) and not before & after

    until(replaced, "another pod of db")
    stage.asked("acted without waiting", "it hangs since noon", who="ben")
    return "db has another pod, and nobody was waited for"


def signed_off(stage: Stage) -> str:
    listed = stage.types("audit review", "ben")
    shows(listed, "1 change to be signed off")
    stage.gives(listed, "Sign off", "ben", reason="it had lost its disk")
    stage.asked("Signed off by", "it had lost its disk", who="ana")
    shows(stage.types("audit review", "ben"), "Nothing waits")
    ready = stage.cluster.deployment("db")["status"].get("readyReplicas")
    expect(ready == 1, f"of db {ready} are ready")
    return "db runs, and nothing waits to be signed off"


TOGETHER = "A second person"
STEPS = (
    Step(TOGETHER, "What cho may do", can_i),
    Step(TOGETHER, "Cho asks, ben says yes, and it is done", approval),
    Step(TOGETHER, "Ana is on call: she acts first", review),
    Step(TOGETHER, "The next morning, ben signs it off", signed_off),
)
