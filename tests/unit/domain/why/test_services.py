"""Services that nobody answers."""

from __future__ import annotations

import pytest

from bot.domain.resources import SERVICES
from tests.factories import container, deployment, pod
from tests.unit.domain.why.objects import (
    broken,
    headline,
    lines,
    named,
    seen,
    spec,
)


def service(**spec):
    usual = {"type": "ClusterIP", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    return named("Service", "web", spec=usual | spec)


def slices(*ready):
    return ({"endpoints": [{"addresses": ["10.1.0.2"], "conditions": {"ready": one}} for one in ready]},)


def test_a_selector_that_nothing_matches_names_the_deployment_that_comes_near():
    found = seen(service(selector={"app": "wbe"}), SERVICES, neighbours=(deployment(), deployment("zoo")))
    assert lines(found)[:5] == [
        "❌ service shop/web on prod: no pod has the labels that it selects; deployment web comes near.",
        "• selects app=wbe, which 0 pods have · service web",
        "• its pods have app=web · deployment web",
        "Next: Correct the selector, or the labels.",
        "0 of 0 endpoints ready: nobody answers.",
    ]


def test_a_selector_like_nothing_there():
    found = seen(service(selector={"tier": "front"}), SERVICES, neighbours=(deployment(),))
    assert headline(found) == "❌ service shop/web on prod: no pod has the labels that it selects."


def test_a_deployment_that_is_selected_and_has_no_pods():
    told = lines(seen(service(), SERVICES, neighbours=(deployment(replicas=0),)))
    assert told[0] == "❌ service shop/web on prod: deployment web, which it selects, has no pods."
    assert "[Why web] why deployment/web -n shop --context prod" in told


def test_pods_that_are_not_ready_are_why_nobody_answers():
    crashed = broken("web-1a-x", container(ended=3, ready=False))
    told = lines(seen(service(), SERVICES, pods=(crashed,), slices=slices(False)))
    assert told[0] == "❌ service shop/web on prod: web:1.0 crashes with exit code 3 (Error)."
    assert "• its pods are not ready, so nobody answers." in told


def test_a_service_that_selects_nothing():
    assert "it selects no pods and has no endpoints of its own" in headline(
        seen(service(selector=None), SERVICES)
    )
    own = seen(service(selector=None), SERVICES, slices=slices(True))
    assert headline(own) == "✅ service shop/web on prod is healthy: nothing found."


def test_pods_that_could_not_be_read_are_not_missing():
    found = headline(seen(service(), SERVICES, unread=frozenset({"pods"})))
    assert "no pod" not in found


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("http", "no container of its pods has a port named http"),
        ("web", ""),
        (8080, ""),
    ],
)
def test_the_port_that_a_service_goes_to(port, told):
    behind = spec(pod(), ports=[{"name": "web", "containerPort": 8080}])
    found = seen(
        service(ports=[{"port": 80, "targetPort": port}]), SERVICES, pods=(behind,), slices=slices(True)
    )
    assert headline(found) == (
        f"⚠️ service shop/web on prod: {told}."
        if told
        else "✅ service shop/web on prod is healthy: nothing found."
    )


def test_a_number_that_no_container_declares_is_a_remark():
    behind = spec(pod(), ports=[{"name": "web", "containerPort": 8080}])
    told = lines(
        seen(service(ports=[{"port": 80, "targetPort": 9090}]), SERVICES, pods=(behind,), slices=slices(True))
    )
    assert told[0].startswith("✅")
    assert "• no container of its pods says that it listens on 9090." in told


def test_an_external_name_stands_for_another():
    assert headline(seen(service(type="ExternalName", selector=None), SERVICES)).endswith("nothing found.")
