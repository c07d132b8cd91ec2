"""A run that others are asked about and that does not come to be, or not again: what came in between."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time

import pytest

from bot.domain.access import Place
from bot.domain.changes import canonical
from bot.domain.cluster import ExecRequest
from bot.domain.invocation import Invocation
from bot.domain.resources import PODS, ObjectRef
from bot.domain.runs import Run
from bot.engine.sessions import Running
from bot.store.secrets import Sealer
from tests.process import process
from tests.scenarios.programs import executions, pods
from tests.scenarios.test_approved_runs import ASK, LINE, RUN, asked, ruled_by
from tests.world import world


async def test_a_terminal_that_was_let_through_by_an_older_policy_is_not_opened_without_a_yes(inside):
    """Its row was left by a process that died before the first step; by now others are asked."""
    [pod, *_] = await pods(inside)
    there = ObjectRef(cluster="demo", namespace="shop", type=PODS, name=pod)
    request = ExecRequest(namespace="shop", pod=pod, container="web", argv=("sh",), stdin=True)
    by = Invocation(
        id="a" * 32, user="U0CHO", user_name="cho", team="T0DEMO", text=f"exec -i {pod} -- sh", reply="",
        place=Place(team="T0DEMO", channel="C0SHOP"), at=time.time(),
    )  # fmt: skip
    args = {"target": pod, "argv": ["sh"], "stdin": True, "namespace": "shop", "context": "demo"}
    row = Running(verb="exec", invocation=by, args=args, meant=Run(target=there, request=request))
    await inside.stop_bot()
    sealed = Sealer.of("", inside.folder).seal(canonical(row.model_dump(mode="json")))
    now = time.time()
    with contextlib.closing(sqlite3.connect(inside.folder / "k8s-bot.db", isolation_level=None)) as rows:
        rows.execute(
            "INSERT INTO operations (id, kind, state, owner, data, fence, wake_at, created_at, updated_at)"
            " VALUES (?, 'session', 'moving', 'U0CHO', ?, 1, ?, ?, ?)",
            ("b" * 32, sealed, now, now, now),
        )
    await inside.start_bot()
    await inside.card("The policy has come to ask for a yes before this")
    assert await executions(inside) == []
    assert "intent" not in inside.kinds()


async def test_approved_after_its_pod_was_replaced_it_is_refused_and_the_new_one_asked_about(inside):
    waiting, message = await asked(inside)
    old = [name for name in await pods(inside) if name in message.plain]
    await inside.api(f"/api/v1/namespaces/shop/pods/{old[0]}", "DELETE")

    async def is_gone():
        return old[0] not in await pods(inside)

    await inside.until(is_gone, "the end of the pod")
    await inside.press("ben", message, RUN, channel="ops")
    await inside.becomes(message, "Not done", "is gone since it was shown", channel="ops")
    await inside.becomes(waiting, "is gone since it was shown", "Nothing was run", "The new plan follows")
    again = await inside.whisper("Run", "wants a yes from @sre")
    assert old[0] not in again.plain
    assert await executions(inside) == []


async def test_denied_withdrawn_or_run_out_nothing_is_run(inside):
    waiting, message = await asked(inside)
    answer = await inside.agree("ben", message, "Deny…", channel="ops", reason="read the logs instead")
    assert not answer.get("errors")
    await inside.becomes(message, "Denied by", "read the logs instead", "Nothing was run", channel="ops")
    await inside.becomes(waiting, "denied by ben", "Nothing was run")
    waiting, message = await asked(inside)
    await inside.press("cho", waiting, "Withdraw")
    await inside.becomes(message, "Withdrawn by", "Nothing was run", channel="ops")
    _, message = await asked(inside)
    await inside.stop_bot()
    inside.ahead = 3700
    await inside.start_bot()
    await inside.becomes(message, "Nobody else said yes in time. Nothing was run.", channel="ops")
    assert await executions(inside) == []


@pytest.mark.parametrize("line", [LINE, "exec -it deploy/web -- sh"])
async def test_what_was_locked_meanwhile_keeps_an_approved_program_from_running(inside, line):
    waiting, message = await asked(inside, line)
    await inside.says("ben", 'lock --everything --reason "moving the cluster"')
    [approve] = [label for label in message.buttons if label.startswith("Approve")]
    await inside.press("ben", message, approve, channel="ops")
    await inside.becomes(message, "Not done", "moving the cluster", channel="ops")
    await inside.becomes(waiting, "moving the cluster", "Nothing was run")
    assert "moving the cluster" in (await inside.says("cho", line)).text
    assert "asks" not in str([m.text for m in (await inside.cards("ops"))[1:]])
    assert await executions(inside) == []


async def test_a_yes_does_not_count_once_its_giver_has_left_the_group(inside):
    await ruled_by(inside, "count: 1", "count: 2")
    question = await inside.says("cho", LINE)
    await inside.agree("cho", question, ASK, reason="disk is full")
    message = await inside.card("0 of 2 from @sre", channel="ops")
    await inside.press("ana", message, RUN, channel="ops")
    message = await inside.becomes(message, "1 of 2 from @sre", channel="ops")
    await inside.fault("slack", fault="group", group="S0SRE", users=["U0BEN"])
    await inside.press("ben", message, RUN, channel="ops")
    await inside.becomes(message, "Not done", "not approved as the policy asks now", channel="ops")
    assert await executions(inside) == []


async def test_a_request_is_asked_about_and_pinned_like_a_program(inside):
    await inside.api(
        "/api/v1/namespaces/shop/services",
        "POST",
        {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    )
    _, message = await asked(inside, "proxy svc/web /healthz")
    assert "GET /healthz" in message.plain
    await inside.api("/api/v1/namespaces/shop/services/web", "DELETE")
    await inside.api(
        "/api/v1/namespaces/shop/services",
        "POST",
        {"metadata": {"name": "web"}, "spec": {"selector": {"app": "db"}, "ports": [{"port": 80}]}},
    )
    await inside.press("ben", message, "Approve: Send it", channel="ops")
    await inside.becomes(message, "Not done", "deleted and made anew since it was shown", channel="ops")
    assert not [r for r in await inside.requests("GET") if "/proxy" in r["path"]]


@pytest.mark.parametrize(
    ("line", "said", "result"),
    [
        (LINE, "interrupted while this ran, or before its end was recorded", "unknown"),
        ("exec -it deploy/web -- sh", "interrupted before it was opened", "not-applied"),
    ],
)
async def test_what_is_found_with_an_intent_and_no_end_is_not_run(inside, line, said, result):
    waiting, message = await asked(inside, line)
    await inside.stop_bot()
    with contextlib.closing(sqlite3.connect(inside.folder / "k8s-bot.db", isolation_level=None)) as rows:
        rows.execute("UPDATE operations SET state = 'intended', wake_at = 0 WHERE kind = 'plan'")
    await inside.start_bot()
    await inside.becomes(waiting, said)
    await inside.until(lambda: inside.kinds()[-1] == "conclusion", "the conclusion")
    assert inside.records()[-1]["detail"]["result"] == result
    ended = await inside.becomes(message, "known" if result == "unknown" else "Not done", channel="ops")
    assert ended.buttons == {}
    assert await executions(inside) == []


async def test_killed_while_it_ran_it_is_not_run_again_and_all_are_told_so(tmp_path):
    policy = tmp_path / "policy.yaml"
    shutil.copy("tests/scenarios/runs.yaml", policy)
    async with world(tmp_path, policy=policy, pace=0.02) as alone:
        async with process(alone) as first:
            waiting, message = await asked(alone, "exec deploy/web -- sleep 250")
            await alone.press("ben", message, RUN, channel="ops")
            await alone.until(lambda: executions(alone), "the program")
            await first.kill()
        await alone.start_bot()
        await alone.becomes(message, "Outcome not known", "Approved by ben", channel="ops")
        told = await alone.becomes(waiting, "interrupted while this ran", "It is not run again by itself")
        assert told.text.count("run again") == 2  # in its plain line and in its blocks, once in each
        assert alone.records()[-1]["detail"]["result"] == "unknown"
        assert len(await executions(alone)) == 1
