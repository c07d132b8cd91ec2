"""The values that the schema lets through, and those it stops before anything is installed."""

from itertools import pairwise

import helm_python
import pytest


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"replicas": 2}, "'replicas' not allowed"),
        ({"replicaCount": 2}, "'replicaCount' not allowed"),
        ({"slack": {"botToken": "xoxb-1"}}, "'botToken' not allowed"),
        ({"secret": {"keys": {"botToken": "xoxb-1-2-3"}}}, "/secret/keys/botToken"),
        ({"secret": {"keys": {"pagerdutyToken": "u+a b"}}}, "/secret/keys/pagerdutyToken"),
        ({"env": {"OPSGENIE_TOKEN": "x"}}, "OPSGENIE_TOKEN"),
        ({"secret": {"name": ""}}, "/secret/name"),
        ({"env": {"SLACK_BOT_TOKEN": "xoxb-1"}}, "SLACK_BOT_TOKEN"),
        ({"env": {"BOT_DATA_DIR": "/elsewhere"}}, "BOT_DATA_DIR"),
        ({"env": {"DEBUG": True}}, "/env/DEBUG"),
        ({"slack": {"socketMode": "false"}}, "/slack/socketMode"),
        ({"image": {"tag": "not a tag"}}, "/image/tag"),
        ({"image": {"digest": "sha256:short"}}, "/image/digest"),
        ({"persistence": {"accessMode": "ReadWriteMany"}}, "/persistence/accessMode"),
        ({"persistence": {"size": "much"}}, "/persistence/size"),
        ({"rbac": {"namespaces": "shop"}}, "/rbac/namespaces"),
        ({"rbac": {"namespaces": ["shop", "shop"]}}, "/rbac/namespaces"),
        ({"rbac": {"namespaces": [""]}}, "/rbac/namespaces/0"),
        ({"rbac": {"extraRead": [{"apiGroups": [""], "resources": ["secrets"]}]}}, "/rbac/extraRead/0"),
        ({"rbac": {"extraRead": [{"apiGroups": [""], "resources": ["pods/exec"]}]}}, "/rbac/extraRead/0"),
        ({"rbac": {"extraRead": [{"apiGroups": [""], "resources": ["*"]}]}}, "/rbac/extraRead/0"),
        ({"rbac": {"extraRead": [{"apiGroups": ["*"], "resources": ["widgets"]}]}}, "/rbac/extraRead/0"),
        ({"rbac": {"extraRead": [{"apiGroups": ["a.b"], "resources": ["c"], "verbs": ["*"]}]}}, "'verbs'"),
        ({"service": {"port": 0}}, "/service/port"),
        ({"resources": {"limits": {"memory": "lots"}}}, "/resources/limits/memory"),
        ({"config": ["a", "list"]}, "/config"),
    ],
)
def test_refused(chart, values, complaint):
    with pytest.raises(helm_python.HelmValuesError, match=complaint):
        chart.render(values)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("ingress.enabled=true,ingress.host=bot.example.com", "ingress.enabled needs slack.socketMode=false"),
        ("ingress.enabled=true,slack.socketMode=false", "ingress.host is needed"),
    ],
)
def test_refused_together(render, settings, complaint):
    with pytest.raises(helm_python.HelmRenderError, match=complaint):
        render(settings)


def test_schema_and_defaults_name_the_same_values(chart):
    def compare(schema, values, path):
        properties = schema.get("properties")
        if properties is None:
            return
        assert schema["additionalProperties"] is False, path
        optional = {"global", "ephemeral-storage"}
        assert properties.keys() - optional == values.keys() - optional, path
        for name in properties.keys() & values.keys():
            compare(properties[name], values[name], f"{path}.{name}")

    compare(chart.schema, chart.values, "values")


def test_every_value_has_its_comment(root):
    lines = (root / "helm/values.yaml").read_text().splitlines()
    bare = [
        line
        for above, line in pairwise(lines)
        if line.strip() and not line.endswith(":") and "#" not in line and "#" not in above
    ]
    assert bare == []
