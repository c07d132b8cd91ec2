"""A change is what differs, without the server's own noise; a plan holds as long as what it showed holds."""

import copy
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from bot.domain.changes import (
    MARK,
    FieldChange,
    canonical,
    difference,
    flatten,
    moved,
    pin,
    pin_whole,
    template_hash,
)
from bot.domain.model import Json
from bot.domain.resources import CONFIGMAPS
from tests.factories import deployment, plan, ref, step, template

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab.é", max_size=3)
KEYS = st.sampled_from(["a", "b", "c", "name", "port", "x.y/z"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


@pytest.mark.parametrize(
    ("document", "flat"),
    [
        ({}, {}),
        ({"a": 1}, {"a": 1}),
        ({"a": {"b": {"c": None}}}, {"a.b.c": None}),
        ({"a": {"b": 1, "c": 2}}, {"a.b": 1, "a.c": 2}),
        ({"a": {}, "b": []}, {"a": {}, "b": []}),
        ({"a": ["x", "y"]}, {"a[0]": "x", "a[1]": "y"}),
        ({"a": [["x"]]}, {"a[0][0]": "x"}),
        ({"a": [{"name": "web", "v": 1}]}, {"a[web].name": "web", "a[web].v": 1}),
        ({"a": [{"port": 80, "v": 1}]}, {"a[80].port": 80, "a[80].v": 1}),
        ({"a": [{"name": "n", "port": 80}]}, {"a[n].name": "n", "a[n].port": 80}),
        ({"a": [{"v": 1}, {"v": 2}]}, {"a[0].v": 1, "a[1].v": 2}),
        ({"a": [{"name": "n"}, {"name": "n"}]}, {"a[0].name": "n", "a[1].name": "n"}),
        ({"a": [{"name": "1"}, {"v": 0}]}, {"a[0].name": "1", "a[1].v": 0}),
        ({"a": {"k8s.io": 1}}, {"a[k8s.io]": 1}),
        ({"a": {"k/b": 1}}, {"a[k/b]": 1}),
        ({"k8s.io": {"a": 1}}, {"[k8s.io].a": 1}),
    ],
)
def test_a_document_is_flattened_to_paths_and_leaves(document: Json, flat: dict[str, Any]):
    assert flatten(document) == flat


def mounts(*paths: str) -> Json:
    return {"spec": {"volumeMounts": [{"name": "data", "mountPath": path} for path in paths]}}


def test_two_mounts_of_one_volume_are_told_apart():
    assert difference(mounts("/a", "/b"), mounts("/c", "/b")) == (
        FieldChange(path="spec.volumeMounts[0].mountPath", before="/a", after="/c"),
    )


def test_what_differs_comes_in_order_with_both_values():
    before = {"spec": {"b": 1, "a": 1, "same": 1}, "gone": "x"}
    after = {"spec": {"b": 2, "a": 3, "same": 1}, "new": "y"}
    assert difference(before, after) == (
        FieldChange(path="gone", before="x", after=None),
        FieldChange(path="new", before=None, after="y"),
        FieldChange(path="spec.a", before=1, after=3),
        FieldChange(path="spec.b", before=1, after=2),
    )


@pytest.mark.parametrize(
    "noise",
    [
        {"metadata": {"managedFields": [{"manager": "x"}]}},
        {"metadata": {"resourceVersion": "2"}},
        {"metadata": {"generation": 2}},
        {"metadata": {"uid": "x"}},
        {"metadata": {"creationTimestamp": "x"}},
        {"metadata": {"selfLink": "x"}},
        {"metadata": {"annotations": {}}},
        {"metadata": {"labels": {}}},
        {"metadata": {"annotations": {MARK: "x"}}},
        {"status": {"replicas": 2}},
        {"status": {"conditions": [{"type": "x"}]}},
        {"status": {"k8s.io/x": 1}},
        {"status": "x"},
    ],
)
def test_what_the_server_and_the_bot_keep_for_themselves_is_no_change(noise: Json):
    assert difference({}, noise) == difference(noise, {}) == ()


@pytest.mark.parametrize(
    ("real", "path"),
    [
        ({"metadata": {"annotations": {"a": "b"}}}, "metadata.annotations.a"),
        ({"metadata": {"annotations": {"k8s-bot/other": "b"}}}, "metadata.annotations[k8s-bot/other]"),
        ({"metadata": {"labels": {"a": "b"}}}, "metadata.labels.a"),
        ({"metadata": {"generationX": 1}}, "metadata.generationX"),
        ({"metadata": {"finalizers": []}}, "metadata.finalizers"),
        ({"spec": {"status": 1}}, "spec.status"),
        ({"statusX": 1}, "statusX"),
    ],
)
def test_what_only_looks_like_noise_is_a_change(real: Json, path: str):
    assert [change.path for change in difference({}, real)] == [path]


@given(DOCUMENTS)
def test_nothing_differs_from_itself(document: Json):
    assert difference(document, copy.deepcopy(document)) == ()


@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_backwards_is_the_same_with_its_sides_changed(one: Json, other: Json):
    there = [(c.path, c.before, c.after) for c in difference(one, other)]
    assert there == [(c.path, c.after, c.before) for c in difference(other, one)]


@given(DOCUMENTS)
def test_no_leaf_is_lost_by_flattening(document: Json):
    def leaves(value: Any) -> int:
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        return sum(map(leaves, inner)) if inner else 1

    assert len(flatten(document)) == (leaves(document) if document else 0)


@given(DOCUMENTS)
def test_the_canonical_form_does_not_know_the_order_of_keys(document: Json):
    turned = dict(reversed(document.items()))
    assert canonical(turned) == canonical(document)


def test_the_canonical_form_is_compact_and_keeps_every_sign():
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'


BEFORE = deployment(replicas=2)
SCALED = {**BEFORE, "spec": {**BEFORE["spec"], "replicas": 4}}
PIN = pin(BEFORE, difference(BEFORE, SCALED))


def changed(path: str, value: Any) -> Json:
    now = copy.deepcopy(BEFORE)
    *parents, last = path.split("/")
    place = now
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return now


UNLABELLED = ("/metadata.labels", template_hash({}))


def test_a_pin_holds_the_uid_the_values_shown_the_template_and_the_labels():
    assert PIN.uid == "uid-web"
    assert PIN.facts == (
        ("/metadata.labels", template_hash(BEFORE["metadata"]["labels"])),
        ("spec.replicas", "2"),
        ("spec.template", template_hash(BEFORE["spec"]["template"])),
    )


def test_what_was_not_there_is_pinned_as_absent():
    after = {**BEFORE, "metadata": {**BEFORE["metadata"], "labels": {"app": "web", "tier": "front"}}}
    pinned = pin(BEFORE, difference(BEFORE, after))
    assert ("metadata.labels.tier", "null") in pinned.facts
    assert moved(pinned, BEFORE) == ()
    assert moved(pinned, after) == ("metadata.labels.tier is now front",)


def test_labels_that_moved_may_be_what_the_policy_decided_by():
    assert moved(PIN, changed("metadata/labels", {"app": "web", "new": "x"})) == ("its labels have changed",)
    assert moved(PIN, changed("metadata/labels", None)) == ("its labels have changed",)


def test_an_object_without_a_template_is_pinned_by_its_values_alone():
    service = {"metadata": {"uid": "s"}, "spec": {"type": "ClusterIP"}}
    pinned = pin(service, (FieldChange(path="spec.type", before="ClusterIP", after="NodePort"),))
    assert pinned.facts == (UNLABELLED, ("spec.type", '"ClusterIP"'))
    assert moved(pinned, service) == ()
    assert moved(pinned, {"metadata": {"uid": "s"}}) == ("spec.type is now gone",)
    assert pin({"metadata": {"uid": "s"}}, ()).facts == (UNLABELLED,)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status/availableReplicas", 0),
        ("status", {}),
        ("metadata/resourceVersion", "9999"),
        ("metadata/generation", 9),
        ("spec/paused", True),
        ("spec/progressDeadlineSeconds", 10),
    ],
)
def test_a_plan_holds_while_only_what_it_did_not_show_moves(path: str, value: Any):
    assert moved(PIN, changed(path, value)) == ()


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("spec/replicas", 3, ("spec.replicas is now 3",)),
        ("spec/replicas", "2", ("spec.replicas is now 2",)),
        ("spec/replicas", None, ("spec.replicas is now gone",)),
        ("spec/template", template(image="web:2"), ("its pod template has changed",)),
        ("spec/template", None, ("its pod template has changed",)),
        ("metadata/uid", "another", ("it was deleted and made anew",)),
    ],
)
def test_a_plan_is_stale_once_what_it_showed_has_moved(path: str, value: Any, why: tuple[str, ...]):
    assert moved(PIN, changed(path, value)) == why


