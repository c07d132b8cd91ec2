"""deploy: several containers, made and updated by their names."""

from __future__ import annotations

import pytest

from bot.domain.errors import TargetNotFoundError
from commands import deploy
from tests.commands.change_steps import add_sidecar, carry_out

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("--image nginx:1 --image registry.example.com:5000/team/proxy_x.y:2", ["nginx", "proxy-x-y"]),
        (f"--image nginx@{DIGEST} --image web", ["nginx", "web"]),
        ("--image app=nginx:1 --image web", ["app", "web"]),
        ("--image app=nginx:1", ["app"]),
        ("--image nginx:1", ["shop"]),
        ("--image nginx:1 -c main", ["main"]),
    ],
)
async def test_new_containers_are_called_as_the_line_or_their_images_say(kube, plan, cluster, line, names):
    (after,) = await carry_out(cluster, await plan(deploy.COMMAND, f"shop {line}"))
    assert [one["name"] for one in after["spec"]["template"]["spec"]["containers"]] == names


async def test_several_new_containers_and_the_rest_for_one_of_them(kube, plan, cluster):
    line = "shop --image web=web:1 --image proxy=envoy:2 -c proxy --port 80 --env A=1 -- envoy -c x"
    planned = await plan(deploy.COMMAND, line)
    assert planned.title.plain() == "Deploy web:1, envoy:2 as shop/shop on demo, 1 replica?"
    (after,) = await carry_out(cluster, planned)
    web, proxy = after["spec"]["template"]["spec"]["containers"]
    assert (web["image"], "ports" in web, "env" in web, "command" in web) == ("web:1", False, False, False)
    assert proxy["ports"][0]["containerPort"] == 80
    assert (proxy["env"], proxy["command"]) == ([{"name": "A", "value": "1"}], ["envoy", "-c", "x"])


async def test_several_containers_are_updated_by_their_names_and_the_others_stay(kube, plan, cluster):
    await kube.deploy("web", image="web:1.0", replicas=1)
    await add_sidecar(kube, "web")
    planned = await plan(deploy.COMMAND, "web --image web=web:1.1 --image proxy=proxy:2")
    assert "web:1.1" in planned.title.plain()
    assert "proxy:2" in planned.title.plain()
    (after,) = await carry_out(cluster, planned)
    images = {c["name"]: c["image"] for c in after["spec"]["template"]["spec"]["containers"]}
    assert images == {"web": "web:1.1", "proxy": "proxy:2"}
    (alone,) = await carry_out(cluster, await plan(deploy.COMMAND, "web --image proxy=proxy:3 --port 90"))
    there = {c["name"]: c for c in alone["spec"]["template"]["spec"]["containers"]}
    assert there["proxy"]["ports"][0]["containerPort"] == 90
    assert there["web"]["image"] == "web:1.1"


async def test_the_line_that_made_them_updates_them(kube, plan, cluster):
    await carry_out(cluster, await plan(deploy.COMMAND, "shop --image web:1 --image envoy:2"))
    (after,) = await carry_out(cluster, await plan(deploy.COMMAND, "shop --image web:1.1 --image envoy:3"))
    containers = after["spec"]["template"]["spec"]["containers"]
    assert [(c["name"], c["image"]) for c in containers] == [("web", "web:1.1"), ("envoy", "envoy:3")]


async def test_a_container_that_is_not_there_is_not_added(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no container `proxy`") as refused:
        await plan(deploy.COMMAND, "web --image web=web:2 --image proxy=envoy:2")
    assert refused.value.suggestions == ()
