"""Rollouts that fail, each in its own way: no image, a crash, no room, never ready."""

CRASHING = "{pods}?labelSelector=app%3Dcrash"
CAUSE = "FATAL cannot reach database"


async def test_failed_rollouts(play, image_of):
    await play.deploy("web", "docker.io/library/web:1.0", 2, progressDeadlineSeconds=6)
    await play.rolled_out(2)
    missing = image_of("web", "docker.io/library/web:missing")
    await play.patch(play.web, missing, "strategic")
    await an_image_that_is_not_there(play)
    await a_program_that_crashes(play)
    await a_pod_too_big_for_any_node(play)
    await a_pod_that_is_never_ready(play)
    assert play.was_as_recorded("failed-rollouts")


def conditions(status, *keys):
    return sorted(tuple(each.get(key, "") for key in keys) for each in status["conditions"])


async def event_reasons(play, name):
    events = (await play.get(play.events))["items"]
    mine = [event for event in events if event["involvedObject"].get("name") == name]
    return sorted({(event["type"], event["reason"]) for event in mine})


async def an_image_that_is_not_there(play):
    def backs_off(found):
        statuses = [each for pod in found["items"] for each in pod["status"].get("containerStatuses", [])]
        return any(each["state"].get("waiting", {}).get("reason") == "ImagePullBackOff" for each in statuses)

    await play.until(play.pods, backs_off)
    found = await play.until(
        play.web,
        lambda found: any(
            each["reason"] == "ProgressDeadlineExceeded" for each in found["status"]["conditions"]
        ),
    )
    counted = ("replicas", "updatedReplicas", "availableReplicas", "readyReplicas", "unavailableReplicas")
    play.note(
        "the deployment says",
        {
            "conditions": conditions(found["status"], "type", "status", "reason"),
            "status": {key: found["status"].get(key) for key in counted},
        },
    )
    [pod] = (await play.get(f"{play.pods}?fieldSelector=status.phase%3DPending"))["items"]
    status = pod["status"]["containerStatuses"][0]
    play.note(
        "the new pod says",
        {
            "phase": "Pending",
            "waiting": status["state"]["waiting"]["reason"] in ("ImagePullBackOff", "ErrImagePull"),
            "ready": status["ready"],
            "started": status["started"],
            "restarts": status["restartCount"],
            "conditions": conditions(pod["status"], "type", "status", "reason"),
        },
    )
    play.note("events of a pod whose image is missing", await event_reasons(play, pod["metadata"]["name"]))


async def a_program_that_crashes(play):
    path = CRASHING.format(pods=play.pods)
    await play.deploy("crash", "docker.io/library/crash:1")

    def waits(seen):
        return any(waiting.get("reason") == "CrashLoopBackOff" for _, waiting in states(seen))

    seen = await play.watched(path, nothing, waits)
    told = sorted({f"{name}:{state.get('reason') or ''}" for name, state in states(seen)})
    play.note("a watcher of a crashing pod sees", {"states": told})

    pod = await crashed(play, path)
    name, status = pod["metadata"]["name"], pod["status"]["containerStatuses"][0]
    ended = status["state"]["terminated"]
    play.note(
        "between two starts a crashing pod says (not CrashLoopBackOff: that reason shows for a moment only)",
        {
            "phase": pod["status"]["phase"],
            "state": {key: ended[key] for key in ("exitCode", "reason")},
            "last exit": status["lastState"]["terminated"]["exitCode"],
            "ready": status["ready"],
        },
    )
    play.note("events of a crashing pod", await event_reasons(play, name))
    await its_last_words(play, path, f"{play.pods}/{name}/log")


async def nothing():
    """Watch what happens by itself."""


def states(seen):
    """Every state that a watcher saw, as (name, what it tells)."""
    for event in seen:
        for status in event["object"]["status"].get("containerStatuses", []):
            yield next(iter(status["state"].items()))


async def crashed(play, path):
    """Wait until the program is between two starts; returns its pod."""

    def test(found):
        status = found["items"][0]["status"]["containerStatuses"][0]
        return status["restartCount"] >= 1 and "terminated" in status["state"]

    return (await play.until(path, test))["items"][0]


async def runs_again(play, path):
    def test(found):
        status = found["items"][0]["status"]["containerStatuses"][0]
        return status["restartCount"] >= 2 and "running" in status["state"]

    await play.until(path, test)


async def its_last_words(play, path, log):
    async def read(query=""):
        answer = await play.get(f"{log}{query}")
        media, _, _ = answer.headers["Content-Type"].partition(";")
        return answer.body, {"status": answer.status, "type": media}

    text, answered = await read()
    play.note(
        "between two starts the current log has the last words", answered | {"has the cause": CAUSE in text}
    )
    await runs_again(play, path)
    text, answered = await read("?previous=true")
    play.note("while it runs again the previous log has them", answered | {"has the cause": CAUSE in text})
    await crashed(play, path)
    await play.pause(2)
    text, answered = await read("?previous=true")
    play.note(
        "between two starts the previous log is gone, and the answer is 200"
        " with a sentence that is no log line",
        {
            "status": answered["status"],
            "sentence": "unable to retrieve container logs" in text,
        },
    )


async def a_pod_too_big_for_any_node(play):
    await play.deploy(
        "big", "docker.io/library/web:1.0", container={"resources": {"requests": {"cpu": "900"}}}
    )
    found = await play.until(
        f"{play.pods}?labelSelector=app%3Dbig",
        lambda found: any(
            each["reason"] == "Unschedulable" for each in found["items"][0]["status"]["conditions"]
        ),
    )
    status = found["items"][0]["status"]
    [why] = [each for each in status["conditions"] if each["reason"] == "Unschedulable"]
    play.note(
        "an unschedulable pod says",
        {
            "phase": status["phase"],
            "condition": [why["type"], why["status"], why["reason"]],
            "names the cause": "Insufficient cpu" in why["message"],
        },
    )


async def a_pod_that_is_never_ready(play):
    probe = {"httpGet": {"path": "/nope", "port": 8080}, "periodSeconds": 1}
    path = f"{play.pods}?labelSelector=app%3Dprobe"
    await play.deploy("probe", "docker.io/library/web:1.0", container={"readinessProbe": probe})
    await play.until(path, lambda found: found["items"][0]["status"]["phase"] == "Running")
    await play.pause(2)
    status = (await play.get(path))["items"][0]["status"]
    play.note(
        "a pod that is never ready says",
        {
            "phase": status["phase"],
            "ready": status["containerStatuses"][0]["ready"],
            "conditions": conditions(status, "type", "status", "reason"),
        },
    )
