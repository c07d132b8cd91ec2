"""Waking on change: one watch for all who wait, and no trouble of the wire that it does not outlive."""

import asyncio
import json

import pytest
from aiohttp import web

from bot.domain.errors import ClusterUnknownError
from bot.domain.resources import DEPLOYMENTS, NODES, PODS
from bot.kube.signals import Rhythm
from bot.kube.watch import WatchHub

QUICK = Rhythm(silence=5.0, shortest=0.01, longest=0.05, healthy=0.0)
EXPIRED = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}


def event(what, name, namespace="shop", version="9"):
    return {
        "type": what,
        "object": {"metadata": {"name": name, "namespace": namespace, "resourceVersion": version}},
    }


class Api:
    """Lists tell versions 1, 2, 3…; each watch does what is next, and the last is done again and again."""

    def __init__(self, *watches):
        self.watches = list(watches)
        self.lists = 0
        self.asked_from = []

    async def __call__(self, request):
        if "watch" not in request.query:
            self.lists += 1
            assert request.query["limit"] == "1"
            return web.json_response({"metadata": {"resourceVersion": str(self.lists)}})
        self.asked_from.append(request.query["resourceVersion"])
        response = web.StreamResponse()
        await response.prepare(request)
        await (self.watches.pop(0) if len(self.watches) > 1 else self.watches[0])(request, response)
        return response


def sends(*events, then=None):
    async def watch(request, response):
        for one in events:
            await response.write(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n")
        if then:
            await then(request, response)

    return watch


async def silence(_request, _response):
    await asyncio.sleep(30)


async def cut(request, _response):
    request.transport.abort()


async def until(is_so, seconds=3.0):
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - it happens in the server, which tells nobody
            await asyncio.sleep(0.005)


class Wakes:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1


def anything(_name):
    return True


@pytest.fixture
async def hub(wired):
    hub = WatchHub(wired, rhythm=QUICK, grace=0.05)
    yield hub
    await hub.close()
    assert hub.open == 0


async def test_many_wait_on_one_watch(hub, wire):
    api = Api(sends(event("MODIFIED", "web-1"), then=silence))
    wire.do(api)
    wakes = [Wakes() for _ in range(5)]
    ends = [hub.subscribe("demo", (PODS,), "shop", anything, wake) for wake in wakes]
    await until(lambda: all(wake.count == 2 for wake in wakes))  # once for connecting, once for the event
    assert (hub.open, len(api.asked_from)) == (1, 1)
    request = wire.requests[-1]
    assert request.path == "/api/v1/pods"
    assert "as=PartialObjectMetadata" in request.headers["Accept"]
    assert request.query["allowWatchBookmarks"] == "true"
    for end in ends:
        end()
        end()  # ending twice is ending
    assert hub.open == 1
    await until(lambda: hub.open == 0)


async def test_the_next_subscriber_finds_the_watch_still_there(hub, wire):
    api = Api(silence)
    wire.do(api)
    end = hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await until(lambda: api.asked_from)
    end()
    await asyncio.sleep(0.01)
    hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await asyncio.sleep(0.1)
    assert (hub.open, len(api.asked_from)) == (1, 1)


async def test_each_type_has_its_own(hub, wire):
    wire.do(Api(silence))
    hub.subscribe("demo", (PODS, DEPLOYMENTS), "shop", anything, Wakes())
    hub.subscribe("demo", (DEPLOYMENTS,), "blog", anything, Wakes())
    assert hub.open == 2


async def test_only_what_is_waited_for_wakes(hub, wire):
    wire.do(
        Api(
            sends(
                event("ADDED", "web-1"),
                event("MODIFIED", "other-1"),
                event("DELETED", "web-1", namespace="blog"),
                event("BOOKMARK", ""),
                then=silence,
            )
        )
    )
    web_in_shop, all_in_blog, everything = Wakes(), Wakes(), Wakes()
    hub.subscribe("demo", (PODS,), "shop", lambda name: name.startswith("web-"), web_in_shop)
    hub.subscribe("demo", (PODS,), "blog", anything, all_in_blog)
    hub.subscribe("demo", (PODS,), "", anything, everything)
    await until(lambda: everything.count == 4)
    assert (web_in_shop.count, all_in_blog.count) == (2, 2)


async def test_what_lives_in_no_namespace_wakes_whoever_asks(hub, wire):
    wire.do(Api(sends(event("MODIFIED", "n1", namespace=""), then=silence)))
    wake = Wakes()
    hub.subscribe("demo", (NODES,), "shop", lambda name: name == "n1", wake)
    await until(lambda: wake.count == 2)


async def test_after_a_goodbye_it_goes_on_from_the_bookmark(hub, wire):
    api = Api(sends(event("BOOKMARK", "", version="50")), silence)
    wire.do(api)
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, wake)
    await until(lambda: wake.count == 2)
    assert (api.asked_from, api.lists) == (["1", "50"], 1)


