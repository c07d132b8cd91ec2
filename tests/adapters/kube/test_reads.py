"""Lists, tables and logs, where the wire decides what comes."""

from contextlib import suppress

import pytest
from aiohttp import web

from bot.domain.changes import Write
from bot.domain.cluster import Column, LogRequest
from bot.domain.errors import ClusterRejectedError, OutcomeUnknownError
from bot.domain.resources import DEPLOYMENTS, NODES, PODS, ObjectRef

WEB = ObjectRef(cluster="demo", namespace="shop", type=DEPLOYMENTS, name="web")


def pods(*names, more="", left=0, version="7"):
    items = [{"metadata": {"name": name, "managedFields": [{}]}} for name in names]
    metadata = {"resourceVersion": version, "continue": more, "remainingItemCount": left}
    return {"kind": "PodList", "metadata": metadata, "items": items}


def table(*rows, columns=("Name", "Ready"), more="", left=None):
    return {
        "kind": "Table",
        "metadata": {"resourceVersion": "7", "continue": more, "remainingItemCount": left},
        "columnDefinitions": [{"name": name, "priority": number} for number, name in enumerate(columns)],
        "rows": [
            {"cells": list(row), "object": {"metadata": {"name": row[0], "namespace": "shop"}}}
            for row in rows
        ],
    }


async def test_a_list_comes_in_pages(cluster, wire):
    wire.say(pods("a", "b", more="t1", version="7")).say(pods("c", more="t2", version="8")).say(pods("d"))
    listing = await cluster.list(PODS, "shop", labels="app=web", fields="spec.nodeName=n1", limit=2)
    assert [item["metadata"] for item in listing.items] == [{"name": name} for name in "abcd"]
    assert listing.version == "7"
    assert [request.query.get("continue") for request in wire.requests] == [None, "t1", "t2"]
    asked = wire.requests[1].query
    assert (asked["limit"], asked["labelSelector"], asked["fieldSelector"]) == (
        "2",
        "app=web",
        "spec.nodeName=n1",
    )


async def test_a_list_ends_when_there_is_enough(cluster, wire):
    wire.say(pods("a", "b", more="t"))
    listing = await cluster.list(PODS, None, most=3)
    assert len(listing.items) == 3
    assert [request.query["limit"] for request in wire.requests] == ["3", "3"]


async def test_a_list_that_grew_too_old_is_begun_anew(cluster, wire):
    wire.say(pods("a", more="t")).refuse(410, "too old", "Expired").say(pods("x", more="t")).say(pods("y"))
    listing = await cluster.list(PODS, "shop")
    assert [item["metadata"]["name"] for item in listing.items] == ["x", "y"]


async def test_but_only_once(cluster, wire):
    wire.refuse(410, "too old", "Expired")
    with pytest.raises(ClusterRejectedError, match="too old"):
        await cluster.list(PODS, "shop")
    assert len(wire.requests) == 2


async def test_a_list_that_is_refused_is_not_begun_anew(cluster, wire):
    wire.refuse(400, "field label not supported: spec.nope", "BadRequest")
    with pytest.raises(ClusterRejectedError, match="not supported"):
        await cluster.list(PODS, "shop", fields="spec.nope=x")
    assert len(wire.requests) == 1


async def test_cells_read_as_kubectl_prints_them(cluster, wire):
    wire.say(table(("web", None, 3, 2.0, 0.5, True, "two\nlines", ["a"]), columns="abcdefgh"))
    answer = await cluster.table(PODS, "shop")
    assert answer.rows == (("web", "<none>", "3", "2", "0.5", "true", "two...", '["a"]'),)
    assert answer.columns[1] == Column(name="b", priority=1)


async def test_a_table_leaves_the_objects_out(cluster, wire):
    bare = table(("web", "1/1"))
    del bare["rows"][0]["object"]
    wire.say(bare)
    answer = await cluster.table(PODS, "shop", labels="app=web")
    assert (answer.names, answer.remaining) == ((), 0)
    assert "as=Table" in wire.requests[0].headers["Accept"]
    assert dict(wire.requests[0].query) == {
        "includeObject": "None",
        "limit": "500",
        "labelSelector": "app=web",
    }


async def test_across_namespaces_each_row_says_where(cluster, wire):
    wire.say(table(("web", "1/1")))
    answer = await cluster.table(PODS, None)
    assert [column.name for column in answer.columns] == ["Namespace", "Name", "Ready"]
    assert answer.rows == (("shop", "web", "1/1"),)
    assert answer.names == (("shop", "web"),)
    assert wire.requests[0].path == "/api/v1/pods"
    assert wire.requests[0].query["includeObject"] == "Metadata"


