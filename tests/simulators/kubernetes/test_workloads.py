"""The other kinds that run pods: numbered ones, one on every node, and those that end."""

import pytest

from bot.demo.kubernetes.controllers.indexes import spoken

HOST_1 = {"kubernetes.io/hostname": "node-1"}
APPS, BATCH = "/apis/apps/v1/namespaces/default", "/apis/batch/v1/namespaces/default"


def workload(name="db", image="web:1.0", **spec):
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": name, "image": image}]},
    }
    return {
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


def job(image="hello:1", **spec):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}}
    return {"metadata": {"name": "j"}, "spec": {"template": template, **spec}}


def ends(found):
    return {one["type"]: one["reason"] for one in found.get("status", {}).get("conditions", ())}


async def names(api):
    return [pod["metadata"]["name"] for pod in (await api.get(api.pods))["items"]]


async def test_stateful_pods_come_up_in_order_and_go_down_in_reverse(api):
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"metadata": {"name": "data"}, "spec": wanted}
    await api.post(
        f"{APPS}/statefulsets", workload(replicas=3, serviceName="db", volumeClaimTemplates=[claim])
    )
    async with api.watch(api.pods) as watch:
        order = [
            obj["metadata"]["name"]
            for kind, obj in [await watch.next() for _ in range(14)]
            if kind == "ADDED"
        ]
    assert order == sorted(order)
    done = await api.until(f"{APPS}/statefulsets/db", lambda s: s["status"].get("readyReplicas") == 3)
    assert done["status"]["currentRevision"] == done["status"]["updateRevision"]
    assert await names(api) == ["db-0", "db-1", "db-2"]
    claims = await api.table("/api/v1/namespaces/default/persistentvolumeclaims")
    assert [row["cells"][:2] for row in claims["rows"]] == [[f"data-db-{n}", "Bound"] for n in range(3)]
    await api.patch(f"{APPS}/statefulsets/db/scale", {"spec": {"replicas": 1}})
    await api.until(f"{APPS}/statefulsets/db", lambda s: s["status"]["replicas"] == 1)
    assert await names(api) == ["db-0"]


async def test_stateful_pods_are_updated_from_the_last_to_the_first(api, image_of):
    await api.post(f"{APPS}/statefulsets", workload(replicas=2))
    await api.until(f"{APPS}/statefulsets/db", lambda s: s["status"].get("readyReplicas") == 2)
    await api.patch(
        f"{APPS}/statefulsets/db", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 1}}}}
    )
    await api.patch(f"{APPS}/statefulsets/db", image_of("db", "web:1.1"), "strategic")
    await api.until(
        f"{APPS}/statefulsets/db",
        lambda s: s["status"].get("updatedReplicas") == 1 and s["status"]["readyReplicas"] == 2,
    )
    images = [pod["spec"]["containers"][0]["image"] for pod in (await api.get(api.pods))["items"]]
    assert images == ["web:1.0", "web:1.1"]  # the partition holds the first one back
    await api.patch(
        f"{APPS}/statefulsets/db", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}}
    )
    done = await api.until(
        f"{APPS}/statefulsets/db",
        lambda s: s["status"].get("updatedReplicas") == 2 and s["status"].get("readyReplicas") == 2,
    )
    assert done["status"]["currentRevision"] == done["status"]["updateRevision"]
    revisions = (await api.get(f"{APPS}/controllerrevisions"))["items"]
    assert sorted(one["revision"] for one in revisions) == [1, 2]


async def test_a_pod_below_the_partition_comes_back_with_the_template_of_before(api, image_of):
    db = f"{APPS}/statefulsets/db"
    update = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    await api.post(f"{APPS}/statefulsets", workload(replicas=2, updateStrategy=update))
    await api.until(db, lambda s: s["status"].get("readyReplicas") == 2)
    await api.patch(db, image_of("db", "web:1.1"), "strategic")
    await api.until(
        db, lambda s: s["status"].get("updatedReplicas") == 1 and s["status"].get("readyReplicas") == 2
    )
    first = await api.get(f"{api.pods}/db-0")
    await api.delete(f"{api.pods}/db-0")
    await api.until(api.pods, lambda found: _uid(found, "db-0") not in {None, first["metadata"]["uid"]})
    again = await api.get(f"{api.pods}/db-0")
    assert again["spec"]["containers"][0]["image"] == "web:1.0"
    status = (await api.get(db))["status"]
    assert again["metadata"]["labels"]["controller-revision-hash"] == status["currentRevision"]
    assert status["currentRevision"] != status["updateRevision"]


