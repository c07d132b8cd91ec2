"""Why a container ends, and what it said last."""

from __future__ import annotations

import pytest

from bot.domain.why.evidence import Words
from tests.factories import container, pod, stamp
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    of_web,
    spec,
)


def test_a_crash_with_its_last_words():
    crashed = broken("web-1a-x", container(waiting="CrashLoopBackOff", last=1, restarts=4, ready=False))
    words = Words(pod="web-1a-x", container="web", text="FATAL no database")
    told = lines(of_web(crashed, words=words))
    assert told[:5] == [
        "❌ shop/web on prod: web:1.0 crashes with exit code 1 (CrashLoopBackOff).",
        "• web ended with exit code 1 (Error), restarted 4 times · pod web-1a-x, 1 min 4 s ago",
        "Last words of web-1a-x:",
        "> FATAL no database",
        "Next: Fix what its last words point to.",
    ]
    assert "[Logs before the crash] logs web-1a-x -c web --previous -n shop --context prod" in told


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, "web:1.0 ends at once, with exit code 0"),
        (127, "crashes with exit code 127, its command is not in the image"),
        (139, "crashes with exit code 139, it broke by a memory access"),
    ],
)
def test_an_exit_code_that_says_something(code, said):
    crashed = broken("web-1a-x", container(waiting="CrashLoopBackOff", last=code, ready=False))
    assert said in headline(of_web(crashed))


def test_out_of_memory_says_the_limit():
    crashed = broken("web-1a-x", container(ended=137, reason="OOMKilled", ready=False, restarts=2))
    limited = spec(crashed, resources={"limits": {"memory": "64Mi"}})
    assert headline(of_web(limited)) == (
        "❌ shop/web on prod: web needs more memory than its limit of 64Mi (OOMKilled)."
    )
    assert "what its node has; it has no limit (OOMKilled)" in headline(of_web(crashed))


def test_a_liveness_probe_that_kills():
    crashed = broken("web-1a-x", container(ended=137, ready=False, restarts=2))
    failing = event(
        "Pod/web-1a-x", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500"
    )
    told = lines(of_web(crashed, events=(failing,)))
    assert told[0] == "❌ shop/web on prod: the kubelet restarts web: its liveness probe fails (Error)."
    assert told[1].startswith(
        "• Liveness probe failed: HTTP probe failed with statuscode: 500 · event on pod web-1a-x"
    )


def test_a_program_that_ends_by_itself_is_not_the_probes_fault():
    crashed = broken("web-1a-x", container(ended=3, ready=False, restarts=2))
    failing = event("Pod/web-1a-x", "Unhealthy", "Liveness probe failed: refused")
    assert "crashes with exit code 3" in headline(of_web(crashed, events=(failing,)))


def test_an_event_of_an_earlier_pod_of_that_name_says_nothing():
    crashed = broken("web-1a-x", container(ended=137, ready=False))
    old = event("Pod/web-1a-x", "Unhealthy", "Liveness probe failed: refused", ago=7200)
    assert "crashes with exit code 137, it was killed" in headline(of_web(crashed, events=(old,)))


def test_an_init_container():
    first = container("migrate", ended=1, ready=False)
    crashed = broken(
        "web-1a-x", container(waiting="PodInitializing", ready=False), init=(first,), phase="Pending"
    )
    crashed["spec"]["initContainers"] = [{"name": "migrate", "image": "migrate:1"}]
    assert headline(of_web(crashed)) == (
        "❌ shop/web on prod: its init container migrate fails with exit code 1, so nothing else starts"
        " (Init:Error)."
    )


def test_a_command_that_is_not_in_the_image():
    ended = container(waiting="CrashLoopBackOff", last=128, reason="StartError", ready=False)
    ended["lastState"]["terminated"]["message"] = 'exec: "serve": executable file not found in $PATH: unknown'
    told = lines(of_web(broken("web-1a-x", ended)))
    assert told[0] == "❌ shop/web on prod: web:1.0 cannot start web (StartError)."
    assert told[1].startswith('• exec: "serve": executable file not found in $PATH')


def test_what_crashed_lately_and_runs_again_is_a_remark():
    again = pod("web-1a-x", container(last=1, restarts=1))
    told = lines(of_web(again, pod("web-1a-y")))
    assert told[0] == "✅ shop/web on prod is healthy: nothing found."
    assert "• 1 container crashed and runs again." in told


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (container(last=1, restarts=3), "web:1.0 crashes with exit code 1 (Error)"),
        (container(last=137, restarts=1, reason="OOMKilled"), "web needs more memory than what its node has"),
    ],
)
def test_what_is_up_between_two_of_many_crashes_is_a_crash(last, said):
    assert headline(of_web(pod("web-1a-x", last), pod("web-1a-y"))).startswith(f"⚠️ shop/web on prod: {said}")


def test_what_crashed_long_ago_is_not_even_that():
    again = pod("web-1a-x", container(last=1, restarts=1))
    again["status"]["containerStatuses"][0]["lastState"]["terminated"]["finishedAt"] = stamp(7200)
    assert "Also:" not in lines(of_web(again, pod("web-1a-y")))
