"""What an operator does before and beside `serve`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
import yaml

EXAMPLES = sorted(path for path in Path("examples").glob("*.yaml") if not path.stem.endswith("-cases"))


async def test_help_is_there_at_once(ran):
    code, told = await ran("--help", PYTHONPROFILEIMPORTTIME="1")
    assert code == 0
    read = set(re.findall(r"\| +([\w.]+)$", told, re.MULTILINE))
    late = {"pydantic", "yaml", "aiohttp", "sqlalchemy", "cryptography", "bot.domain", "bot.settings"}
    assert "bot.cli" in read
    assert not late & read, "entry points import what they need when they are called"
    for command in ("serve", "demo", "simulate", "policy", "audit", "manifest", "code"):
        assert command in told


def test_what_looks_at_files_alone_does_not_wait_for_the_libraries_of_serving():
    rooms = ("policy_check", "policy_explain", "policy_who", "policy_cases", "manifest", "code", "audit")
    program = f"import sys; {'; '.join(f'import bot.cli.{room}' for room in rooms)}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = found.stdout.split()
    assert "bot.cli.manifest" in loaded
    assert not {"kubernetes", "slack_bolt", "slack_sdk", "PIL", "aiohttp", "httpx"} & set(loaded)


async def test_the_simulated_cluster_stands_alone_and_says_where(started):
    async with started("simulate", "kubernetes", "--listen", "127.0.0.1:0", "--pace", "0.1") as program:
        url = await program.says(r"listening on (http://127\.0\.0\.1:\d+)\s")
        async with aiohttp.ClientSession() as http, http.get(f"{url}/version") as answer:
            assert (await answer.json())["gitVersion"].startswith("v1.36")
        program.process.terminate()
        assert await program.ends() == 0


TROUBLE = "examples/scenarios/trouble.yaml"


async def test_a_scenario_stands_in_the_simulated_cluster(started):
    line = ("simulate", "kubernetes", "--listen", "127.0.0.1:0", "--scenario", TROUBLE, "--older-kubelets")
    async with started(*line) as program:
        url = await program.says(r"listening on (http://127\.0\.0\.1:\d+)\s")
        async with aiohttp.ClientSession(url) as http:
            async with http.get("/apis/apps/v1/namespaces/store/deployments") as answer:
                found = {item["metadata"]["name"] for item in (await answer.json())["items"]}
            assert found == {"till", "stock"}
            async with http.get("/simulator/faults") as answer:
                assert {one["fault"] for one in (await answer.json())["faults"]} == {"crash", "latency"}


@pytest.mark.parametrize("command", [("simulate", "kubernetes"), ("demo",)])
async def test_a_broken_scenario_is_refused_with_every_problem(ran, tmp_path, command):
    path = tmp_path / "bad.yaml"
    path.write_text("objects: [{kind: Pod}]\nfaults: [{fault: earthquake}]")
    code, told = await ran(*command, "--listen", "127.0.0.1:0", "--scenario", str(path))
    assert code == 2
    assert told.splitlines() == [
        f"k8s-bot: {path}: object 1: it needs apiVersion",
        f"k8s-bot: {path}: object 1: it needs metadata",
        f"k8s-bot: {path}: fault 1: unknown fault: 'earthquake'",
    ]


async def test_a_scenario_is_not_for_a_real_cluster(run):
    code, told = await run("demo", "--scenario", TROUBLE, "--kubeconfig", "prod.yaml")
    assert code == 2
    assert "--scenario is for the simulated cluster" in told


@pytest.mark.parametrize("listen", ["", "8001", "localhost:", "127.0.0.1:http", "127.0.0.1:70000"])
async def test_an_address_that_is_none(run, listen):
    code, told = await run("simulate", "kubernetes", "--listen", listen)
    assert code == 2
    assert f"{listen!r} is no HOST:PORT" in told


async def test_an_address_that_is_taken_is_told_in_a_line(ran, started):
    async with started("simulate", "kubernetes", "--listen", "127.0.0.1:0") as program:
        address = await program.says(r"listening on http://(127\.0\.0\.1:\d+)\s")
        code, told = await ran("simulate", "kubernetes", "--listen", address)
        assert code == 1
        assert re.fullmatch(r"k8s-bot: .*address already in use.*\n", told)


async def test_the_simulated_slack_stands_alone_and_says_where(started):
    async with started("simulate", "slack", "--listen", "127.0.0.1:0", "--bot-token", "xoxb-1") as program:
        api = await program.says(r"api url: (\S+)")
        page = await program.says(r"page url: (\S+token=\S+)")
        headers = {"Authorization": "Bearer xoxb-1"}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.post(f"{api}auth.test", headers=headers) as answer:
                assert (await answer.json())["ok"]
            async with http.get(page) as answer:
                assert answer.status == 200
        program.process.terminate()
        assert await program.ends() == 0


async def test_the_simulated_slack_takes_a_manifest_as_its_app(ran, started, tmp_path):
    path = tmp_path / "manifest.yaml"
    path.write_text((await ran("manifest"))[1], encoding="utf-8")
    async with started("simulate", "slack", "--listen", "127.0.0.1:0", "--manifest", str(path)) as program:
        api = await program.says(r"api url: (\S+)")
        headers = {"Authorization": "Bearer xoxb-demo"}
        async with aiohttp.ClientSession() as http, http.post(f"{api}auth.test", headers=headers) as answer:
            wanted = yaml.safe_load(path.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
            assert answer.headers["X-OAuth-Scopes"].split(",") == sorted(wanted)
        program.process.terminate()
        assert await program.ends() == 0
    path.write_text("display_information: {}", encoding="utf-8")
    code, told = await ran("simulate", "slack", "--manifest", str(path))
    assert code == 2
    assert "missing required field: name" in told


@pytest.mark.parametrize("path", [*EXAMPLES, Path("bot/demo/policy.yaml")], ids=str)
async def test_a_policy_that_would_be_taken(run, path):
    code, told = await run("policy", "check", str(path))
    assert code == 0, told
    assert f"{path}: " in told
    assert "rules, policy " in told


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            [
                {"name": "one", "verbs": ["get"], "effect": "perhaps"},
                {"name": "two", "verbs": ["get"], "efect": "deny"},
            ],
            ("rules.0.effect", "rules.1.effect", "rules.1.efect"),
        ),
        ([{"name": "one", "verbs": ["fly", "swim"], "effect": "allow"}], ("fly", "swim")),
    ],
)
async def test_a_policy_that_would_be_refused_has_its_problems_told(run, tmp_path, rules, told):
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump({"policy": {"rules": rules}}), encoding="utf-8")
    code, said = await run("policy", "check", BOT_CONFIG=str(path))
    assert code == 2
    for word in told:
        assert word in said
    assert "Traceback" not in said


async def test_without_a_policy_to_check_it_says_so(ran):
    code, told = await ran("policy", "check")
    assert (code, told) == (2, "k8s-bot: name a file, or set BOT_CONFIG\n")


@pytest.mark.parametrize("way", ["--socket-mode", "--http"])
async def test_the_manifest_says_how_slack_reaches_it(run, way):
    code, told = await run("manifest", way, "--url", "https://bot.example.com/")
    assert code == 0
    manifest = yaml.safe_load(told)
    [command] = manifest["features"]["slash_commands"]
    address = None if way == "--socket-mode" else "https://bot.example.com/slack/events"
    assert command["command"] == "/k8s"
    assert command.get("url") == address
    assert manifest["settings"]["interactivity"].get("request_url") == address
    assert manifest["settings"]["socket_mode_enabled"] is (way == "--socket-mode")
    assert "chat:write" in manifest["oauth_config"]["scopes"]["bot"]


async def test_the_manifest_asks_for_addresses_where_the_configuration_knows_people_by_theirs(run, tmp_path):
    path = tmp_path / "policy.yaml"
    asked = {}
    for user in ("{id}", "{email}"):
        path.write_text(yaml.safe_dump({"impersonate": {"user": user}}), encoding="utf-8")
        code, told = await run("manifest", "--config", str(path))
        assert code == 0
        asked[user] = set(yaml.safe_load(told)["oauth_config"]["scopes"]["bot"])
    assert asked["{email}"] - asked["{id}"] == {"users:read.email"}


async def test_no_record_to_verify_is_no_proof(run, tmp_path):
    code, told = await run("audit", "verify", BOT_DATA_DIR=str(tmp_path))
    assert code == 2
    assert f"there is no database at {tmp_path}" in told
