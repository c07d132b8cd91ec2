"""The door to a real API: what the gate refuses never leaves, and a change holds to its pin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from bot.domain.access import ANY, Decision, Effect
from bot.domain.changes import MARK, Write
from bot.domain.cluster import LogRequest
from bot.domain.errors import (
    AccessDeniedError,
    ClusterRejectedError,
    ClusterUnknownError,
    StalePlanError,
    TargetNotFoundError,
)
from bot.domain.resources import ObjectRef, ResourceType
from bot.kube.clusters import Clusters as RawClusters
from bot.service.cluster import Clusters, GuardedCluster

MAPS = ResourceType(group="", version="v1", plural="configmaps", kind="ConfigMap", namespaced=True)
NODES = ResourceType(group="", version="v1", plural="nodes", kind="Node", namespaced=False)
PLACE = "/api/v1/namespaces/default/configmaps"
TARGET = ObjectRef(cluster="demo", namespace="default", type=MAPS, name="menu")
MERGE = {"Content-Type": "application/merge-patch+json"}


class Gate:
    """Remembers what it was asked, and refuses when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.is_shut = False

    def check(self, *asked: str) -> Decision:
        self.asked.append(asked)  # type: ignore[arg-type]
        if self.is_shut:
            raise AccessDeniedError("Not allowed.")
        return Decision(effect=Effect.ALLOW)


