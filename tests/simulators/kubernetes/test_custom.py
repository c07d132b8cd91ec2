"""Custom resources: a definition is posted, and its kind is served as the built-in ones are."""

from copy import deepcopy

import pytest

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
        "code": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "port": {"x-kubernetes-int-or-string": True},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
STATUS = {
    "type": "object",
    "properties": {"size": {"type": "integer"}, "selector": {"type": "string"}, "phase": {"type": "string"}},
}
VERSION = {
    "name": "v1",
    "served": True,
    "storage": True,
    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC, "status": STATUS}}},
    "subresources": {
        "status": {},
        "scale": {
            "specReplicasPath": ".spec.size",
            "statusReplicasPath": ".status.size",
            "labelSelectorPath": ".status.selector",
        },
    },
    "additionalPrinterColumns": [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
        {"name": "Parts", "type": "string", "jsonPath": ".spec.parts[*].name", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ],
}
DEFINITION = {
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"]},
        "versions": [VERSION],
    },
}


def widget(name="w", **spec):
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}


def is_established(definition):
    conditions = {one["type"]: one["status"] for one in definition["status"]["conditions"]}
    return conditions == {"NamesAccepted": "True", "Established": "True"}


@pytest.fixture
async def served(api):
    made = await api.post(CRDS, DEFINITION)
    assert made.status == 201, made.body
    await api.until(f"{CRDS}/widgets.example.com", is_established)
    return api


async def test_it_is_discovered_in_both_forms(served):
    found = await served.get("/apis/example.com/v1")
    names = {one["name"]: one for one in found["resources"]}
    assert names.keys() == {"widgets", "widgets/status", "widgets/scale"}
    assert (names["widgets"]["shortNames"], names["widgets"]["singularName"]) == (["wd"], "widget")
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    groups = {one["metadata"]["name"]: one for one in (await served.get("/apis", Accept=accept))["items"]}
    assert groups["example.com"]["versions"][0]["resources"][0]["resource"] == "widgets"
    definition = await served.get(f"{CRDS}/widgets.example.com")
    assert definition["status"]["storedVersions"] == ["v1"]
    assert definition["status"]["acceptedNames"]["listKind"] == "WidgetList"


async def test_its_objects_are_defaulted_pruned_and_counted(served):
    made = await served.post(WIDGETS, widget(size=2, nope=1, free={"any": 1}, notes={"a": "b"}))
    assert made["spec"] == {"size": 2, "color": "red", "free": {"any": 1}, "notes": {"a": "b"}}
    assert made.headers["Warning"] == '299 - "unknown field \\"spec.nope\\""'
    assert made["metadata"]["generation"] == 1
    changed = await served.patch(f"{WIDGETS}/w", {"spec": {"size": 3}})
    assert (changed["spec"]["size"], changed["metadata"]["generation"]) == (3, 2)
    assert (await served.patch(f"{WIDGETS}/w", {}, "strategic")).status == 415
    refused = await served.post(f"{WIDGETS}?fieldValidation=Strict", widget(size=2, nope=1))
    assert refused["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: '
        'strict decoding error: unknown field "spec.nope"'
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({}, "spec.size: Required value"),
        (
            {"size": "big"},
            'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
        ),
        ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": 10}, "spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"),
        (
            {"size": 1, "color": "blue"},
            'spec.color: Unsupported value: "blue": supported values: "red", "green"',
        ),
        (
            {"size": 1, "code": "A"},
            "spec.code: Invalid value: \"A\": spec.code in body should match '^[a-z]+$'",
        ),
        ({"size": 1, "code": "abcdef"}, "spec.code: Too long: may not be more than 5 bytes"),
        (
            {"size": 1, "parts": [{"name": 1}]},
            (
                'spec.parts[0].name: Invalid value: "integer": '
                'spec.parts[0].name in body must be of type string: "integer"'
            ),
        ),
    ],
)
async def test_what_its_schema_refuses(served, spec, said):
    refused = await served.post(WIDGETS, widget(**spec))
    assert (refused.status, refused["reason"]) == (422, "Invalid")
    assert refused["message"] == f'Widget.example.com "w" is invalid: {said}'


async def test_its_table_has_its_own_columns(served):
    await served.post(WIDGETS, widget(size=2, parts=[{"name": "a"}, {"name": "b"}]))
    table = await served.table(WIDGETS)
    assert [column["name"] for column in table["columnDefinitions"]] == [
        "Name",
        "Size",
        "Phase",
        "Parts",
        "Age",
    ]
    name, size, phase, parts, age = table["rows"][0]["cells"]
    assert (name, size, phase, parts) == ("w", 2, None, "a,b")
    assert age.endswith("s")


