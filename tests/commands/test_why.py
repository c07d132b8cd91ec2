"""why: what may be asked, what it reads for it, and what it says of what it could not read."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from commands import why
from commands.why import WhyArgs
from tests.commands.verdicts import says, workload


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", WhyArgs(target=("web",))),
        ("deploy/web -n shop", WhyArgs(target=("deploy/web",), namespace="shop")),
        ("pod web-0", WhyArgs(target=("pod", "web-0"))),
        ("no/node-1", WhyArgs(target=("no/node-1",))),
    ],
)
def test_grammar(line, expected):
    assert parse(WhyArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is needed"),
        ("cm/web", "Not for configmaps: only for deployments"),
        ("wat/web", "Not for `wat`"),
        ("web db", "One workload at a time"),
        ("pod/Web", "cannot be a name"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(WhyArgs, tuple(line.split()), name="why")


@pytest.mark.parametrize(
    ("line", "kind"),
    [("web", "deployments"), ("pod/a", "pods"), ("pvc/a", "persistentvolumeclaims"), ("no/a", "nodes")],
)
def test_the_policy_is_asked_about_the_kind(line, kind):
    assert why.COMMAND.kinds(parse(WhyArgs, (line,))) == (kind,)


async def test_healthy_by_six_reads(kube, ask, shown, only_reads):
    await kube.deploy("web")
    await kube.forget()
    told = shown(await ask(why.COMMAND, "web"))
    assert told.startswith("✅ shop/web on demo is healthy: nothing found.\n2 of 2 available.\n")
    assert (
        "Looked at the deployment, 0 warnings, 2 pods, 0 disruption budgets, 1 replicaset, 0 autoscalers."
        in told
    )
    asked = [one for one in await kube.requests() if one["userAgent"].startswith("k8s-bot")]
    assert len(asked) == 6
    await only_reads()


@pytest.mark.parametrize("line", ["web", "deploy/web", "svc/web", "no/node-1"])
async def test_its_permission_covers_what_belongs_to_it(kube, narrow, line):
    await kube.deploy("web", replicas=1)
    await _service(kube, "web")
    message = await narrow(why.COMMAND, line)
    assert message.plain().startswith("✅")


async def test_what_the_policy_keeps_back_is_said_and_hides_nothing_else(kube, narrow):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"PASSWORD": "hunter2"}})
    await kube.deploy("web", "web:1.0", replicas=1, envFrom=[{"secretRef": {"name": "db"}}])
    message = await narrow(why.COMMAND, "web")
    assert message.plain() == "⚠️ shop/web on demo: nothing found, but not everything could be looked at."
    assert message.footer.plain().endswith("Could not look at secret db (not allowed to you here).")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "the bot may not read it"),
        (403, "the cluster refuses it"),
        (503, "the cluster did not answer"),
    ],
)
async def test_a_read_that_fails_is_said_and_hides_nothing_else(kube, ask, shown, status, reason):
    await kube.fault(fault="status", status=status, path="horizontalpodautoscalers")
    await kube.deploy("web", "crash:1", ready=False)
    told = shown(await kube.until(lambda: says(ask, "web", "crash:1 crashes with exit code 3")))
    assert f"Could not look at autoscalers ({reason})." in told


async def test_pods_that_cannot_be_read_are_not_said_to_be_gone(kube, ask, shown):
    await kube.deploy("web")
    await kube.fault(fault="status", status=403, path="/pods")
    told = shown(await ask(why.COMMAND, "web"))
    assert "2 of 2 available." in told
    assert "Could not look at pods (the cluster refuses it)." in told


async def test_a_read_that_takes_too_long_is_left(kube, ask):
    await kube.deploy("web")
    await kube.fault(fault="latency", seconds=5.2, path="poddisruptionbudgets")
    message = await ask(why.COMMAND, "web")
    assert message.footer.plain().endswith("Could not look at disruption budgets (no answer in 5 s).")
    await asyncio.sleep(0.5)  # until the server, too, has done with it


async def test_a_name_that_is_nowhere(kube, ask):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError) as missing:
        await ask(why.COMMAND, "wbe")
    assert missing.value.near == ("web",)


async def test_a_bare_name_is_found_whatever_it_is(kube, ask):
    await workload(kube, "statefulsets", "db")
    await kube.pod("lonely", "web:1.0")
    await _service(kube, "front")
    assert "statefulset shop/db" in (await ask(why.COMMAND, "db")).plain()
    assert "pod shop/lonely" in (await ask(why.COMMAND, "lonely")).plain()
    assert "service shop/front" in (await ask(why.COMMAND, "front")).plain()


async def _service(kube, name):
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    await kube.create("services", {"metadata": {"name": name}, "spec": spec})

    async def answered():
        found = await kube.call("GET", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices")
        return any(
            one["metadata"]["labels"].get("kubernetes.io/service-name") == name for one in found["items"]
        )

    await kube.until(answered)
