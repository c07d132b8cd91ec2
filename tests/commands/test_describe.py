"""describe: any object in words, what matters first."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.message import Table
from bot.engine.grammar import parse
from commands import describe
from commands.describe import DescribeArgs


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pod web-0", DescribeArgs(target=("pod", "web-0"))),
        ("pod/web-0 svc/web", DescribeArgs(target=("pod/web-0", "svc/web"))),
        ("deploy web -n shop", DescribeArgs(target=("deploy", "web"), namespace="shop")),
        ("pods -l app=web", DescribeArgs(target=("pods",), selector="app=web")),
        ("no", DescribeArgs(target=("no",))),
        ("cm,secret", DescribeArgs(target=("cm,secret",))),
        ("pods -A --share", DescribeArgs(target=("pods",), everywhere=True, share=True)),
    ],
)
def test_grammar(line, expected):
    assert parse(DescribeArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is needed"),
        ("pod web-0 -A", "A name means one namespace"),
        ("pod web-0 -l app=web", "Either names or labels"),
        ("pod/web-0 web-1", "is not TYPE/NAME"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        parse(DescribeArgs, tuple(line.split()), name="describe")
    assert refused.value.hint


def test_the_policy_is_asked_about_each_kind():
    assert describe.COMMAND.kinds(DescribeArgs(target=("po/a", "svc/b"))) == ("pods", "services")


@pytest.mark.parametrize("line", ["deploy web", "svc web", "pods", "node node-1"])
async def test_only_reads(kube, ask, only_reads, line):
    await kube.deploy("web", replicas=1)
    await _service(kube, "web")
    await kube.forget()
    await ask(describe.COMMAND, line)
    await only_reads()


@pytest.mark.parametrize("line", ["deploy web", "svc web", "pods", "node node-1"])
async def test_its_permission_covers_what_belongs_to_it(kube, narrow, line):
    await kube.deploy("web", replicas=1)
    await _service(kube, "web")
    assert (await narrow(describe.COMMAND, line)).headline


async def test_a_deployment(kube, ask, shown):
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}]
    await kube.deploy("web", replicas=2, env=env, ports=[{"containerPort": 8080}])
    said = shown(await ask(describe.COMMAND, "deployment/web"))
    assert re.fullmatch(
        r"Deployment shop/web on demo · 2 of 2 available · web:1.0\n"
        r"replicas: 2 wanted, 2 updated, 2 available\n"
        r"web: image: web:1.0\n"
        r"web: ports: 8080/TCP\n"
        r"web: env: DB_PASSWORD\n"
        r'rollout: deployment "web" successfully rolled out\n'
        r"revision: 1\n"
        r"strategy: RollingUpdate: 25% more, 25% fewer at a time\n"
        r"selector: app=web\n"
        r"ReplicaSets: web-\w+ 2/2\n"
        r"age: \d+s\n"
        r"LAST SEEN \| REASON \| MESSAGE\n"
        r"\d+s \| ScalingReplicaSet \| Scaled up replica set web-\w+ from 0 to 2\n"
        r"\[Pods\] get pods -l app=web -n shop --context demo\n"
        r"\[Logs\] logs deployment/web -n shop --context demo\n"
        r"\[History\] rollout history web -n shop --context demo",
        said,
    )


async def test_a_deployment_that_does_not_come_up(kube, ask):
    await kube.deploy("web", "web:missing", ready=False)
    await kube.until(lambda: _warns(ask, "deploy web", "cannot be pulled"))
    message = await ask(describe.COMMAND, "deploy web")
    assert message.plain() == "⚠️ Deployment shop/web on demo · 0 of 2 available · web:missing"
    said = [item.plain() for item in message.parts[0].items]
    assert "web:missing cannot be pulled (not found in registry, " in said[0]
    assert said[-1] == "0 of 2 available: nothing serves now."


async def test_a_pod(kube, ask, shown):
    await kube.pod("web-0", "web:1.0")
    await kube.until(lambda: _head(ask, "pod web-0", "Running, ready"))
    said = shown(await ask(describe.COMMAND, "pod web-0"))
    assert re.match(
        r"Pod shop/web-0 on demo · Running, ready\n"
        r"node: node-\d\nIP: [\d.]+\nage: \d+s\na: image: web:1.0\na: state: running for \d+s\n"
        r"LAST SEEN \| REASON \| MESSAGE\n",
        said,
    )
    assert "| Started |" in said


async def test_a_crash(kube, ask):
    await kube.pod("job", "crash:1")
    message = await kube.until(lambda: _head(ask, "pod job", "CrashLoopBackOff"))
    assert message.plain() == "⚠️ Pod shop/job on demo · CrashLoopBackOff, not ready"
    assert message.parts[0].items[0].plain() == "crash:1 crashes with exit code 3 (CrashLoopBackOff)"
    facts = dict(message.parts[1].rows)
    assert re.fullmatch(r"exit 3 \(Error\), \d+s ago", facts["a: last run"])
    assert [button.command for button in message.buttons] == [
        "logs job -n shop --context demo",
        "logs job --previous -n shop --context demo",
    ]


async def test_a_service_and_who_answers(kube, ask):
    await kube.deploy("web", replicas=2)
    await _service(kube, "web")
    await kube.until(lambda: _head(ask, "svc web", "2 of 2 endpoints ready"))
    message = await ask(describe.COMMAND, "svc web")
    assert message.plain() == (
        "Service shop/web on demo · ClusterIP: use web.shop.svc:80 · 2 of 2 endpoints ready"
    )
    facts = dict(message.parts[0].rows)
    assert facts["ports"] == "80 → 8080/TCP"
    assert facts["selector"] == "app=web"
    assert facts["endpoints"].count(":8080 (web-") == 2


async def test_a_service_without_pods(kube, ask):
    await _service(kube, "web")
    message = await ask(describe.COMMAND, "svc/web")
    assert message.plain().startswith("⚠️ Service shop/web on demo")
    (why,) = message.parts[0].items
    assert why.plain() == "Nobody answers: no running pod has the labels app=web."


async def test_a_node(kube, ask):
    await kube.pod("web-0", "web:1.0")
    message = await ask(describe.COMMAND, "node node-1")
    assert re.fullmatch(r"Node node-1 on demo · Ready · [01] of \d+ pods", message.plain())
    assert message.buttons[0].command == "get pods -A --field-selector spec.nodeName=node-1 --context demo"
    await kube.fault(fault="lose-node", node="node-1")
    await kube.until(lambda: _warns(ask, "node node-1", "Ready is Unknown (NodeStatusUnknown"))


async def test_kinds_without_a_namespace_are_told(kube, ask, shown):
    volume = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
    await kube.call("POST", "/api/v1/persistentvolumes", {"metadata": {"name": "v"}, "spec": volume})
    await kube.create("resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}})
    await kube.until(lambda: _warns(ask, "ns shop", "pods is used up"))
    assert re.match(r"PersistentVolume v on demo · \w+ · 1Gi\n", shown(await ask(describe.COMMAND, "pv v")))
    assert "quota pods: 0 of 0" in shown(await ask(describe.COMMAND, "ns shop"))


async def test_many_are_told_three_at_a_time_the_worst_first(kube, ask, shown):
    for name in "abcd":
        await kube.pod(name, "web:1.0")
    await kube.pod("z", "web:missing")
    await kube.until(lambda: _head(ask, "pod z", "ImagePull"))
    message = await ask(describe.COMMAND, "pods")
    assert message.plain() == "⚠️ 5 pods in shop on demo, 3 of them here"
    assert message.parts[0].text.plain().startswith("Pod shop/z on demo")
    assert re.fullmatch(r"Not here: [abcd], [abcd]", message.footer.plain())
    assert len(message.buttons) == 2
    assert not any(isinstance(part, Table) for part in message.parts)


async def test_by_labels(kube, ask):
    await kube.deploy("web", replicas=2)
    await kube.pod("other", "web:1.0")
    assert (await ask(describe.COMMAND, "pods -l app=web")).plain() == "2 pods in shop on demo"
    assert (await ask(describe.COMMAND, "po -l app=x")).plain() == "No pods with app=x in shop on demo."
    assert (await ask(describe.COMMAND, "nodes")).plain() == "3 nodes on demo"


async def test_a_name_that_is_not_there(kube, ask):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError) as missing:
        await ask(describe.COMMAND, "deploy wbe")
    assert missing.value.near == ("web",)


async def test_a_name_that_others_begin_with_means_them(kube, ask):
    await kube.deploy("web", replicas=2)
    assert (await ask(describe.COMMAND, "pods web")).plain() == "2 pods in shop on demo"
    (pod, _) = await kube.pods()
    name = pod["metadata"]["name"]
    assert (await ask(describe.COMMAND, f"pod {name[:-1]}")).plain().startswith(f"Pod shop/{name} on demo")


async def test_one_that_is_missing_does_not_hide_the_others(kube, ask, shown):
    await kube.pod("web-a", "web:1.0")
    said = shown(await ask(describe.COMMAND, "pod web-a web-z"))
    assert "1 pod in shop on demo\nPod shop/web-a on demo" in said
    assert "there is no pod web-z in namespace shop on cluster demo" in said


async def test_several_kinds_at_once(kube, ask):
    await kube.create("configmaps", {"metadata": {"name": "menu"}, "data": {"soup": "leek"}})
    await kube.pod("web-a", "web:1.0")
    await kube.until(lambda: _head(ask, "pod web-a", "Running, ready"))
    message = await ask(describe.COMMAND, "cm/menu pod/web-a")
    assert message.headline.plain() == "2 objects in shop on demo"
    assert message.parts[0].text.plain() == "ConfigMap shop/menu on demo · 1 key · 4 bytes"


async def test_what_the_policy_narrows_is_told_of_these_namespaces_alone(kube, ctx, gate):
    await kube.namespace("tools")
    await kube.pod("a", "web:1.0")
    args = DescribeArgs(target=("pods",), namespace="shop", everywhere=True, within=("shop", "tools"))
    message = await describe.run(ctx, args)
    assert "Pod shop/a on demo" in message.plain()
    message = await describe.run(ctx, args.model_copy(update={"target": ("jobs",)}))
    assert message.plain() == ("No jobs in 2 of the namespaces, the policy lets you see these, on demo.")
    assert "*" not in {namespace for namespace, _ in gate.asked}


async def test_of_many_no_more_than_the_few_are_read_whole(kube, ask):
    for name in "abcde":
        await kube.pod(name, "web:1.0")
    await kube.forget()
    await ask(describe.COMMAND, "pods")
    paths = [one["path"] for one in await kube.requests()]
    assert len([path for path in paths if "/pods/" in path]) == 3


async def _service(kube, name):
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    await kube.create("services", {"metadata": {"name": name}, "spec": spec})


async def _head(ask, line, words):
    message = await ask(describe.COMMAND, line)
    return message if words in message.plain() else None


async def _warns(ask, line, words):
    message = await ask(describe.COMMAND, line)
    items = getattr(message.parts[0], "items", ())
    return any(words in item.plain() for item in items)