@pytest.mark.parametrize("trouble", [sends(EXPIRED), sends(event("ADDED", "x"), EXPIRED, then=silence)])
async def test_a_version_too_old_is_asked_anew(hub, wire, trouble):
    api = Api(trouble, silence)
    wire.do(api)
    hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await until(lambda: len(api.asked_from) == 2)
    assert (api.asked_from, api.lists) == (["1", "2"], 2)


async def test_a_refused_version_is_asked_anew(hub, wire):
    api = Api(silence)
    wire.do(api).refuse(410, "too old resource version", "Expired").do(api)
    hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await until(lambda: api.asked_from == ["2"])


async def test_a_line_cut_in_the_middle_is_read_again(hub, wire):
    api = Api(sends(event("ADDED", "web-1", version="5"), b'{"type": "ADD', then=cut), silence)
    wire.do(api)
    hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await until(lambda: api.asked_from == ["1", "5"])


async def test_a_dead_connection_is_noticed(wired, wire):
    hub = WatchHub(wired, rhythm=Rhythm(silence=0.1, shortest=0.01, longest=0.02))
    api = Api(silence)
    wire.do(api)
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, wake)
    await until(lambda: wake.count == 3)
    assert len(api.asked_from) == 3
    await hub.close()


async def test_a_server_that_hangs_up_at_once_is_asked_ever_more_seldom(wired, wire):
    hub = WatchHub(wired, rhythm=Rhythm(shortest=0.05, longest=10.0))
    api = Api(sends())
    wire.do(api)
    hub.subscribe("demo", (PODS,), "shop", anything, Wakes())
    await asyncio.sleep(0.5)
    assert 2 <= len(api.asked_from) <= 5
    await hub.close()


async def test_a_server_that_is_away_is_found_again(hub, wire):
    api = Api(silence)
    wire.refuse(503).refuse(503).refuse(503).cut().do(api)
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, wake)
    await until(lambda: wake.count == 1)


async def test_where_a_type_may_not_be_watched_everywhere_it_is_by_namespace(hub, wire):
    places = {
        "/api/v1/namespaces/shop/pods": Api(sends(event("ADDED", "web-1"), then=silence)),
        "/api/v1/namespaces/blog/pods": Api(silence),
    }

    async def guarded(request):
        if request.path in places:
            return await places[request.path](request)
        said = 'User "bot" cannot list resource "pods" in API group "" at the cluster scope'
        return web.json_response({"kind": "Status", "message": said, "reason": "Forbidden"}, status=403)

    wire.do(guarded)
    shop, blog = Wakes(), Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, shop)
    end = hub.subscribe("demo", (PODS,), "blog", anything, blog)
    await until(lambda: shop.count == 2 and blog.count == 1)
    assert hub.open == 2
    end()
    await until(lambda: hub.open == 1)
    assert (shop.count, blog.count) == (2, 1)


async def test_a_grant_that_comes_later_is_noticed(hub, wire):
    api = Api(silence)
    wire.refuse(403).refuse(403).refuse(403).do(api)
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, wake)
    await until(lambda: wake.count == 1)


@pytest.mark.parametrize("answers", [["<html>Sign in</html>"], [{"metadata": {"resourceVersion": "1"}}, ""]])
async def test_what_is_no_api_server_is_asked_again(hub, wire, answers):
    for answer in answers:
        wire.say(answer)
    wire.do(Api(silence))
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, wake)
    await until(lambda: wake.count == len(answers))


async def test_one_who_may_list_but_not_watch_is_patient_too(hub, wire):
    wire.say({"metadata": {"resourceVersion": "1"}}).refuse(403).do(Api(silence))
    wake = Wakes()
    hub.subscribe("demo", (NODES,), "", anything, wake)
    await until(lambda: wake.count == 1)


async def test_a_subscriber_that_breaks_is_in_the_log_and_the_watch_begins_anew(hub, wire, caplog):
    def breaks_once():
        wake()
        if wake.count == 1:
            raise KeyError("nobody")

    wire.do(Api(silence))
    wake = Wakes()
    hub.subscribe("demo", (PODS,), "shop", anything, breaks_once)
    await until(lambda: wake.count == 2)
    assert caplog.records[0].getMessage() == "watch of demo pods broke"
    assert caplog.records[0].exc_info


async def test_a_stranger_of_a_cluster_is_told_at_once(hub):
    with pytest.raises(ClusterUnknownError):
        hub.subscribe("prod", (PODS,), "shop", anything, Wakes())
    assert hub.open == 0


def test_pauses_grow_and_are_never_alike():
    rhythm = Rhythm()
    for failures, longest in ((0, 0.2), (1, 0.4), (5, 6.4), (50, 30.0)):
        pauses = {rhythm.pause(failures) for _ in range(50)}
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
