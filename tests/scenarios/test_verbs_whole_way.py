"""Changes of several things at once, from the line to the cluster; no value of a Secret is shown or kept."""

from __future__ import annotations

SHOP = "/api/v1/namespaces/shop"


async def test_variables_by_reference_are_set_and_no_value_is_told(place):
    await place.api(
        f"{SHOP}/configmaps", "POST", {"metadata": {"name": "settings"}, "data": {"mode": "fast"}}
    )
    secret = {"metadata": {"name": "db"}, "stringData": {"password": "hunter2hunter2"}}
    await place.api(f"{SHOP}/secrets", "POST", secret)
    for line, name in (
        ("set env web --from=configmap/settings", "MODE"),
        ("set env web --from=secret/db --keys=password", "PASSWORD"),
    ):
        question = await place.says("ana", line)
        assert f"{name} from" in question.plain
        await place.press("ana", question, "Update web")
        await place.card("✅", f"{name} from", "2 of 2")
    container = (await place.deployment())["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [
        {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "mode"}}},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
    ]
    everything = str(place.records()) + "".join(m.text for m in await place.messages())
    assert "hunter2" not in everything
    assert not [asked for asked in await place.requests("GET") if "/secrets" in asked["path"]]


async def test_several_containers_are_deployed_and_updated_by_one_line(place):
    for tag in ("1", "2"):
        question = await place.says("ana", f"deploy pair --image web:{tag} --image envoy:{tag}")
        await place.press("ana", question, next(iter(question.buttons)))
        await place.card("✅", f"web:{tag}, envoy:{tag}")
    containers = (await place.deployment("pair"))["spec"]["template"]["spec"]["containers"]
    assert [(one["name"], one["image"]) for one in containers] == [("web", "web:2"), ("envoy", "envoy:2")]


async def test_all_that_have_some_labels_are_scaled_at_once(place):
    question = await place.says("ana", "deploy api --image web:1")
    await place.press("ana", question, "Deploy api")
    await place.card("✅", "api")
    for name in ("web", "api"):
        label = {"metadata": {"labels": {"tier": "front"}}}
        path = f"/apis/apps/v1/namespaces/shop/deployments/{name}"
        await place.api(path, "PATCH", label, "application/merge-patch+json")
    question = await place.says("ana", "scale deploy -l tier=front 3")
    await place.press("ana", question, "Scale 2 to 3")
    await place.card("✅", "api, web", "3 replicas each")
    assert (await place.deployment("api"))["spec"]["replicas"] == 3
    assert (await place.deployment())["spec"]["replicas"] == 3
