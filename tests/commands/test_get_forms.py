"""get: the columns, the order and the form that are asked for, and that none shows what is secret."""

from __future__ import annotations

import base64
import json

import pytest
import yaml

from bot.domain.errors import UsageError
from commands import get
from tests.commands import get_answers

ask, said = get_answers.ask, get_answers.said


# ---------------------------------------------------------------- labels and order


async def test_labels_as_columns(kube, ask):
    await kube.pod("a", "web:1.0", labels={"app": "web", "example.com/tier": "front"})
    await kube.pod("b", "web:1.0")
    message = await ask(get.COMMAND, "pods -L app,example.com/tier --show-labels")
    table = message.parts[0]
    assert table.columns[-3:] == ("APP", "TIER", "LABELS")
    assert [row[-3:] for row in table.rows] == [
        ("web", "front", "app=web,example.com/tier=front"),
        ("", "", "<none>"),
    ]


async def test_labels_take_no_more_than_the_metadata(kube, ask):
    await kube.pod("a", "web:1.0")
    for line, included in (
        ("pods", "None"),
        ("pods -L app", "Metadata"),
        ("pods --sort-by=.metadata.name", "Metadata"),
        ("pods --sort-by=.spec.nodeName", "Object"),
        ("pods --sort-by=age", "None"),
    ):
        await kube.forget()
        await ask(get.COMMAND, line)
        (asked,) = await kube.requests()
        assert f"includeObject={included}&" in asked["query"], line


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (".metadata.name", ["a", "b", "c"]),
        ("{.metadata.labels.rank}", ["b", "c", "a"]),
        ("metadata.labels.rank", ["b", "c", "a"]),
        ("name", ["a", "b", "c"]),
        (".metadata.labels.nope", ["a", "b", "c"]),
        (".spec.priority.nope", ["a", "b", "c"]),
    ],
)
async def test_the_order_that_is_asked_for(kube, ask, by, names):
    for name, rank in (("a", "10"), ("b", "2"), ("c", "9")):
        await kube.pod(name, "web:1.0", labels={"rank": rank})
    for form in ("", "-o custom-columns=NAME:.metadata.name"):
        (table, *_) = (await ask(get.COMMAND, f"pods {form} --sort-by={by}")).parts
        assert [row[0] for row in table.rows] == names


async def test_an_order_by_a_column_that_is_not_there_names_those_that_are(kube, ask):
    await kube.pod("a", "web:1.0")
    with pytest.raises(UsageError, match="no column `size`") as refused:
        await ask(get.COMMAND, "pods --sort-by=size")
    assert "NAME, READY, STATUS" in refused.value.hint


# ---------------------------------------------------------------- forms


async def test_documents_are_kubectls(kube, said):
    await kube.pod("a", "web:1.0", labels={"app": "web"})
    await kube.pod("b", "web:1.0")
    one = await said("pod a -o yaml")
    document = yaml.safe_load("\n".join(one.lines))
    assert (one.name, one.headline.plain()) == ("a.yaml", "1 pod in shop on demo as YAML")
    assert document["metadata"]["labels"] == {"app": "web"}
    assert list(document) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert "managedFields" not in document["metadata"]
    for form, read in (("yaml", yaml.safe_load), ("json", json.loads)):
        several = await said(f"pods -o {form}")
        document = read("\n".join(several.lines))
        assert several.name == f"pods.{form}"
        assert document["kind"] == "List"
        assert [(item["kind"], item["metadata"]["name"]) for item in document["items"]] == [
            ("Pod", "a"),
            ("Pod", "b"),
        ]
    both = await said("pod/b pod/a -o json --sort-by=.metadata.name")
    assert [one["metadata"]["name"] for one in json.loads("\n".join(both.lines))["items"]] == ["a", "b"]


async def test_names_are_kubectls(kube, said):
    await kube.deploy("web", replicas=1)
    await kube.pod("a", "web:1.0")
    found = await said("deploy,svc -o name")
    assert (found.lines, found.name) == (("deployment.apps/web",), "deployments.txt")
    assert (await said("pod/a deploy/web -o name")).lines == ("pod/a", "deployment.apps/web")


