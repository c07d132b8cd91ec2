"""What a line may reach, whoever types it, and what it leaves on the record when it reaches nothing."""

from __future__ import annotations

import pytest


async def test_what_is_refused_after_it_was_let_through_is_on_the_record(place):
    pod = (await place.api("/api/v1/namespaces/shop/pods"))["items"][0]["metadata"]["name"]
    answer = await place.says("cho", f"label pod {pod} app=other")
    assert "--overwrite" in answer.text
    [record] = await place.recorded("refusal")
    assert (record["verb"], record["detail"]["error"]) == ("label", "usage")


@pytest.mark.parametrize("who", ["gus", "sol"])
async def test_who_is_no_full_member_learns_no_name(place, who):
    for line in ("get pods --context nope", "whoami --context nope", "help", ""):
        answer = await place.says(who, line)
        assert "Not allowed" in answer.text
        assert "demo" not in answer.text
    await place.recorded(*["refusal"] * 4)
    assert await place.requests("GET") == []


ELSEWHERE = (
    "x/../kube-system",
    "kube-system/pods",
    "shop/pods/a/../..",
    "UPPER",
    "..",
    "x%2Fy",
    "*",
    "a" * 64,
)
NAMING = (
    "get pods '{}'", "describe pod/'{}'", "logs '{}'", "scale '{}' 4", "events --for pod/'{}'",
    "label pods '{}' a=b", "get '{}'", "expose web --port 1 --name '{}'",
)  # fmt: skip
NAMES = ("a/b", "..", "a%2Fb", "web/../../pods")


async def test_no_namespace_and_no_name_leads_elsewhere(place):
    for namespace in ELSEWHERE:
        for line in ("get pods", "scale web 4"):
            answer = await place.says("cho", f"{line} -n '{namespace}'")
            assert "cannot be a namespace's name" in answer.text, (line, namespace)
    assert await place.requests("GET", "PATCH") == []
    for name in NAMES:
        for line in NAMING:
            await place.says("cho", line.format(name))
    asked = [request["path"] for request in await place.requests("GET", "PATCH", "POST")]
    assert [path for path in asked if "%2f" in path.lower() or ".." in path or "/a/b" in path] == []
    assert await place.writes() == []


async def test_a_type_named_over_and_over_is_read_once(place):
    answer = await place.says("cho", "get " + ",".join(["po"] * 1000))
    assert "2 pods" in answer.text
    assert len(await place.requests("GET")) == 1
    answer = await place.says("cho", "get " + ",".join(f"kind{n}" for n in range(11)))
    assert "10 resource types at a time" in answer.text
    assert len(await place.requests("GET")) == 1
