"""The four ways to change an object by saying only what changes."""

import pytest

from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.patch import json_patch, merge_patch, strategic_merge

POD = {
    "spec": {
        "containers": [
            {"name": "a", "image": "1", "ports": [{"containerPort": 80}]},
            {"name": "b", "image": "2"},
        ]
    }
}


def containers(*items):
    return {"spec": {"containers": list(items)}}


def test_merge_takes_away_by_null_and_replaces_lists():
    assert merge_patch({"a": {"b": 1, "c": 2}, "l": [1]}, {"a": {"b": None}, "l": [2]}) == {
        "a": {"c": 2},
        "l": [2],
    }


def test_no_patch_touches_what_it_was_given():
    before = {"a": {"b": [1]}}
    merge_patch(before, {"a": {"b": None}})
    json_patch(before, [{"op": "add", "path": "/a/b/-", "value": 2}])
    strategic_merge(before, {"a": {"c": 1}})
    assert before == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"op": "add", "path": "/l/0", "value": 0}, {"l": [0, 1], "m": {"x/y": 1}}),
        ({"op": "add", "path": "/l/-", "value": 2}, {"l": [1, 2], "m": {"x/y": 1}}),
        ({"op": "remove", "path": "/m/x~1y"}, {"l": [1], "m": {}}),
        ({"op": "replace", "path": "/l/0", "value": 5}, {"l": [5], "m": {"x/y": 1}}),
        ({"op": "move", "from": "/m/x~1y", "path": "/z"}, {"l": [1], "m": {}, "z": 1}),
        ({"op": "copy", "from": "/l", "path": "/z"}, {"l": [1], "m": {"x/y": 1}, "z": [1]}),
        ({"op": "test", "path": "/l/0", "value": 1}, {"l": [1], "m": {"x/y": 1}}),
    ],
)
def test_json_patch_operations(step, expected):
    assert json_patch({"l": [1], "m": {"x/y": 1}}, [step]) == expected


@pytest.mark.parametrize(
    "step",
    [
        {"op": "test", "path": "/l/0", "value": 2},
        {"op": "replace", "path": "/nope", "value": 1},
        {"op": "remove", "path": "/l/7"},
        {"op": "dance", "path": "/l"},
    ],
)
def test_json_patch_that_cannot_be_applied(step):
    with pytest.raises(ApiError, match="rejected our request") as refused:
        json_patch({"l": [1]}, [step])
    assert refused.value.code == 422


def test_strategic_merge_knows_containers_by_name():
    merged = strategic_merge(POD, containers({"name": "b", "image": "3"}))
    assert [(one["name"], one["image"]) for one in merged["spec"]["containers"]] == [("a", "1"), ("b", "3")]


def test_strategic_merge_puts_what_is_new_first():
    merged = strategic_merge(POD, containers({"name": "c", "image": "9"}))
    assert [one["name"] for one in merged["spec"]["containers"]] == ["c", "a", "b"]


def test_strategic_merge_directives():
    gone = strategic_merge(POD, containers({"name": "a", "$patch": "delete"}))
    alone = strategic_merge(POD, containers({"$patch": "replace"}, {"name": "z", "image": "0"}))
    turned = strategic_merge(POD, {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}})
    fewer = strategic_merge(
        {"metadata": {"finalizers": ["x", "y"]}}, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x"]}}
    )
    kept = strategic_merge(
        {"strategy": {"type": "R", "rollingUpdate": {}}}, {"strategy": {"$retainKeys": ["type"], "type": "C"}}
    )
    assert [one["name"] for one in gone["spec"]["containers"]] == ["b"]
    assert alone["spec"]["containers"] == [{"name": "z", "image": "0"}]
    assert [one["name"] for one in turned["spec"]["containers"]] == ["b", "a"]
    assert fewer["metadata"]["finalizers"] == ["y"]
    assert kept == {"strategy": {"type": "C"}}


def test_strategic_merge_tells_a_containers_ports_from_a_services():
    inner = strategic_merge(POD, containers({"name": "a", "ports": [{"containerPort": 80, "name": "http"}]}))
    service = strategic_merge(
        {"ports": [{"port": 80}, {"port": 81}]}, {"ports": [{"port": 81, "nodePort": 30081}]}
    )
    assert inner["spec"]["containers"][0]["ports"] == [{"containerPort": 80, "name": "http"}]
    assert service == {"ports": [{"port": 80}, {"port": 81, "nodePort": 30081}]}


async def test_an_unknown_kind_of_patch_is_refused(api):
    await api.deploy(replicas=0)
    refused = await api.call("PATCH", f"{api.deployments}/web", "{}", Content_Type="application/x-nope")
    assert (refused.status, refused["reason"]) == (415, "UnsupportedMediaType")


async def test_a_patch_keeps_what_cannot_change(api):
    made = await api.deploy(replicas=0)
    patched = await api.patch(
        f"{api.deployments}/web", {"metadata": {"creationTimestamp": None, "generation": 99}}
    )
    assert patched["metadata"]["uid"] == made["metadata"]["uid"]
    assert patched["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]
    assert patched["metadata"]["generation"] == 1
    fixed = await api.patch(
        f"{api.deployments}/web", {"spec": {"selector": {"matchLabels": {"app": "else"}}}}
    )
    assert fixed.status == 422
    assert "spec.selector: Invalid value" in fixed["message"]
    assert "field is immutable" in fixed["message"]


# server-side apply


def wanted(replicas=None, **labels):
    spec = {} if replicas is None else {"replicas": replicas}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": labels},
        "spec": spec,
    }


async def test_apply_creates_what_is_not_there(api):
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"k": "v"}}
    made = await api.patch(f"{api.config_maps}/c?fieldManager=ana", config, "apply")
    again = await api.patch(f"{api.config_maps}/c?fieldManager=ana", {**config, "data": {"l": "w"}}, "apply")
    assert (made.status, again.status) == (201, 200)
    assert again["data"] == {"l": "w"}  # what ana no longer states goes


async def test_apply_conflicts_with_what_others_hold(api):
    await api.post(
        f"{api.deployments}?fieldManager=ana",
        (await api.deploy(name="other", replicas=1)).body | {"metadata": {"name": "web"}},
    )
    refused = await api.patch(f"{api.deployments}/web?fieldManager=ben", wanted(3), "apply")
    assert (refused.status, refused["reason"]) == (409, "Conflict")
    assert (
        refused["message"]
        == 'Apply failed with 1 conflict: conflict with "ana" using apps/v1: .spec.replicas'
    )
    assert refused["details"]["causes"][0]["field"] == ".spec.replicas"
    forced = await api.patch(f"{api.deployments}/web?fieldManager=ben&force=true", wanted(3), "apply")
    assert forced["spec"]["replicas"] == 3
    agreed = await api.patch(f"{api.deployments}/web?fieldManager=cai", wanted(3), "apply")
    assert agreed.status == 200  # the same value is no conflict


async def test_apply_needs_a_manager(api):
    refused = await api.patch(f"{api.deployments}/web", wanted(3), "apply")
    assert refused.status == 422
    assert "fieldManager: Required value" in refused["message"]
