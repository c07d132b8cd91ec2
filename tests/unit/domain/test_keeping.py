"""What is kept of a ConfigMap, when it differs, and the write that brings it back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import FieldChange, Plan
from bot.domain.keeping import (
    MOST_BYTES,
    Kept,
    can_return,
    content_of,
    differs,
    kept_config,
    overwrites,
    renews,
    return_of,
)
from bot.domain.model import Json
from bot.domain.resources import CONFIGMAPS, DEPLOYMENTS, REPLICASETS, STATEFULSETS, ObjectRef
from tests.factories import NOW, plan, ref, step

THEN: Json = {"data": {"LEVEL": "info", "OLD": "1"}}


def kept(content: Json | None = THEN) -> Kept:
    return Kept(reference="ConfigMap web-env", at=NOW - 60, content=content)


def live(data: dict[str, str] | None = None, **parts: Any) -> Json:
    return {"metadata": {"name": "web-env", "uid": "u1"}, "data": data, **parts}


def config(name: str = "web-env") -> ObjectRef:
    return ObjectRef(cluster="prod", namespace="shop", type=CONFIGMAPS, name=name)


@pytest.mark.parametrize(
    ("found", "content"),
    [
        (live({"A": "1"}), {"data": {"A": "1"}}),
        (live(None), {}),
        (live({}, binaryData={"b": "AA=="}), {"binaryData": {"b": "AA=="}}),
        (live({"A": "1"}, immutable=True, kind="ConfigMap"), {"data": {"A": "1"}}),
    ],
)
def test_only_what_is_in_it_is_kept(found: Json, content: Json):
    assert content_of(found) == content
    assert kept_config("ConfigMap web-env", found, NOW) == Kept(
        reference="ConfigMap web-env", at=NOW, content=content
    )


def test_what_is_larger_than_is_kept_is_noted_without_its_content():
    room = MOST_BYTES - len('{"data":{"A":""}}')
    assert kept_config("ConfigMap a", live({"A": "x" * room}), NOW).content is not None
    assert kept_config("ConfigMap a", live({"A": "x" * (room + 1)}), NOW).content is None
    assert kept_config("ConfigMap a", live({"A": "é" * (room // 2 + 1)}), NOW).content is None


@pytest.mark.parametrize(
    ("one", "now", "found"),
    [
        (kept(), live(THEN["data"]), (False, False)),
        (kept(), live(THEN["data"] | {"NEW": "1"}), (True, True)),
        (kept(), live({"LEVEL": "info"}), (True, True)),
        (kept(), live(THEN["data"], binaryData={"b": "AA=="}), (True, True)),
        (kept(), None, (True, True)),
        (kept(), live({"LEVEL": "debug"}, immutable=True), (True, False)),
        (kept(None), live({"LEVEL": "debug"}), (False, False)),
        (kept(None), None, (False, False)),
        (kept({}), live(None), (False, False)),
    ],
)
def test_what_is_otherwise_now_can_come_back(one: Kept, now: Json | None, found: tuple[bool, bool]):
    assert (differs(one, now), can_return(one, now)) == found


def test_what_is_not_kept_cannot_come_back():
    assert not can_return(None, live())


def test_every_key_comes_back_and_none_that_came_since_stays():
    write = return_of(kept(), live({"LEVEL": "debug", "NEW": "2"}), ref())
    assert (write.action, write.patch, write.target) == ("patch", "merge", config())
    assert write.body == {"data": {"LEVEL": "info", "OLD": "1", "NEW": None}}


def test_only_the_part_that_differs_is_written():
    now = live(THEN["data"], binaryData={"b": "AA=="})
    assert return_of(kept(), now, ref()).body == {"binaryData": {"b": None}}


def test_one_that_is_gone_is_made_anew():
    write = return_of(kept(), None, ref())
    assert (write.action, write.target) == ("create", config())
    metadata = {"name": "web-env", "namespace": "shop"}
    assert write.body == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **THEN}


def changing(path: str, kind: Any = DEPLOYMENTS) -> Plan:
    target = ObjectRef(cluster="prod", namespace="shop", type=kind, name="web")
    return plan(step(FieldChange(path=path, before=1, after=2), target=target))


def test_a_new_pod_template_of_a_workload_is_a_new_revision():
    image = "spec.template.spec.containers[web].image"
    assert renews(changing(image).steps[0])
    assert renews(changing(image, STATEFULSETS).steps[0])
    assert not renews(changing("spec.replicas").steps[0])
    assert not renews(changing(image, REPLICASETS).steps[0])


def test_a_plan_that_writes_configmaps_overwrites_what_is_in_them():
    assert overwrites(changing("data.LEVEL", CONFIGMAPS))
    assert not overwrites(changing("spec.template.spec.containers[web].image"))
