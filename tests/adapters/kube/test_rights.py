"""What the bot may not do, as the cluster's own RBAC says it."""

import asyncio

import pytest
import yaml

from bot.domain.changes import Write
from bot.domain.errors import ClusterDeniedError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.kube.signals import Rhythm
from bot.kube.watch import WatchHub

WEB = ObjectRef(cluster="demo", namespace="default", type=DEPLOYMENTS, name="web")
CREATE = Write(action="create", target=WEB, body={"apiVersion": "apps/v1", "kind": "Deployment"})


RBAC = "rbac.authorization.k8s.io"
RIGHTS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list", "watch"]}
EVE = {"kind": "User", "name": "eve", "apiGroup": RBAC}
ROLE = {"kind": "Role", "name": "eve", "apiGroup": RBAC}


async def create(cluster, plural, name, **body):
    kind = await cluster.resolve(plural)
    ref = ObjectRef(cluster="demo", namespace="default", type=kind, name=name)
    whole = {"apiVersion": kind.api_version, "metadata": {"name": name}, **body}
    await cluster.write(Write(action="create", target=ref, body=whole), dry_run=False)


async def rings(moved):
    async with asyncio.timeout(3):
        await moved.wait()
        moved.clear()


def kubeconfig_of(simulator, person):
    config = yaml.safe_load(simulator.kubeconfig("demo"))
    config["users"][0]["user"] = {"token": person}
    return yaml.safe_dump(config)


async def test_one_who_has_no_rights_is_told_which(simulator, load):
    stranger = (await load(kubeconfig_of(simulator, "eve"))).cluster("demo")
    with pytest.raises(
        ClusterDeniedError, match=r"`eve` may not list `deployments.apps` in namespace `default`"
    ):
        await stranger.list(DEPLOYMENTS, "default")
    with pytest.raises(ClusterDeniedError, match=r"may not create `deployments.apps`"):
        await stranger.write(CREATE, dry_run=True)


async def test_rights_in_one_namespace_are_enough_to_watch_there(simulator, simulated, load):
    admin = simulated.cluster("demo")
    await create(admin, "roles", "eve", kind="Role", rules=[RIGHTS])
    await create(admin, "rolebindings", "eve", kind="RoleBinding", subjects=[EVE], roleRef=ROLE)
    hub = WatchHub(await load(kubeconfig_of(simulator, "eve")), rhythm=Rhythm(shortest=0.02))
    moved = asyncio.Event()
    kind = await admin.resolve("configmaps")
    hub.subscribe("demo", (kind,), "default", lambda name: name == "settings", moved.set)
    await rings(moved)
    await create(admin, "configmaps", "settings", kind="ConfigMap")
    await rings(moved)
    assert hub.open == 1
    await hub.close()
