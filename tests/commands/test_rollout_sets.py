"""rollout history and rollout status of StatefulSets and DaemonSets."""

from __future__ import annotations

import pytest

from bot.domain.errors import TargetNotFoundError
from commands import rollout_history, rollout_status
from tests.commands.sets import KINDS, change, is_seen, is_waiting, put_up, set_image

THERE = "-n shop --context demo"


@pytest.mark.parametrize("kind", KINDS)
async def test_history_shows_the_newest_first_under_a_rule_for_that_kind_alone(kube, narrow, kind):
    await put_up(kube, kind, "web:1.0", "web:1.1")
    message = await narrow(rollout_history.COMMAND, f"{kind}/db")
    assert message.plain() == "2 revisions of shop/db on demo"
    (table,) = message.parts
    assert [row[:2] for row in table.rows] == [("2 · current", "web:1.1"), ("1", "web:1.0")]
    assert [button.command for button in message.buttons] == [
        f"rollback {kind}/db --to-revision=1 {THERE}",
        f"rollout history {kind}/db --revision=2 {THERE}",
    ]


async def test_history_of_one_tells_how_many_pods_still_run_it(kube, ask):
    await put_up(kube, "statefulset", "web:1.0", updateStrategy={"type": "OnDelete"})
    await set_image(kube, "statefulset", "web:1.1")
    await is_seen(kube, "statefulset")
    found = await ask(rollout_history.COMMAND, "sts db --revision=1")
    assert found.footer.plain() == "2 pods run it now."
    with pytest.raises(TargetNotFoundError, match="has no revision 7") as missing:
        await ask(rollout_history.COMMAND, "sts/db --revision=7")
    assert missing.value.hint == "It has: 2, 1."
    await kube.fault(fault="status", path="/pods", status=403)
    found = await ask(rollout_history.COMMAND, "sts db --revision=1")
    assert found.footer.plain() == "Could not look at the pods: the cluster refuses it."


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("statefulset", "partitioned roll out complete: 2 new pods have been updated..."),
        ("daemonset", 'daemon set "db" successfully rolled out'),
    ],
)
async def test_status_is_kubectls_sentence_under_a_rule_for_that_kind_alone(
    kube, narrow, shown, kind, sentence
):
    await put_up(kube, kind, "web:1.0", "web:1.1")
    pods = 2 if kind == "statefulset" else 3
    assert shown(await narrow(rollout_status.COMMAND, f"{kind}/db")) == (
        f"✅ shop/db on demo · web:1.1 · revision 2 · {pods} of {pods} available\n"
        f"{sentence}\n"
        f"[History] rollout history {kind}/db {THERE}"
    )


async def test_status_tells_what_waits_for_a_deletion(kube, ask, shown):
    await put_up(kube, "statefulset", "web:1.0", updateStrategy={"type": "OnDelete"})
    await set_image(kube, "statefulset", "web:1.1")
    await is_seen(kube, "statefulset")
    said = shown(await ask(rollout_status.COMMAND, "sts/db"))
    assert said.startswith("⏸ shop/db on demo")
    assert "rollout status is only available for RollingUpdate strategy type" in said
    assert "2 of its pods keep an older template until they are deleted (OnDelete)." in said


async def test_status_names_the_pod_that_keeps_an_ordered_set_standing_and_offers_its_deletion(
    kube, ask, shown
):
    await put_up(kube, "statefulset", "web:1.0")
    await set_image(kube, "statefulset", "web:missing")
    await is_waiting(kube, "db-1")
    said = shown(await ask(rollout_status.COMMAND, "sts/db"))
    assert f"[Roll back…] rollback statefulset/db {THERE}" in said
    containers = [{"name": "db", "image": "web:1.0"}]
    await change(kube, "statefulset", {"spec": {"template": {"spec": {"containers": containers}}}})
    await is_seen(kube, "statefulset")
    said = shown(await ask(rollout_status.COMMAND, "sts/db"))
    assert "• db-1: web:missing cannot be pulled" in said
    assert "Pods are replaced in order: none is until db-1 is deleted.\n" in said
    assert f"[Delete db-1…] delete pod/db-1 {THERE}" in said


@pytest.mark.parametrize("kind", KINDS)
async def test_one_that_is_not_there_is_said_to_be_missing(ask, kind):
    with pytest.raises(TargetNotFoundError, match=f"there is no {kind} `db`"):
        await ask(rollout_status.COMMAND, f"{kind}/db")
