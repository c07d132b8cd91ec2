"""Pods: how they start, fail, wait, crash, and end."""

import time
from itertools import pairwise

import pytest


def waiting(reason):
    return lambda pod: pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == reason


def conditions(pod):
    return {one["type"]: (one["status"], one.get("reason", "")) for one in pod["status"]["conditions"]}


def running(pod):
    return pod["status"]["phase"] == "Running" and conditions(pod)["Ready"][0] == "True"


async def status_word(api, name):
    return (await api.table(f"{api.pods}/{name}"))["rows"][0]["cells"][2]


async def event_reasons(api, name):
    events = (await api.get(f"{api.events}?fieldSelector=involvedObject.name%3D{name}"))["items"]
    return {(event["type"], event["reason"]) for event in events}


async def test_a_pod_comes_to_life(api):
    await api.run("p")
    pod = await api.until(f"{api.pods}/p", running)
    status = pod["status"]["containerStatuses"][0]
    assert pod["spec"]["nodeName"].startswith("node-")
    assert pod["status"]["podIP"].startswith("10.244.")
    assert pod["status"]["qosClass"] == "BestEffort"
    assert (status["ready"], status["started"], status["restartCount"]) == (True, True, 0)
    assert status["containerID"].startswith("containerd://")
    assert status["imageID"].startswith("sha256:")
    assert await event_reasons(api, "p") == {
        ("Normal", reason) for reason in ("Scheduled", "Pulled", "Created", "Started")
    }


async def test_an_image_is_pulled_once_for_a_node(api):
    await api.run("a", image="registry.example.com/shop/api:3")
    await api.until(f"{api.pods}/a", running)
    assert ("Normal", "Pulling") in await event_reasons(api, "a")


async def test_an_image_that_does_not_exist(api):
    await api.run("p", image="web:missing")
    pod = await api.until(f"{api.pods}/p", waiting("ImagePullBackOff"))
    message = pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
    assert message.startswith(
        'Back-off pulling image "web:missing": ErrImagePull: failed to pull and unpack image'
    )
    assert pod["status"]["phase"] == "Pending"
    assert await status_word(api, "p") == "ImagePullBackOff"
    assert {("Warning", "Failed"), ("Normal", "BackOff"), ("Normal", "Pulling")} <= await event_reasons(
        api, "p"
    )
    log = await api.get(f"{api.pods}/p/log")
    assert (log.status, "trying and failing to pull image" in log["message"]) == (400, True)


async def test_a_crashing_program_is_restarted_later_and_later(api):
    await api.run("p", image="crash:1")
    first = await api.until(
        f"{api.pods}/p", lambda pod: pod["status"]["containerStatuses"][0]["restartCount"] == 1
    )
    assert first["status"]["phase"] == "Running"
    backing_off = await api.until(f"{api.pods}/p", waiting("CrashLoopBackOff"))
    status = backing_off["status"]["containerStatuses"][0]
    assert status["state"]["waiting"]["message"].startswith(
        "back-off 10s restarting failed container=main pod=p_default("
    )
    assert status["lastState"]["terminated"]["exitCode"] == 3
    assert ("Warning", "BackOff") in await event_reasons(api, "p")
    events = (await api.get(f"{api.events}?fieldSelector=reason%3DStarted"))["items"]
    assert events[0]["count"] >= 2


