"""Deployments: every way a rollout goes, as somebody who watches it sees it."""

import pytest

from bot.demo.kubernetes.controllers.rollout import fences, proportions, scaled

IMAGES = "/spec/template/spec/containers/0/image"


def conditions(found):
    return {one["type"]: (one["status"], one["reason"]) for one in found["status"]["conditions"]}


@pytest.mark.parametrize(
    ("value", "up", "expected"), [("25%", True, 2), ("25%", False, 1), (3, True, 3), ("0%", True, 0)]
)
def test_percentages_are_rounded_in_favour_of_availability(value, up, expected):
    assert scaled(value, 6, up=up) == expected


def test_a_rollout_can_always_move():
    still = {
        "spec": {"replicas": 1, "strategy": {"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": "25%"}}}
    }
    assert fences(still) == (0, 1)


def test_a_change_of_scale_is_shared_out():
    def one(name, replicas):
        notes = {"deployment.kubernetes.io/max-replicas": "12"}
        return {
            "metadata": {"name": name, "creationTimestamp": name, "annotations": notes},
            "spec": {"replicas": replicas},
        }

    wide = {"spec": {"replicas": 20, "strategy": {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 2}}}}
    assert proportions(wide, [one("old", 8), one("new", 4)]) == {"old": 15, "new": 7}


async def test_an_update_keeps_its_promises(api, image_of):
    await api.deploy(replicas=4)
    before = await api.ready(replicas=4)
    assert conditions(before) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }
    async with api.watch(
        f"{api.deployments}?resourceVersion={before['metadata']['resourceVersion']}"
    ) as watch:
        await api.patch(f"{api.deployments}/web", image_of("web", "web:1.1"), "strategic")
        seen = []
        while (
            not seen
            or seen[-1]["status"].get("updatedReplicas") != 4
            or seen[-1]["status"].get("replicas") != 4
            or seen[-1]["status"]["observedGeneration"] != 2
        ):
            seen.append((await watch.next())[1])
    assert min(one["status"].get("availableReplicas", 0) for one in seen) >= 3  # 25% of 4, rounded down
    assert max(one["status"]["replicas"] for one in seen) <= 5
    assert "NewReplicaSetCreated" in {conditions(one)["Progressing"][1] for one in seen}
    after = await api.ready(replicas=4)
    assert after["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "2"}
    events = (await api.get(f"{api.events}?fieldSelector=involvedObject.kind%3DDeployment"))["items"]
    assert any(
        event["message"].startswith("Scaled down replica set web-") and event["message"].endswith(" to 0")
        for event in events
    )


async def test_going_back_is_a_new_revision_of_the_old_replica_set(api):
    await api.deploy()
    await api.ready()
    for image in ("web:1.1", "web:1.0"):
        await api.patch(f"{api.deployments}/web", [{"op": "replace", "path": IMAGES, "value": image}], "json")
        await api.ready()
    sets = (await api.get(api.replica_sets))["items"]
    notes = {
        one["spec"]["template"]["spec"]["containers"][0]["image"]: one["metadata"]["annotations"]
        for one in sets
    }
    assert notes["web:1.0"]["deployment.kubernetes.io/revision"] == "3"
    assert notes["web:1.0"]["deployment.kubernetes.io/revision-history"] == "1"
    assert notes["web:1.1"]["deployment.kubernetes.io/revision"] == "2"


async def test_old_replica_sets_are_kept_up_to_the_limit(api):
    await api.deploy(revisionHistoryLimit=1)
    await api.ready()
    for number in range(1, 4):
        await api.patch(
            f"{api.deployments}/web", [{"op": "replace", "path": IMAGES, "value": f"web:1.{number}"}], "json"
        )
        await api.ready()
    await api.until(api.replica_sets, lambda found: len(found["items"]) == 2)


async def test_a_stuck_rollout_says_so_when_its_deadline_passes(api, image_of):
    await api.deploy(replicas=2, progressDeadlineSeconds=20)
    await api.ready(replicas=2)
    await api.patch(f"{api.deployments}/web", image_of("web", "web:missing"), "strategic")
    stuck = await api.until(
        f"{api.deployments}/web",
        lambda d: conditions(d)["Progressing"] == ("False", "ProgressDeadlineExceeded"),
    )
    progressing = next(one for one in stuck["status"]["conditions"] if one["type"] == "Progressing")
    assert progressing["message"].endswith("has timed out progressing.")
    assert conditions(stuck)["Available"] == ("True", "MinimumReplicasAvailable")
    assert (stuck["status"]["availableReplicas"], stuck["status"]["unavailableReplicas"]) == (2, 1)
    await api.patch(f"{api.deployments}/web", image_of("web", "web:1.1"), "strategic")
    await api.ready(replicas=2)  # and recovers by itself when mended


async def test_a_pause_holds_an_update_back(api, image_of):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    await api.patch(f"{api.deployments}/web", {"spec": {"paused": True}})
    await api.patch(f"{api.deployments}/web", image_of("web", "web:1.1"), "strategic")
    held = await api.until(f"{api.deployments}/web", lambda d: d["status"]["observedGeneration"] == 3)
    assert conditions(held)["Progressing"] == ("Unknown", "DeploymentPaused")
    assert "updatedReplicas" not in held["status"]
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 3}})
    await api.until(
        f"{api.deployments}/web", lambda d: d["status"].get("readyReplicas") == 3
    )  # scaling is no rollout
    await api.patch(f"{api.deployments}/web", {"spec": {"paused": False}})
    done = await api.ready(replicas=3)
    assert conditions(done)["Progressing"] == ("True", "NewReplicaSetAvailable")


