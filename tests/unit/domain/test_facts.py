"""What a change would do, as the policy asks for it: of objects of every kind, and of hostile ones."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.facts import facts_of, parts_of
from bot.domain.model import Json

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("web", ("docker.io/library/web", "latest", "")),
        ("web:1.0", ("docker.io/library/web", "1.0", "")),
        ("shop/web", ("docker.io/shop/web", "latest", "")),
        ("docker.io/web:1", ("docker.io/library/web", "1", "")),
        ("docker.io/shop/web:1", ("docker.io/shop/web", "1", "")),
        ("index.docker.io/web", ("docker.io/library/web", "latest", "")),
        ("index.docker.io/shop/web:2", ("docker.io/shop/web", "2", "")),
        ("registry.example.com/web", ("registry.example.com/web", "latest", "")),
        ("registry.example.com/shop/web:1", ("registry.example.com/shop/web", "1", "")),
        ("registry:5000/web", ("registry:5000/web", "latest", "")),
        ("registry:5000/shop/web:1", ("registry:5000/shop/web", "1", "")),
        ("localhost/web", ("localhost/web", "latest", "")),
        ("localhost:5000/web", ("localhost:5000/web", "latest", "")),
        ("[::1]:5000/web:1", ("[::1]:5000/web", "1", "")),
        ("Registry/web", ("Registry/web", "latest", "")),
        ("Registry.Example.COM/web:1", ("Registry.Example.COM/web", "1", "")),
        (f"web@{DIGEST}", ("docker.io/library/web", "", DIGEST)),
        (f"web:1.0@{DIGEST}", ("docker.io/library/web", "1.0", DIGEST)),
        (f"registry:5000/web@{DIGEST}", ("registry:5000/web", "", DIGEST)),
        (f"registry:5000/web:1@{DIGEST}", ("registry:5000/web", "1", DIGEST)),
        ("", ("docker.io/library/", "latest", "")),
        ("web:", ("docker.io/library/web", "latest", "")),
        ("web@", ("docker.io/library/web", "latest", "")),
        (
            "a.evil.example/registry.example.com/web",
            ("a.evil.example/registry.example.com/web", "latest", ""),
        ),
        (
            "registry.example.com@evil.example/web",
            ("docker.io/library/registry.example.com", "", "evil.example/web"),
        ),
    ],
)
def test_an_image_in_full(image: str, parts: tuple[str, str, str]):
    assert parts_of(image) == parts


def thing(kind: str, spec: Any, **metadata: Any) -> Json:
    return {"kind": kind, "metadata": {"name": "web", **metadata}, "spec": spec}


def pods(*images: str, **more: Any) -> Json:
    return {
        "containers": [{"name": f"c{place}", "image": image} for place, image in enumerate(images)],
        **more,
    }


SIDES = {
    "initContainers": [{"name": "i", "image": "init:1"}],
    "ephemeralContainers": [{"name": "e", "image": "debug:1"}],
    "volumes": [{"name": "v", "image": {"reference": "files:1"}}, {"name": "c", "configMap": {"name": "x"}}],
}


@pytest.mark.parametrize(
    ("made", "images"),
    [
        (thing("Pod", pods("a:1", "b:1")), ("a:1", "b:1")),
        (thing("Pod", pods("a:1", **SIDES)), ("a:1", "init:1", "debug:1", "files:1")),
        (
            thing("Deployment", {"template": {"spec": pods("a:1", **SIDES)}}),
            ("a:1", "init:1", "debug:1", "files:1"),
        ),
        (
            thing("CronJob", {"jobTemplate": {"spec": {"template": {"spec": pods("a:1", **SIDES)}}}}),
            ("a:1", "init:1", "debug:1", "files:1"),
        ),
        (thing("Deployment", {"template": {"spec": pods("a:1", "a:1")}}), ("a:1",)),
        (thing("Service", {"type": "ClusterIP"}), ()),
        ({"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"image": "a:1"}}, ()),
    ],
)
def test_images_are_found_wherever_a_pod_has_them(made: Json, images: tuple[str, ...]):
    assert facts_of(None, made).images == images


def test_only_images_that_were_not_there_are_brought():
    before = thing("Deployment", {"template": {"spec": pods("a:1", "b:1")}})
    after = thing("Deployment", {"template": {"spec": pods("a:2", "b:1")}})
    assert facts_of(before, after).images == ("a:2",)
    assert facts_of(after, before).images == ("a:1",)
    assert facts_of(before, before).images == ()
    assert facts_of(before, None).images == ()


@pytest.mark.parametrize(
    ("before", "after", "replicas"),
    [
        ({"replicas": 2}, {"replicas": 5}, (2, 5)),
        ({"replicas": 5}, {"replicas": 0}, (5, 0)),
        ({"replicas": 2}, {"replicas": 2}, None),
        (None, {"replicas": 3}, (None, 3)),
        ({"replicas": 3}, None, None),
        ({}, {"replicas": 3}, (None, 3)),
        ({"replicas": 3}, {}, None),
        ({"minReplicas": 1, "maxReplicas": 4}, {"minReplicas": 1, "maxReplicas": 9}, (4, 9)),
        ({"minReplicas": 1, "maxReplicas": 4}, {"minReplicas": 2, "maxReplicas": 4}, None),
        (None, {"maxReplicas": 7}, (None, 7)),
        ({"replicas": 2}, {"replicas": "many"}, None),
    ],
)
def test_replicas_where_they_are_set_anew(before: Any, after: Any, replicas: Any):
    was = None if before is None else thing("Deployment", before)
    assert facts_of(was, None if after is None else thing("Deployment", after)).replicas == replicas


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, {"type": "NodePort"}, "NodePort"),
        (None, {}, "ClusterIP"),
        ({"type": "ClusterIP"}, {"type": "LoadBalancer"}, "LoadBalancer"),
        ({}, {"type": "ClusterIP"}, ""),
        ({"type": "NodePort"}, {"type": "NodePort"}, ""),
        ({"type": "NodePort"}, {}, "ClusterIP"),
    ],
)
def test_the_type_of_a_service_that_is_made_or_changed(before: Any, after: Any, kind: str):
    was = None if before is None else thing("Service", before)
    assert facts_of(was, thing("Service", after)).service_type == kind


def test_what_is_no_service_has_no_type_of_one():
    assert facts_of(None, thing("Widget", {"type": "LoadBalancer"})).service_type == ""
    assert facts_of(thing("Service", {"type": "NodePort"}), None).service_type == ""


def test_labels_are_those_before_and_those_after():
    before, after = thing("Pod", {}, labels={"tier": "a"}), thing("Pod", {}, labels={"tier": "b"})
    assert facts_of(before, after).labels == ({"tier": "a"}, {"tier": "b"})
    assert facts_of(None, after).labels == ({"tier": "b"},)
    assert facts_of(before, None).labels == ({"tier": "a"},)
    assert facts_of(thing("Pod", {}, labels=None), after).labels == ({}, {"tier": "b"})
    assert facts_of(None, None).labels == ()


@pytest.mark.parametrize("value", [None, "words", 7, True, [], ["x"], {"spec": "x"}, {"spec": ["x"]}])
@pytest.mark.parametrize(
    "key",
    ["metadata", "spec", "template", "jobTemplate", "containers", "volumes", "replicas", "labels", "image"],
)
def test_what_has_not_the_shape_is_passed_over(key: str, value: Any):
    shapes = {
        "metadata": {"kind": "Service", "metadata": value},
        "spec": {"kind": "Service", "spec": value},
        "labels": {"kind": "Widget", "metadata": {"labels": value}},
        "image": thing("Widget", {"volumes": [{"image": value}], "containers": [value, {"image": []}]}),
    }
    odd = shapes.get(key, thing("Widget", {key: value}))
    sound = thing("Widget", {"template": {"spec": pods("a:1")}}, labels={"a": "b"})
    assert facts_of(odd, sound).images == ("a:1",)
    assert facts_of(sound, odd).images == ()
    assert facts_of(sound, odd).labels[0] == {"a": "b"}
