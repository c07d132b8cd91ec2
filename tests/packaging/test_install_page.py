"""docs/install.md promises only what the chart does."""

import re

import pytest
import yaml


@pytest.fixture(scope="session")
def page(root):
    return (root / "docs/install.md").read_text()


def test_its_settings_install(render, page):
    settings = re.findall(r"--set ([^\s`\\]+)", page)
    manifests = render(*settings)
    assert "Ingress" in manifests
    [block] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert "ClusterRole" in render(**yaml.safe_load(block))


def test_it_names_every_value_it_speaks_of(chart, page):
    for dotted in re.findall(
        r"`((?:rbac|persistence|networkPolicy|slack|secret|image|ingress)\.[\w.]+)", page
    ):
        values = chart.values
        for name in dotted.split("."):
            assert name in values, dotted
            values = values[name]


def test_it_tells_every_grant(render, page):
    section = page.split("## What it may do in the cluster")[1].split("\n## ")[0]
    roles = render("rbac.labelNodes=true")["ClusterRole"]
    granted = {resource for role in roles for rule in role["rules"] for resource in rule["resources"]}
    assert [resource for resource in sorted(granted) if not re.search(rf"\b{resource}\b", section)] == []


def test_its_secret_has_the_keys_the_pod_asks_for(pod, page):
    [container] = pod()["containers"]
    wanted = {e["valueFrom"]["secretKeyRef"]["key"] for e in container["env"] if "valueFrom" in e}
    assert set(re.findall(r"--from-literal=(\w+)", page)) == wanted
