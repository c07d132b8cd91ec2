"""What an object belongs to, of what can be locked."""

from __future__ import annotations

import pytest

from bot.domain.belonging import owner_of
from bot.domain.resources import AUTOSCALERS, DEPLOYMENTS, PODS, REPLICASETS, STATEFULSETS
from tests.factories import ref


def owned(kind="ReplicaSet", version="apps/v1", *, controller=True):
    one = {"apiVersion": version, "kind": kind, "name": "web-abc", "uid": "u1", "controller": controller}
    return {"metadata": {"ownerReferences": [{"kind": "X", "apiVersion": "v1", "name": "x"}, one]}}


@pytest.mark.parametrize(("found", "kind"), [(owned(), REPLICASETS), (owned("StatefulSet"), STATEFULSETS)])
def test_its_controller(found, kind):
    there = owner_of(ref("web-abc-x", kind=PODS), found)
    assert there == ref("web-abc", kind=kind)


@pytest.mark.parametrize(
    "found",
    [
        {"metadata": {}},
        {"metadata": {"ownerReferences": None}},
        owned(controller=False),
        owned("Job", "batch/v1"),
        owned("Deployment", "custom.example/v1"),
    ],
)
def test_nothing_that_could_be_locked(found):
    assert owner_of(ref("web-abc-x", kind=PODS), found) is None


def test_an_autoscaler_belongs_to_what_it_scales_and_not_to_who_made_it():
    found = owned() | {
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    }
    assert owner_of(ref("web-hpa", kind=AUTOSCALERS), found) == ref("web", kind=DEPLOYMENTS)
    assert owner_of(ref("web-hpa", kind=AUTOSCALERS), {"spec": {}}) is None
