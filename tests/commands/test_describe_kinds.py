"""describe: each kind in a namespace in words of its own, a custom resource by what it holds."""

from __future__ import annotations

import re

import pytest

from commands import describe

TEMPLATE = {
    "containers": [{"name": "a", "image": "web:1.0", "env": [{"name": "PASSWORD", "value": "hunter2"}]}]
}


def of(name, **spec):
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": TEMPLATE | spec.pop("pod", {})}
    return {"metadata": {"name": name}, "spec": {"template": template} | spec}


def selecting(name, **spec):
    return of(name, selector={"matchLabels": {"app": name}}, **spec)


WIDGETS = {
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
            "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}],
    },
}  # fmt: skip
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
RULE = {"host": "a.example.com", "http": {"paths": [
    {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
]}}  # fmt: skip
SCALED = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
KINDS = {
    "statefulset": ("statefulsets", "/apis/apps/v1", selecting("x", serviceName="x", replicas=1),
        r"\d of 1 ready"),
    "daemonset": ("daemonsets", "/apis/apps/v1", selecting("x"), r"\d of \d ready · web:1.0"),
    "replicaset": ("replicasets", "/apis/apps/v1", selecting("x", replicas=1), r"\d of 1 ready · web:1.0"),
    "job": ("jobs", "/apis/batch/v1", of("x", pod={"restartPolicy": "Never"}), r"running · 0 of 1 done"),
    "cronjob": ("cronjobs", "/apis/batch/v1", {"metadata": {"name": "x"}, "spec": {
        "schedule": "*/5 * * * *", "jobTemplate": {"spec": of("x", pod={"restartPolicy": "Never"})["spec"]}}},
        r"\*/5 \* \* \* \* · web:1.0"),
    "ingress": ("ingresses", "/apis/networking.k8s.io/v1", {"metadata": {"name": "x"}, "spec": {
        "rules": [RULE]}}, r"a.example.com · no address yet"),
    "configmap": ("configmaps", "/api/v1", {"metadata": {"name": "x"}, "data": {"k": "hunter2"}},
        "1 key · 7 bytes"),
    "secret": ("secrets", "/api/v1", {"metadata": {"name": "x"}, "stringData": {"k": "hunter2"}},
        "1 key · 7 bytes · Opaque"),
    "pvc": ("persistentvolumeclaims", "/api/v1", {"metadata": {"name": "x"}, "spec": CLAIM}, "Pending · 1Gi"),
    "hpa": ("horizontalpodautoscalers", "/apis/autoscaling/v2", {"metadata": {"name": "x"}, "spec": {
        "maxReplicas": 3, "scaleTargetRef": SCALED}}, r"Deployment/web · \d pods, \d wanted, 1 to 3"),
    "pdb": ("poddisruptionbudgets", "/apis/policy/v1", {"metadata": {"name": "x"}, "spec": {
        "minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}, "0 may go · 0 of 0 healthy"),
    "quota": ("resourcequotas", "/api/v1", {"metadata": {"name": "x"}, "spec": {"hard": {"pods": "3"}}},
        "0 of 1 used up"),
    "limits": ("limitranges", "/api/v1", {"metadata": {"name": "x"}, "spec": {"limits": [
        {"type": "Container", "max": {"cpu": "2"}}]}}, "Container"),
    "sa": ("serviceaccounts", "/api/v1", {"metadata": {"name": "x"}}, ""),
    "lease": ("leases", "/apis/coordination.k8s.io/v1", {"metadata": {"name": "x"}, "spec": {
        "holderIdentity": "a"}}, ""),
}  # fmt: skip


@pytest.mark.parametrize("word", KINDS)
async def test_every_kind_is_told(kube, ask, narrow, shown, word):
    plural, group, body, expected = KINDS[word]
    await kube.create(plural, body, group)
    said = shown(await ask(describe.COMMAND, f"{word} x"))
    assert re.match(rf"(⚠️ )?\w+ shop/x on demo( · )?{expected}", said), said
    assert "hunter2" not in said
    assert re.search(r"^age: \d+s$", said, re.MULTILINE)
    assert (await narrow(describe.COMMAND, f"{word}/x")).headline


async def test_a_custom_resource_is_told_by_what_it_holds(kube, ask, shown):
    await kube.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", WIDGETS)
    status = {"phase": "Broken", "conditions": [{"type": "Ready", "status": "False", "reason": "NoLuck"}]}
    body = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"},
            "spec": {"size": 3, "apiToken": "hunter2-hunter2", "parts": ["a", "b"], "deep": [{"x": 1}]},
            "status": status}  # fmt: skip
    await kube.until(lambda: _creates(kube, body))
    said = shown(await ask(describe.COMMAND, "widget w"))
    assert said.startswith(
        "⚠️ Widget shop/w on demo · Broken\n• Ready is False (NoLuck)\nspec.size: 3\nspec.apiToken: [redacted:"
    )
    assert "spec.parts: a, b\nspec.deep[0].x: 1\nstatus.phase: Broken\nReady: False\nage: " in said
    assert "hunter2" not in said


async def _creates(kube, body):
    try:
        return await kube.create("widgets", body, "/apis/example.com/v1")
    except AssertionError:
        return None
