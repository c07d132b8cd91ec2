"""rollout status: kubectl's sentence, and what stands in the way."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble
from bot.engine.grammar import parse
from commands import rollout_status
from commands.rollout_status import RolloutStatusArgs, render

REF = ObjectRef(cluster="prod", namespace="shop", type=DEPLOYMENTS, name="web")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", RolloutStatusArgs(target=("web",))),
        ("deployment/web -n shop", RolloutStatusArgs(target=("deployment/web",), namespace="shop")),
        ("deploy web", RolloutStatusArgs(target=("deploy", "web"))),
    ],
)
def test_grammar(line, expected):
    assert parse(RolloutStatusArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is needed"),
        ("pod/web", "Not for pods"),
        ("web api", "One workload"),
        ("web -x", "No such option"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(RolloutStatusArgs, tuple(line.split()), name="rollout status")


async def test_only_reads(kube, ask, only_reads):
    await kube.deploy("web")
    await kube.forget()
    await ask(rollout_status.COMMAND, "web")
    await only_reads()


async def test_its_permission_covers_sets_and_pods(kube, narrow):
    await kube.deploy("web")
    assert (await narrow(rollout_status.COMMAND, "web")).headline


async def test_done(kube, ask, shown):
    await kube.deploy("web")
    assert shown(await ask(rollout_status.COMMAND, "deployment/web")) == (
        "✅ shop/web on demo · web:1.0 · revision 1 · 2 of 2 available\n"
        'deployment "web" successfully rolled out\n'
        "[History] rollout history web -n shop --context demo"
    )


async def test_a_missing_image_leaves_the_old_pods_at_work(kube, ask, shown):
    await kube.deploy("web", replicas=2)
    await kube.set_image("web", "web:missing")
    await kube.until(lambda: _troubled(ask))
    said = shown(await ask(rollout_status.COMMAND, "web"))
    assert said.startswith("⚠️ shop/web on demo · web:missing · revision 2 · 2 of 2 available\n")
    assert "web:missing cannot be pulled (not found in registry, " in said
    assert "2 of 2 still run web:1.0, nothing is down." in said
    assert "[Roll back…] rollback web -n shop --context demo" in said


async def test_no_such_deployment(ask):
    with pytest.raises(TargetNotFoundError, match="there is no deployment `web`"):
        await ask(rollout_status.COMMAND, "web")


def test_message_moving(shown):
    progress = Progress(
        phase=Phase.MOVING, sentence="Waiting for it", desired=12, updated=8, available=12,
        images=("registry.example.com/web:1.5",), revision="9",
    )  # fmt: skip
    assert shown(render(REF, progress)) == (
        "⏳ shop/web on prod · web:1.5 · revision 9 · 12 of 12 available\n"
        "Waiting for it\n"
        "████████░░░░  8 of 12 updated\n"
        "[Look again] rollout status web -n shop --context prod\n"
        "[History] rollout history web -n shop --context prod"
    )


def test_message_stuck(shown):
    crash = {
        "container": "web",
        "kind": Trouble.CRASH,
        "reason": "CrashLoopBackOff",
        "image": "web:2",
        "exit_code": 3,
    }
    progress = Progress(
        phase=Phase.STUCK, sentence='deployment "web" exceeded its progress deadline', desired=2, updated=2,
        images=("web:2",), revision="4",
        troubles=tuple(PodTrouble(pod=pod, **crash) for pod in ("web-a", "web-b")),
    )  # fmt: skip
    assert shown(render(REF, progress)) == (
        "❌ shop/web on prod · web:2 · revision 4 · 0 of 2 available\n"
        'deployment "web" exceeded its progress deadline\n'
        "• 2 pods: web:2 crashes with exit code 3 (CrashLoopBackOff)\n"
        "0 of 2 available: nothing serves now.\n"
        "[Roll back…] rollback web -n shop --context prod\n"
        "[Logs] logs web-a -n shop --context prod\n"
        "[Look again] rollout status web -n shop --context prod"
    )


def test_message_paused(shown):
    progress = Progress(
        phase=Phase.PAUSED, sentence="Waiting", desired=2, updated=0, available=2, images=("web:2",)
    )
    assert shown(render(REF, progress)).startswith("⏸ shop/web on prod · web:2 · 2 of 2 available\n")


def test_a_pod_that_does_not_go_is_told_with_where_to_look(shown):
    progress = Progress(
        phase=Phase.MOVING, sentence="Waiting", desired=3, updated=3, available=2, images=("web:2",),
        lingering="web-1",
    )  # fmt: skip
    assert shown(render(REF, progress)) == (
        "⚠️ shop/web on prod · web:2 · 2 of 3 available\n"
        "Waiting\n"
        "████████░░░░  3 of 3 updated\n"
        "It waits: web-1 was deleted, and does not go (Terminating).\n"
        "2 of 3 available.\n"
        "[Why] why pod/web-1 -n shop --context prod\n"
        "[Look again] rollout status web -n shop --context prod\n"
        "[History] rollout history web -n shop --context prod"
    )


def test_pods_of_a_set_that_follow_only_their_deletion_are_none_of_a_partition(shown):
    progress = Progress(phase=Phase.MOVING, sentence="Waiting", desired=3, updated=1, held=2, on_delete=True)
    said = shown(render(REF, progress))
    assert "2 of its pods keep an older template until they are deleted (OnDelete)." in said
    assert "partition" not in said


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"kind": "config", "reason": "CreateContainerConfigError", "message": 'secret "db" not found'},
         'web-a: web:2 cannot start: secret "db" not found (CreateContainerConfigError)'),
        ({"kind": "unschedulable", "reason": "Unschedulable", "message": "0/3 nodes are available"},
         "web-a: no node takes its pod: 0/3 nodes are available (Unschedulable)"),
        ({"kind": "unready", "reason": "ContainersNotReady", "message": "its readiness probe does not pass"},
         "web-a: it runs, but its readiness probe does not pass (ContainersNotReady)"),
        ({"kind": "crash", "reason": "CrashLoopBackOff", "exit_code": 0},
         "web-a: web:2 ends at once, with exit code 0 (CrashLoopBackOff)"),
    ],
)  # fmt: skip
def test_every_trouble_has_its_sentence(shown, trouble, said):
    bad = PodTrouble(pod="web-a", container="web", image="web:2", **trouble)
    progress = Progress(phase=Phase.MOVING, sentence="Waiting", desired=1, images=("web:2",), troubles=(bad,))
    assert f"• {said}\n" in shown(render(REF, progress))


async def _troubled(ask):
    said = await ask(rollout_status.COMMAND, "web")
    return said.icon == "⚠️"
