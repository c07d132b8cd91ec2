"""why of more than a pod: the own trouble of a rollout, a service, a job, a node or a claim."""

from __future__ import annotations

import pytest

from commands import why
from tests.commands.change_steps import patch
from tests.commands.verdicts import says, shows, workload


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
    await kube.until(lambda: says(ask, "web", f"node {node} is down: Kubelet stopped posting node status"))
    await kube.until(lambda: says(ask, f"node/{node}", "it is down"))


async def test_paused_and_scaled_to_nothing(kube, ask):
    await kube.deploy("web")
    await patch(kube, "web", {"spec": {"paused": True}})
    await kube.set_image("web", "web:1.1")
    assert (await ask(why.COMMAND, "web")).plain().startswith("⏸ shop/web on demo: its rollout is paused")
    await kube.deploy("zero", replicas=0)
    assert (
        await ask(why.COMMAND, "zero")
    ).plain() == "⏸ shop/zero on demo: it is scaled to 0, so nothing runs."


async def test_a_deadline_that_has_passed(kube, ask, shown):
    await kube.deploy("web", "web:missing", ready=False)
    await patch(kube, "web", {"spec": {"progressDeadlineSeconds": 2}})

    told = await kube.until(lambda: shows(ask, shown, "web", "ProgressDeadlineExceeded"))
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
        lambda: says(ask, "web", "its autoscaler web is at its limit of 2 and wants more")
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
    await kube.until(lambda: says(ask, "web", f"on the cordoned node {node}"))
    await kube.until(lambda: says(ask, f"no/{node}", "the disruption budget web keeps the pod"))


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
    await kube.until(lambda: says(ask, "svc/front", "no container of its pods has a port named http"))


async def test_a_job_that_gave_up(kube, ask, shown):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "pi", "image": "crash:1"}]}}
    body = {"metadata": {"name": "pi"}, "spec": {"backoffLimit": 0, "template": template}}
    await kube.create("jobs", body, group="/apis/batch/v1")

    told = await kube.until(lambda: shows(ask, shown, "job/pi", "BackoffLimitExceeded"))
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
    await workload(kube, plural, "db", "crash:1")
    words = ("crash:1 crashes", "FATAL cannot reach database")
    told = await kube.until(lambda: shows(ask, shown, f"{plural}/db", *words))
    assert "• revision 1: crash:1" in told


async def test_a_replica_set(kube, ask):
    await kube.deploy("web", "web:missing", ready=False)
    (name,) = {pod["metadata"]["ownerReferences"][0]["name"] for pod in await kube.until(kube.pods)}
    await kube.until(lambda: says(ask, f"rs/{name}", "web:missing cannot be pulled"))