class Server:
    """The simulated cluster as somebody else, beside the bot, sees and changes it."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        async with self._http.request(method, path, json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def edit(self, **data: str) -> None:
        await self.call("PATCH", f"{PLACE}/menu", {"data": data}, **MERGE)

    async def refuse(self, status: int, times: int) -> None:
        fault = {"fault": "status", "status": status, "next": times, "method": "PATCH"}
        await self.call("POST", "/simulator/faults", fault)

    async def bots(self, method: str = "") -> int:
        """How many requests of the bot, all or of one method, have come since they were forgotten."""
        seen = (await self.call("GET", "/simulator/requests"))["requests"]
        return sum(
            r["userAgent"].startswith("k8s-bot") and r["method"] in (method or r["method"]) for r in seen
        )


@pytest.fixture
async def simulator() -> AsyncIterator[KubernetesSimulator]:
    async with KubernetesSimulator(pace=0.02) as simulator:
        yield simulator


@pytest.fixture
async def server(simulator: KubernetesSimulator) -> AsyncIterator[Server]:
    async with aiohttp.ClientSession(simulator.url) as http:
        server = Server(http)
        await server.call("POST", PLACE, {"metadata": {"name": "menu"}, "data": {"soup": "leek"}})
        yield server


@pytest.fixture
async def clusters(simulator: KubernetesSimulator, tmp_path: Path) -> AsyncIterator[Clusters]:
    config = tmp_path / "kubeconfig"
    config.write_text(simulator.kubeconfig("demo", "kitchen"))
    raw = await RawClusters.load(kubeconfig=str(config))
    yield Clusters(raw)
    await raw.close()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def door(clusters: Clusters, gate: Gate, server: Server) -> GuardedCluster:
    door = clusters.behind("demo", gate, None)
    await door.resolve("pods")  # the client has looked round and is connected
    await server.call("DELETE", "/simulator/requests")
    return door


def patch(**data: str) -> Write:
    return Write(action="patch", target=TARGET, patch="merge", body={"data": data})


def create(**body: Any) -> Write:
    named = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "menu", "namespace": "default"}}
    return Write(action="create", target=TARGET, body=named | body)


def test_names_for_everybody_are_those_of_the_kubeconfig(clusters: Clusters, gate: Gate):
    assert (clusters.names, clusters.default, clusters.namespace("demo")) == (("demo",), "demo", "kitchen")
    assert clusters.behind("demo", gate, None).name == "demo"
    with pytest.raises(ClusterUnknownError, match="no cluster `prod`"):
        clusters.behind("prod", gate, None)


READS: list[tuple[Callable[[GuardedCluster], Awaitable[Any]], tuple[str, str, str]]] = [
    (lambda door: door.version(), ("demo", ANY, "nodes")),
    (lambda door: door.get(MAPS, "default", "menu"), ("demo", "default", "configmaps")),
    (lambda door: door.get(NODES, "default", "node-1"), ("demo", ANY, "nodes")),
    (lambda door: door.list(MAPS, "default"), ("demo", "default", "configmaps")),
    (lambda door: door.list(MAPS, ANY), ("demo", ANY, "configmaps")),
    (lambda door: door.table(MAPS, ""), ("demo", ANY, "configmaps")),
    (lambda door: door.logs(LogRequest(namespace="default", pod="p")), ("demo", "default", "pods")),
    (lambda door: door.dry_run(patch(soup="pea")), ("demo", "default", "configmaps")),
    (lambda door: door.dry_run(create()), ("demo", "default", "configmaps")),
]


@pytest.mark.parametrize(("read", "asked"), READS)
async def test_what_the_gate_refuses_never_leaves(
    read, asked, door: GuardedCluster, gate: Gate, server: Server
):
    gate.is_shut = True
    with pytest.raises(AccessDeniedError):
        await read(door)
    assert gate.asked == [asked]
    assert await server.bots() == 0


async def test_a_step_is_asked_about_again_when_it_is_applied_checked_or_looked_for(
    door: GuardedCluster, gate: Gate, server: Server
):
    step = await door.dry_run(patch(soup="pea"))
    await server.call("DELETE", "/simulator/requests")
    gate.is_shut = True
    for attempt in (door.apply(step, "c1"), door.holds(step), door.find(step, "c1")):
        gate.asked.clear()
        with pytest.raises(AccessDeniedError):
            await attempt
        assert gate.asked == [("demo", "default", "configmaps")]
    assert await server.bots() == 0


async def test_a_change_is_applied_marked_and_found_again(door: GuardedCluster, server: Server):
    step = await door.dry_run(patch(soup="pea"))
    assert [(c.path, c.before, c.after) for c in step.changes] == [("data.soup", "leek", "pea")]
    await door.holds(step)
    assert await door.find(step, "c1") is None
    applied = await door.apply(step, "c1")
    now = await server.call("GET", f"{PLACE}/menu")
    assert (now["data"], now["metadata"]["annotations"]) == ({"soup": "pea"}, {MARK: "c1"})
    assert (
        applied.call.version_after == now["metadata"]["resourceVersion"] != applied.call.version_before != ""
    )
    assert (applied.call.target, applied.call.action) == ("configmaps/default/menu", "patch")
    found = await door.find(step, "c1")
    assert found is not None
    assert (found.call.version_before, found.call.version_after) == ("", applied.call.version_after)
    assert await door.find(step, "c2") is None
    assert await door.find(step, "c2", or_is_so=True) == found
    await server.call("PATCH", f"{PLACE}/menu", {"data": {"soup": "leek"}}, **MERGE)
    assert await door.find(step, "c2", or_is_so=True) is None


async def test_a_json_patch_bears_the_mark_too(door: GuardedCluster, server: Server):
    await server.call("PATCH", f"{PLACE}/menu", {"metadata": {"annotations": {"a": "b"}}}, **MERGE)
    body = [{"op": "replace", "path": "/data/soup", "value": "pea"}]
    step = await door.dry_run(Write(action="patch", target=TARGET, patch="json", body=body))
    await door.apply(step, "c1")
    now = await server.call("GET", f"{PLACE}/menu")
    assert (now["data"], now["metadata"]["annotations"]) == ({"soup": "pea"}, {"a": "b", MARK: "c1"})


async def test_a_create_shows_what_was_asked_for_and_is_pinned_by_nothing(
    door: GuardedCluster, server: Server
):
    await server.call("DELETE", f"{PLACE}/menu")
    step = await door.dry_run(create(data={"soup": "pea"}))
    assert step.pin is None
    assert [(c.path, c.after) for c in step.changes] == [("data.soup", "pea")]
    assert await door.find(step, "c1") is None
    await door.holds(step)
    applied = await door.apply(step, "c1")
    assert (applied.call.action, applied.call.version_before) == ("create", "")
    assert applied.after["metadata"]["annotations"] == {MARK: "c1"}
    assert await door.find(step, "c1") is not None


async def test_what_was_changed_since_is_refused_and_nothing_is_sent(door: GuardedCluster, server: Server):
    labels = {"soup": "pea", "fish": "cod", "meat": "ham", "cake": "plum"}
    body = {"metadata": {"labels": labels}}
    step = await door.dry_run(Write(action="patch", target=TARGET, patch="merge", body=body))
    others = {"soup": "rice", "fish": "eel", "meat": "hare", "cake": "nut"}
    await server.call("PATCH", f"{PLACE}/menu", {"metadata": {"labels": others}}, **MERGE)
    for attempt in (door.holds(step), door.apply(step, "c1")):
        await server.call("DELETE", "/simulator/requests")
        with pytest.raises(StalePlanError) as raised:
            await attempt
        assert raised.value.message == (
            "`default/menu` has changed since it was shown: metadata.labels.cake is now nut; "
            "metadata.labels.fish is now eel; metadata.labels.meat is now hare."
        )
        assert await server.bots("PATCH") == 0


@pytest.mark.parametrize("attempt", ["dry_run", "apply"])
async def test_a_status_that_moves_under_a_write_is_met_by_four_tries(
    attempt: str, door: GuardedCluster, server: Server
):
    step = await door.dry_run(patch(soup="pea"))
    again = {"dry_run": lambda: door.dry_run(patch(soup="pea")), "apply": lambda: door.apply(step, "c1")}[
        attempt
    ]
    await server.refuse(409, 4)
    await server.call("DELETE", "/simulator/requests")
    with pytest.raises(ClusterRejectedError):
        await again()
    assert await server.bots("PATCH") == 4
    await server.refuse(409, 3)
    assert await again()


@pytest.mark.parametrize("attempt", ["dry_run", "apply"])
async def test_any_other_refusal_of_the_server_is_told_at_once(
    attempt: str, door: GuardedCluster, server: Server
):
    step = await door.dry_run(patch(soup="pea"))
    again = {"dry_run": lambda: door.dry_run(patch(soup="pea")), "apply": lambda: door.apply(step, "c1")}[
        attempt
    ]
    await server.refuse(422, 1)
    await server.call("DELETE", "/simulator/requests")
    with pytest.raises(ClusterRejectedError):
        await again()
    assert await server.bots("PATCH") == 1


async def test_a_name_that_is_not_there_brings_the_nearest(door: GuardedCluster):
    for missing in (door.get(MAPS, "default", "menus"), door.table(MAPS, "default", name="menus")):
        with pytest.raises(TargetNotFoundError) as raised:
            await missing
        assert (raised.value.wrong, raised.value.near) == ("menus", ("menu",))
        assert raised.value.hint == "Did you mean `menu`?"
    with pytest.raises(TargetNotFoundError) as raised:
        await door.get(MAPS, "default", "zzz")
    assert raised.value.hint == "`/k8s get configmaps` lists what there is."


async def test_the_start_of_a_name_brings_three_that_begin_so(door: GuardedCluster, server: Server):
    for end in ("breakfast", "dessert", "dinner", "lunch"):
        await server.call("POST", PLACE, {"metadata": {"name": f"q-{end}"}})
    with pytest.raises(TargetNotFoundError) as raised:
        await door.get(MAPS, "default", "q")
    assert raised.value.near == ("q-breakfast", "q-dessert", "q-dinner")


async def test_where_no_list_can_be_had_the_plain_answer_stands(door: GuardedCluster, server: Server):
    fault = {"fault": "status", "status": 403, "next": 1, "path": "/configmaps$"}
    await server.call("POST", "/simulator/faults", fault)
    with pytest.raises(TargetNotFoundError, match="menus") as raised:
        await door.get(MAPS, "default", "menus")
    assert raised.value.near == ()


async def test_a_kind_that_the_server_has_not_is_told_as_it_is(door: GuardedCluster, server: Server):
    gone = MAPS.model_copy(update={"plural": "cauldrons"})
    with pytest.raises(TargetNotFoundError):
        await door.table(gone, "default")
    assert await server.bots() == 1  # and no names were asked for that cannot be there