async def test_a_program_that_ends_well_is_done(api):
    once = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "hello:1"}]}
    await api.post(api.pods, {"metadata": {"name": "p"}, "spec": once})
    pod = await api.until(f"{api.pods}/p", lambda pod: pod["status"]["phase"] == "Succeeded")
    ended = pod["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (0, "Completed")
    assert conditions(pod)["Ready"] == ("False", "PodCompleted")
    assert await status_word(api, "p") == "Completed"


async def test_init_containers_go_first_one_by_one(api):
    steps = [
        {"name": f"s{n}", "image": "busybox", "command": ["sh", "-c", f"sleep {n}; exit 0"]} for n in (1, 2)
    ]
    spec = {"initContainers": steps, "containers": [{"name": "main", "image": "web:1.0"}]}
    await api.post(api.pods, {"metadata": {"name": "p"}, "spec": spec})
    pod = await api.until(
        f"{api.pods}/p", lambda pod: pod["status"]["initContainerStatuses"][0]["state"].get("terminated")
    )
    assert conditions(pod)["Initialized"] == ("False", "ContainersNotInitialized")
    assert (await status_word(api, "p")).startswith("Init:")
    await api.until(f"{api.pods}/p", running)


async def test_a_sidecar_runs_beside_the_others_and_ends_after_them(api):
    spec = {
        "restartPolicy": "Never",
        "initContainers": [
            {"name": "side", "image": "web:1.0", "restartPolicy": "Always"},
            {"name": "once", "image": "hello:1"},
        ],
        "containers": [{"name": "main", "image": "web:1.0", "command": ["sleep", "30"]}],
    }
    await api.post(api.pods, {"metadata": {"name": "p"}, "spec": spec})
    pod = await api.until(f"{api.pods}/p", running)
    side, once = pod["status"]["initContainerStatuses"]
    assert (side["ready"], "running" in side["state"]) == (True, True)
    assert (once["ready"], once["state"]["terminated"]["reason"]) == (True, "Completed")
    assert (await api.table(f"{api.pods}/p"))["rows"][0]["cells"][1:3] == ["2/2", "Running"]
    done = await api.until(f"{api.pods}/p", lambda pod: pod["status"]["phase"] == "Succeeded")
    assert "terminated" in done["status"]["initContainerStatuses"][0]["state"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (
            {"serviceAccountName": "nope"},
            'error looking up service account default/nope: serviceaccount "nope" not found',
        ),
        ({"priorityClassName": "nope"}, "no PriorityClass with name nope was found"),
    ],
)
async def test_a_pod_may_name_only_what_is_there(api, wish, said):
    spec = {"containers": [{"name": "main", "image": "web:1.0"}], **wish}
    refused = await api.post(api.pods, {"metadata": {"name": "p"}, "spec": spec})
    assert refused.status == 403
    assert refused["message"] == f'pods "p" is forbidden: {said}'
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    await api.deploy(template=template)
    where = f"{api.events}?fieldSelector=reason%3DFailedCreate"
    [told, *_] = (await api.until(where, lambda found: found["items"]))["items"]
    assert told["message"].endswith(f"is forbidden: {said}")


async def test_a_priority_class_gives_its_pods_their_priority(api):
    classes = "/apis/scheduling.k8s.io/v1/priorityclasses"
    await api.post(classes, {"metadata": {"name": "high"}, "value": 1000})
    spec = {"containers": [{"name": "main", "image": "web:1.0"}], "priorityClassName": "high"}
    made = await api.post(api.pods, {"metadata": {"name": "p"}, "spec": spec})
    assert (made["spec"]["priority"], made["spec"]["preemptionPolicy"]) == (1000, "PreemptLowerPriority")
    assert (await api.table(f"{classes}/high"))["rows"][0]["cells"][:3] == ["high", 1000, False]


async def test_a_pod_that_fits_nowhere_waits_and_says_why(api):
    await api.run("p", resources={"requests": {"cpu": "900"}})
    pod = await api.until(
        f"{api.pods}/p", lambda pod: conditions(pod)["PodScheduled"] == ("False", "Unschedulable")
    )
    message = pod["status"]["conditions"][0]["message"]
    assert message.startswith(
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: "
    )
    assert ("Warning", "FailedScheduling") in await event_reasons(api, "p")


async def test_a_cordoned_cluster_takes_nothing_until_it_is_opened(api):
    for number in (1, 2, 3):
        await api.patch(f"/api/v1/nodes/node-{number}", {"spec": {"unschedulable": True}})
    await api.run("p")
    await api.until(
        f"{api.pods}/p",
        lambda pod: "3 node(s) were unschedulable" in pod["status"]["conditions"][0]["message"],
    )
    await api.patch("/api/v1/nodes/node-2", {"spec": {"unschedulable": None}})
    pod = await api.until(f"{api.pods}/p", running)
    assert pod["spec"]["nodeName"] == "node-2"


