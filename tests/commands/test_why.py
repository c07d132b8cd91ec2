"""why: each trouble is planted over the wire, and the verdict is read."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from commands import why
from commands.why import WhyArgs
from tests.commands.conftest import settled

APPS = "/apis/apps/v1"


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


# ---------------------------------------------------------------- what it reads


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
    told = shown(await kube.until(lambda: _says(ask, "web", "crash:1 crashes with exit code 3")))
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
    await _workload(kube, "statefulsets", "db")
    await kube.pod("lonely", "web:1.0")
    await _service(kube, "front")
    assert "statefulset shop/db" in (await ask(why.COMMAND, "db")).plain()
    assert "pod shop/lonely" in (await ask(why.COMMAND, "lonely")).plain()
    assert "service shop/front" in (await ask(why.COMMAND, "front")).plain()


# ---------------------------------------------------------------- verdicts


async def test_a_missing_image(kube, ask, shown):
    await kube.deploy("web")
    await kube.set_image("web", "web:missing")
    message = await kube.until(lambda: _says(ask, "web", "ImagePullBackOff"))
    told = shown(message)
    assert told.startswith(
        "⚠️ shop/web on demo: web:missing cannot be pulled: not found in registry (ImagePullBackOff).\n"
    )
    assert "2 of 2 still run web:1.0, nothing is down." in told
    assert re.search(r"• revision 2: web:1.0 → web:missing by \S+, \d+ s ago", told)
    assert message.buttons[0].command == "rollback web -n shop --context demo"


async def test_a_crash_and_its_last_words(kube, ask, shown):
    await kube.deploy("web", "crash:1", ready=False)
    words = ("crashes with exit code", "0 of 2 available: nothing serves now.")
    told = await kube.until(lambda: _shows(ask, shown, "web", *words))
    assert told.startswith("❌ shop/web on demo: crash:1 crashes with exit code 3 (")
    await kube.until(lambda: _shows(ask, shown, "web", "> 2", "FATAL cannot reach database db:5432"))


async def test_secrets_in_last_words_are_gone(kube, ask, shown):
    await kube.deploy("web", replicas=1)
    await kube.fault(
        fault="crash", namespace="shop", seconds=1, code=1, says="login password=hunter2 <!channel>"
    )
    told = await kube.until(lambda: _shows(ask, shown, "web", "> login"))
    assert re.search(r"> login password=\[redacted:\w+\] <!channel>", told)


async def test_out_of_memory(kube, ask):
    await kube.deploy("web", "oom:1", ready=False, resources={"limits": {"memory": "64Mi"}})
    await kube.until(lambda: _says(ask, "web", "web needs more memory than its limit of 64Mi (OOMKilled)"))


async def test_a_liveness_probe(kube, ask):
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1, "failureThreshold": 1}
    await kube.deploy("web", replicas=1, livenessProbe=probe)
    await kube.fault(fault="probe", namespace="shop", probe="liveness")
    told = await kube.until(lambda: _says(ask, "web", "its liveness probe fails"))
    assert (
        told.parts[0]
        .items[0]
        .plain()
        .startswith("Liveness probe failed: HTTP probe failed with statuscode: 503")
    )


async def test_a_readiness_probe(kube, ctx, shown):
    probe = {"httpGet": {"path": "/nowhere", "port": 8080}, "periodSeconds": 1}
    await kube.deploy("web", replicas=1, ready=False, readinessProbe=probe)
    later = replace(ctx, now=lambda: time.time() + 60)

    async def says():
        message = await why.COMMAND.run(later, settled(why.COMMAND, "web"))
        return message if "statuscode" in message.plain() else None

    assert shown(await kube.until(says)).startswith(
        "❌ shop/web on demo: it runs, but its readiness probe GET :8080/nowhere does not pass: "
        "HTTP probe failed with statuscode: 404 (ContainersNotReady).\n"
    )


async def test_an_init_container(kube, ask):
    containers = [{"name": "web", "image": "web:1.0"}]
    spec = {"initContainers": [{"name": "migrate", "image": "crash:1"}], "containers": containers}
    await kube.create("pods", {"metadata": {"name": "web-0"}, "spec": spec})
    await kube.until(lambda: _says(ask, "pod/web-0", "its init container migrate fails with exit code 3"))


async def test_no_node_takes_it(kube, ask):
    await kube.deploy("web", replicas=1, ready=False, resources={"requests": {"cpu": "1000"}})
    message = await kube.until(lambda: _says(ask, "web", "no node takes its pod"))
    assert "3 nodes without enough free cpu (Unschedulable)" in message.plain()
    assert any("it asks for cpu 1000" in item.plain() for item in message.parts[0].items)


async def test_a_selector_that_no_node_has(kube, ask):
    spec = {"nodeSelector": {"disk": "ssd"}, "containers": [{"name": "a", "image": "web:1.0"}]}
    await kube.create("pods", {"metadata": {"name": "web-0"}, "spec": spec})
    await kube.until(
        lambda: _says(ask, "pod/web-0", "without the labels that its selector or affinity asks for")
    )


async def test_a_quota(kube, ask, shown):
    await kube.create("resourcequotas", {"metadata": {"name": "team"}, "spec": {"hard": {"pods": "1"}}})
    await kube.deploy("web", ready=False)
    told = shown(await kube.until(lambda: _says(ask, "web", "quota team is used up")))
    assert "1 of 2 pods are there · deployment" in told
    assert "• pods 1 of 1 · quota team" in told
    assert "[What refuses] get quota team -n shop --context demo" in told


async def test_a_limit_range(kube, ask):
    limits = [{"type": "Container", "max": {"memory": "1Gi"}}]
    await kube.create("limitranges", {"metadata": {"name": "small"}, "spec": {"limits": limits}})
    await kube.deploy("web", ready=False, resources={"limits": {"memory": "2Gi"}})
    await kube.until(
        lambda: _says(ask, "web", "a LimitRange allows at most 1Gi of memory for each container")
    )


async def test_a_config_map_that_is_missing(kube, ask):
    await kube.deploy("web", ready=False, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await kube.until(lambda: _says(ask, "web", "it needs ConfigMap web-env, and there is none in shop"))


async def test_a_key_of_a_secret_that_is_missing_and_no_value_shown(kube, ask, shown):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"PASSWORD": "hunter2"}})
    source = {"secretKeyRef": {"name": "db", "key": "USER"}}
    await kube.deploy("web", ready=False, env=[{"name": "USER", "valueFrom": source}])
    message = await kube.until(lambda: _says(ask, "web", "it needs the key USER of Secret db"))
    told = shown(message)
    assert "• it has PASSWORD · Secret db" in told
    assert "hunter2" not in told
    assert re.search(r"• Secret db written by \S+, \d+ s ago", told)


async def test_a_claim_that_is_missing(kube, ask):
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    spec = {"volumes": volumes, "containers": [{"name": "a", "image": "web:1.0"}]}
    await kube.create("pods", {"metadata": {"name": "db-0"}, "spec": spec})
    await kube.until(lambda: _says(ask, "pod/db-0", "it mounts the claim data, and there is none in shop"))


async def test_a_claim_without_a_volume(kube, ask, shown):
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "fast",
    }
    await kube.create("persistentvolumeclaims", {"metadata": {"name": "data"}, "spec": spec})
    told = shown(await ask(why.COMMAND, "pvc/data"))
    assert told.startswith("⚠️ persistentvolumeclaim shop/data on demo: no volume is bound to it (Pending).\n")
    assert "it asks for 1Gi of class fast" in told


async def test_a_node_that_is_down(kube, ask):
    await kube.deploy("web", replicas=3)
    node = (await kube.pods())[0]["spec"]["nodeName"]
    await kube.fault(fault="lose-node", node=node)
    await kube.until(lambda: _says(ask, "web", f"node {node} is down: Kubelet stopped posting node status"))
    await kube.until(lambda: _says(ask, f"node/{node}", "it is down"))


async def test_a_pod_that_a_finalizer_holds(kube, ctx, shown):
    await kube.pod("web-0", "web:1.0", finalizers=["example.com/hold"])
    await kube.call("DELETE", "/api/v1/namespaces/shop/pods/web-0?gracePeriodSeconds=1")
    later = replace(ctx, now=lambda: time.time() + 120)
    told = shown(await why.COMMAND.run(later, settled(why.COMMAND, "pod/web-0")))
    assert "it was deleted, and the finalizer example.com/hold holds it (Terminating)." in told.split("\n")[0]


async def test_paused_and_scaled_to_nothing(kube, ask):
    await kube.deploy("web")
    await _patch(kube, "web", {"spec": {"paused": True}})
    await kube.set_image("web", "web:1.1")
    assert (await ask(why.COMMAND, "web")).plain().startswith("⏸ shop/web on demo: its rollout is paused")
    await kube.deploy("zero", replicas=0)
    assert (
        await ask(why.COMMAND, "zero")
    ).plain() == "⏸ shop/zero on demo: it is scaled to 0, so nothing runs."


async def test_a_deadline_that_has_passed(kube, ask, shown):
    await kube.deploy("web", "web:missing", ready=False)
    await _patch(kube, "web", {"spec": {"progressDeadlineSeconds": 2}})

    told = await kube.until(lambda: _shows(ask, shown, "web", "ProgressDeadlineExceeded"))
    assert "cannot be pulled" in told.split("\n")[0]


async def test_an_autoscaler_at_its_limit(kube, ask):
    await kube.deploy("web", replicas=2, resources={"requests": {"cpu": "100m"}})
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
    }
    spec = {"maxReplicas": 2, "minReplicas": 1, "metrics": [metric],
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}  # fmt: skip
    await kube.create(
        "horizontalpodautoscalers", {"metadata": {"name": "web"}, "spec": spec}, group="/apis/autoscaling/v2"
    )
    await kube.fault(fault="load", namespace="shop", cpu="1")
    message = await kube.until(
        lambda: _says(ask, "web", "its autoscaler web is at its limit of 2 and wants more")
    )
    assert message.plain().startswith("⚠️")


async def test_a_budget_that_holds_a_drain_up(kube, ask):
    await kube.deploy("web", replicas=2)
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    await kube.create(
        "poddisruptionbudgets", {"metadata": {"name": "web"}, "spec": spec}, group="/apis/policy/v1"
    )
    node = (await kube.pods())[0]["spec"]["nodeName"]
    await kube.call("PATCH", f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}},
                    **{"Content-Type": "application/merge-patch+json"})  # fmt: skip
    await kube.until(lambda: _says(ask, "web", f"on the cordoned node {node}"))
    await kube.until(lambda: _says(ask, f"no/{node}", "the disruption budget web keeps the pod"))


async def test_a_service_that_selects_nothing(kube, ask, shown):
    await kube.deploy("web", replicas=1)
    spec = {"selector": {"app": "wbe"}, "ports": [{"port": 80}]}
    await kube.create("services", {"metadata": {"name": "front"}, "spec": spec})
    told = shown(await ask(why.COMMAND, "svc/front"))
    assert told.startswith(
        "❌ service shop/front on demo: no pod has the labels that it selects; deployment web comes near.\n"
    )
    assert "• its pods have app=web · deployment web" in told


async def test_a_service_whose_port_nobody_has(kube, ask):
    await kube.deploy("web", replicas=1, ports=[{"name": "web", "containerPort": 8080}])
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}
    await kube.create("services", {"metadata": {"name": "front"}, "spec": spec})
    await kube.until(lambda: _says(ask, "svc/front", "no container of its pods has a port named http"))


async def test_a_job_that_gave_up(kube, ask, shown):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "pi", "image": "crash:1"}]}}
    body = {"metadata": {"name": "pi"}, "spec": {"backoffLimit": 0, "template": template}}
    await kube.create("jobs", body, group="/apis/batch/v1")

    told = await kube.until(lambda: _shows(ask, shown, "job/pi", "BackoffLimitExceeded"))
    assert told.startswith("⚠️ job shop/pi on demo: crash:1 crashes with exit code 3 (Error).\n")
    assert "FATAL cannot reach database" in told


async def test_a_cronjob_that_is_suspended(kube, ask):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "pi", "image": "web:1.0"}]}}
    spec = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": template}}}
    await kube.create("cronjobs", {"metadata": {"name": "nightly"}, "spec": spec}, group="/apis/batch/v1")
    assert (await ask(why.COMMAND, "cj/nightly")).plain() == (
        "⏸ cronjob shop/nightly on demo: it is suspended, so it starts no jobs."
    )


@pytest.mark.parametrize("plural", ["statefulsets", "daemonsets"])
async def test_other_workloads_and_their_history(kube, ask, shown, plural):
    await _workload(kube, plural, "db", "crash:1")
    words = ("crash:1 crashes", "FATAL cannot reach database")
    told = await kube.until(lambda: _shows(ask, shown, f"{plural}/db", *words))
    assert "• revision 1: crash:1" in told


async def test_a_replica_set(kube, ask):
    await kube.deploy("web", "web:missing", ready=False)
    (name,) = {pod["metadata"]["ownerReferences"][0]["name"] for pod in await kube.until(kube.pods)}
    await kube.until(lambda: _says(ask, f"rs/{name}", "web:missing cannot be pulled"))


async def _says(ask, line, words):
    message = await ask(why.COMMAND, line)
    return message if words in message.plain() else None


async def _shows(ask, shown, line, *words):
    """The whole message once it has all the words: between reading a pod and its log, both move on."""
    told = shown(await ask(why.COMMAND, line))
    return told if all(word in told for word in words) else None


async def _service(kube, name):
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    await kube.create("services", {"metadata": {"name": name}, "spec": spec})

    async def answered():
        found = await kube.call("GET", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices")
        return any(
            one["metadata"]["labels"].get("kubernetes.io/service-name") == name for one in found["items"]
        )

    await kube.until(answered)


async def _workload(kube, plural, name, image="web:1.0"):
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": name, "image": image}]},
    }
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    more = {"serviceName": name, "replicas": 1} if plural == "statefulsets" else {}
    await kube.create(plural, {"metadata": {"name": name}, "spec": spec | more}, group=APPS)


async def _patch(kube, name, body):
    await kube.call("PATCH", f"{APPS}/namespaces/shop/deployments/{name}", body,
                    **{"Content-Type": "application/merge-patch+json"})  # fmt: skip
