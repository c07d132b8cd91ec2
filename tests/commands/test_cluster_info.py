"""cluster-info: which Kubernetes this is, and whether it answers."""

from __future__ import annotations

import pytest

from bot.domain.errors import ClusterUnavailableError, UsageError
from bot.engine.grammar import parse
from commands import cluster_info
from commands.cluster_info import ClusterInfoArgs, api_address, render

VERSION = {"gitVersion": "v1.36.2", "platform": "linux/amd64"}


def node(name: str, ready: str):
    return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def slices(host: str = "10.0.0.1"):
    return ({"endpoints": [{"addresses": [host]}], "ports": [{"name": "https", "port": 6443}]},)


@pytest.mark.parametrize(
    ("line", "expected"), [("", ClusterInfoArgs()), ("--context prod", ClusterInfoArgs(context="prod"))]
)
def test_grammar(line, expected):
    assert parse(ClusterInfoArgs, tuple(line.split())) == expected
    assert expected.reach() == "*"


@pytest.mark.parametrize("line", ["dump", "--output=json"])
def test_refused_text(line):
    with pytest.raises(UsageError) as refused:
        parse(ClusterInfoArgs, (line,), name="cluster-info")
    assert refused.value.hint == "Usage: /k8s cluster-info [-n NAMESPACE] [--share]"


async def test_only_reads(kube, ask, only_reads):
    await kube.forget()
    await ask(cluster_info.COMMAND, "")
    await only_reads()


async def test_its_permission_is_for_nodes(narrow):
    assert (await narrow(cluster_info.COMMAND, "")).headline


async def test_the_simulated_cluster(ask):
    message = await ask(cluster_info.COMMAND, "")
    assert message.plain().startswith("demo answers: Kubernetes v1.36.")
    assert message.plain().endswith(" · 3 of 3 nodes ready")
    assert [button.command for button in message.buttons] == ["get nodes --context demo"]


async def test_a_cluster_that_does_not_answer(kube, ask):
    await kube.fault(fault="status", status=503, path="/version", next=20)
    with pytest.raises(ClusterUnavailableError, match="cannot answer right now"):
        await ask(cluster_info.COMMAND, "")


def test_message(shown):
    nodes = (node("a", "True"), node("b", "True"))
    assert shown(render("prod", VERSION, nodes, 7, slices())) == (
        "prod answers: Kubernetes v1.36.2 · 2 of 2 nodes ready\n"
        "• Kubernetes control plane is running at https://10.0.0.1:6443\n"
        "version: v1.36.2, linux/amd64\n"
        "nodes: 2 of 2 ready\n"
        "namespaces: 7\n"
        "[Nodes] get nodes --context prod"
    )


def test_message_with_a_lost_node(shown):
    nodes = (node("a", "True"), node("b", "Unknown"))
    assert shown(render("prod", VERSION, nodes, 7, ())) == (
        "⚠️ prod answers: Kubernetes v1.36.2 · 1 of 2 nodes ready\n"
        "version: v1.36.2, linux/amd64\n"
        "nodes: 1 of 2 ready\n"
        "namespaces: 7\n"
        "• Not ready: b\n"
        "[Describe b] describe node b --context prod\n"
        "[Nodes] get nodes --context prod"
    )


def test_addresses():
    assert api_address(slices("fd00::1")) == "https://[fd00::1]:6443"
    assert api_address(({"endpoints": None, "ports": None}, *slices())) == "https://10.0.0.1:6443"
    assert api_address(()) == ""
