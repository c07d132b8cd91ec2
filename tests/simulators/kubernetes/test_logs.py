"""Logs: what a container has written, in all the cuts one can ask for."""

import asyncio

import pytest


@pytest.fixture
async def log(api):
    """The address of the log of a pod that has been writing for a while."""
    await api.run("p")
    await api.until(f"{api.pods}/p/log", lambda text: str(text).count("\n") >= 5)
    return f"{api.pods}/p/log"


async def test_a_server_logs_a_line_every_few_seconds(api, log):
    text = (await api.get(log)).body
    first, second, *_ = text.splitlines()
    assert first.endswith("INFO starting web version 1.0 on p")
    assert second.endswith("INFO tick 1 password=hunter2 version=1.0")
    assert text.endswith("\n")


async def test_cuts(api, log):
    assert (await api.get(f"{log}?tailLines=2")).body.count("\n") == 2
    assert (await api.get(f"{log}?tailLines=0")).body == ""
    assert len((await api.get(f"{log}?limitBytes=10")).body) == 10
    stamped = (await api.get(f"{log}?timestamps=true&tailLines=1")).body
    moment, own, *_ = stamped.split()
    assert moment[:19] == own[:19]
    assert "." in moment
    later = (await api.get(f"{log}?sinceTime=2999-01-01T00:00:00Z")).body
    assert later == ""
    assert (await api.get(f"{log}?sinceSeconds=3600")).body.startswith("20")


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("previous=true", 400, 'previous terminated container "main" in pod "p" not found'),
        ("container=nope", 400, "container nope is not valid for pod p"),
        ("tailLines=-1", 422, "tailLines: Invalid value: -1: must be greater than or equal to 0"),
        ("sinceSeconds=0", 422, "sinceSeconds: Invalid value: 0: must be greater than 0"),
        ("sinceTime=now", 400, 'parsing time "now"'),
    ],
)
async def test_refusals(api, log, query, status, said):
    refused = await api.get(f"{log}?{query}")
    assert (refused.status, said in refused["message"]) == (status, True)


async def test_with_two_containers_one_must_be_named(api):
    pair = [
        {"name": "a", "image": "web:1.0"},
        {"name": "b", "image": "busybox", "command": ["sh", "-c", "echo from b; sleep 1000"]},
    ]
    await api.post(api.pods, {"metadata": {"name": "pair"}, "spec": {"containers": pair}})
    await api.until(f"{api.pods}/pair/log?container=b", lambda text: text == "from b\n")
    refused = await api.get(f"{api.pods}/pair/log")
    assert refused["message"] == "a container name must be specified for pod pair, choose one of: [a b]"


async def test_the_last_words_of_a_crash_move_from_current_to_previous(api):
    await api.run("p", image="crash:1")

    def main(pod):
        return pod["status"]["containerStatuses"][0]

    await api.until(
        f"{api.pods}/p", lambda pod: main(pod)["restartCount"] == 1 and "terminated" in main(pod)["state"]
    )
    current = await api.get(f"{api.pods}/p/log")
    previous = await api.get(f"{api.pods}/p/log?previous=true")
    assert current.body.splitlines()[-1].endswith("FATAL cannot reach database db:5432: connection refused")
    assert previous.status == 200
    assert previous.body.startswith("unable to retrieve container logs for containerd://")
    await api.until(
        f"{api.pods}/p", lambda pod: main(pod)["restartCount"] == 2 and "running" in main(pod)["state"]
    )
    again = await api.get(f"{api.pods}/p/log?previous=true")
    assert "FATAL cannot reach database" in again.body


async def test_a_log_can_be_followed_to_its_end(api, log):
    async with api.session.get(f"{log}?follow=true&tailLines=1") as response:
        for _ in range(3):
            line = await asyncio.wait_for(response.content.readline(), 3)
            assert b"INFO tick" in line
        await api.delete(f"{api.pods}/p?gracePeriodSeconds=1")
        await asyncio.wait_for(response.content.read(), 3)  # ends when the program does


async def test_a_log_on_a_lost_node_cannot_be_reached(api, log):
    node = (await api.get(f"{api.pods}/p"))["spec"]["nodeName"]
    await api.post("/simulator/faults", {"fault": "lose-node", "node": node})
    refused = await api.get(log)
    assert (refused.status, "i/o timeout" in refused["message"]) == (500, True)
