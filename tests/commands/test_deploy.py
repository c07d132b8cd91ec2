"""deploy: a new deployment where there is none, an update where there is one."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Risk
from bot.domain.changes import MARK
from bot.domain.errors import ClusterRejectedError, StalePlanError, TargetNotFoundError, UsageError
from bot.domain.rollouts.snapshot import CAUSE
from bot.engine.grammar import parse
from commands import deploy
from commands.deploy import DeployArgs
from tests.commands.change_steps import WORKLOADS, add_sidecar, carry_out, patch, said, writes

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web --image web:1.1", DeployArgs(name="web", image=("web:1.1",))),
        ("web --image=web:1.1 -n shop", DeployArgs(name="web", image=("web:1.1",), namespace="shop")),
        ("deployment/web --image=web", DeployArgs(name="web", image=("web",))),
        ("deploy/web --image=web", DeployArgs(name="web", image=("web",))),
        (
            "web --image=w --replicas=3 --port=80",
            DeployArgs(name="web", image=("w",), replicas=3, port=(80,)),
        ),
        ("web --image=w -r 0", DeployArgs(name="web", image=("w",), replicas=0)),
        ("web --image=w --env A=1 -e B=x=y", DeployArgs(name="web", image=("w",), env=("A=1", "B=x=y"))),
    ],
)
def test_grammar(line, expected):
    assert parse(DeployArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("web", "`--image` is needed."),
        ("Web --image w", "`Web` cannot be a deployment's name"),
        ("pod/web --image w", "`pod/web` cannot be a deployment's name"),
        ("web --image w --replicas few", "`few` is not a valid integer"),
        ("web --image w --replicas 1001", "less than or equal to 1000"),
        ("web --image w --port 0", "greater than or equal to 1"),
        ("web --image w --env A", "`A` is no NAME=VALUE"),
        ("web --image w --env 1A=b", "`1A` is no NAME=VALUE"),
        ("web api --image w", "unexpected extra argument"),
        ("web --image w --env-from web", "`web` is neither configmap/NAME nor secret/NAME."),
        ("web --image w --limits cpu=lots", "`lots` is no amount of cpu"),
        ("web --image w --requests gold=1", "`gold=1` is no RESOURCE=AMOUNT"),
        ("web --image w --container A_", "`A_` cannot be a container's name"),
        ("web --image w --command", "`--command` needs a command behind `--`."),
        ("web --image w --force", "No such option"),
        ("web --image =w", "`` cannot be a container's name"),
        ("web --image W_=w", "`W_` cannot be a container's name"),
        ("web --image a=w --image A:1", "`A:1` is no image"),
        ("web --image w:1 --image team/w:2", "Two containers would be called `w`; write CONTAINER=IMAGE."),
        ("web --image a=w --image a=v", "Two containers would be called `a`; write CONTAINER=IMAGE."),
        ("web --image a=w --image b=v --port 80", "`-c CONTAINER` says for which one the rest is."),
        ("web --image w --image v --env A=1", "`-c CONTAINER` says for which one the rest is."),
        ("web --image a=w -c b", "`b` is none of the containers a."),
        ("web --image a=w --image b=v -c c --port 80", "`c` is none of the containers a, b."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)) as refused:
        parse(DeployArgs, tuple(line.split()), name="deploy")
    assert refused.value.hint


@pytest.mark.parametrize(
    "image",
    [
        "web",
        "web:1.1",
        "team/web:1.1",
        "localhost/web",
        "localhost:5000/x",
        "Registry.Example.COM:443/team/web_x__y:V1.0-rc.1",
        f"registry.example.com/web@{DIGEST}",
        f"web:1.1@{DIGEST}",
    ],
)
def test_images_that_registries_take(image):
    assert parse(DeployArgs, ("web", "--image", image)).image == (image,)


@pytest.mark.parametrize(
    ("image", "refusal"),
    [
        ("Web:1.1", "write the name in lower case, `web:1.1`"),
        ("web:1:1", "write it as web:1.1"),
        ("web:", "is no image"),
        ("web tag", "is no image"),
        ("/web", "is no image"),
        ("team//web", "is no image"),
        ("host:port/web", "is no image"),
        ("https://example.com/web", "is no image"),
        ("web@sha256:12ab", "a digest is sha256: and 64 signs"),
        ("a/" * 130 + "web", "is no image"),
    ],
)
def test_images_that_no_registry_takes(image, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(DeployArgs, ("web", "--image", image))


async def test_plans_only_read(kube, plan, only_reads):
    await kube.deploy("web")
    await kube.forget()
    await plan(deploy.COMMAND, "web --image web:1.1")
    await plan(deploy.COMMAND, "api --image api:1.0")
    await only_reads()


async def test_a_new_deployment_has_all_that_was_asked_for(kube, plan, cluster):
    line = "api --image localhost:5000/api:1.0 --replicas 2 --port 8080 --env A=1"
    planned = await plan(deploy.COMMAND, line)
    assert planned.title.plain() == "Deploy localhost:5000/api:1.0 as shop/api on demo, 2 replicas?"
    assert planned.button == "Deploy api"
    assert planned.doing.plain() == "shop/api on demo · new, localhost:5000/api:1.0"
    assert planned.done.plain() == "shop/api on demo runs localhost:5000/api:1.0"
    assert (planned.risk, planned.inverse, planned.warnings) == (Risk.REVERSIBLE, "", ())
    assert planned.follow == planned.steps[0].write.target
    (made,) = await carry_out(cluster, planned)
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert (container["name"], container["image"]) == ("api", "localhost:5000/api:1.0")
    assert container["ports"][0]["containerPort"] == 8080
    assert container["env"] == [{"name": "A", "value": "1"}]
    assert made["spec"]["replicas"] == 2
    assert made["spec"]["selector"]["matchLabels"] == made["metadata"]["labels"] == {"app": "api"}
    assert made["metadata"]["annotations"][CAUSE] == "/k8s test"
    assert made["metadata"]["annotations"][MARK] == "change-1"


async def test_an_update_leaves_all_else_as_it_is(kube, plan, cluster):
    await kube.deploy("web", env=[{"name": "KEPT", "value": "yes"}])
    await add_sidecar(kube, "web")
    planned = await plan(deploy.COMMAND, "web --image web:1.1 -e NEW=1")
    assert planned.title.plain() == "Update shop/web on demo: web:1.0 → web:1.1?"
    assert planned.button == "Update web"
    assert planned.doing.plain() == "shop/web on demo · web:1.0 → web:1.1"
    assert planned.done.plain() == "shop/web on demo runs web:1.1"
    assert planned.inverse == "rollback web -n shop --context demo"
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    containers = {c["name"]: c for c in after["spec"]["template"]["spec"]["containers"]}
    assert (containers["web"]["image"], containers["proxy"]["image"]) == ("web:1.1", "proxy:2.0")
    assert {v["name"]: v["value"] for v in containers["web"]["env"]} == {"KEPT": "yes", "NEW": "1"}
    assert after["spec"]["replicas"] == 2
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_the_update_shows_only_what_changes(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(deploy.COMMAND, "web --image web:1.1 --replicas 3")
    fields = [line for line in said(planned) if CAUSE not in line]
    assert fields == [
        "spec.replicas: 1 → 3",
        "spec.template.spec.containers[web].image: web:1.0 → web:1.1",
    ]


async def test_the_only_container_need_not_be_called_like_the_deployment(kube, plan, cluster):
    await kube.create("deployments", _deployment("api", "main"), group="/apis/apps/v1")
    (after,) = await carry_out(cluster, await plan(deploy.COMMAND, "api --image web:1.1 --port 8080"))
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert (container["name"], container["image"]) == ("main", "web:1.1")
    assert [port["containerPort"] for port in container["ports"]] == [8080]


def _deployment(name, *containers):
    labels = {"app": name}
    pod = {"containers": [{"name": container, "image": "web:1.0"} for container in containers]}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return {"metadata": {"name": name}, "spec": spec}


async def test_the_same_image_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(deploy.COMMAND, "web --image web:1.0")
    assert planned.nothing.plain() == "Nothing to change: shop/web on demo has web:1.0 already."
    await kube.deploy("api", image="api", replicas=1)
    planned = await plan(deploy.COMMAND, "api --image api")
    assert planned.nothing.plain().endswith("has api already. /k8s restart api lets its pods pull anew.")


async def test_more_pods_of_the_same_image_are_no_rollout(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(deploy.COMMAND, "web --image web:1.0 --replicas 2")
    assert planned.title.plain() == "Update shop/web on demo: web:1.0, as now?"
    assert (planned.nothing.plain(), planned.inverse) == ("", "")


async def test_another_registry_is_never_hidden(kube, plan):
    await kube.deploy("web", image="docker.io/library/web:1.0", replicas=1)
    planned = await plan(deploy.COMMAND, "web --image evil.example.com/library/web:1.0")
    assert planned.title.plain() == "Update shop/web on demo: web:1.0 → evil.example.com/library/web:1.0?"
    planned = await plan(deploy.COMMAND, "web --image web:1.0")
    assert planned.title.plain() == "Update shop/web on demo: docker.io/library/web:1.0 → web:1.0?"


@pytest.mark.parametrize(("image", "floats"), [("api", True), ("api:latest", True), (f"api@{DIGEST}", False)])
async def test_an_image_that_may_be_another_tomorrow(plan, image, floats):
    expected = f"{image} has no fixed tag: each new pod runs whatever it means on that day."
    warned = [warning.plain() for warning in (await plan(deploy.COMMAND, f"x --image {image}")).warnings]
    assert warned == ([expected] if floats else [])


async def test_a_paused_deployment_is_said_to_be(kube, plan):
    await kube.deploy("web", replicas=1)
    await patch(kube, "web", {"spec": {"paused": True}})
    (warning,) = (await plan(deploy.COMMAND, "web --image web:1.1")).warnings
    assert warning.plain() == "It is paused: the change is stored, and no pod follows it until it is resumed."


async def test_of_several_containers_none_is_guessed(kube, plan):
    await kube.create("deployments", _deployment("api", "main", "proxy"), group="/apis/apps/v1")
    with pytest.raises(TargetNotFoundError, match="`shop/api` has 2 containers") as refused:
        await plan(deploy.COMMAND, "api --image web:1.1")
    assert refused.value.hint == "It has `main`, `proxy`."
    assert refused.value.suggestions == (
        "set image api main=web:1.1 -n shop --context demo",
        "set image api proxy=web:1.1 -n shop --context demo",
    )


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(deploy.COMMAND, "web --image web:1.1")
    await kube.set_image("web", "web:1.2")
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"image is now web:1\.2"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()


async def test_a_name_that_was_taken_meanwhile_stays_as_it_is(kube, plan, cluster):
    planned = await plan(deploy.COMMAND, "web --image web:1.1")
    await kube.deploy("web", replicas=1)
    with pytest.raises(ClusterRejectedError, match="already exists"):
        await carry_out(cluster, planned)
    found = await kube.call("GET", f"{WORKLOADS}/web")
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"


async def test_a_namespace_that_is_not_there(plan):
    with pytest.raises(TargetNotFoundError, match="nope"):
        await plan(deploy.COMMAND, "web --image web:1.1 -n nope")


FULL = (
    "--port 8080 --port 9090 -e A=1 --env-from cm/settings --env-from secret/keys "
    "--requests cpu=100m --limits=cpu=200m,memory=128Mi --command -- web --fast 'two words'"
)


async def test_a_new_one_with_all_that_a_container_has(kube, plan, cluster):
    (after,) = await carry_out(cluster, await plan(deploy.COMMAND, f"web --image web:1.0 -c main {FULL}"))
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["name"] == "main"
    assert [port["containerPort"] for port in container["ports"]] == [8080, 9090]
    assert container["env"] == [{"name": "A", "value": "1"}]
    assert container["envFrom"] == [
        {"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "keys"}},
    ]  # fmt: skip
    assert container["resources"]["limits"] == {"cpu": "200m", "memory": "128Mi"}
    assert container["resources"]["requests"]["cpu"] == "100m"
    assert container["command"] == ["web", "--fast", "two words"]


async def test_an_update_adds_to_what_is_there(kube, plan, cluster):
    there = {"env": [{"name": "A", "value": "0"}, {"name": "B", "value": "2"}],
             "envFrom": [{"configMapRef": {"name": "settings"}}, {"configMapRef": {"name": "old"}}],
             "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}  # fmt: skip
    await kube.deploy("web", replicas=0, **there)
    planned = await plan(deploy.COMMAND, f"web --image web:1.1 {FULL}")
    (after,) = await carry_out(cluster, planned)
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert [next(iter(one.values()))["name"] for one in container["envFrom"]] == ["settings", "old", "keys"]
    assert container["resources"]["limits"] == {"cpu": "200m", "memory": "128Mi"}
    assert container["command"] == ["web", "--fast", "two words"]


async def test_of_several_containers_the_one_that_is_named(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    planned = await plan(deploy.COMMAND, "web --image proxy:2.1 --container proxy -e MODE=fast")
    (after,) = await carry_out(cluster, planned)
    found = {c["name"]: (c["image"], c.get("env")) for c in after["spec"]["template"]["spec"]["containers"]}
    assert found == {"web": ("web:1.0", None), "proxy": ("proxy:2.1", [{"name": "MODE", "value": "fast"}])}
    with pytest.raises(TargetNotFoundError, match="has no container `nginx`"):
        await plan(deploy.COMMAND, "web --image nginx:1 --container nginx")
