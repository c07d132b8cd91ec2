"""Fields that do not exist are dropped, told or refused; those that do are the published ones."""

import json
from importlib.resources import files

import pytest

from bot.demo.kubernetes.admission.structures import prune, published
from bot.demo.kubernetes.kinds import BUILT_IN

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


def deployment(**container):
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "web:1.0", **container}]},
    }
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template, "nope": 1}
    return {"metadata": {"name": "web"}, "spec": spec}


async def test_strict_refuses_in_the_decoders_words(api):
    refused = await api.post(f"{DEPLOYMENTS}?fieldValidation=Strict", deployment(imgae="x"))
    assert (refused.status, refused["reason"]) == (400, "BadRequest")
    assert refused["message"] == (
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
        'unknown field "spec.template.spec.containers[0].imgae", unknown field "spec.nope"'
    )


@pytest.mark.parametrize(
    ("how", "warnings"),
    [
        ("", ['299 - "unknown field \\"spec.nope\\""']),
        ("Warn", ['299 - "unknown field \\"spec.nope\\""']),
        ("Ignore", []),
    ],
)
async def test_otherwise_they_are_dropped_and_perhaps_told(api, how, warnings):
    made = await api.post(f"{DEPLOYMENTS}?fieldValidation={how}", deployment())
    assert made.status == 201
    assert "nope" not in made["spec"]
    assert made.headers.getall("Warning", []) == warnings


async def test_what_is_said_twice_is_told_or_refused(api):
    body = '{"metadata":{"name":"c"},"data":{"a":"1","a":"2"}}'
    refused = await api.post(
        f"{api.config_maps}?fieldValidation=Strict", body, Content_Type="application/json"
    )
    assert refused["message"].endswith('strict decoding error: duplicate field "data.a"')
    made = await api.post(api.config_maps, body, Content_Type="application/json")
    assert (made["data"], made.headers["Warning"]) == ({"a": "2"}, '299 - "duplicate field \\"data.a\\""')


async def test_a_patch_is_held_to_the_same(api):
    await api.deploy()
    refused = await api.patch(f"{DEPLOYMENTS}/web?fieldValidation=Strict", {"spec": {"nope": 1}})
    assert (refused.status, refused["reason"]) == (422, "Invalid")
    assert 'strict decoding error: unknown field "spec.nope"' in refused["message"]
    assert "nope" not in (await api.patch(f"{DEPLOYMENTS}/web", {"spec": {"nope": 1}}))["spec"]


async def test_an_applied_document_must_be_declared(api):
    body = {**deployment(), "apiVersion": "apps/v1", "kind": "Deployment"}
    refused = await api.patch(f"{DEPLOYMENTS}/web?fieldManager=t", json.dumps(body), "apply")
    assert refused["message"] == (
        "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): "
        ".spec.nope: field not declared in schema"
    )


async def test_an_unknown_directive(api):
    refused = await api.post(f"{DEPLOYMENTS}?fieldValidation=Harsh", deployment())
    assert refused["message"] == (
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Harsh": '
        'supported values: "Ignore", "Warn", "Strict"'
    )


async def test_what_the_cluster_writes_itself_has_only_known_fields(api, sim):
    await api.deploy(replicas=2)
    await api.post(api.services, {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    await api.ready(replicas=2)
    for resource in BUILT_IN:
        for obj in sim.cluster.store.each(resource):
            assert prune(resource, obj)[1] == []


def test_the_table_is_drawn_from_the_published_schemas():
    """Every field of every structure, and every structure of every kind, as Kubernetes 1.36 has them."""
    table = json.loads(files("bot.demo.kubernetes.admission").joinpath("structures.json").read_text())
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema/v1.36.0-local")
    schemas = json.loads(folder.joinpath("_definitions.json").read_text())["$defs"]
    by_name = {
        ".".join(name.split(".")[-3:]): one for name, one in schemas.items() if "k8s.io.api" not in name
    }
    for name, line in table["structures"].items():
        told = published()[1][name]
        assert {field: merge for field, said in told.items() if (merge := said.partition("@")[1:])[0]} == {
            field: ("@", one.get("x-kubernetes-patch-merge-key", "") + "!" * ("retainKeys" in strategy))
            for field, one in by_name[name]["properties"].items()
            if "merge" in (strategy := one.get("x-kubernetes-patch-strategy", ""))
        }
        assert {word.partition(":")[0] for word in line.split(" ")} == by_name[name]["properties"].keys()
