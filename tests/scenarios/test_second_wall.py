"""The second wall: a cluster is told on whose behalf it is asked, and its own rights count, too."""

from __future__ import annotations

import asyncio
import logging

import helm_python
import pytest
import yaml

from bot.domain.errors import SettingsError
from tests.scenarios.test_rollouts_go_wrong import patiently
from tests.scenarios.test_two_clusters import pair
from tests.scenarios.walls import (
    NOBODY,
    RBAC,
    TOLD,
    bind,
    form_groups,
    journal,
    rewrite,
    send,
    told,
    wall,
)


async def test_two_people_at_once_on_two_clusters_are_told_by_exactly_their_names(walled):
    place, other = walled
    for simulator in (place.kube, other):
        await bind(place, simulator, "view", "slack:sre")
        await bind(place, simulator, "view", "slack:shop")
    commands = [
        (who, f"get {what} --context {where}")
        for what in ("pods", "deployments", "configmaps -A", "events")
        for where in ("demo", "staging")
        for who in ("ana", "cho")
    ]
    await asyncio.gather(*(place.command(*one, channel="ops") for one in commands))
    await place.until(lambda: place.kinds() == ["read"] * len(commands))
    records = {record["operation"]: record for record in place.records()}
    assert not [record for record in records.values() if "error" in record["detail"]]
    for name, simulator in (("demo", place.kube), ("staging", other)):
        made = [one for one in await journal(place, simulator) if one["headers"]]
        for entry in made:
            user, groups, operation = told(entry)
            assert (user, groups) == TOLD[records[operation]["actor"]]
            assert (records[operation]["cluster"], entry["user"], entry["status"]) == (name, user, 200)
        assert {told(entry)[2] for entry in made} == {
            operation for operation, record in records.items() if record["cluster"] == name
        }, "each line reached its own cluster"


async def test_what_the_clusters_rights_do_not_let_somebody_see_is_refused_by_the_cluster(walled):
    place, _ = walled
    await bind(place, place.kube, "view", "slack:sre")
    assert "2 pods in shop" in (await place.says("ana", "get pods")).plain
    answer = await place.says("cho", "get pods")
    assert "Cluster demo itself, by its RBAC, does not let slack:U0CHO list pods in namespace shop." in (
        answer.plain
    )
    need = "slack:U0CHO, slack:shop, slack:shop.developers would need a role with list on pods"
    assert need in answer.plain
    assert "Nothing was changed." in answer.plain
    read, refused = await place.recorded("read", "refusal")
    assert (read["actor"], refused["actor"]) == ("U0ANA", "U0CHO")
    assert refused["detail"]["error"] == "person-denied"
    assert refused["decision"]["rule"] == "all", "the policy had let it through"


async def test_a_change_that_the_clusters_rights_refuse_is_refused_before_it_is_asked_about(walled):
    place, _ = walled
    await bind(place, place.kube, "view", "slack:shop")
    answer = await place.says("cho", "scale web 4")
    assert "does not let slack:U0CHO patch deployments.apps in namespace shop" in answer.plain
    assert "Nothing was changed." in answer.plain
    await place.recorded("refusal")
    assert [one["dryRun"] for one in await place.requests("PATCH")] == [True]
    assert (await place.deployment())["spec"]["replicas"] == 2


async def test_a_right_that_is_taken_away_before_the_act_stops_the_change(tmp_path):
    rules = {"rules": [{"name": "all", "verbs": "*", "effect": "confirm"}]}
    async with pair(tmp_path, policy=rules, impersonate=True) as (place, _):
        await bind(place, place.kube, "edit", "slack:U0CHO", kind="User")
        await bind(place, place.kube, "view", "system:authenticated")
        question = await place.says("cho", "scale web 4")
        await place.api(f"{RBAC}/clusterrolebindings/edit-slack-u0cho", "DELETE")
        await place.press("cho", question, "Scale to 4")
        card = await place.card("does not let", "patch", "Nothing was changed.")
        assert "by its RBAC" in card.plain
        *_, conclusion = await place.recorded("asked", "intent", "conclusion")
        assert conclusion["detail"]["result"] == "refused"
        assert conclusion["detail"]["error"] == "person-denied"
        assert (await place.deployment())["spec"]["replicas"] == 2


