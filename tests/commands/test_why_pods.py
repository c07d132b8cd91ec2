"""why pods do not run: each trouble is planted over the wire, and the verdict is read."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from commands import why
from tests.commands.conftest import settled
from tests.commands.verdicts import says, shows


async def test_a_missing_image(kube, ask, shown):
    await kube.deploy("web")
    await kube.set_image("web", "web:missing")
    message = await kube.until(lambda: says(ask, "web", "ImagePullBackOff"))
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
    told = await kube.until(lambda: shows(ask, shown, "web", *words))
    assert told.startswith("❌ shop/web on demo: crash:1 crashes with exit code 3 (")
    await kube.until(lambda: shows(ask, shown, "web", "> 2", "FATAL cannot reach database db:5432"))


async def test_secrets_in_last_words_are_gone(kube, ask, shown):
    await kube.deploy("web", replicas=1)
    await kube.fault(
        fault="crash", namespace="shop", seconds=1, code=1, says="login password=hunter2 <!channel>"
    )
    told = await kube.until(lambda: shows(ask, shown, "web", "> login"))
    assert re.search(r"> login password=\[redacted:\w+\] <!channel>", told)


async def test_out_of_memory(kube, ask):
    await kube.deploy("web", "oom:1", ready=False, resources={"limits": {"memory": "64Mi"}})
    await kube.until(lambda: says(ask, "web", "web needs more memory than its limit of 64Mi (OOMKilled)"))


async def test_a_liveness_probe(kube, ask):
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1, "failureThreshold": 1}
    await kube.deploy("web", replicas=1, livenessProbe=probe)
    await kube.fault(fault="probe", namespace="shop", probe="liveness")
    told = await kube.until(lambda: says(ask, "web", "its liveness probe fails"))
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
    await kube.until(lambda: says(ask, "pod/web-0", "its init container migrate fails with exit code 3"))


async def test_no_node_takes_it(kube, ask):
    await kube.deploy("web", replicas=1, ready=False, resources={"requests": {"cpu": "1000"}})
    message = await kube.until(lambda: says(ask, "web", "no node takes its pod"))
    assert "3 nodes without enough free cpu (Unschedulable)" in message.plain()
    assert any("it asks for cpu 1000" in item.plain() for item in message.parts[0].items)


async def test_a_selector_that_no_node_has(kube, ask):
    spec = {"nodeSelector": {"disk": "ssd"}, "containers": [{"name": "a", "image": "web:1.0"}]}
    await kube.create("pods", {"metadata": {"name": "web-0"}, "spec": spec})
    await kube.until(
        lambda: says(ask, "pod/web-0", "without the labels that its selector or affinity asks for")
    )


async def test_a_quota(kube, ask, shown):
    await kube.create("resourcequotas", {"metadata": {"name": "team"}, "spec": {"hard": {"pods": "1"}}})
    await kube.deploy("web", ready=False)
    told = shown(await kube.until(lambda: says(ask, "web", "quota team is used up")))
    assert "1 of 2 pods are there · deployment" in told
    assert "• pods 1 of 1 · quota team" in told
    assert "[What refuses] get quota team -n shop --context demo" in told


async def test_a_limit_range(kube, ask):
    limits = [{"type": "Container", "max": {"memory": "1Gi"}}]
    await kube.create("limitranges", {"metadata": {"name": "small"}, "spec": {"limits": limits}})
    await kube.deploy("web", ready=False, resources={"limits": {"memory": "2Gi"}})
    await kube.until(lambda: says(ask, "web", "a LimitRange allows at most 1Gi of memory for each container"))


async def test_a_config_map_that_is_missing(kube, ask):
    await kube.deploy("web", ready=False, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await kube.until(lambda: says(ask, "web", "it needs ConfigMap web-env, and there is none in shop"))


async def test_a_key_of_a_secret_that_is_missing_and_no_value_shown(kube, ask, shown):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"PASSWORD": "hunter2"}})
    source = {"secretKeyRef": {"name": "db", "key": "USER"}}
    await kube.deploy("web", ready=False, env=[{"name": "USER", "valueFrom": source}])
    message = await kube.until(lambda: says(ask, "web", "it needs the key USER of Secret db"))
    told = shown(message)
    assert "• it has PASSWORD · Secret db" in told
    assert "hunter2" not in told
    assert re.search(r"• Secret db written by \S+, \d+ s ago", told)


async def test_a_claim_that_is_missing(kube, ask):
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    spec = {"volumes": volumes, "containers": [{"name": "a", "image": "web:1.0"}]}
    await kube.create("pods", {"metadata": {"name": "db-0"}, "spec": spec})
    await kube.until(lambda: says(ask, "pod/db-0", "it mounts the claim data, and there is none in shop"))


async def test_a_pod_that_a_finalizer_holds(kube, ctx, shown):
    await kube.pod("web-0", "web:1.0", finalizers=["example.com/hold"])
    await kube.call("DELETE", "/api/v1/namespaces/shop/pods/web-0?gracePeriodSeconds=1")
    later = replace(ctx, now=lambda: time.time() + 120)
    told = shown(await why.COMMAND.run(later, settled(why.COMMAND, "pod/web-0")))
    assert "it was deleted, and the finalizer example.com/hold holds it (Terminating)." in told.split("\n")[0]
