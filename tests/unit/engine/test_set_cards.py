"""The live cards of StatefulSets, DaemonSets and ReplicaSets, where they differ from a deployment's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import FieldChange, Plan
from bot.domain.message import Bullets, Button, Icon, Message, Paragraph
from bot.domain.resources import DAEMONSETS, REPLICASETS, STATEFULSETS, ObjectRef, ResourceType
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble
from bot.engine.cards import Asked
from bot.engine.rollout_cards import rolling
from bot.engine.rollout_ends import overtaken
from tests.factories import NOW, plan, ref

ASKED = Asked(user="U0ANA", name="ana", started=NOW - 70, receipt="record 7 · 7f3a1b2c")
BACK = "rollback statefulset/db -n shop --context prod"
NEW = PodTrouble(
    pod="db-2", container="db", kind=Trouble.IMAGE, reason="ErrImagePull", image="db:missing",
    message="not found",
)  # fmt: skip
BEFORE = NEW.model_copy(update={"new": False})
CRASH = BEFORE.model_copy(update={"kind": Trouble.CRASH, "exit_code": 3, "reason": "CrashLoopBackOff"})


def named(kind: ResourceType) -> ObjectRef:
    return ref("db", kind=kind)


def update(kind: ResourceType = STATEFULSETS, path: str = "spec.template.spec.containers[db].image") -> Plan:
    found = plan(inverse=BACK, follow=named(kind))
    step = found.steps[0].model_copy(update={"changes": (FieldChange(path=path, before="1", after="2"),)})
    return found.model_copy(update={"steps": (step,)})


def card(
    phase: Phase, *troubles: PodTrouble, kind: ResourceType = STATEFULSETS, made: Plan | None = None,
    **parts: Any,
) -> Message:  # fmt: skip
    known = {"sentence": "Waiting for it.", "desired": 3, "updated": 1, "available": 3} | parts
    progress = Progress(phase=phase, troubles=troubles, **known)
    return rolling(made or update(kind), named(kind), ASKED, progress, NOW)


def words(message: Message) -> str:
    return "\n".join(part.text.plain() for part in message.parts if isinstance(part, Paragraph))


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


@pytest.mark.parametrize("kind", [STATEFULSETS, DAEMONSETS])
def test_there_is_a_way_back_and_nothing_to_pause(kind: ResourceType):
    moving = card(Phase.MOVING, kind=kind)
    there = f"{kind.singular}/db -n shop --context prod"
    assert [button.command for button in moving.buttons] == [BACK, f"why {there}", f"logs {there}"]
    assert labels(moving) == ["Stop and roll back…", "Why", "Logs"]
    assert "Pause" not in labels(card(Phase.MOVING, NEW, kind=kind))


def test_an_ordered_set_says_what_a_rollback_will_wait_for():
    troubled = card(Phase.MOVING, NEW, ordered=True, old=2, old_images=("db:1",), available=2)
    assert troubled.plain() == (
        "⚠️ shop/db on prod is not progressing: db:missing cannot be pulled (not found in registry, "
        "ErrImagePull)"
    )
    assert "also after a rollback it waits for db-2. Delete that pod then" in words(troubled)
    assert labels(troubled) == ["Roll back…", "Why"]
    assert "rollback" not in words(card(Phase.MOVING, NEW))
    scaled = card(Phase.MOVING, NEW, ordered=True, made=update(path="spec.replicas"))
    assert "rollback" not in words(scaled)


def test_what_waits_for_a_broken_pod_of_before_offers_to_delete_it():
    waits = card(Phase.MOVING, CRASH, ordered=True, blocked="db-2", available=2)
    assert waits.icon is Icon.WARNING
    assert waits.plain().startswith(
        "⚠️ shop/db on prod waits for db-2: db:missing crashes with exit code 3 (CrashLoopBackOff)"
    )
    assert "Delete the pod, and it comes back with the newest one." in words(waits)
    assert waits.buttons[0] == Button(
        label="Delete db-2…", command="delete pod/db-2 -n shop --context prod", style="danger"
    )
    assert labels(waits) == ["Delete db-2…", "Roll back…", "Logs", "Why"]


def test_a_broken_pod_below_the_partition_is_waited_for_and_its_deletion_changes_nothing():
    waits = card(Phase.MOVING, CRASH.model_copy(update={"pod": "db-0"}), ordered=True, held=2)
    assert waits.plain().startswith("⚠️ shop/db on prod waits for db-0: db:missing crashes")
    assert "Delete" not in words(waits)
    assert labels(waits) == ["Roll back…", "Logs", "Why"]
    two = card(Phase.MOVING, CRASH.model_copy(update={"pod": "db-0"}), CRASH, ordered=True, blocked="db-2")
    assert "waits for db-2" in two.plain()
    assert "db:missing crashes" in card(Phase.STUCK, CRASH, ordered=True).plain()
    assert "do not become available" in card(Phase.STUCK, CRASH).plain()


def test_what_the_cluster_refuses_is_the_cause():
    secret = "pods is forbidden: password=hunter2hunter2 " + "x" * 400
    refused = card(Phase.MOVING, kind=REPLICASETS, refused=secret, available=1)
    assert "is not progressing: no further pod can be made: pods is forbidden" in refused.plain()
    assert "hunter2" not in refused.plain()
    assert "x" * 300 not in refused.plain()
    assert "no further pod can be made" in card(Phase.STUCK, kind=REPLICASETS, refused="quota").plain()


def test_a_pod_that_does_not_go_is_the_cause_where_nothing_else_is_wrong():
    late = card(Phase.MOVING, lingering="db-1", available=2)
    assert late.plain() == (
        "⚠️ shop/db on prod is not progressing: db-1 was deleted, and does not go (Terminating)"
    )
    assert late.buttons[-1] == Button(label="Why", command="why pod/db-1 -n shop --context prod")
    both = card(Phase.MOVING, NEW, lingering="db-1")
    assert "db:missing cannot be pulled" in both.plain()
    assert both.buttons[-1].command == "why statefulset/db -n shop --context prod"


def test_what_stood_still_says_for_how_long():
    stuck = card(Phase.STUCK, NEW, idle=660.0, ordered=True, old=2, old_images=("db:1",), available=2)
    assert stuck.plain().startswith("❌ shop/db on prod is stuck: db:missing cannot be pulled")
    assert "Waiting for it. · 1 min 10 s · no step further for 11 min" in words(stuck)
    assert "Delete that pod then" in words(stuck)
    assert "no step further" not in words(card(Phase.STUCK, NEW))


def test_on_delete_the_change_is_stored_and_the_card_ends_there():
    only = "rollout status is only available for RollingUpdate strategy type"
    held = card(Phase.HELD, held=2, sentence=only)
    assert held.plain() == (
        "⏸ shop/db on prod has the change stored: each pod follows it only once it is deleted (OnDelete)"
    )
    assert "1 of 3 pods have it; 3 available." in words(held)
    assert only in words(held)
    assert labels(held) == ["Roll back…", "Rollout status"]


def test_on_delete_a_broken_pod_is_named_and_is_the_first_to_delete():
    held = card(Phase.HELD, BEFORE, held=2, on_delete=True, available=2)
    (causes,) = [part for part in held.parts if isinstance(part, Bullets)]
    assert [item.plain() for item in causes.items] == [
        "db-2: db:missing cannot be pulled (not found in registry, ErrImagePull)"
    ]
    assert labels(held) == ["Delete db-2…", "Roll back…", "Rollout status"]
    assert "order" not in words(held)


def test_on_delete_a_scale_is_done_and_says_what_stays():
    done = card(Phase.HELD, held=2, on_delete=True, made=update(path="spec.replicas"))
    assert done.icon is Icon.DONE
    assert done.plain() == "✅ shop/web has 4 · 3 of 3 in 1 min 10 s"
    assert "2 of its pods keep an older template until they are deleted (OnDelete)." in words(done)


def test_a_partition_is_no_whole_update():
    done = card(Phase.DONE, held=2)
    assert done.plain() == "✅ shop/web goes from 2 to 4 · 1 of 3 in 1 min 10 s"
    assert "Its partition keeps 2 pods on the older template." in words(done)
    assert "has 4" in card(Phase.DONE).plain()
    assert "keeps 1 pod on" in words(card(Phase.DONE, held=1, made=update(path="spec.replicas")))


def test_the_bar_of_a_partition_is_full_when_its_part_is_done():
    assert "████████████  1 of 1 updated · 3 available" in words(card(Phase.MOVING, held=2))


def test_a_daemon_set_that_chose_no_node_says_so():
    none = {"desired": 0, "updated": 0, "available": 0}
    assert "It chooses no node now, so it has no pod." in words(card(Phase.DONE, kind=DAEMONSETS, **none))
    assert "no node" not in words(card(Phase.DONE, **none))
    assert "no node" not in words(card(Phase.DONE, kind=DAEMONSETS))


@pytest.mark.parametrize(
    ("kind", "button"),
    [
        (STATEFULSETS, Button(label="Rollout status",
                              command="rollout status statefulset/db -n shop --context prod")),
        (REPLICASETS, Button(label="Describe", command="describe replicaset/db -n shop --context prod")),
    ],
)  # fmt: skip
def test_a_replica_set_has_no_rollout_to_ask_about(kind: ResourceType, button: Button):
    end = overtaken(
        update(kind), named(kind), ASKED, Progress(phase=Phase.MOVING, sentence=""), ("it moved",)
    )
    assert end.buttons[0] == button