async def test_a_plan_that_ana_confirmed_is_written_as_ana_and_its_record_stands_beside_it(tmp_path):
    rules = {"rules": [{"name": "all", "groups": {"S0SRE": "sre"}, "verbs": "*", "effect": "confirm"}]}
    async with pair(tmp_path, policy=rules, impersonate=True) as (place, _):
        await bind(place, place.kube, "edit", "slack:sre")
        question = await place.says("ana", "scale web 3")
        await place.press("ana", question, "Scale to 3")
        await place.card("has 3 replicas", "3 of 3")
        asked, intent, conclusion, _ = await place.recorded("asked", "intent", "conclusion", "followed")
        made = await place.requests("PATCH")
        dry, [write] = ([one for one in made if one["dryRun"] is is_dry] for is_dry in (True, False))
        assert told(write) == ("slack:U0ANA", {"slack:sre"}, intent["operation"])
        assert intent["operation"] == conclusion["operation"]
        assert {told(one)[2] for one in dry} == {asked["operation"]}


async def test_what_the_bot_itself_needs_is_asked_as_the_bot(walled):
    place, _ = walled
    await bind(place, place.kube, "edit", "slack:shop")
    await place.says("cho", "scale web 3")
    await place.card("has 3 replicas", "3 of 3")
    made = await journal(place, place.kube)
    watches = [one for one in made if "watch=" in one["query"]]
    reviews = [one for one in made if one["path"].endswith("/subjectaccessreviews")]
    assert watches
    assert {(*told(one)[:1], one["status"]) for one in watches} == {(None, 200)}
    spoken = {
        (a["verb"], a["resource"], a["subresource"], a["name"])
        for a in (one["body"]["spec"]["resourceAttributes"] for one in reviews)
    }
    assert spoken == {
        ("get", "deployments", "", "web"), ("list", "pods", "", ""), ("get", "pods", "log", ""),
    }  # fmt: skip
    assert {told(one)[0] for one in reviews} == {None}
    assert {one["body"]["spec"]["user"] for one in reviews} == {"slack:U0CHO"}


async def test_a_program_runs_as_whoever_asked_for_it(walled):
    place, _ = walled
    await bind(place, place.kube, "edit", "slack:shop")
    answer = await place.says("cho", "exec deployment/web -- id")
    assert "uid=" in answer.plain
    [run] = [one for one in await journal(place, place.kube) if one["path"].endswith("/exec")]
    assert told(run)[:2] == TOLD["U0CHO"]
    assert told(run)[2] in {record["operation"] for record in place.records()}


async def test_a_cluster_that_cannot_is_left_out_and_a_reload_switches_it(tmp_path, caplog):
    caplog.set_level(logging.INFO, "bot.wiring")
    async with wall(tmp_path, **{"except": "stag*"}) as (place, other):
        form_groups(place)
        await bind(place, place.kube, "view", "slack:sre")
        await place.says("ana", "get pods")
        assert "No pods in stage on staging" in (await place.says("ana", "get pods --context staging")).plain
        own = [told(one) for one in await journal(place, other) if "/pods" in one["path"]]
        assert own == [NOBODY]
        theirs = [told(one)[:2] for one in await journal(place, place.kube) if "/pods" in one["path"]]
        assert theirs == [TOLD["U0ANA"]]

        rewrite(place, {"clusters": "staging"})
        await place.until(lambda: "is in force" in caplog.text, "a configuration in force")
        assert "by its RBAC" in (await place.says("ana", "get pods --context staging")).plain
        before = len(await journal(place, place.kube))
        await place.says("cho", "get pods")
        assert [told(one) for one in (await journal(place, place.kube))[before:]] == [NOBODY]


async def test_a_reload_that_names_nobody_is_refused_and_the_old_one_stays(walled, caplog):
    place, _ = walled
    await bind(place, place.kube, "view", "slack:sre")
    rewrite(place, {"user": "system:{id}"})
    await place.until(lambda: "impersonate.user" in caplog.text, "the refusal of the file")
    assert "the old one stays" in caplog.text
    await place.says("ana", "get pods")
    assert told((await journal(place, place.kube))[-1])[:2] == TOLD["U0ANA"]


@pytest.mark.parametrize(
    ("groups", "problem"),
    [
        ({"S0SRE": "system:masters"}, "'system:masters' is no handle"),
        ({"S0SRE": "ops", "S0OPS": "ops"}, "'ops' is S0OPS and another group"),
    ],
)
async def test_a_policy_whose_groups_a_cluster_cannot_be_told_does_not_start(tmp_path, groups, problem):
    rules = {"rules": [{"name": "all", "groups": groups, "verbs": "*", "effect": "allow"}]}
    with pytest.raises(SettingsError, match=problem):
        async with pair(tmp_path, policy=rules, impersonate=True):
            pass
    async with pair(tmp_path, policy=rules, impersonate=False) as (place, _):
        assert "2 pods in shop" in (await place.says("ana", "get pods")).plain


