"""What the chart hands to the bot: its environment, its Secret by reference, its configuration file."""

import pytest
import yaml


def environment(spec):
    [container] = spec["containers"]
    plain = {e["name"]: e["value"] for e in container["env"] if "value" in e}
    secret = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container["env"] if "valueFrom" in e}
    assert len(plain) + len(secret) == len(container["env"])
    return plain, secret


def test_environment(pod):
    plain, secret = environment(pod("clusterName=prod"))
    assert plain == {
        "BOT_CONFIG": "/etc/k8s-bot/config.yaml",
        "BOT_DATA_DIR": "/data",
        "BOT_CLUSTER_NAME": "prod",
        "BOT_LISTEN": "127.0.0.1:3000",
        "BOT_ADMIN_LISTEN": "0.0.0.0:3001",
    }
    names = ("BOT_SECRET_KEY", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    assert secret == {name: {"name": "k8s-bot", "key": name} for name in names}


def test_no_app_token_over_http(pod):
    _, secret = environment(pod("slack.socketMode=false"))
    assert secret.keys() == {"BOT_SECRET_KEY", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}


def test_another_secret_with_other_keys(pod):
    _, secret = environment(pod("secret.name=slack", "secret.keys.botToken=token"))
    assert secret["SLACK_BOT_TOKEN"] == {"name": "slack", "key": "token"}


def test_tokens_of_on_call_providers_only_where_they_are_named(pod):
    _, secret = environment(pod("secret.keys.pagerdutyToken=pd", "secret.keys.opsgenieToken=OPSGENIE_TOKEN"))
    assert secret["PAGERDUTY_TOKEN"] == {"name": "k8s-bot", "key": "pd"}
    assert secret["OPSGENIE_TOKEN"] == {"name": "k8s-bot", "key": "OPSGENIE_TOKEN"}


def test_further_variables(pod):
    plain, _ = environment(pod("env.HTTPS_PROXY=http://proxy:3128", "publicUrl=https://bot.example.com"))
    assert plain["HTTPS_PROXY"] == "http://proxy:3128"
    assert plain["BOT_PUBLIC_URL"] == "https://bot.example.com"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"rules": [{"who": ["U0ANA"], "verbs": ["*"]}], "note": "# not a comment\n- nor a list\n"},
        "# kept as it was written\nrules:\n- who: [U0ANA]\n",
        "  indented: from the first line\n",
    ],
)
def test_config_file_is_what_was_given(render, config):
    [configmap] = render(config=config)["ConfigMap"]
    text = configmap["data"]["config.yaml"]
    if isinstance(config, str):
        assert text.rstrip() == config.rstrip()
    else:
        assert yaml.safe_load(text) == config


def test_another_config_leaves_the_pod_alone(render):
    """The process itself puts a changed file in force, and keeps the old one when the new one is broken."""

    def template(config):
        [deployment] = render(config=config)["Deployment"]
        return deployment["spec"]["template"]

    assert template({"policy": {"rules": []}}) == template({"channels": {}})


def test_labels_of_others_cannot_lose_the_pod(render):
    [deployment] = render(podLabels={"app.kubernetes.io/name": "other", "team": "platform"})["Deployment"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert labels["team"] == "platform"


def test_notes_say_what_is_missing(chart):
    def notes(**values):
        return chart.render(values, name="k8s-bot", namespace="ops")["k8s-bot/templates/NOTES.txt"]

    assert "nobody can do anything yet" in notes()
    assert "nobody can do anything yet" not in notes(config={"rules": []})
    assert "SLACK_APP_TOKEN" in notes()
    assert "SLACK_APP_TOKEN" not in notes(slack={"socketMode": False})
    over_http = {"slack": {"socketMode": False}, "ingress": {"enabled": True, "host": "bot.example.com"}}
    assert "https://bot.example.com/slack/events" in notes(**over_http)
