"""Deployments through their life: made, looked at, scaled, updated, undone."""

import pytest

COUNTS = ("replicas", "updatedReplicas", "availableReplicas", "readyReplicas", "unavailableReplicas")


def counts(status):
    return {key: status.get(key) for key in COUNTS}


async def test_create_and_look(play):
    image = "docker.io/library/web:1.0"
    await play.post(
        f"{play.deployments}?dryRun=All&fieldManager=t",
        play.deployment("web", image),
        "dry run of a create",
    )
    await play.get(play.web, "nothing was created")
    await play.post(f"{play.deployments}?fieldManager=t", play.deployment("web", image, 2), "create")
    await play.rolled_out(2)
    await play.pause(1.5)
    await play.get(play.web, "deployment")
    await play.table(play.deployments, "deployments as a table")
    await play.get(play.replica_sets, "replica sets")
    await play.table(play.replica_sets, "replica sets as a table")
    await play.get(f"{play.pods}?labelSelector=app%3Dweb", "pods")
    await play.table(play.pods, "pods as a table")
    await play.get(f"{play.pods}?labelSelector=app%3Dnone", "no pod bears this label")
    await play.table(f"{play.pods}?labelSelector=app%20in%20(web,x),!gone", "label set expression")
    await play.table(f"{play.pods}?fieldSelector=status.phase%3DRunning", "field selector")
    told = {
        (
            event["type"],
            event["reason"],
            event["involvedObject"]["kind"],
            event["source"].get("component", ""),
        )
        for event in (await play.get(play.events))["items"]
    }
    play.note("events", sorted(told))
    await play.deploy("web", image, title="already exists")
    assert play.was_as_recorded("create-and-look")


async def test_scale(play):
    scale = f"{play.web}/scale"
    await play.deploy("web", "docker.io/library/web:1.0")
    await play.rolled_out(1)
    await play.get(scale, "scale subresource")
    await play.patch(f"{scale}?dryRun=All", {"spec": {"replicas": 9}}, "merge", "dry run")
    await play.patch(scale, {"spec": {"replicas": 4}}, "merge", "scale up")
    await play.rolled_out(4)
    await play.pause(1)
    await play.get(play.web, "after")
    await change_labels_then_spec(play)
    await play.table(play.pods, "pods as a table")
    await play.patch(scale, {"spec": {"replicas": 0}}, "merge", "scale to zero")
    await play.until(play.web, lambda found: found["status"].get("replicas", 0) == 0)
    await play.until(play.pods, lambda found: not found["items"])
    await play.get(play.web, "at zero")
    await play.table(play.web, "at zero as a table")
    refused = await play.patch(scale, {"spec": {"replicas": "many"}}, "merge")
    play.note(
        "not a number", {"status": refused.status, "reason": refused["reason"], "code": refused["code"]}
    )
    await play.patch(scale, {"spec": {"replicas": -2}}, "merge", "negative")
    assert play.was_as_recorded("scale")


async def change_labels_then_spec(play):
    before = (await play.get(play.web)).body
    generation = before["metadata"]["generation"]
    labelled = await play.patch(play.web, {"metadata": {"labels": {"x": "y"}}}, "merge")
    await play.patch(play.web, {"spec": {"minReadySeconds": 1}}, "merge")
    changed = await play.until(play.web, is_observed_with_a_wait)
    play.note(
        "generation grows with the spec alone, and is observed",
        {
            "observed": before["status"]["observedGeneration"] == generation,
            "a label leaves it": labelled["metadata"]["generation"] == generation,
            "a spec adds one": changed["metadata"]["generation"] == generation + 1,
        },
    )


def is_observed_with_a_wait(found):
    observed = found["status"]["observedGeneration"] == found["metadata"]["generation"]
    return observed and found["spec"].get("minReadySeconds") == 1


@pytest.fixture
def image():
    """The strategic patch that gives the web container another image."""
    return lambda version: {
        "spec": {
            "template": {
                "spec": {"containers": [{"name": "web", "image": f"docker.io/library/web:{version}"}]}
            }
        }
    }


async def test_rolling_update_and_undo(play, image):
    await play.deploy("web", "docker.io/library/web:1.0", 3)
    await play.rolled_out(3)
    await update_under_watch(play, image("1.1"))
    await undo(play)
    restart = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    await play.patch(play.web, {"spec": {"template": {"metadata": {"annotations": restart}}}}, "strategic")
    await settled(play)
    await play.table(play.replica_sets, "three revisions")
    await play.patch(play.web, {"spec": {"paused": True}}, "strategic", "pause")
    await play.patch(play.web, image("2.0"), "strategic")
    await play.pause(1.5)
    await play.get(play.web, "paused: nothing rolls")
    await play.patch(play.web, {"spec": {"paused": False}}, "strategic")
    await settled(play)
    await play.get(play.web, "resumed")
    assert play.was_as_recorded("rolling-update-and-undo")


async def settled(play):
    await play.rolled_out(3)
    await play.pause(2)


async def update_under_watch(play, patch):
    seen = await play.watched(
        f"{play.deployments}?fieldSelector=metadata.name%3Dweb",
        lambda: play.patch(f"{play.web}?fieldManager=t", patch, "strategic", "set image"),
        lambda seen: seen and seen[-1]["type"] == "MODIFIED" and is_updated(seen[-1]["object"]),
    )
    steps = [event["object"]["status"] for event in seen if event["type"] == "MODIFIED"]
    updated = [status.get("updatedReplicas", 0) for status in steps[1:]]
    play.note(
        "what a watcher of the update sees",
        {
            "never under 3 - maxUnavailable available": min(s.get("availableReplicas", 0) for s in steps)
            >= 3,
            "never over 3 + maxSurge pods": max(status.get("replicas", 0) for status in steps) <= 4,
            "updated replicas only grow": updated == sorted(updated),
            # The recording looked away as soon as the first new pod was there.
            "ends with": next(counts(status) for status in steps if status.get("updatedReplicas") == 1),
        },
    )
    await settled(play)
    await play.get(play.web, "deployment after the update")
    await play.get(play.replica_sets, "replica sets after the update")


def is_updated(found):
    status = found["status"]
    observed = status["observedGeneration"] == found["metadata"]["generation"]
    return observed and all(
        status.get(key) == 3 for key in ("updatedReplicas", "replicas", "availableReplicas")
    )


async def undo(play):
    sets = (await play.get(play.replica_sets))["items"]
    revision = "deployment.kubernetes.io/revision"
    [first] = [each for each in sets if each["metadata"]["annotations"][revision] == "1"]
    template = first["spec"]["template"]
    del template["metadata"]["labels"]["pod-template-hash"]
    back = [{"op": "replace", "path": "/spec/template", "value": template}]
    await play.patch(play.web, back, "json", "undo")
    await settled(play)
    await play.get(play.web, "deployment after undo")
    await play.get(play.replica_sets, "replica sets after undo")
    await play.table(play.replica_sets, "replica sets after undo as a table")
