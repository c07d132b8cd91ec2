"""Two clusters behind one bot: each line goes where it is meant, and one that is down hurts its own alone."""

from __future__ import annotations

import contextlib
import time

import pytest
import yaml

from bot.demo.kubernetes import KubernetesSimulator
from tests.world import slept_out, world

RULES = {"rules": [{"name": "looks", "verbs": ["get", "events", "top", "cluster-info"], "effect": "allow"}]}


@contextlib.asynccontextmanager
async def pair(folder, *, policy=RULES, channels=None, impersonate=False):
    """`demo` as ever, and beside it `staging` with a namespace of its own; the kubeconfig names `demo`."""
    config = folder / "policy.yaml"
    settings = {"policy": policy, "channels": channels or {}, "impersonate": impersonate}
    config.write_text(yaml.safe_dump(settings))
    async with KubernetesSimulator(pace=0.05) as other, world(folder, policy=config) as place:
        path = folder / "kubeconfig.staging"
        path.write_text(other.kubeconfig("staging", "stage"))
        place.environment["KUBECONFIG"] += f":{path}"
        async with place.http.post(
            f"{other.url}/api/v1/namespaces", json={"metadata": {"name": "stage"}}
        ) as made:
            assert made.status == 201
        await place.start_bot()
        yield place, other
    await slept_out(4.0)


@pytest.fixture
async def both(tmp_path):
    async with pair(tmp_path) as found:
        yield found


async def trouble(place, other, **what):
    async with place.http.post(f"{other.url}/simulator/faults", json=what) as answer:
        assert answer.status < 300


async def test_each_says_how_it_answers_and_which_is_the_default(both):
    place, _ = both
    answer = await place.says("cho", "clusters")
    assert "2 clusters · here you are in shop on demo" in answer.plain
    assert answer.plain.count("3 of 3 ready") == 2
    assert "demo is the default here: the kubeconfig names it." in answer.plain
    assert list(answer.buttons) == ["Use staging"]


async def test_lines_that_wait_for_one_cluster_hold_up_no_line_to_another(both):
    place, other = both
    await trouble(place, other, fault="latency", seconds=4.0, method="GET")
    for _ in range(5):
        assert (await place.command("cho", "get pods --context staging -n stage"))["ok"]
    said = await place.says("cho", "get pods --context demo")
    assert "2 pods in" in said.plain, "it is the first of them that is answered"


async def test_a_yes_is_to_the_cluster_that_was_shown_whatever_is_usual_by_then(tmp_path):
    careful = {"rules": [{"name": "looks", "verbs": ["get"], "effect": "confirm"}]}
    async with pair(tmp_path, policy=careful) as (place, _):
        question = await place.says("cho", "get pods")
        assert "--context demo -n shop" in question.plain
        await place.says("cho", "cluster use staging")
        await place.press("cho", question, "Run it")
        await place.becomes(question, "pods in `shop` on `demo`")


async def test_the_flag_then_ones_own_then_the_channels_then_the_context(tmp_path):
    channels = {"C0OPS": {"name": "ops", "context": "staging", "namespace": "ops-space"}}
    async with pair(tmp_path, channels=channels) as (place, _):
        assert "in shop on demo" in (await place.says("cho", "get pods")).plain
        assert "in ops-space on staging" in (await place.says("cho", "get pods", channel="ops")).plain
        chosen = await place.says("cho", "cluster use demo", channel="ops")
        assert "your lines now mean shop on demo" in chosen.plain
        assert "in shop on demo" in (await place.says("cho", "get pods", channel="ops")).plain
        flagged = await place.says("cho", "get pods --context staging", channel="ops")
        assert "in ops-space on staging" in flagged.plain
        assert "in ops-space on staging" in (await place.says("ana", "get pods", channel="ops")).plain
        assert "in shop on demo" in (await place.says("cho", "get pods")).plain


async def test_a_choice_holds_across_a_restart_until_it_is_forgotten(both):
    place, _ = both
    listed = await place.says("cho", "clusters")
    await place.press("cho", listed, "Use staging")
    await place.whisper("your lines now mean", "staging")
    await place.stop_bot()
    await place.start_bot()
    assert "in stage on staging" in (await place.says("cho", "get pods")).plain
    again = await place.says("cho", "clusters")
    assert "staging is the default here: you chose it." in again.plain
    gone = await place.says("cho", "cluster use -")
    assert "Forgotten. Here, your lines mean shop on demo again." in gone.plain
    assert "in shop on demo" in (await place.says("cho", "get pods")).plain


