"""`policy …`: a policy looked at from a terminal, by what it would say, what it said, and to whom."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.demo.slack import SlackSimulator

CASES = sorted(Path("examples").glob("*-cases.yaml"))
COMPLETE = [path.with_name(path.name.replace("-cases", "")) for path in CASES]


@pytest.mark.parametrize("path", COMPLETE, ids=str)
def test_nothing_in_a_complete_policy_is_in_doubt(told_by, path):
    code, told = told_by("policy", "check", str(path))
    assert (code, len(told.splitlines())) == (0, 1)


@pytest.mark.parametrize("path", CASES, ids=str)
def test_a_complete_policy_does_what_its_table_says(told_by, path):
    code, told = told_by("policy", "test", str(path))
    assert (code, "cases, all as they should be" in told) == (0, True), told


def test_doubts_are_told_and_are_no_mistake(told_by, config, tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    named = {"contexts": [{"name": "staging", "context": {"cluster": "c"}}], "current-context": "staging",
             "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}]}  # fmt: skip
    kubeconfig.write_text(yaml.safe_dump(named), encoding="utf-8")
    code, told = told_by("policy", "check", config(), KUBECONFIG=str(kubeconfig))
    assert (code, told.splitlines()[1:]) == (
        0,
        ["warning: rule prod: no context of the kubeconfig is called prod"],
    )
    code, told = told_by("policy", "check", config(), KUBECONFIG=str(tmp_path / "none"))
    assert (code, "there is no kubeconfig at" in told) == (2, True)


async def test_names_are_compared_with_slacks_where_it_can_be_asked(run, config):
    async with SlackSimulator() as slack:
        slacks = {"SLACK_BOT_TOKEN": "xoxb-demo", "SLACK_API_URL": slack.api_url.rstrip("/")}
        code, told = await run("policy", "check", config(), **slacks)
        assert code == 0
        assert "warning: group S0DEV (dev): there is none by that id" in told
        code, told = await run("policy", "check", config(), **slacks | {"SLACK_BOT_TOKEN": "xoxb-wrong"})
        assert (code, told) == (
            2,
            "k8s-bot: Slack does not say how the names stand: invalid_auth at auth.test\n",
        )


def explaining(config, *more, line="scale web 9 --context prod"):
    return "policy", "explain", "U0ANA", line, "--config", config, *more


def test_each_rule_is_told_and_what_comes_of_them(told_by, config):
    line = explaining(config(), "--group", "S0DEV", "--channel", "C0SHOP")
    code, told = told_by(*line)
    assert code == 0
    assert [row.split(maxsplit=2) for row in told.splitlines()[3:8]] == [
        ["looks", "allow", "misses by verb"],
        ["dev", "confirm", "depends on what is changed"],
        ["prod", "approve", "covers it"],
        ["night", "review", "misses by person, verb"],
        ["system", "deny", "misses by namespace"],
    ]
    assert "scale deployments in shop on prod" in told
    assert "→ approve, by rule prod" in told
    assert "approved by 1 of @sre in #ops, within 1 h (rule prod)" in told
    assert "whoever says yes gives a one-time code" in told
    assert "decided again on the plan: what it changes may decide otherwise" in told
    code, told = told_by(*line, "--replicas", "2:9")
    assert "dev     confirm  misses by limits" in told
    assert "otherwise" not in told


@pytest.mark.parametrize(
    ("line", "more", "said"),
    [
        (
            "get pods,svc -n shop --context x",
            (),
            ["get pods in shop on x", "get services in shop on x", "together"],
        ),
        ("get pods -A --context x", (), ["get pods in all namespaces on x", "→ deny, by rule system"]),
        ("whoami", (), ["`whoami` is open to every full member"]),
        (
            "restart web --context x",
            ("--oncall", "shop"),
            ["→ review, by rule night", "signed off later by @sre"],
        ),
        ("restart web --context x", (), ["Whoever is on call (shop) can do it (rule night)."]),
        (
            "scale web 3 --context x",
            ("-n", "kube-system"),
            ["in kube-system on x", "Rule system forbids it."],
        ),
        (
            "restart web",
            ("--context", "prod", "--group", "S0DEV"),
            ["→ approve", "disruptive: at least a confirm"],
        ),
    ],
)
def test_what_is_explained(told_by, config, line, more, said):
    code, told = told_by(*explaining(config(), *more, line=line))
    assert code == 0, told
    for one in said:
        assert one in told


@pytest.mark.parametrize(
    ("line", "more", "said"),
    [
        ("scale web", ("--context", "x"), "k8s-bot: "),
        ("fly", (), "There is no verb `fly`."),
        ("scale 'web", (), "A quote is opened and never closed."),
        ("scale web 3", (), "Which cluster? Name it by --context, or set KUBECONFIG."),
        ("scale web 3 --context x", ("--replicas", "2:x"), "`2:x` is no BEFORE:AFTER"),
        ("scale web 3 --context x", ("--label", "tier"), "`tier` is no KEY=VALUE."),
        ("get pods --context x", ("--image", "web"), "`get` changes nothing"),
    ],
)
def test_what_cannot_be_explained_is_told_in_a_line(told_by, config, line, more, said):
    code, told = told_by(*explaining(config(), *more, line=line))
    assert (code, said in told, "Traceback" in told, len(told.splitlines())) == (2, True, False, 1), told


async def test_groups_are_slacks_where_it_can_be_asked_and_none_are_given(run, config):
    rules = [{"name": "sre", "groups": {"S0SRE": "sre"}, "verbs": "@changes", "effect": "confirm"}]
    line = explaining(config(*rules))
    async with SlackSimulator() as slack:
        slacks = {"SLACK_BOT_TOKEN": "xoxb-demo", "SLACK_API_URL": slack.api_url}
        code, told = await run(*line, **slacks)
        assert (code, "ana (U0ANA), member; groups: @sre" in told, "→ confirm" in told) == (0, True, True)
        code, told = await run("policy", "explain", "U0GUS", *line[3:], **slacks)
        assert (code, "Guests of this workspace cannot use it." in told) == (0, True)
        code, told = await run("policy", "explain", "U0NONE", *line[3:], **slacks)
        assert (code, told) == (2, "k8s-bot: Slack knows nobody by the id that this came from.\n")


def test_who_can_is_told_by_the_rules_that_speak_of_it(told_by, config):
    line = ("policy", "who-can", "scale")
    code, told = told_by(*line, "prod/shop/deploy", "--config", config())
    assert (code, told.splitlines()) == (0, [
        "@dev: confirm, in #shop, within 6 replicas (rule dev)",
        "@dev: approve, on prod, by 1 of @sre in #ops within 1 h, with a one-time code (rule prod)",
    ])  # fmt: skip
    code, told = told_by(*line, "-n", "kube-system", "--context", "dev", "--config", config())
    assert told.splitlines()[-1] == "not anybody, namespaces kube-* (rule system)"
    code, told = told_by("policy", "who-can", "exec", "--config", config())
    assert told == "nobody: no rule lets it\n"
    for wrong in (("scael",), ("scale", "a/b/c/d"), ("scale", "a//b")):
        code, told = told_by("policy", "who-can", *wrong, "--config", config())
        assert (code, len(told.splitlines())) == (2, 1)


def test_a_table_of_who_may_what(told_by, config):
    code, told = told_by("policy", "table", "--config", config())
    assert code == 0
    assert [row for row in told.splitlines() if not row.startswith(" ")] == [
        "anybody", "@dev", "whoever is on call (shop)",
    ]  # fmt: skip
    assert "  review  restart\n          by 1 of @sre in #ops within 1 h (rule night)" in told
    assert "  deny    everything\n          namespaces kube-* (rule system)" in told


@pytest.mark.parametrize(
    "line",
    [("explain", "U0ANA", "whoami"), ("replay",), ("who-can", "get"), ("table",)],
)
def test_without_a_policy_each_says_so(told_by, line):
    code, told = told_by("policy", *line)
    assert (code, told) == (2, "k8s-bot: name a file, or set BOT_CONFIG\n")
