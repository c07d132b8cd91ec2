"""Which clusters there are, and how the bot gets in."""

import sys
import textwrap
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from bot.domain.errors import ClusterDeniedError, ClusterUnknownError, SettingsError
from bot.kube.client import Cluster
from bot.kube.clusters import Clusters
from bot.kube.kubeconfig import connect, read_kubeconfig
from bot.kube.transport import Transport

API = "client.authentication.k8s.io/v1"

TWO = """
current-context: staging
clusters:
- {name: a, cluster: {server: http://127.0.0.1:1}}
- {name: b, cluster: {server: http://127.0.0.1:2}}
contexts:
- {name: prod, context: {cluster: a, namespace: shop}}
- {name: staging, context: {cluster: b}}
"""


async def test_the_contexts_are_the_clusters(load):
    clusters = await load(TWO)
    assert clusters.names == ("prod", "staging")
    assert clusters.default == "staging"
    assert (clusters.namespace("prod"), clusters.namespace("staging")) == ("shop", "default")
    assert clusters.cluster("prod") is clusters.cluster("prod")


async def test_an_unknown_cluster_is_told_with_the_known_ones(load):
    clusters = await load(TWO)
    for ask in (clusters.cluster, clusters.namespace):
        with pytest.raises(
            ClusterUnknownError, match=r"no cluster `prd`; known: `prod`, `staging`"
        ) as caught:
            ask("prd")
        assert caught.value.hint == "Did you mean `prod`?"


async def test_several_files_are_one_and_the_first_counts(tmp_path):
    second = TWO.replace("staging", "lab").replace("namespace: shop", "namespace: other")
    (tmp_path / "one").write_text(TWO)
    (tmp_path / "two").write_text(second)
    clusters = await Clusters.load(kubeconfig=f"{tmp_path}/one:{tmp_path}/none:{tmp_path}/two")
    assert clusters.names == ("prod", "staging", "lab")
    assert (clusters.default, clusters.namespace("prod")) == ("staging", "shop")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", r"is not YAML \(line 1\)"),
        ("just words", "the whole file"),
        ("{}", "the kubeconfig has no contexts"),
        ("contexts: 7", "contexts: Input should be a valid list"),
        ("contexts: [{name: a, context: {}}]", r"contexts.0.context.cluster: Field required"),
        (TWO.replace("{server: http://127.0.0.1:1}", "{}"), "clusters.0.cluster.server: Field required"),
        (TWO.replace("current-context: staging", ""), "2 contexts and no current-context"),
        (TWO.replace("current-context: staging", "current-context: x"), "`x` is none of its contexts"),
        (TWO.replace("cluster: a,", "cluster: z,"), "`prod` names cluster `z`, which is not there"),
        (TWO.replace("cluster: a,", "cluster: a, user: eve,"), "`prod` names user `eve`, who is not there"),
        (
            TWO.replace("cluster: a,", "cluster: a, user: eve,")
            + "users: [{name: eve, user: {token: x, as: less}}]\n",
            "user `eve` has `as`, which is not followed",
        ),
    ],
)
async def test_a_broken_kubeconfig_is_a_sentence(load, text, problem):
    with pytest.raises(SettingsError, match=problem):
        await load(text)


async def test_every_problem_is_told_at_once_and_no_secret_with_them(load):
    text = "users: [{name: u, user: hunter2}]\nclusters: [{cluster: {server: [hunter2]}}]"
    with pytest.raises(SettingsError) as caught:
        await load(text)
    assert len(caught.value.problems) == 3
    assert "hunter2" not in caught.value.message


async def test_a_kubeconfig_that_is_no_text(tmp_path):
    (tmp_path / "config").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="config cannot be read"):
        await Clusters.load(kubeconfig=str(tmp_path / "config"))


async def test_a_kubeconfig_that_is_not_there():
    with pytest.raises(SettingsError, match="there is no kubeconfig at /nowhere/config"):
        await Clusters.load(kubeconfig="/nowhere/config")
    with pytest.raises(SettingsError, match="an empty path"):
        await Clusters.load()


async def test_outside_a_cluster_there_is_no_service_account():
    with pytest.raises(SettingsError, match="not a pod with a service account"):
        await Clusters.load(in_cluster="prod")


def with_user(url, user):
    text = TWO.replace("http://127.0.0.1:2", url).replace("cluster: b", "cluster: b, user: u")
    return yaml.safe_dump({**yaml.safe_load(text), "users": [{"name": "u", "user": user}]})


def plugin(program, *args):
    command = {"command": sys.executable, "args": ["-c", textwrap.dedent(program), API, *args]}
    return {"exec": {"apiVersion": API, "interactiveMode": "Never", **command}}


@asynccontextmanager
async def without_delay(tmp_path, text):
    """The cluster `staging`, whose credentials are looked at before every request."""
    (tmp_path / "config").write_text(text)
    config = read_kubeconfig(str(tmp_path / "config"))
    cluster = Cluster("staging", Transport("staging", lambda: connect(config, "staging", fresh=0)))
    yield cluster
    await cluster.close()


async def test_a_token_is_sent(load, wire):
    wire.say({})
    clusters = await load(with_user(wire.url, {"token": "s3cret"}))
    await clusters.cluster("staging").version()
    assert wire.requests[0].headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(("hours", "last"), [(1, "token-1"), (-1, "token-3")])
async def test_a_plugin_is_run_again_only_when_its_token_ran_out(wire, tmp_path, hours, last):
    program = """
        import json, sys
        _, api, runs, expires = sys.argv
        with open(runs, "a+") as file:
            file.write("x")
            status = {"token": f"token-{file.tell()}", "expirationTimestamp": expires}
        print(json.dumps({"apiVersion": api, "kind": "ExecCredential", "status": status}))
    """
    wire.say({})
    expires = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    user = plugin(program, str(tmp_path / "runs"), expires)
    async with without_delay(tmp_path, with_user(wire.url, user)) as cluster:
        await cluster.version()
        await cluster.version()
    assert wire.requests[1].headers["Authorization"] == f"Bearer {last}"


async def test_a_plugin_that_fails_is_told_and_tried_again(load, wire, tmp_path):
    program = """
        import json, os, sys
        _, api, ready = sys.argv
        if not os.path.exists(ready):
            sys.exit("password=hunter2")
        print(json.dumps({"apiVersion": api, "kind": "ExecCredential", "status": {"token": "fine"}}))
    """
    wire.say({})
    ready = tmp_path / "ready"
    cluster = (await load(with_user(wire.url, plugin(program, str(ready))))).cluster("staging")
    with pytest.raises(
        ClusterDeniedError, match="credentials for cluster `staging` cannot be read"
    ) as caught:
        await cluster.version()
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"
    ready.touch()
    await cluster.version()
    assert wire.requests[0].headers["Authorization"] == "Bearer fine"


async def test_a_token_file_is_read_anew(wire, tmp_path):
    token = tmp_path / "token"
    token.write_text("first")
    wire.say({})
    async with without_delay(tmp_path, with_user(wire.url, {"tokenFile": "token"})) as cluster:
        await cluster.version()
        token.write_text("second")
        await cluster.version()
        token.unlink()
        with pytest.raises(ClusterDeniedError, match="cannot be read"):
            await cluster.version()
    assert [request.headers["Authorization"] for request in wire.requests][-1] == "Bearer second"


async def test_a_token_file_that_is_missing_is_told(load, wire):
    cluster = (await load(with_user(wire.url, {"tokenFile": "/nowhere/token"}))).cluster("staging")
    with pytest.raises(ClusterDeniedError, match="cannot be read"):
        await cluster.version()
