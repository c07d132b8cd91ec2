"""set env --from: a variable for each key of a ConfigMap or Secret, by reference and never by value."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.engine.cards import field_rows
from bot.engine.grammar import parse
from commands import set_env
from commands.set_env import SetEnvArgs
from tests.commands.change_steps import carry_out


@pytest.fixture
async def settings(kube):
    """A deployment, and a ConfigMap of three keys."""
    await kube.deploy("web", replicas=1, env=[{"name": "OWN", "value": "1"}])
    found = {"metadata": {"name": "settings"}, "data": {"log.level": "debug", "mode": "fast", "1st": "x"}}
    await kube.create("configmaps", found)
    return kube


async def env_of(cluster, planned):
    (after,) = await carry_out(cluster, planned)
    return after["spec"]["template"]["spec"]["containers"][0]["env"]


def of(source: str, name: str, key: str):
    return {source: {"name": name, "key": key}}


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("web --from=settings", "`settings` is neither configmap/NAME nor secret/NAME."),
        ("web --from=pod/web", "`pod/web` is neither configmap/NAME nor secret/NAME."),
        ("web --from=configmap/", "`configmap/` is neither configmap/NAME nor secret/NAME."),
        ("web --from=secret/db", "Secrets are not read here: `--keys` says which keys are meant."),
        ("web --from=cm/a --keys=../etc", "`../etc` can be no key"),
        ("web --from=cm/a --keys=1st", "The key `1st` makes no variable's name, without a `--prefix`."),
        ("web --from=cm/a --keys=a.b,a-b", "The keys `a.b` and `a-b` make the same variable `A_B`."),
        ("web --keys=a A=1", "`--keys` and `--prefix` are for `--from`."),
        ("web --prefix=P_ A=1", "`--keys` and `--prefix` are for `--from`."),
        ("--from=cm/a", "`NAME KEY=VALUE` is needed."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(SetEnvArgs, tuple(line.split()), name="set env")


async def test_every_key_with_a_prefix(settings, plan, cluster):
    planned = await plan(set_env.COMMAND, "web --from=configmap/settings --prefix=APP_")
    assert planned.title.plain() == (
        "Update shop/web on demo: APP_1ST, APP_LOG_LEVEL, APP_MODE from configmap/settings?"
    )
    assert await env_of(cluster, planned) == [
        {"name": "OWN", "value": "1"},
        {"name": "APP_1ST", "valueFrom": of("configMapKeyRef", "settings", "1st")},
        {"name": "APP_LOG_LEVEL", "valueFrom": of("configMapKeyRef", "settings", "log.level")},
        {"name": "APP_MODE", "valueFrom": of("configMapKeyRef", "settings", "mode")},
    ]


async def test_some_keys_beside_a_value(settings, plan, cluster):
    planned = await plan(set_env.COMMAND, "web --from=cm/settings --keys=mode,log.level OWN- LOG_LEVEL=info")
    assert await env_of(cluster, planned) == [
        {"name": "MODE", "valueFrom": of("configMapKeyRef", "settings", "mode")},
        {"name": "LOG_LEVEL", "value": "info"},
    ]


async def test_a_secret_is_referred_to_and_not_read(settings, plan, cluster):
    await settings.create(
        "secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2hunter2"}}
    )
    await settings.forget()
    planned = await plan(set_env.COMMAND, "web --from=secret/db --keys=password")
    assert not [asked for asked in await settings.requests() if "/secrets" in asked["path"]]
    assert "hunter2" not in planned.model_dump_json()
    found = await env_of(cluster, planned)
    assert found[-1] == {"name": "PASSWORD", "valueFrom": of("secretKeyRef", "db", "password")}


async def test_a_reference_takes_the_place_of_a_value_and_of_another_reference(settings, plan, cluster):
    optional = {"secretKeyRef": {"name": "old", "key": "mode", "optional": True}}
    await settings.deploy("api", replicas=1, ready=False, env=[
        {"name": "MODE", "valueFrom": optional}, {"name": "LOG_LEVEL", "value": "info"},
    ])  # fmt: skip
    planned = await plan(set_env.COMMAND, "api --from=configmap/settings --keys=mode,log.level")
    assert await env_of(cluster, planned) == [
        {"name": "MODE", "valueFrom": of("configMapKeyRef", "settings", "mode")},
        {"name": "LOG_LEVEL", "valueFrom": of("configMapKeyRef", "settings", "log.level")},
    ]
    assert field_rows(planned)


async def test_the_same_again_is_nothing_to_change(settings, plan, cluster):
    line = "web --from=configmap/settings --keys=mode"
    await carry_out(cluster, await plan(set_env.COMMAND, line))
    assert (await plan(set_env.COMMAND, line)).nothing


async def test_what_is_not_there(settings, plan):
    with pytest.raises(TargetNotFoundError, match="there is no configmap `setings`") as missing:
        await plan(set_env.COMMAND, "web --from=configmap/setings")
    assert missing.value.near == ("settings",)
    with pytest.raises(TargetNotFoundError, match="`shop/settings` has no key `mod`") as wrong:
        await plan(set_env.COMMAND, "web --from=configmap/settings --keys=mod")
    assert wrong.value.near == ("mode",)
    await settings.create("configmaps", {"metadata": {"name": "empty"}})
    with pytest.raises(TargetNotFoundError, match="`shop/empty` has no keys"):
        await plan(set_env.COMMAND, "web --from=configmap/empty")


async def test_keys_that_make_no_names_and_more_than_fit(settings, plan):
    with pytest.raises(UsageError, match="The key `1st` makes no variable's name, without a `--prefix`"):
        await plan(set_env.COMMAND, "web --from=configmap/settings")
    many = {f"k{number}": "x" for number in range(51)}
    await settings.create("configmaps", {"metadata": {"name": "many"}, "data": many})
    with pytest.raises(UsageError, match="That is 51 variables, and 50 is the most"):
        await plan(set_env.COMMAND, "web --from=configmap/many")
    most = await plan(set_env.COMMAND, "web --from=configmap/many --keys=" + ",".join(sorted(many)[:8]))
    assert "K0, K1, K10, K11, K12, K13 and 2 more from configmap/many" in most.title.plain()


async def test_the_line_for_another_container_keeps_where_it_comes_from(settings, plan):
    with pytest.raises(TargetNotFoundError) as refused:
        await plan(set_env.COMMAND, "web -c nginx --from=configmap/settings --keys=mode --prefix=A_")
    (again,) = refused.value.suggestions
    taken = "--from=configmap/settings --keys=mode --prefix=A_"
    assert again == f"set env deployment/web {taken} -n shop --context demo -c web"