async def test_paths(kube, said):
    await kube.pod("a", "web:1.0", "db:2")
    await kube.pod("b", "web:1.0")
    found = await said("pods -o jsonpath='{.items[*].metadata.name}'")
    assert (found.lines, found.name) == (("a b",), "pods.txt")
    found = await said(
        r"""po -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.containers[*].image}{"\n"}{end}'"""
    )
    assert found.lines == ("a\tweb:1.0 db:2", "b\tweb:1.0")
    assert (await said("pod a -o=jsonpath={.spec.containers[1].image}")).lines == ("db:2",)


async def test_paths_that_find_nothing_say_so(kube, ask):
    await kube.pod("a", "web:1.0")
    message = await ask(get.COMMAND, "pods -o jsonpath={.items[*].nope}")
    assert message.plain() == "These paths find nothing in 1 pod in shop on demo."


async def test_columns_of_ones_own(kube, ask):
    await kube.pod("a", "web:1.0", "db:2")
    message = await ask(
        get.COMMAND, "pods -o custom-columns=Name:.metadata.name,IMAGES:spec.containers[*].image,X:.x"
    )
    assert message.parts[0].columns == ("Name", "IMAGES", "X")
    assert message.parts[0].rows == (("a", "web:1.0,db:2", "<none>"),)


async def test_lines_without_heads(kube, said):
    await kube.pod("a", "web:1.0")
    await kube.pod("long-name", "web:1.0")
    found = await said(
        "pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image --no-headers"
    )
    assert found.lines == ("a           web:1.0", "long-name   web:1.0")


# ---------------------------------------------------------------- secrets


ENCODED = base64.b64encode(b"hunter2-and-more").decode()
FORMS = (
    "", "-o wide", "-o yaml", "-o json", "-o name", "--show-labels", "-L password", "--no-headers",
    "-o jsonpath={.items[*].data}", "-o jsonpath={..password}", "-o jsonpath={.items[*].data.password}",
    "-o jsonpath={@}", "-o jsonpath='{range .items[*].data}{@}{end}'",
    "-o custom-columns=A:.data,B:.metadata",
    "-o custom-columns=A:.data.password", "-o custom-columns=A:..*", "--sort-by=.data.password",
    f"-o jsonpath='{{.items[?(@.data.password==\"{ENCODED}\")].metadata.name}}'",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_shows_the_values_of_a_secret(kube, ask, said, shown, form):
    applied = json.dumps({"data": {"password": ENCODED}, "stringData": {"password": "hunter2-and-more"}})
    notes = {
        "kubectl.kubernetes.io/last-applied-configuration": applied,
        "example.com/copy": f"it is {ENCODED}",
        "example.com/plain": "hunter2-and-more",
    }
    metadata = {"name": "db", "annotations": notes}
    await kube.create("secrets", {"metadata": metadata, "data": {"password": ENCODED}})
    for target in ("secrets", "secret db", "secret/db", "cm,secrets"):
        said_of_it = shown(await ask(get.COMMAND, f"{target} {form}"))
        whole = repr(await said(f"{target} {form}"))
        for told in (said_of_it, whole):
            assert "hunter2" not in told
            assert ENCODED not in told
            assert ENCODED[:12] not in told


async def test_a_secret_is_shown_by_its_keys_and_sizes(kube, said):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    found = await said("secret db -o yaml")
    assert "  password: '<not shown: 7 bytes>'" in found.lines
    assert found.before[0].text.plain() == "The values of Secrets are never shown."


async def test_a_filter_cannot_guess_a_secret(kube, ask):
    await kube.create("secrets", {"metadata": {"name": "db"}, "data": {"password": ENCODED}})
    line = f"""secrets -o jsonpath='{{.items[?(@.data.password=="{ENCODED}")].metadata.name}}'"""
    assert (await ask(get.COMMAND, line)).plain().startswith("These paths find nothing")


async def test_variables_that_look_like_secrets_are_redacted_in_every_form(kube, said, ask, shown):
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "MODE", "value": "fast"}]
    await kube.deploy("web", replicas=1, env=env, args=["--password", "hunter2", "--token=hunter2"])
    for form in ("yaml", "json", "jsonpath={..env}", "custom-columns=E:..env,A:..args"):
        told = shown(await ask(get.COMMAND, f"deploy -o {form}"))
        assert "hunter2" not in told
        assert "fast" in told
