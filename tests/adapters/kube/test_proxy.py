"""One request to what a pod or a service serves: it goes where it is meant, and nowhere else."""

from __future__ import annotations

import pytest

from bot.domain.cluster import WebRequest
from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError


def ask(**more):
    return WebRequest(**{"kind": "services", "namespace": "shop", "name": "web", **more})


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (ask(), "services/web/proxy/"),
        (ask(port="http"), "services/web:http/proxy/"),
        (ask(kind="pods", port="8080", path="/a/b?x=1&y=a b"), "pods/web:8080/proxy/a/b?x=1&y=a%20b"),
        (ask(scheme="https", port="8443", path="ready"), "services/https:web:8443/proxy/ready"),
        (ask(scheme="https"), "services/https:web:/proxy/"),
        (ask(path="/%2Fa#b"), "services/web/proxy/%2Fa%23b"),
        (ask(path="/é"), "services/web/proxy/%C3%A9"),
        (ask(path="//other.example/x"), "services/web/proxy/other.example/x"),
    ],
)
async def test_the_path_as_it_is_sent(cluster, wire, request_, path):
    wire.say("ok")
    assert (await cluster.fetch(request_)).body == b"ok"
    assert wire.requests[0].raw_path == f"/api/v1/namespaces/shop/{path}"


@pytest.mark.parametrize(
    "path", ["/../../secrets", "/a/%2e%2e/b", "/a/%252e%252e/b", "/..\\x", "/a/./b", "/.."]
)
async def test_no_path_leads_out(cluster, wire, path):
    with pytest.raises(TargetNotFoundError, match="is not sent"):
        await cluster.fetch(ask(path=path))
    assert wire.requests == []


async def test_a_redirect_is_an_answer(cluster, wire):
    wire.say("", 302, {"Location": "http://169.254.0.1/"})
    answer = await cluster.fetch(ask())
    assert answer.status == 302
    assert dict(answer.headers)["Location"] == "http://169.254.0.1/"
    assert len(wire.requests) == 1


async def test_of_a_large_body_only_the_start_is_read(cluster, wire):
    wire.say("x" * 5000)
    answer = await cluster.fetch(ask(most_bytes=100))
    assert (len(answer.body), answer.is_whole) == (100, False)
    wire.say("x" * 100)
    assert (await cluster.fetch(ask(most_bytes=5000))).is_whole


async def test_a_failing_page_is_no_refusal_of_the_cluster(cluster, wire):
    wire.say({"error": "no database"}, 500)
    answer = await cluster.fetch(ask(method="HEAD"))
    assert (answer.status, wire.requests[0].method) == (500, "HEAD")


async def test_the_servers_own_refusals(simulated, cluster, wire):
    with pytest.raises(TargetNotFoundError, match="there is no service `web`"):
        await simulated.cluster("demo").fetch(ask(namespace="default"))
    wire.cut()
    with pytest.raises(ClusterUnavailableError):
        await cluster.fetch(ask())
    assert len(wire.requests) == 1