def _uid(pods, name):
    return next((p["metadata"]["uid"] for p in pods["items"] if p["metadata"]["name"] == name), None)


async def test_on_delete_a_pod_follows_once_it_is_deleted_and_the_current_revision_stays(api, image_of):
    db = f"{APPS}/statefulsets/db"
    await api.post(f"{APPS}/statefulsets", workload(replicas=1, updateStrategy={"type": "OnDelete"}))
    before = await api.until(db, lambda s: s["status"].get("readyReplicas") == 1)
    await api.patch(db, image_of("db", "web:1.1"), "strategic")
    seen = await api.until(db, lambda s: s["status"]["observedGeneration"] == 2)
    assert seen["status"].get("updatedReplicas", 0) == 0
    await api.delete(f"{api.pods}/db-0")
    done = await api.until(
        db, lambda s: s["status"].get("updatedReplicas") == 1 and s["status"].get("readyReplicas") == 1
    )
    assert done["status"]["currentRevision"] == before["status"]["updateRevision"]
    assert done["status"]["updateRevision"] != done["status"]["currentRevision"]


async def test_a_broken_pod_holds_an_ordered_set_also_after_its_template_is_put_right(api, image_of):
    db = f"{APPS}/statefulsets/db"
    await api.post(f"{APPS}/statefulsets", workload(replicas=2))
    good = await api.until(db, lambda s: s["status"].get("readyReplicas") == 2)
    await api.patch(db, image_of("db", "web:missing"), "strategic")
    await api.until(db, lambda s: s["status"].get("updatedReplicas") == 1)
    await api.patch(db, image_of("db", "web:1.0"), "strategic")
    back = await api.until(db, lambda s: s["status"]["observedGeneration"] == 3)
    assert back["status"]["updateRevision"] == good["status"]["updateRevision"]
    held = await api.get(f"{api.pods}/db-1")
    assert held["spec"]["containers"][0]["image"] == "web:missing"
    await api.delete(f"{api.pods}/db-1")
    await api.until(db, lambda s: s["status"].get("readyReplicas") == 2)


@pytest.mark.parametrize(
    ("kind", "ready", "available"),
    [
        ("statefulsets", "readyReplicas", "availableReplicas"),
        ("daemonsets", "numberReady", "numberAvailable"),
    ],
)
async def test_a_ready_pod_is_available_only_after_the_time_that_is_asked_for(api, kind, ready, available):
    size = {"replicas": 1} if kind == "statefulsets" else {"template": on_node_1()}
    await api.post(f"{APPS}/{kind}", workload(minReadySeconds=3600, **size))
    young = await api.until(f"{APPS}/{kind}/db", lambda found: found["status"].get(ready) == 1)
    assert young["status"].get(available, 0) == 0
    await api.patch(f"{APPS}/{kind}/db", {"spec": {"minReadySeconds": 1}})
    await api.until(f"{APPS}/{kind}/db", lambda found: found["status"].get(available) == 1)


def on_node_1():
    spec = {"containers": [{"name": "db", "image": "web:1.0"}], "nodeSelector": HOST_1}
    return {"metadata": {"labels": {"app": "db"}}, "spec": spec}


async def test_numbers_begin_where_they_are_said_to(api):
    await api.post(f"{APPS}/statefulsets", workload(replicas=2, ordinals={"start": 3}))
    await api.until(f"{APPS}/statefulsets/db", lambda s: s["status"].get("readyReplicas") == 2)
    assert await names(api) == ["db-3", "db-4"]


async def test_a_daemon_runs_on_every_node_and_is_updated_one_by_one(api, image_of):
    await api.patch("/api/v1/nodes/node-3", {"spec": {"unschedulable": True}})  # daemons do not mind
    await api.post(f"{APPS}/daemonsets", workload())
    await api.until(f"{APPS}/daemonsets/db", lambda s: s["status"].get("numberAvailable") == 3)
    places = {pod["spec"]["nodeName"] for pod in (await api.get(api.pods))["items"]}
    assert places == {"node-1", "node-2", "node-3"}
    before = (await api.get(f"{APPS}/daemonsets"))["metadata"]["resourceVersion"]
    await api.patch(f"{APPS}/daemonsets/db", image_of("db", "web:1.1"), "strategic")
    await api.until(
        f"{APPS}/daemonsets/db",
        lambda s: s["status"].get("updatedNumberScheduled") == 3 and s["status"].get("numberAvailable") == 3,
    )
    async with api.watch(f"{APPS}/daemonsets?resourceVersion={before}&timeoutSeconds=1") as watch:
        assert max(obj["status"].get("numberUnavailable", 0) for _, obj in await watch.rest()) == 1


