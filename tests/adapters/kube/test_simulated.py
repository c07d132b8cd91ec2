"""The whole room against a cluster: what is written is found, heard of, and refused as Kubernetes refuses."""

import asyncio

import pytest

from bot.domain.changes import Write
from bot.domain.cluster import LogRequest
from bot.domain.errors import (
    ClusterRejectedError,
    ClusterUnavailableError,
    OutcomeUnknownError,
    TargetNotFoundError,
)
from bot.domain.resources import DEPLOYMENTS, NAMESPACES, PODS, ObjectRef
from bot.kube.signals import Rhythm
from bot.kube.watch import WatchHub

WEB = ObjectRef(cluster="demo", namespace="default", type=DEPLOYMENTS, name="web")
CREATE = Write(
    action="create",
    target=WEB,
    body={
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:1.0"}]},
            },
        },
    },
)
PATCHES = [
    ("merge", {"spec": {"replicas": 3}}),
    ("strategic", {"spec": {"replicas": 3}}),
    ("json", [{"op": "replace", "path": "/spec/replicas", "value": 3}]),
]


def patch(body, kind="merge"):
    return Write(action="patch", target=WEB, patch=kind, body=body)


@pytest.fixture
def cluster(simulated):
    return simulated.cluster("demo")


@pytest.fixture
async def web(cluster):
    """A deployment whose pods run."""
    await cluster.write(CREATE, dry_run=False)
    await until(lambda: is_running(cluster, 2))


async def is_running(cluster, count):
    listing = await cluster.list(PODS, "default", labels="app=web", fields="status.phase=Running")
    return len(listing.items) == count


async def until(is_so, seconds=5.0):
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110 - it happens in the cluster
            await asyncio.sleep(0.02)


async def test_a_dry_run_changes_nothing(cluster):
    seen = await cluster.write(CREATE, dry_run=True)
    assert seen["spec"]["replicas"] == 2
    with pytest.raises(TargetNotFoundError, match="there is no deployment `web` in namespace `default`"):
        await cluster.get(WEB)


@pytest.mark.parametrize(("kind", "body"), PATCHES)
async def test_a_patch_is_for_the_object_as_it_was_read(cluster, kind, body):
    await cluster.write(CREATE, dry_run=False)
    before = await cluster.write(patch({"metadata": {"labels": {"seen": "yes"}}}), dry_run=False)
    version = before["metadata"]["resourceVersion"]
    await cluster.write(patch({"metadata": {"labels": {"seen": "again"}}}), dry_run=False)
    with pytest.raises(ClusterRejectedError, match="the object has been modified") as caught:
        await cluster.write(patch(body, kind), dry_run=False, version=version)
    assert (caught.value.status, caught.value.reason) == (409, "Conflict")
    assert (await cluster.get(WEB))["spec"]["replicas"] == 2
    after = await cluster.write(patch(body, kind), dry_run=False)
    assert after["spec"]["replicas"] == 3


async def test_what_the_server_does_not_take(cluster):
    await cluster.write(CREATE, dry_run=False)
    with pytest.raises(ClusterRejectedError, match="already exists") as caught:
        await cluster.write(CREATE, dry_run=False)
    assert caught.value.status == 409
    with pytest.raises(ClusterRejectedError, match="must be greater than or equal to 0"):
        await cluster.write(patch({"spec": {"replicas": -1}}), dry_run=True)
    nowhere = CREATE.model_copy(update={"target": WEB.model_copy(update={"namespace": "nowhere"})})
    with pytest.raises(TargetNotFoundError, match="there is no namespace `nowhere`"):
        await cluster.write(nowhere, dry_run=True)


async def test_tables_as_kubectl_prints_them(cluster, web):
    one = await cluster.table(DEPLOYMENTS, "default", name="web")
    assert [column.name for column in one.columns if not column.priority] == [
        "Name", "Ready", "Up-to-date", "Available", "Age",
    ]  # fmt: skip
    assert one.rows[0][:4] == ("web", "2/2", "2", "2")
    everywhere = await cluster.table(PODS, None, labels="app=web", limit=1)
    assert (everywhere.columns[0].name, everywhere.rows[0][0], everywhere.remaining) == (
        "Namespace",
        "default",
        1,
    )
    whole = await cluster.table(PODS, "default", labels="app=web", limit=1, with_names=True, most=100)
    assert [name for _, name in whole.names] == [row[0] for row in whole.rows]
    assert len(whole.rows) == 2


async def test_any_type_the_server_has(cluster):
    types = await cluster.resources()
    assert types[0].group == ""
    assert {"configmaps", "secrets", "deployments", "nodes"} <= {found.plural for found in types}
    secrets = await cluster.resolve("configmaps")
    assert (await cluster.table(secrets, "kube-system", with_names=True)).names


async def test_the_lines_of_a_pod(cluster, web):
    pod = (await cluster.table(PODS, "default", labels="app=web")).rows[0][0]
    request = LogRequest(namespace="default", pod=pod, tail=1)
    await until(lambda: has_lines(cluster, request))
    assert (await cluster.logs(request)).count("\n") == 1
    with pytest.raises(ClusterRejectedError, match="not valid for pod"):
        await cluster.logs(request.model_copy(update={"container": "nope"}))


async def has_lines(cluster, request):
    return bool(await cluster.logs(request))


async def test_a_read_outlives_passing_trouble(cluster, plant):
    await plant("status", status=503, next=2)
    assert (await cluster.version())["minor"] == "36"


@pytest.mark.parametrize(("details", "is_made"), [({}, False), ({"after": "act"}, True)])
async def test_a_change_whose_answer_is_lost(cluster, plant, details, is_made):
    await plant("cut", next=1, method="POST", **details)
    with pytest.raises(OutcomeUnknownError):
        await cluster.write(CREATE, dry_run=False)
    found = await cluster.list(DEPLOYMENTS, "default")
    assert [item["metadata"]["name"] for item in found.items] == (["web"] if is_made else [])


async def test_a_change_that_is_refused_for_now_is_not_made(cluster, plant):
    await plant("status", status=503, next=1, method="POST")
    with pytest.raises(ClusterUnavailableError):
        await cluster.write(CREATE, dry_run=False)
    assert not (await cluster.list(DEPLOYMENTS, "default")).items


@pytest.fixture
async def moved(simulated):
    """Set whenever `web` changes, and at every connect."""
    hub = WatchHub(simulated, rhythm=Rhythm(shortest=0.02, longest=0.1))
    moved = asyncio.Event()
    hub.subscribe("demo", (DEPLOYMENTS,), "default", lambda name: name == "web", moved.set)
    yield moved
    await hub.close()


async def rings(moved):
    async with asyncio.timeout(3):
        await moved.wait()
        moved.clear()


async def test_whoever_waits_is_woken(cluster, moved, web):
    await asyncio.sleep(0.3)  # until it has come to rest
    moved.clear()
    await cluster.write(patch({"spec": {"replicas": 3}}), dry_run=False)
    await rings(moved)


@pytest.mark.parametrize("fault", [{"fault": "cut-watches"}, {"fault": "outage", "seconds": 0.2}])
async def test_a_watch_outlives_the_servers_trouble(cluster, moved, plant, fault):
    await rings(moved)
    await plant("forget-versions")
    await plant(**fault)
    await rings(moved)  # it is connected anew
    await asyncio.sleep(0.1)
    moved.clear()
    await cluster.write(CREATE, dry_run=False)
    await rings(moved)


async def test_what_lives_in_no_namespace(cluster):
    table = await cluster.table(NAMESPACES, None)
    assert table.columns[0].name == "Name"
    assert "default" in {row[0] for row in table.rows}