def test_every_difference_is_named_and_a_long_one_is_cut():
    now = changed("spec/template", template(image="web:2"))
    now["spec"]["replicas"] = "9" * 200
    assert moved(PIN, now) == (f"spec.replicas is now {'9' * 80}", "its pod template has changed")


def test_the_template_hash_tells_templates_apart_and_not_the_order_of_their_keys():
    one = template()
    assert template_hash(one) == template_hash(dict(reversed(one.items())))
    assert template_hash(one) != template_hash(template(image="web:2"))
    assert len(template_hash(one)) == 16


def test_a_plan_survives_storage_unchanged():
    stored = plan().model_dump_json()
    assert type(plan()).model_validate_json(stored) == plan()


def test_a_plan_cannot_be_altered_and_knows_no_other_field():
    with pytest.raises(ValidationError, match="frozen"):
        plan().button = "Scale to 400"
    with pytest.raises(ValidationError, match="extra"):
        plan(colour="red")


def test_what_was_full_and_is_empty_is_told_by_what_was_in_it():
    full, empty = {"spec": {"unschedulable": True}}, {"spec": {}}
    assert [change.path for change in difference(full, empty)] == ["spec.unschedulable"]
    assert [change.path for change in difference(empty, full)] == ["spec.unschedulable"]
    assert [change.path for change in difference({}, {"spec": {"emptyDir": {}}})] == ["spec.emptyDir"]