async def test_people_may_be_known_by_their_addresses_and_who_has_none_is_not_let_in(tmp_path):
    async with wall(tmp_path, user="{email}") as (place, _):
        form_groups(place)
        await bind(place, place.kube, "view", "slack:ana@demo.example", kind="User")
        assert "2 pods in shop" in (await place.says("ana", "get pods")).plain
        assert told((await journal(place, place.kube))[-1])[0] == "slack:ana@demo.example"

        before = len(await journal(place, place.kube))
        await place.fault("slack", fault="person", user="U0BEN", set={"email": ""})
        answer = await place.says("ben", "get pods")
        assert "Cluster demo cannot be told of you, so it was not asked." in answer.plain
        assert "by their e-mail address, and Slack tells none" in answer.plain
        await place.fault("slack", fault="person", user="U0CHO", set={"email": "system:masters@x"})
        assert "cannot be told of you" in (await place.says("cho", "get pods")).plain
        assert len(await journal(place, place.kube)) == before
        assert place.kinds() == ["read", "refusal", "refusal"]
        assert "cannot be told of you" in (await place.says("ben", "clusters")).plain
        seen = (await place.says("ana", "clusters")).plain
        assert "v1.36.2" in seen
        assert "3 of 3" not in seen, "the nodes are hers to see by her own rights alone"


async def as_the_pod(place, simulator, *settings):
    """Start the bot anew as the chart's own account, with what the chart grants it and no more."""
    await place.stop_bot()
    given = helm_python.parse_set_string(",".join(settings)) if settings else {}
    with helm_python.Chart.load("helm") as chart:
        rendered = chart.render(given, name="k8s-bot", namespace="ops")
    for manifest in filter(None, yaml.safe_load_all("\n---\n".join(map(_yaml, rendered.items())))):
        if manifest["kind"] in {"ClusterRole", "ClusterRoleBinding"}:
            await send(place, simulator, f"{RBAC}/{manifest['kind'].lower()}s", manifest)
    path = place.folder / "kubeconfig"
    config = yaml.safe_load(path.read_text())
    config["users"][0]["user"] = {"token": "system:serviceaccount:ops:k8s-bot"}
    path.write_text(yaml.safe_dump(config))
    await place.start_bot()


def _yaml(file):
    return file[1] if file[0].endswith(".yaml") else ""


async def test_what_the_chart_grants_is_enough_to_act_for_people_with_their_rights(walled):
    place, _ = walled
    await bind(place, place.kube, "edit", "slack:shop")
    await as_the_pod(place, place.kube)
    assert "uid=" in (await place.says("cho", "exec deployment/web -- id")).plain, "the bot itself may not"
    await patiently(place, held=60)
    await place.says("cho", "set image deployment/web web=crash:1")
    card = await place.card("crash:1", "exit code 3")
    assert "not shown" not in card.text
    await place.thread(card, "FATAL cannot reach database")
    refused = [one for one in await journal(place, place.kube) if one["status"] == 403]
    assert not [one for one in refused if told(one) == NOBODY]
    assert "by its RBAC" in (await place.says("ben", "get pods")).plain


async def test_a_grant_for_named_groups_lets_nobody_else_in(walled):
    place, _ = walled
    await bind(place, place.kube, "view", "system:authenticated")
    await as_the_pod(place, place.kube, "rbac.impersonateGroups={slack:sre,slack:on-call}")
    assert "2 pods in shop" in (await place.says("ana", "get pods")).plain
    answer = await place.says("cho", "get pods")
    assert "on behalf of people, so nothing was done" in answer.plain
    assert "grant impersonate on groups to system:serviceaccount:ops:k8s-bot" in answer.plain


async def test_a_bot_that_may_not_impersonate_says_what_its_operator_has_to_do(tmp_path):
    async with wall(tmp_path) as (place, _):
        await as_the_pod(place, place.kube, "rbac.impersonate=false")
        answer = await place.says("ben", "get pods")
        assert "The bot may not ask cluster demo on behalf of people, so nothing was done." in answer.plain
        assert "grant impersonate on users to system:serviceaccount:ops:k8s-bot" in answer.plain
        [refused] = await place.recorded("refusal")
        assert refused["detail"]["error"] == "cluster-denied"
