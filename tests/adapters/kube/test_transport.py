"""When a request is sent again, when it is not, and what is said when nobody knows."""

import time

import aiohttp
import pytest

from bot.domain.changes import Write
from bot.domain.errors import ClusterUnavailableError, OutcomeUnknownError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.kube.transport import Limits
from tests.adapters.kube.conftest import kubeconfig

WEB = ObjectRef(cluster="demo", namespace="shop", type=DEPLOYMENTS, name="web")
SCALE = Write(action="patch", target=WEB, body={"spec": {"replicas": 2}})
OBJECT = {"kind": "Deployment", "metadata": {"name": "web"}}


@pytest.mark.parametrize("status", [429, 503])
async def test_a_read_is_repeated_when_trouble_passes(cluster, wire, status):
    wire.refuse(status).refuse(status).say(OBJECT)
    assert await cluster.get(WEB) == OBJECT
    assert len(wire.requests) == 3


async def test_a_read_is_repeated_when_the_connection_breaks(cluster, wire):
    wire.cut().cut().say(OBJECT)
    assert await cluster.get(WEB) == OBJECT


async def test_a_read_is_given_up_after_the_third_time(cluster, wire):
    wire.refuse(503)
    with pytest.raises(ClusterUnavailableError):
        await cluster.get(WEB)
    assert len(wire.requests) == 3


async def test_a_refusal_is_not_asked_for_again(cluster, wire):
    wire.refuse(422)
    with pytest.raises(Exception, match="refuses"):
        await cluster.get(WEB)
    assert len(wire.requests) == 1


async def test_the_server_says_when_to_come_back(cluster, wire):
    wire.say("", 429, {"Retry-After": "1"}).say(OBJECT)
    began = time.monotonic()
    assert await cluster.get(WEB) == OBJECT
    assert 1.0 <= time.monotonic() - began < 1.5


async def test_a_server_that_asks_for_much_patience_is_not_waited_for(wire, load, wire_kubeconfig):
    wire.say("", 429, {"Retry-After": "6"})
    patient = (await load(wire_kubeconfig)).cluster("demo")
    began = time.monotonic()
    with pytest.raises(ClusterUnavailableError, match="too much to do"):
        await patient.get(WEB)
    assert time.monotonic() - began < 0.5
    assert len(wire.requests) == 1


async def test_a_read_that_hangs_ends(wire, load, wire_kubeconfig):
    wire.hang()
    hasty = (await load(wire_kubeconfig, limits=Limits(read=0.2))).cluster("demo")
    with pytest.raises(ClusterUnavailableError, match="no answer in time") as caught:
        await hasty.get(WEB)
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert len(wire.requests) == 1


async def test_a_change_is_marked_as_the_bots_and_sent_to_be_checked(cluster, wire):
    wire.say(OBJECT)
    assert await cluster.write(SCALE, dry_run=True) == OBJECT
    assert await cluster.write(SCALE, dry_run=False) == OBJECT
    dry, real = (dict(request.query) for request in wire.requests)
    assert real == {"fieldManager": "k8s-bot", "fieldValidation": "Strict"}
    assert dry == {**real, "dryRun": "All"}
    assert wire.requests[1].headers["Content-Type"] == "application/strategic-merge-patch+json"
    assert wire.requests[1].headers["User-Agent"] == "k8s-bot"
    assert wire.bodies[1] == {"spec": {"replicas": 2}}


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_change_is_never_repeated(cluster, wire, status):
    wire.refuse(status, "not now", "ServiceUnavailable").say(OBJECT)
    with pytest.raises(ClusterUnavailableError):
        await cluster.write(SCALE, dry_run=False)
    assert len(wire.requests) == 1


async def test_a_change_whose_answer_is_lost_is_unknown(cluster, wire):
    wire.cut()
    with pytest.raises(OutcomeUnknownError, match="it may have been made") as caught:
        await cluster.write(SCALE, dry_run=False)
    assert isinstance(caught.value.__cause__, aiohttp.ClientError)
    assert len(wire.requests) == 1


async def test_a_change_that_is_not_answered_in_time_is_unknown(cluster, wire):
    wire.hang()
    with pytest.raises(OutcomeUnknownError):
        await cluster.write(SCALE, dry_run=False)


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (504, "request did not complete within requested timeout", "Timeout"),
        (500, "the server was unable to complete the request", "ServerTimeout"),
        (500, "etcdserver: request timed out", "InternalError"),
    ],
)
async def test_a_server_that_does_not_know_either(cluster, wire, status, message, reason):
    wire.refuse(status, message, reason)
    with pytest.raises(OutcomeUnknownError):
        await cluster.write(SCALE, dry_run=False)


@pytest.mark.parametrize(("body", "status"), [("<html>Bad gateway</html>", 503), ("<html>Hello</html>", 200)])
async def test_a_gateways_page_after_a_change_says_nothing(cluster, wire, body, status):
    wire.say(body, status)
    with pytest.raises(OutcomeUnknownError):
        await cluster.write(SCALE, dry_run=False)


async def test_a_dry_run_leaves_nothing_open(cluster, wire):
    wire.cut().refuse(504, "", "Timeout")
    for _ in range(2):
        with pytest.raises(ClusterUnavailableError):
            await cluster.write(SCALE, dry_run=True)


async def test_a_change_that_could_not_be_sent_was_not_made(load, unused_kubeconfig):
    nobody = (await load(unused_kubeconfig)).cluster("demo")
    with pytest.raises(ClusterUnavailableError, match="it takes no connection"):
        await nobody.write(SCALE, dry_run=False)


async def test_connections_are_kept(cluster, wire):
    wire.say(OBJECT)
    for _ in range(3):
        await cluster.get(WEB)
    assert len({request.transport for request in wire.requests}) == 1


async def test_a_password_of_the_machines_is_not_sent(cluster, wire, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ana password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.say(OBJECT)
    assert await cluster.get(WEB) == OBJECT
    assert "Authorization" not in wire.requests[0].headers


async def test_a_server_is_asked_by_the_proxy_that_the_environment_names(wire, load, monkeypatch):
    monkeypatch.setenv("http_proxy", wire.url)
    monkeypatch.setenv("no_proxy", "near.example")
    wire.say(OBJECT)
    far = (await load(kubeconfig("http://far.example"))).cluster("demo")
    assert await far.get(WEB) == OBJECT
    assert wire.requests[0].host == "far.example"


async def test_a_server_that_is_near_is_asked_without_a_proxy(cluster, wire, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    wire.say(OBJECT)
    assert await cluster.get(WEB) == OBJECT