def test_an_object_that_is_to_go_is_pinned_by_all_that_was_asked_of_it():
    before = {"metadata": {"uid": "u"}, "spec": {"a": 1}, "status": {"b": 2}, "data": {"c": "d"}}
    pinned = pin_whole(before)
    assert moved(pinned, {**before, "status": {"b": 3}}) == ()
    assert moved(pinned, {**before, "spec": {"a": 2}}) == ("its spec has changed",)
    assert moved(pinned, {**before, "data": {}}) == ("what is in it has changed",)
    assert moved(pinned, {key: part for key, part in before.items() if key != "data"}) == (
        "what is in it has changed",
    )
    assert moved(pinned, {**before, "metadata": {"uid": "v"}}) == ("it was deleted and made anew",)


def config(**data: str) -> Json:
    return {"metadata": {"uid": "u1", "name": "web-env"}, "data": data}


def test_what_is_in_a_configmap_is_pinned_as_a_whole_and_said_without_a_value():
    before = config(LEVEL="debug", OTHER="a")
    pinned = pin(before, difference(before, config(LEVEL="info", OTHER="a")))
    assert [path for path, _ in pinned.facts] == ["/data", "/metadata.labels"]
    assert moved(pinned, config(LEVEL="debug", OTHER="a")) == ()
    assert moved(pinned, config(LEVEL="debug", OTHER="b")) == ("what is in it has changed",)
    assert moved(pinned, config(LEVEL="debug", OTHER="a", NEW="c")) == ("what is in it has changed",)


def test_an_empty_configmap_is_pinned_as_empty():
    before: Json = {"metadata": {"uid": "u1", "name": "web-env"}}
    pinned = pin(before, difference(before, config(LEVEL="info")))
    assert moved(pinned, before) == ()
    assert moved(pinned, config(LEVEL="trace")) == ("what is in it has changed",)


def test_binary_content_is_pinned_too():
    before: Json = {"metadata": {"uid": "u1", "name": "web-env"}, "binaryData": {"logo": "AA=="}}
    pinned = pin(before, difference(before, {**before, "binaryData": {"logo": "AQ=="}}))
    assert moved(pinned, {**before, "binaryData": {"logo": "Ag=="}}) == ("its binary content has changed",)


def test_a_plan_is_about_the_workload_that_is_followed_else_about_its_first_object():
    other = ref("web-env", kind=CONFIGMAPS)
    assert plan(step(target=other), step(), follow=ref()).main == 1
    assert plan(step(target=other), step(), follow=None).main == 0