async def test_a_job_runs_until_enough_have_ended_well(api):
    await api.post(f"{BATCH}/jobs", job(completions=3, parallelism=2))
    done = await api.until(f"{BATCH}/jobs/j", lambda found: "Complete" in ends(found))
    assert (done["status"]["succeeded"], ends(done)["Complete"]) == (3, "CompletionsReached")
    assert (await api.table(f"{BATCH}/jobs/j"))["rows"][0]["cells"][1:3] == ["Complete", "3/3"]
    assert {row["cells"][2] for row in (await api.table(api.pods))["rows"]} == {"Completed"}


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"image": "crash:1", "backoffLimit": 1}, "BackoffLimitExceeded"),
        ({"image": "web:1.0", "activeDeadlineSeconds": 5}, "DeadlineExceeded"),
    ],
)
async def test_a_job_gives_up(api, spec, reason):
    await api.post(f"{BATCH}/jobs", job(**spec))
    failed = await api.until(f"{BATCH}/jobs/j", lambda found: "Failed" in ends(found))
    assert ends(failed)["Failed"] == reason


async def test_each_pod_of_an_indexed_job_has_a_number(api):
    script = ["sh", "-c", "echo number $JOB_COMPLETION_INDEX"]
    template = {
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "main", "image": "web:1.0", "command": script}],
        }
    }
    spec = {"completionMode": "Indexed", "completions": 3, "parallelism": 2, "template": template}
    await api.post(f"{BATCH}/jobs", {"metadata": {"name": "ix"}, "spec": spec})
    job = await api.until(f"{BATCH}/jobs/ix", lambda job: job["status"]["succeeded"] == 3)
    assert job["status"]["completedIndexes"] == "0-2"
    names = sorted(pod["metadata"]["name"] for pod in (await api.get(api.pods))["items"])
    assert [name[:5] for name in names] == ["ix-0-", "ix-1-", "ix-2-"]
    assert [(await api.get(f"{api.pods}/{name}/log")).body for name in names] == [
        f"number {n}\n" for n in range(3)
    ]


@pytest.mark.parametrize(
    ("indexes", "text"), [(set(), ""), ({4}, "4"), ({0, 1}, "0-1"), ({5, 1, 3, 4}, "1,3-5")]
)
def test_numbers_are_written_in_runs(indexes, text):
    assert spoken(indexes) == text


async def test_a_finished_job_is_tidied_away(api):
    await api.post(f"{BATCH}/jobs", job(ttlSecondsAfterFinished=5))
    await api.until(f"{BATCH}/jobs/j", lambda found: "Complete" in ends(found))
    await api.until(f"{BATCH}/jobs/j", lambda found: found.get("code") == 404)
    await api.until(api.pods, lambda found: not found["items"])


async def test_a_changed_image_restarts_the_container(api):
    await api.run("p")
    await api.until(f"{api.pods}/p", lambda pod: pod["status"]["phase"] == "Running")
    await api.patch(
        f"{api.pods}/p", [{"op": "replace", "path": "/spec/containers/0/image", "value": "web:2.0"}], "json"
    )
    again = await api.until(
        f"{api.pods}/p", lambda pod: pod["status"]["containerStatuses"][0]["restartCount"] == 1
    )
    assert again["status"]["containerStatuses"][0]["image"].endswith("web:2.0")
    await api.until(f"{api.pods}/p/log", lambda text: "version 2.0" in text)


async def test_an_autoscaler_keeps_a_workload_within_its_bounds(api):
    place = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    await api.deploy(replicas=1)
    spec = {"minReplicas": 2, "maxReplicas": 3, "scaleTargetRef": target}
    await api.post(place, {"metadata": {"name": "web"}, "spec": spec})
    await api.ready(replicas=2)
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 6}})
    await api.ready(replicas=3)
    events = (await api.get(f"{api.events}?fieldSelector=reason%3DSuccessfulRescale"))["items"]
    assert "New size: 3; reason: Current number of replicas above Spec.MaxReplicas" in {
        e["message"] for e in events
    }
    told = await api.until(f"{place}/web", lambda found: len(found["status"]["conditions"]) == 2)
    assert told["status"]["conditions"][1]["reason"] == "FailedGetResourceMetric"
