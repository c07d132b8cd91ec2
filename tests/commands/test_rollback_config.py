"""rollback and what the pods read: ConfigMaps are looked at, and come back when asked; Secrets are not."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.domain.errors import StalePlanError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.domain.workloads import references
from commands import rollback
from tests.commands.change_steps import WORKLOADS, carry_out, lines, writes
from tests.commands.revisions import at_revision


async def config(kube, name="web-env", **parts):
    await kube.create("configmaps", {"metadata": {"name": name}, "data": {"LEVEL": "info"}} | parts)


async def change_config(kube, level):
    path = "/api/v1/namespaces/shop/configmaps/web-env"
    await kube.call(
        "PATCH", path, {"data": {"LEVEL": level}}, **{"Content-Type": "application/merge-patch+json"}
    )


async def reads_config(kube):
    """Two revisions, of which both read a ConfigMap."""
    await config(kube)
    await kube.deploy("web", replicas=1, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    await kube.rolled_out("web")


async def test_a_configmap_that_has_changed_since_is_named_and_one_that_has_not_is_not(kube, plan):
    await reads_config(kube)
    assert len(lines(await plan(rollback.COMMAND, "web"))) == 1
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, "debug")
    _, said = lines(await plan(rollback.COMMAND, "web"))
    assert re.fullmatch(
        r"ConfigMap web-env changed \d+ s ago, after revision 1 was made: what is in it stays as it is\.",
        said,
    )


async def test_a_configmap_that_is_gone_is_said_to_be(kube, plan):
    await reads_config(kube)
    await kube.call("DELETE", "/api/v1/namespaces/shop/configmaps/web-env")
    _, said = lines(await plan(rollback.COMMAND, "web"))
    assert said == "ConfigMap web-env is gone, and revision 1 reads it: its pods may not start."


async def test_a_configmap_that_cannot_be_read_is_said_and_hides_nothing(kube, plan):
    await reads_config(kube)
    await kube.fault(fault="status", path="configmaps/web-env", status=403)
    first, said = lines(await plan(rollback.COMMAND, "web"))
    assert first.startswith("Only the pod template comes back")
    assert said == "Could not look at ConfigMap web-env: the cluster refuses it."


async def kept_config(kube, cluster, keeping, level="debug"):
    """Two revisions that read a ConfigMap, which is kept of the first, and is otherwise since."""
    await reads_config(kube)
    await keep(kube, cluster, keeping, "web:1.0")
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, level)


async def keep(kube, cluster, keeping, image):
    """As the engine does it when it makes or replaces a revision."""
    found = await kube.call("GET", f"{WORKLOADS}/web")
    found["spec"]["template"]["spec"]["containers"][0]["image"] = image
    ref = ObjectRef(cluster="demo", namespace="shop", type=DEPLOYMENTS, name="web")
    await keeping.keep(cluster, ref, found)


async def test_a_kept_configmap_is_offered_and_is_not_in_the_plan(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web")
    (_, said) = lines(planned)
    assert re.search(r"stays as it is\. It is kept as it was \d s ago, and can come back\.$", said)
    (button,) = [one for one in planned.instead if "ConfigMap" in one.label]
    assert button.command == "rollback web --to-revision=1 --with-config -n shop --context demo"
    assert len(planned.steps) == 1


async def test_with_its_configmaps_they_are_written_first_and_as_shown(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web --with-config")
    title = "Roll back shop/web on demo to revision 1: web:1.1 → web:1.0, with ConfigMap web-env?"
    assert planned.title.plain() == title
    assert planned.inverse == "rollout undo web --to-revision=2 --with-config -n shop --context demo"
    assert [step.write.target.type.plural for step in planned.steps] == ["configmaps", "deployments"]
    assert [(c.path, c.before, c.after) for c in planned.steps[0].changes] == [
        ("data.LEVEL", "debug", "info")
    ]
    assert planned.main == 1
    assert not [one for one in planned.instead if "ConfigMap" in one.label]
    await kube.forget()
    config_after, after = await carry_out(cluster, planned)
    assert config_after["data"] == {"LEVEL": "info"}
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"
    config_path = "/api/v1/namespaces/shop/configmaps/web-env"
    assert await writes(kube) == {("PATCH", config_path), ("PATCH", f"{WORKLOADS}/web")}


async def test_planning_with_configmaps_only_reads(kube, plan, cluster, keeping, only_reads):
    await kept_config(kube, cluster, keeping)
    await kube.forget()
    await plan(rollback.COMMAND, "web --with-config")
    await only_reads()


async def test_a_configmap_that_moved_since_is_left_alone(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web --with-config")
    await change_config(kube, "trace")
    await kube.forget()
    with pytest.raises(StalePlanError, match="web-env` has changed since it was shown: what is in it"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()


async def test_values_of_several_lines_are_shown_as_the_lines_that_change(kube, plan, cluster, keeping):
    pages = {"nginx.conf": "listen 80;\nroot /a;\npassword=hunter2;\n"}
    await kube.create("configmaps", {"metadata": {"name": "web-env"}, "data": pages})
    await kube.deploy("web", replicas=1, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await keep(kube, cluster, keeping, "web:1.0")
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    body = {"data": {"nginx.conf": "listen 80;\nroot /b;\npassword=hunter2;\n"}}
    path = "/api/v1/namespaces/shop/configmaps/web-env"
    await kube.call("PATCH", path, body, **{"Content-Type": "application/merge-patch+json"})
    *_, shown = (await plan(rollback.COMMAND, "web --with-config")).beside
    assert "-root /b;\n+root /a;" in shown.text
    assert "hunter2" not in shown.text


async def test_with_nothing_kept_that_is_said_and_only_the_template_comes_back(kube, plan):
    await reads_config(kube)
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, "debug")
    planned = await plan(rollback.COMMAND, "web --with-config")
    first, said = lines(planned)
    assert "There is no ConfigMap to bring back." in first
    assert said.endswith("Nothing of it is kept: what is, is for 30 days.")
    assert len(planned.steps) == 1
    assert planned.inverse == "rollout undo web --to-revision=2 -n shop --context demo"


async def test_the_current_revision_gets_its_configmaps_back_without_a_rollout(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    await keep(kube, cluster, keeping, "web:1.1")
    same = await plan(rollback.COMMAND, "web --to-revision=2 --with-config")
    assert same.nothing.plain().startswith("Nothing to change: shop/web on demo runs what revision 2 was.")
    await change_config(kube, "trace")
    planned = await plan(rollback.COMMAND, "web --to-revision=2 --with-config")
    title = "Bring back ConfigMap web-env of shop/web on demo, as revision 2 ran with it?"
    assert planned.title.plain() == title
    assert (planned.follow, planned.locks) == (None, "")
    assert lines(planned)[0].startswith("No pod is replaced")
    assert planned.instead[0].command == "restart web -n shop --context demo"
    (after,) = await carry_out(cluster, planned)
    assert after["data"] == {"LEVEL": "debug"}


async def test_secrets_are_not_read_and_said_not_to_be_compared(kube, plan):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    await kube.deploy("web", replicas=1, envFrom=[{"secretRef": {"name": "db"}}])
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    await kube.rolled_out("web")
    await kube.forget()
    planned = await plan(rollback.COMMAND, "web")
    assert lines(planned)[1:] == ["Secret db is not compared: what is in there stays as it is."]
    assert not [asked for asked in await kube.requests() if "/secrets" in asked["path"]]
    assert "hunter2" not in planned.model_dump_json()


def test_every_way_to_read_configuration_is_seen():
    volumes = [
        {"configMap": {"name": "files"}},
        {"secret": {"secretName": "keys"}},
        {"projected": {"sources": [{"secret": {"name": "token"}}, {"configMap": {"name": "ca"}}]}},
        {"emptyDir": {}},
    ]
    env = [
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "a"}}},
        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "C", "value": "plain"},
    ]
    spec = {
        "volumes": volumes,
        "initContainers": [{"name": "i", "envFrom": [{"configMapRef": {"name": "setup"}}]}],
        "containers": [{"name": "c", "env": env}],
    }
    assert references({"spec": spec}) == (
        "ConfigMap ca", "ConfigMap files", "ConfigMap setup", "Secret db", "Secret keys", "Secret token",
    )  # fmt: skip