async def test_status_and_scale(served):
    await served.post(WIDGETS, widget(size=2))
    told = await served.patch(
        f"{WIDGETS}/w/status", {"status": {"size": 2, "selector": "a=b"}, "spec": {"size": 9}}
    )
    assert (told["spec"]["size"], told["status"]["size"]) == (2, 2)
    scale = await served.get(f"{WIDGETS}/w/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 2, "selector": "a=b"})
    await served.patch(f"{WIDGETS}/w/scale", {"spec": {"replicas": 4}})
    assert (await served.get(f"{WIDGETS}/w"))["spec"]["size"] == 4


async def test_it_is_watched_and_applied(served):
    async with served.watch(f"{WIDGETS}?resourceVersion=0") as watch:
        made = await served.patch(
            f"{WIDGETS}/w?fieldManager=t", str(widget(size=2)).replace("'", '"'), "apply"
        )
        assert made.status == 201
        kind, seen = await watch.next()
        assert (kind, seen["kind"], seen["spec"]["color"]) == ("ADDED", "Widget", "red")
        await served.delete(f"{WIDGETS}/w")
        assert (await watch.next())[0] == "DELETED"


async def test_an_older_version_shows_the_same_objects(api):
    definition = deepcopy(DEFINITION)
    older = deepcopy(VERSION) | {"name": "v1beta1", "storage": False}
    definition["spec"]["versions"].append(older)
    await api.post(CRDS, definition)
    await api.until(f"{CRDS}/widgets.example.com", is_established)
    beta = WIDGETS.replace("v1", "v1beta1")
    assert (await api.post(beta, widget(size=1) | {"apiVersion": "example.com/v1beta1"})).status == 201
    assert (await api.get(f"{WIDGETS}/w"))["apiVersion"] == "example.com/v1"
    assert (await api.get(f"{beta}/w"))["apiVersion"] == "example.com/v1beta1"
    group = await api.get("/apis/example.com")
    assert group["preferredVersion"]["version"] == "v1"


async def test_with_the_definition_go_its_objects(served):
    await served.post(WIDGETS, widget(size=2))
    assert (await served.delete(f"{CRDS}/widgets.example.com")).status == 200
    await served.until(f"{CRDS}/widgets.example.com", lambda gone: gone["code"] == 404)
    assert (await served.get(WIDGETS)).status == 404
    assert "example.com" not in str((await served.get("/apis")).body)
    await served.post(CRDS, DEFINITION)
    await served.until(f"{CRDS}/widgets.example.com", is_established)
    assert (await served.get(WIDGETS))["items"] == []


async def test_cluster_scope(api):
    definition = deepcopy(DEFINITION)
    definition["spec"]["scope"] = "Cluster"
    await api.post(CRDS, definition)
    await api.until(f"{CRDS}/widgets.example.com", is_established)
    made = await api.post("/apis/example.com/v1/widgets", widget(size=1))
    assert (made.status, "namespace" in made["metadata"]) == (201, False)
    assert (await api.get("/apis/example.com/v1"))["resources"][0]["namespaced"] is False


async def test_a_namespace_takes_its_objects_along(served):
    await served.post("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    place = WIDGETS.replace("default", "shop")
    assert (await served.post(place, widget(size=1))).status == 201
    await served.delete("/api/v1/namespaces/shop")
    await served.until("/api/v1/namespaces/shop", lambda gone: gone["code"] == 404)
    assert (await served.get("/apis/example.com/v1/widgets"))["items"] == []


async def test_names_that_another_kind_has_are_not_accepted(served):
    other = deepcopy(DEFINITION)
    other["metadata"]["name"] = "gadgets.example.com"
    other["spec"]["names"] = {"plural": "gadgets", "kind": "Gadget", "shortNames": ["wd"]}
    await served.post(CRDS, other)
    told = await served.until(f"{CRDS}/gadgets.example.com", lambda d: d["status"]["conditions"])
    reasons = {one["type"]: (one["status"], one["reason"]) for one in told["status"]["conditions"]}
    assert reasons["NamesAccepted"] == ("False", "ShortNamesConflict")
    assert reasons["Established"] == ("False", "NotAccepted")
    assert (await served.get("/apis/example.com/v1/namespaces/default/gadgets")).status == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"scope": "World"},
            'spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"',
        ),
        ({"group": "other.com"}, 'must be spec.names.plural+"."+spec.group'),
        ({"versions": []}, "must have exactly one version marked as storage version"),
        ({"versions": [VERSION | {"schema": {}}]}, "openAPIV3Schema: Required value: schemas are required"),
    ],
)
async def test_a_definition_that_cannot_be(api, change, said):
    refused = await api.post(CRDS, {**DEFINITION, "spec": DEFINITION["spec"] | change})
    assert (refused.status, refused["reason"]) == (422, "Invalid")
    assert said in refused["message"]