async def test_a_choice_that_has_left_the_kubeconfig_is_as_good_as_none(both):
    place, _ = both
    await place.says("cho", "cluster use staging")
    await place.stop_bot()
    place.environment["KUBECONFIG"] = place.environment["KUBECONFIG"].partition(":")[0]
    await place.start_bot()
    assert "in shop on demo" in (await place.says("cho", "get pods")).plain


async def test_one_that_is_slow_is_given_up_and_the_other_answers_at_once(both):
    place, other = both
    await trouble(place, other, fault="latency", seconds=3, path="^/(version|api)")
    begun = time.monotonic()
    command = await place.command("cho", "get namespaces --context staging")
    assert command["ok"]
    await place.command("ana", "get pods")
    await place.whisper("2 pods in `shop` on `demo`")
    assert time.monotonic() - begun < 2.0, "what one cluster keeps waiting waits alone"
    begun = time.monotonic()
    await place.command("ben", "clusters")
    answer = await place.whisper("1 does not answer")
    assert time.monotonic() - begun < 3.5
    assert "Cluster staging gives no answer within 2 s." in answer.plain
    assert "3 of 3 ready" in answer.plain
    assert "Use staging" not in answer.buttons


async def test_one_that_is_down_hurts_only_its_own_answers(both):
    place, other = both
    await other.stop()
    answer = await place.says("cho", "clusters")
    answer = answer if "1 does not answer" in answer.plain else await place.whisper("1 does not answer")
    assert "cluster staging cannot be reached" in answer.plain.lower()
    assert "in shop on demo" in (await place.says("cho", "get pods")).plain
    refused = await place.says("ana", "get pods --context staging")
    refused = refused if "reached" in refused.plain else await place.whisper("cannot be reached")
    assert "Cluster staging cannot be reached" in refused.plain


async def test_a_cluster_that_is_not_for_somebody_is_not_spoken_of_to_them(tmp_path):
    looks = RULES["rules"][0] | {"clusters": ["demo"]}
    bens = {"name": "bens", "users": {"U0BEN": "ben"}, "verbs": "*", "effect": "allow"}
    async with pair(tmp_path, policy={"rules": [looks, bens]}) as (place, other):
        answer = await place.says("cho", "clusters")
        assert "1 cluster · here you are" in answer.plain
        assert "staging" not in answer.plain
        for line in ("cluster use staging", "get pods --context prod"):
            said = (await place.says("cho", line)).plain
            assert "There is no cluster" in said
            assert "known: demo, staging" not in said
        for verb in (
            "get pods",
            "scale web 3",
            "help",
            "locks",
            "freeze",
            "whoami",
            "can-i get pods",
            "lock web -m why",
        ):
            said = (await place.says("cho", f"{verb} --context staging")).plain
            assert "There is no cluster staging; known: demo." in said, verb
        async with place.http.get(f"{other.url}/simulator/requests") as seen:
            assert [r for r in (await seen.json())["requests"] if r["userAgent"].startswith("k8s-bot")] == []
        assert "2 clusters" in (await place.says("ben", "clusters")).plain


async def test_whoever_may_not_ask_for_a_clusters_nodes_learns_only_that_it_answers(tmp_path):
    gets = {"name": "gets", "verbs": ["get"], "namespaces": ["shop"], "effect": "allow"}
    async with pair(tmp_path, policy={"rules": [gets]}) as (place, _):
        answer = await place.says("cho", "clusters")
        assert "2 clusters" in answer.plain
        assert "v1.36" not in answer.plain
        assert "ready" not in answer.plain


async def test_guests_learn_nothing_and_choose_nothing(both):
    place, _ = both
    for line in ("clusters", "cluster use staging"):
        said = (await place.says("gus", line)).plain
        assert "Guests of this workspace cannot use it" in said
        assert "staging" not in said.replace(line, "")


async def test_what_was_chosen_is_on_the_record(both):
    place, _ = both
    await place.says("cho", "cluster use staging")
    (record,) = await place.recorded("read")
    assert (record["verb"], record["target"], record["understood"]) == (
        "cluster use", "staging", {"name": "staging"},
    )  # fmt: skip


async def test_one_cluster_alone_needs_no_choice_and_says_so(place):
    answer = await place.says("cho", "clusters")
    assert "1 cluster · here you are in shop on demo" in answer.plain
    assert answer.buttons == {}