async def test_recreate_lets_everything_old_go_first(api, image_of):
    await api.deploy(replicas=2, strategy={"type": "Recreate"})
    ready = await api.ready(replicas=2)
    async with api.watch(
        f"{api.deployments}?resourceVersion={ready['metadata']['resourceVersion']}"
    ) as watch:
        await api.patch(f"{api.deployments}/web", image_of("web", "web:1.1"), "strategic")
        seen = [(await watch.next())[1]]
        while seen[-1]["status"].get("availableReplicas", 0) or len(seen) < 3:
            seen.append((await watch.next())[1])
        assert max(one["status"].get("replicas", 0) for one in seen) == 2
    await api.ready(replicas=2)


async def test_a_pod_counts_after_it_has_been_ready_for_a_while(api):
    await api.deploy(minReadySeconds=10)
    ready = await api.until(f"{api.deployments}/web", lambda d: d["status"].get("readyReplicas") == 1)
    assert "availableReplicas" not in ready["status"]
    await api.ready()


async def test_a_pod_that_goes_is_replaced_and_one_relabelled_is_let_go(api):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    gone = await api.first_pod()
    await api.delete(f"{api.pods}/{gone}")
    await api.until(api.pods, lambda found: gone not in str(found))
    await api.ready(replicas=2)
    stray = await api.first_pod()
    await api.patch(f"{api.pods}/{stray}", {"metadata": {"labels": {"app": "other"}}})
    await api.until(api.pods, lambda found: len(found["items"]) == 3)
    assert "ownerReferences" not in (await api.get(f"{api.pods}/{stray}"))["metadata"]


async def test_scaling_to_zero_and_back(api):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 0}})
    await api.until(api.pods, lambda found: not found["items"])
    assert (await api.table(f"{api.deployments}/web"))["rows"][0]["cells"][1] == "0/0"
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 1}})
    await api.ready()


async def test_scaling_in_the_middle_of_a_rollout_scales_both_sides(api, image_of):
    await api.deploy(replicas=4)
    await api.ready(replicas=4)
    await api.patch(f"{api.deployments}/web", image_of("web", "web:missing"), "strategic")
    await api.until(f"{api.deployments}/web", lambda d: d["status"].get("updatedReplicas", 0) == 2)
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 8}})
    wide = await api.until(f"{api.deployments}/web", lambda d: d["status"].get("replicas") == 10)
    assert wide["status"]["updatedReplicas"] > 2
    assert wide["status"]["readyReplicas"] >= 3
