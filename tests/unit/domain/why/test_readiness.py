"""Pods that run and are not ready, and those that do not go away."""

from __future__ import annotations

import pytest

from bot.domain.resources import PODS
from tests.factories import container, pod, stamp
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    node,
    of_pod,
    of_web,
    on,
    seen,
    spec,
)


@pytest.mark.parametrize(
    ("probe", "asked"),
    [
        ({"httpGet": {"path": "/ready", "port": 8080}}, "GET :8080/ready"),
        ({"tcpSocket": {"port": "db"}}, "tcp :db"),
        ({"grpc": {"port": 9000}}, "grpc :9000"),
        ({"exec": {"command": ["cat", "/ready"]}}, "exec cat /ready"),
        ({"exec": {"command": ["x" * 500]}}, f"exec {'x' * 75}"),
    ],
)
def test_a_readiness_probe_that_fails_says_which_and_what(probe, asked):
    failing = event("Pod/web-1a-x", "Unhealthy", "Readiness probe failed: no such file")
    found = spec(broken("web-1a-x", container(ready=False)), readinessProbe=probe)
    assert headline(of_web(found, pod("web-1a-y"), events=(failing,))) == (
        f"⚠️ shop/web on prod: it runs, but its readiness probe {asked} does not pass: no such file"
        " (ContainersNotReady)."
    )


def test_a_startup_probe_that_has_not_passed():
    status = container(ready=False) | {"started": False}
    found = spec(broken("web-1a-x", status), startupProbe={"tcpSocket": {"port": 80}})
    assert "its startup probe tcp :80 does not pass" in headline(of_web(found))


def test_a_readiness_gate():
    found = broken("web-1a-x", container())
    found["spec"]["readinessGates"] = [{"conditionType": "example.com/lb"}]
    assert "it runs, but waits for its readiness gate example.com/lb" in headline(of_web(found))


def test_a_pod_that_is_young_is_on_its_way():
    young = broken("web-1a-x", container(ready=False), since=5)
    told = lines(of_pod(young))
    assert told[:2] == [
        "⏳ pod shop/web-1a-x on prod is on its way, and nothing is found wrong with it.",
        "It runs, and is not ready yet.",
    ]


def test_a_pod_that_a_finalizer_holds():
    stuck = pod("web-1a-x", deleted=True)
    stuck["metadata"] |= {"deletionTimestamp": stamp(300), "finalizers": ["example.com/hold"]}
    told = lines(of_pod(stuck))
    assert told[0] == (
        "❌ pod shop/web-1a-x on prod: web-1a-x: it was deleted, and the finalizer example.com/hold holds it"
        " (Terminating)."
    )
    assert told[1] == "• it should have gone · pod web-1a-x, 5 min ago"


def test_a_pod_whose_node_cannot_end_it():
    stuck = on(pod("web-1a-x", deleted=True), "node-1")
    stuck["metadata"]["deletionTimestamp"] = stamp(300)
    told = lines(of_pod(stuck, nodes=(node(ready="Unknown"),)))
    assert "node node-1 is down" in told[0]
    assert "• web-1a-x: its node node-1 is down and cannot end it (Terminating)." in told
    assert "has not ended it (Terminating)" in headline(of_pod(stuck))


def test_a_pod_that_goes_in_its_own_time_is_left_alone():
    assert "Terminating" not in headline(seen(pod("web-1a-x", deleted=True), PODS))


def test_a_password_in_a_probe_is_not_shown():
    command = ["mysqladmin", "ping", "--password=hunter22"]
    found = spec(broken("web-1a-x", container(ready=False)), readinessProbe={"exec": {"command": command}})
    assert "hunter22" not in headline(of_web(found))
