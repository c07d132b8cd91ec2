"""Planted trouble arrives as real trouble does; and the journal tells what was asked."""

import time

import aiohttp
import pytest

FAULTS = "/simulator/faults"


async def test_a_status_for_the_next_calls_that_match(api):
    planted = await api.post(
        FAULTS,
        {"fault": "status", "status": 429, "next": 2, "method": "GET", "path": "/pods$", "retryAfter": 1},
    )
    assert planted.status == 201
    assert (await api.get("/api/v1/nodes")).status == 200
    assert [(await api.get(api.pods)).status for _ in range(3)] == [429, 429, 200]
    await api.post(FAULTS, {"fault": "status", "status": 503, "retryAfter": 2})
    refused = await api.get(api.pods)
    assert (refused["kind"], refused["reason"], refused.headers["Retry-After"]) == (
        "Status",
        "ServiceUnavailable",
        "2",
    )
    assert (await api.get(FAULTS))["faults"] == [{"fault": "status", "status": 503, "retryAfter": 2}]
    await api.delete(FAULTS)
    assert (await api.get(api.pods)).status == 200


async def test_slowness(api):
    await api.post(FAULTS, {"fault": "latency", "seconds": 0.1, "next": 1})
    start = time.monotonic()
    await api.get(api.pods)
    assert time.monotonic() - start >= 0.1


@pytest.mark.parametrize(("after", "done"), [({}, 404), ({"after": "act"}, 200)])
async def test_a_cut_connection_before_or_after_the_act(api, after, done):
    await api.post(FAULTS, {"fault": "cut", "next": 1, "method": "POST", **after})
    with pytest.raises(aiohttp.ClientError):
        await api.post(api.config_maps, {"metadata": {"name": "c"}})
    assert (await api.get(f"{api.config_maps}/c")).status == done


async def test_an_outage_ends_by_itself(api):
    await api.post(FAULTS, {"fault": "outage", "seconds": 0.1})
    with pytest.raises(aiohttp.ClientError):
        await api.get(api.pods)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            assert (await api.get(api.pods)).status == 200
            break
        except aiohttp.ClientError:
            continue
    else:
        pytest.fail("the outage did not end")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"fault": "earthquake"}, "unknown fault: 'earthquake'"),
        ({"fault": "status"}, "status needs status"),
        ({"fault": "status", "status": "many"}, "status cannot be 'many'"),
        ({"fault": "latency", "seconds": 1, "colour": "red"}, "latency has no colour"),
        ({"fault": "cut", "path": "("}, "path cannot be '(': missing )"),
        ({"fault": "lose-node", "node": "nope"}, 'there is no node "nope"'),
        ({"fault": "cut", "after": "lunch"}, "after cannot be 'lunch': it is one of act"),
        ({"fault": "latency", "seconds": 1, "method": "get"}, "method cannot be 'get': it is one of GET"),
        ({"fault": "status", "status": 200}, "status cannot be 200: it is a whole number from 400 to 599"),
        ({"fault": "cut", "next": 0}, "next cannot be 0: it is a whole number from 1"),
        ({"fault": "outage", "seconds": True}, "seconds cannot be True"),
        ({"fault": ["cut"]}, "unknown fault: ['cut']"),
        (
            {"fault": "crash", "code": 300, "soul": 1},
            "crash has no soul; crash needs seconds; code cannot be 300",
        ),
        ([], "unknown fault"),
    ],
)
async def test_an_unknown_fault_is_an_error_that_says_what_is_known(api, fault, said):
    refused = await api.post(FAULTS, fault)
    assert refused.status == 400
    assert said in refused["error"]
    assert "cut-watches" in refused["known"]


@pytest.mark.parametrize("sim", [{"tolerance": 10}], indirect=True)
async def test_a_lost_node_falls_silent_and_its_pods_come_back_elsewhere(api):
    await api.deploy(replicas=3)
    await api.ready(replicas=3)
    await api.post(FAULTS, {"fault": "lose-node", "node": "node-1"})
    lost = await api.until(
        "/api/v1/nodes/node-1", lambda node: node["status"]["conditions"][-1]["status"] == "Unknown"
    )
    assert [taint["effect"] for taint in lost["spec"]["taints"]] == ["NoSchedule", "NoExecute"]
    assert (await api.table("/api/v1/nodes/node-1"))["rows"][0]["cells"][1] == "NotReady"
    await api.until(f"{api.deployments}/web", lambda d: d["status"]["availableReplicas"] == 2)
    # the pods there are deleted after their toleration, and stay Terminating: nobody is there to end them
    await api.until(f"{api.deployments}/web", lambda d: d["status"]["availableReplicas"] == 3)
    words = {row["cells"][2] for row in (await api.table(api.pods))["rows"]}
    assert words == {"Running", "Terminating"}
    await api.post(FAULTS, {"fault": "restore-node", "node": "node-1"})
    await api.until(api.pods, lambda found: len(found["items"]) == 3)
    assert (await api.table("/api/v1/nodes/node-1"))["rows"][0]["cells"][1] == "Ready"


async def test_a_stop_and_a_start_lose_nothing(api, sim):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    address = sim.url
    await sim.stop()
    with pytest.raises(aiohttp.ClientError):
        await api.get(api.pods)
    await sim.start()
    assert sim.url == address
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 3}})
    await api.ready(replicas=3)


async def test_the_journal(api):
    await api.post(f"{api.config_maps}?dryRun=All", {"metadata": {"name": "c"}}, User_Agent="tester/1")
    noted = (await api.get("/simulator/requests"))["requests"][-1]
    assert (noted["method"], noted["path"], noted["status"]) == ("POST", api.config_maps, 201)
    assert (noted["query"], noted["dryRun"], noted["userAgent"]) == ("dryRun=All", True, "tester/1")
    assert noted["body"] == {"metadata": {"name": "c"}}
    await api.delete("/simulator/requests")
    assert (await api.get("/simulator/requests"))["requests"] == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
@pytest.mark.parametrize("path", [FAULTS, "/simulator/requests"])
async def test_other_websites_are_kept_out(api, path, headers):
    assert (await api.get(path, **headers)).status == 403
