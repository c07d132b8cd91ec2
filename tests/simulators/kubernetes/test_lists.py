"""Lists: selected, in pages, and in the form that was asked for."""

import pytest

from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.selectors import matches, parse_labels

METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("app=web", True),
        ("app==web,tier!=db", True),
        ("app in (web,x),!gone", True),
        ("app notin (web)", False),
        ("missing", False),
        ("missing!=x", True),
        ("n>3,n<5", True),
        ("n>4", False),
        ("app=", False),
    ],
)
def test_label_selectors(text, holds):
    assert matches(parse_labels(text), {"app": "web", "n": "4"}) is holds


@pytest.mark.parametrize("text", ["a===b", "a in b", "a in (b", "=a", "a b", "a,"])
def test_label_selectors_that_cannot_be_read(text):
    with pytest.raises(ApiError, match="unable to parse requirement: found"):
        parse_labels(text)


async def test_field_selectors(api):
    for name in ("a", "b"):
        await api.run(name)
    await api.until(
        f"{api.pods}?fieldSelector=status.phase%3DRunning", lambda found: len(found["items"]) == 2
    )
    one = await api.get(f"{api.pods}?fieldSelector=metadata.name%3Da")
    other = await api.get(f"{api.pods}?fieldSelector=metadata.name!%3Da,status.phase%3D%3DRunning")
    unknown = await api.get(f"{api.pods}?fieldSelector=spec.nope%3Dx")
    assert [[pod["metadata"]["name"] for pod in found["items"]] for found in (one, other)] == [["a"], ["b"]]
    assert (unknown.status, unknown["message"]) == (400, "field label not supported: spec.nope")


async def test_pages_hold_everything_once_and_in_order(api, sim):
    for number in range(5):
        await api.post(api.config_maps, {"metadata": {"name": f"c{number}"}})
    names, token = [], ""
    while True:
        page = await api.get(f"{api.config_maps}?limit=2&continue={token}")
        assert len(page["items"]) <= 2
        names += [one["metadata"]["name"] for one in page["items"]]
        token = page["metadata"].get("continue", "")
        if not token:
            break
        assert page["metadata"]["remainingItemCount"] == 6 - len(names)
    assert names == ["c0", "c1", "c2", "c3", "c4", "kube-root-ca.crt"]
    first = await api.get(f"{api.config_maps}?limit=2")
    await api.post("/simulator/faults", {"fault": "forget-versions"})
    stale = await api.get(f"{api.config_maps}?limit=2&continue={first['metadata']['continue']}")
    assert (stale.status, stale["reason"]) == (410, "Expired")


async def test_all_namespaces_at_once(api):
    found = await api.get("/api/v1/serviceaccounts")
    assert {one["metadata"]["namespace"] for one in found["items"]} >= {"default", "kube-system"}
    assert found["kind"] == "ServiceAccountList"
    assert "kind" not in found["items"][0]


async def test_metadata_alone(api):
    listed = await api.get(api.config_maps, Accept=METADATA)
    one = await api.get(f"{api.config_maps}/kube-root-ca.crt", Accept=METADATA.replace("List", ""))
    assert listed["kind"] == "PartialObjectMetadataList"
    assert set(one.body) == {"kind", "apiVersion", "metadata"}


async def test_tables_are_printed_by_the_server(api):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    table = await api.table(api.deployments)
    assert [column["name"] for column in table["columnDefinitions"] if column["priority"] == 0] == [
        "Name",
        "Ready",
        "Up-to-date",
        "Available",
        "Age",
    ]
    assert table["rows"][0]["cells"][:4] == ["web", "2/2", 2, 2]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    bare = await api.table(f"{api.deployments}?includeObject=None")
    whole = await api.table(f"{api.deployments}/web?includeObject=Object")
    wrong = await api.table(f"{api.deployments}?includeObject=Some")
    assert "object" not in bare["rows"][0]
    assert whole["rows"][0]["object"]["spec"]["replicas"] == 2
    assert wrong.status == 400


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/api/v1/nodes", "Name Status Roles Age Version"),
        ("/api/v1/namespaces", "Name Status Age"),
        ("/api/v1/services", "Name Type Cluster-IP External-IP Port(s) Age"),
        ("/api/v1/configmaps", "Name Data Age"),
        ("/apis/batch/v1/jobs", "Name Status Completions Duration Age"),
        (
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            "Name Reference Targets MinPods MaxPods Replicas Age",
        ),
        ("/apis/coordination.k8s.io/v1/leases", "Name Holder Age"),
        ("/api/v1/limitranges", "Name Created At"),
    ],
)
async def test_every_kind_has_its_columns(api, path, columns):
    table = await api.table(path)
    assert " ".join(c["name"] for c in table["columnDefinitions"] if c["priority"] == 0) == columns
    assert all(len(row["cells"]) == len(table["columnDefinitions"]) for row in table["rows"])


async def test_what_cannot_be_represented_is_refused(api):
    assert (await api.get(api.pods, Accept="text/html")).status == 406
    yaml = await api.get("/api/v1/namespaces/default", Accept="application/yaml")
    assert "kind: Namespace" in yaml.body
