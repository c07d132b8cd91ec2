"""set env: variables of a workload's containers."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.domain.rollouts.snapshot import CAUSE
from bot.engine.cards import field_rows
from bot.engine.grammar import parse
from commands import set_env
from commands.set_env import SetEnvArgs
from tests.commands.change_steps import WORKLOADS, add_sidecar, carry_out, said, writes


@pytest.mark.parametrize(
    ("line", "target", "wanted"),
    [
        ("deploy/web LOG=debug", ("deploy/web",), {"LOG": "debug"}),
        ("deployment web A=1 B-", ("deployment", "web"), {"A": "1", "B": None}),
        ("web URL=http://x?a=b", ("web",), {"URL": "http://x?a=b"}),
        ("sts/db EMPTY=", ("sts/db",), {"EMPTY": ""}),
    ],
)
def test_grammar(line, target, wanted):
    args = parse(SetEnvArgs, tuple(line.split()))
    assert (args.target, args.wanted, args.container) == (target, wanted, "*")


def test_grammar_of_the_container():
    assert parse(SetEnvArgs, ("web", "-c", "proxy", "A=1")).container == "proxy"
    assert parse(SetEnvArgs, ("web", "--containers=proxy", "A=1")).container == "proxy"


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME KEY=VALUE` is needed."),
        ("web", "Which variable? Write KEY=VALUE after the name, or KEY- to take one away."),
        ("A=1", "Of which workload?"),
        ("web 1A=1", "`1A` cannot be a variable's name."),
        ("web =1", "`` cannot be a variable's name."),
        ("pod/web A=1", "Not for pods: only for deployments, statefulsets, daemonsets."),
        ("deploy/a deploy/b A=1", "One workload at a time"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(SetEnvArgs, tuple(line.split()), name="set env")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(set_env.COMMAND, "web A=1")
    await only_reads()


async def test_set_changed_and_taken_away_at_once(kube, plan, cluster):
    env = [{"name": "A", "value": "1"}, {"name": "OLD", "value": "x"}, {"name": "C", "value": "3"}]
    await kube.deploy("web", replicas=1, env=env)
    planned = await plan(set_env.COMMAND, "deploy/web C=4 NEW=5 OLD- NEVER-")
    assert planned.title.plain() == "Update shop/web on demo: C=4, NEW=5, without OLD, NEVER?"
    assert planned.button == "Update web"
    assert planned.done.plain() == "shop/web on demo has C=4, NEW=5, without OLD, NEVER"
    assert planned.inverse == "rollback web -n shop --context demo"
    assert planned.follow.name == "web"
    assert field_rows(planned) == (
        ("env C (web)", "3 → 4"),
        ("env NEW (web)", "5"),
        ("env OLD (web)", "x → none"),
    )
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [
        {"name": "A", "value": "1"},
        {"name": "C", "value": "4"},
        {"name": "NEW", "value": "5"},
    ]
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_a_value_takes_the_place_of_a_reference(kube, plan, cluster):
    reference = {"configMapKeyRef": {"name": "settings", "key": "mode"}}
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"mode": "slow"}})
    await kube.deploy("web", replicas=1, env=[{"name": "MODE", "valueFrom": reference}])
    (after,) = await carry_out(cluster, await plan(set_env.COMMAND, "web MODE=fast"))
    assert after["spec"]["template"]["spec"]["containers"][0]["env"] == [{"name": "MODE", "value": "fast"}]


async def test_every_container_or_the_one_that_is_named(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    planned = await plan(set_env.COMMAND, "web A=1")
    assert [path for path, _ in field_rows(planned)] == ["env A (proxy)", "env A (web)"]
    (after,) = await carry_out(cluster, await plan(set_env.COMMAND, "web -c proxy A=1"))
    env = {c["name"]: c.get("env") for c in after["spec"]["template"]["spec"]["containers"]}
    assert env == {"web": None, "proxy": [{"name": "A", "value": "1"}]}


async def test_a_container_it_does_not_have(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no container `nginx`") as refused:
        await plan(set_env.COMMAND, "web -c nginx A='b c'")
    assert refused.value.suggestions == ("set env deployment/web 'A=b c' -n shop --context demo -c web",)
    assert await plan(set_env.COMMAND, refused.value.suggestions[0].removeprefix("set env "))


async def test_a_secret_is_set_and_never_spelled(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(set_env.COMMAND, "web DB_PASSWORD=hunter2hunter2")
    shown = f"{planned.title.plain()} {planned.doing.plain()} {planned.done.plain()} {field_rows(planned)}"
    assert "hunter2" not in shown
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] == "hunter2hunter2"


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1, env=[{"name": "A", "value": "1"}])
    planned = await plan(set_env.COMMAND, "web A=1 B-")
    assert planned.nothing.plain() == (
        "Nothing to change: shop/web on demo has that already (A=1, without B)."
    )
    planned = await plan(set_env.COMMAND, "web B-")
    assert planned.nothing


async def test_a_stateful_set_is_followed_and_can_be_rolled_back(kube, plan):
    template = {"metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "db", "image": "db:1"}]}}  # fmt: skip
    spec = {"serviceName": "db", "selector": {"matchLabels": {"app": "db"}}, "template": template,
            "updateStrategy": {"type": "OnDelete"}}  # fmt: skip
    await kube.create("statefulsets", {"metadata": {"name": "db"}, "spec": spec}, group="/apis/apps/v1")
    planned = await plan(set_env.COMMAND, "sts/db A=1")
    assert planned.done.plain() == "shop/db on demo has A=1"
    assert planned.follow == planned.steps[0].write.target
    assert planned.inverse == "rollback statefulset/db -n shop --context demo"
    assert said(planned)[-1] == "Its update strategy is OnDelete: each pod follows only once it is deleted."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(set_env.COMMAND, "web A=1")
    await add_sidecar(kube, "web")
    await kube.forget()
    with pytest.raises(StalePlanError, match="its pod template has changed"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