async def test_what_lives_in_no_namespace_has_no_such_column(cluster, wire):
    wire.say(table(("n1", "Ready")))
    assert len((await cluster.table(NODES, None)).columns) == 2
    assert wire.requests[0].query["includeObject"] == "None"


async def test_one_page_tells_what_is_left(cluster, wire):
    wire.say(table(("a", "1/1"), more="t", left=41)).say(table(("a", "1/1"), more="t"))
    assert (await cluster.table(PODS, "shop", limit=1)).remaining == 41
    assert (await cluster.table(PODS, "shop", limit=1, labels="x=y")).remaining == 1


async def test_all_pages_are_one_table(cluster, wire):
    wire.say(table(("a", "1/1"), more="t", left=1)).say(table(("b", "1/1")))
    answer = await cluster.table(PODS, "shop", limit=1, most=100)
    assert [row[0] for row in answer.rows] == ["a", "b"]
    assert answer.remaining == 0


async def test_one_object_as_a_table(cluster, wire):
    wire.say(table(("web", "1/1")))
    answer = await cluster.table(DEPLOYMENTS, "shop", name="web", with_names=True)
    assert answer.names == (("shop", "web"),)
    assert wire.requests[0].path == WEB.path


async def test_a_server_that_prints_no_tables(cluster, wire):
    old = {"metadata": {"name": "old", "namespace": "shop", "creationTimestamp": "2020-01-01T00:00:00Z"}}
    wire.say({"kind": "PodMetricsList", "metadata": {}, "items": [old]}).say(
        {"kind": "PodMetrics", "metadata": {"name": "new"}}
    )
    listed = await cluster.table(PODS, None)
    assert [column.name for column in listed.columns] == ["Namespace", "Name", "Age"]
    assert listed.rows[0][:2] == ("shop", "old")
    assert listed.rows[0][2].endswith("d")
    assert (await cluster.table(PODS, "shop", name="new")).rows == (("new", "<unknown>"),)


async def test_log_lines_are_asked_for_exactly(cluster, wire):
    wire.say("one\ntwo\n")
    request = LogRequest(
        namespace="shop",
        pod="web-1",
        container="app",
        tail=0,
        since_seconds=60,
        previous=True,
        timestamps=True,
    )
    assert await cluster.logs(request) == "one\ntwo\n"
    assert wire.requests[0].path == "/api/v1/namespaces/shop/pods/web-1/log"
    assert dict(wire.requests[0].query) == {
        "limitBytes": "1000000", "container": "app", "tailLines": "0", "sinceSeconds": "60",
        "previous": "true", "timestamps": "true",
    }  # fmt: skip


async def test_a_log_in_no_known_writing_is_shown_as_far_as_it_can_be(cluster, wire):
    wire.say(b"caf\xe9\n")
    assert await cluster.logs(LogRequest(namespace="shop", pod="web-1")) == "caf\ufffd\n"


async def test_a_log_is_cut_off_even_if_the_server_does_not(cluster, wire):
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"x" * 300)
        return response

    wire.do(endless)
    assert len(await cluster.logs(LogRequest(namespace="shop", pod="web-1", limit_bytes=1000))) == 1000


async def test_a_log_that_is_gone_is_empty(cluster, wire):
    wire.say("unable to retrieve container logs for containerd://0123456789abcdef")
    assert await cluster.logs(LogRequest(namespace="shop", pod="web-1", previous=True)) == ""


REMOVE = {"op": "remove", "path": "/spec/replicas"}
AT_7 = {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}
LABEL = {"metadata": {"labels": {"a": "b"}}}
LABEL_AT_7 = {"metadata": {"labels": {"a": "b"}, "resourceVersion": "7"}}
SCALE, SCALE_AT_7 = {"spec": {"replicas": 2}}, {"spec": {"replicas": 2}, "metadata": {"resourceVersion": "7"}}


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [("strategic", SCALE, SCALE_AT_7), ("merge", LABEL, LABEL_AT_7), ("json", [REMOVE], [AT_7, REMOVE])],
)
async def test_a_patch_holds_for_one_version_only(cluster, wire, kind, body, sent):
    wire.say({"metadata": {}})
    await cluster.write(Write(action="patch", target=WEB, patch=kind, body=body), dry_run=True, version="7")
    assert wire.bodies == [sent]
    assert wire.requests[0].method == "PATCH"


async def test_half_an_answer_to_a_change_is_none(cluster, wire):
    wire.say('{"kind": "Deployment", "meta')
    with pytest.raises(OutcomeUnknownError):
        await cluster.write(Write(action="create", target=WEB, body={}), dry_run=False)
    assert (wire.requests[0].method, wire.requests[0].path) == (
        "POST",
        "/apis/apps/v1/namespaces/shop/deployments",
    )
