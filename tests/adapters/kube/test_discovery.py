"""What a cluster can hold is asked seldom, and understood in both of the API's forms."""

import asyncio

import pytest
from aiohttp import web

from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError
from bot.domain.resources import DEPLOYMENTS

READ = ["get", "list"]


def aggregated(group, *versions):
    return {"metadata": {"name": group}, "versions": [{"version": v, "resources": r} for v, r in versions]}


def resource(plural, kind, *, scope="Namespaced", short=(), verbs=READ):
    return {
        "resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": verbs,
        "singularResource": kind.lower(), "shortNames": list(short),
        "subresources": [{"subresource": "status"}],
    }  # fmt: skip


AGGREGATED = {
    "/api": [
        aggregated("", ("v1", [
            resource("configmaps", "ConfigMap", short=["cm"]),
            resource("persistentvolumes", "PersistentVolume", scope="Cluster", short=["pv"]),
            resource("pods", "Pod", short=["po"]),
            resource("bindings", "Binding", verbs=["create"]),
        ])),
    ],
    "/apis": [
        aggregated("metrics.k8s.io", ("v1beta1", [resource("pods", "PodMetrics")])),
        aggregated("x.io", ("v2", [resource("widgets", "Widget")]),
                   ("v1", [resource("widgets", "Widget"), resource("gadgets", "Gadget")])),
    ],
}  # fmt: skip

LEGACY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "groups": [
        {"name": "x.io", "versions": [{"version": "v1"}], "preferredVersion": {"version": "v2"}},
        {"name": "down.io", "versions": [{"version": "v1"}]},
    ]},
    "/api/v1": {"kind": "APIResourceList", "resources": [
        {"name": "configmaps", "kind": "ConfigMap", "namespaced": True, "verbs": READ, "shortNames": ["cm"]},
        {"name": "pods/log", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
        {"name": "bindings", "kind": "Binding", "namespaced": True, "verbs": ["create"]},
    ]},
    "/apis/x.io/v2": {"kind": "APIResourceList", "resources": [
        {"name": "widgets", "singularName": "widget", "kind": "Widget", "namespaced": False, "verbs": READ},
    ]},
}  # fmt: skip


async def modern(request):
    await asyncio.sleep(0.01)
    return web.json_response({"kind": "APIGroupDiscoveryList", "items": AGGREGATED[request.path]})


async def old(request):
    found = LEGACY.get(request.path)
    return web.json_response(found) if found else web.Response(status=404)


async def test_the_aggregated_form(cluster, wire):
    wire.do(modern)
    types = await cluster.resources()
    names = [(found.api_version, found.plural, found.namespaced) for found in types]
    assert names == [
        ("v1", "configmaps", True), ("v1", "persistentvolumes", False), ("v1", "pods", True),
        ("metrics.k8s.io/v1beta1", "pods", True), ("x.io/v2", "widgets", True), ("x.io/v1", "gadgets", True),
    ]  # fmt: skip
    assert "as=APIGroupDiscoveryList" in wire.requests[0].headers["Accept"]
    assert len(wire.requests) == 2


async def test_the_old_form(cluster, wire):
    wire.do(old)
    types = await cluster.resources()
    assert [(t.api_version, t.plural, t.singular, t.namespaced) for t in types] == [
        ("v1", "configmaps", "configmap", True), ("x.io/v2", "widgets", "widget", False),
    ]  # fmt: skip


async def test_many_who_ask_at_once_share_one_answer_and_keep_it(cluster, wire):
    wire.do(modern)
    first, *others = await asyncio.gather(*(cluster.resources() for _ in range(10)))
    assert all(other is first for other in others)
    assert await cluster.resources() is first
    assert len(wire.requests) == 2


async def test_one_who_stops_waiting_leaves_the_others_their_answer(cluster, wire):
    wire.do(modern)
    hurried, patient = asyncio.create_task(cluster.resources()), asyncio.create_task(cluster.resources())
    await asyncio.sleep(0)
    hurried.cancel()
    assert await patient
    assert len(wire.requests) == 2


async def test_a_failure_is_not_kept(cluster, wire):
    wire.refuse(401).refuse(401).do(modern)
    with pytest.raises(Exception, match="credentials"):
        await cluster.resources()
    assert await cluster.resources()


async def test_the_usual_words_need_no_discovery(cluster, wire):
    assert await cluster.resolve("deploy") == DEPLOYMENTS
    assert not wire.requests


async def test_other_words_are_the_servers(cluster, wire):
    wire.do(modern)
    assert (await cluster.resolve("cm")).kind == "ConfigMap"
    assert (await cluster.resolve("widgets.x.io")).version == "v2"
    assert (await cluster.resolve("pods.metrics.k8s.io")).kind == "PodMetrics"
    with pytest.raises(TargetNotFoundError, match="no resource type `configmapp`") as caught:
        await cluster.resolve("configmapp")
    assert caught.value.hint == "Did you mean `configmap`?"


async def test_what_is_no_api_server_is_told(cluster, wire):
    wire.say("<html>Sign in</html>")
    with pytest.raises(ClusterUnavailableError, match="is not the Kubernetes API"):
        await cluster.resources()