async def test_probes_decide_who_is_ready_and_who_lives(api):
    await api.run("never", readinessProbe={"httpGet": {"path": "/nope", "port": 8080}, "periodSeconds": 1})
    await api.run(
        "shot", livenessProbe={"tcpSocket": {"port": 9999}, "periodSeconds": 1, "failureThreshold": 2}
    )
    await api.run("slow", startupProbe={"exec": {"command": ["true"]}, "initialDelaySeconds": 3})
    shot = await api.until(
        f"{api.pods}/shot", lambda pod: pod["status"]["containerStatuses"][0]["restartCount"] >= 1
    )
    assert shot["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 137
    await api.until(f"{api.pods}/slow", running)
    never = (await api.get(f"{api.pods}/never")).body
    assert conditions(never)["Ready"] == ("False", "ContainersNotReady")
    unhealthy = (await api.get(f"{api.events}?fieldSelector=reason%3DUnhealthy,involvedObject.name%3Dnever"))[
        "items"
    ]
    assert unhealthy[0]["message"] == "Readiness probe failed: HTTP probe failed with statuscode: 404"


async def test_a_pod_waits_for_the_configuration_it_needs(api):
    await api.run("p", envFrom=[{"configMapRef": {"name": "settings"}}])
    pod = await api.until(f"{api.pods}/p", waiting("CreateContainerConfigError"))
    assert (
        pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
        == 'configmap "settings" not found'
    )
    await api.post(api.config_maps, {"metadata": {"name": "settings"}, "data": {"A": "1"}})
    await api.until(f"{api.pods}/p", running)


async def test_a_deleted_pod_ends_within_its_grace(api):
    await api.run("p", command=["sh", "-c", "sleep infinity"])
    pod = await api.until(f"{api.pods}/p", running)
    async with api.watch(f"{api.pods}?resourceVersion={pod['metadata']['resourceVersion']}") as watch:
        marked = await api.delete(f"{api.pods}/p?gracePeriodSeconds=20")
        assert marked["metadata"]["deletionGracePeriodSeconds"] == 20
        assert await status_word(api, "p") == "Terminating"
        seen = [await watch.next()]
        while seen[-1][0] != "DELETED":
            seen.append(await watch.next())
    last = seen[-1][1]["status"]["containerStatuses"][0]["state"]["terminated"]
    assert last["exitCode"] == 137  # a shell does not heed being asked
    assert ("Normal", "Killing") in await event_reasons(api, "p")


async def test_a_pod_can_be_made_to_go_at_once(api):
    await api.run("p")
    await api.until(f"{api.pods}/p", running)
    await api.delete(f"{api.pods}/p?gracePeriodSeconds=0")
    assert (await api.get(f"{api.pods}/p")).status == 404


async def spans(api, name, until):
    """How long each word was what a container showed, in order, but the last one."""
    seen = []
    async with api.watch(f"{api.pods}?fieldSelector=metadata.name={name}") as watched:
        while not until([word for word, _ in seen]):
            _, pod = await watched.next()
            for one in pod["status"].get("containerStatuses") or ():
                [state] = one["state"].items()
                word = state[1].get("reason", state[0])
                if not seen or seen[-1][0] != word:
                    seen.append((word, time.monotonic()))
    return [(word, end - start) for (word, start), (_, end) in pairwise(seen)]


@pytest.mark.parametrize(
    ("sim", "longer"),
    [({"older_kubelets": True}, "CrashLoopBackOff"), ({"older_kubelets": False}, "Error")],
    indirect=["sim"],
)
async def test_for_how_long_a_back_off_shows(api, longer):
    await api.run("sad", "crash:1")
    shown = await spans(api, "sad", lambda words: words[-2:] == ["CrashLoopBackOff", "running"])
    (ended, wait), (backing_off, rest) = shown[-2:]
    assert (ended, backing_off) == ("Error", "CrashLoopBackOff")
    assert longer == (ended if wait > rest else backing_off)
