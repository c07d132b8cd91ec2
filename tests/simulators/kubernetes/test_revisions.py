"""The revisions of StatefulSets and DaemonSets: numbered, found again, trimmed, kept by a partition."""

import pytest

from tests.simulators.kubernetes.test_workloads import APPS, workload

KINDS = ["statefulsets", "daemonsets"]
LABELS = {"statefulsets": "controller.kubernetes.io/hash", "daemonsets": "controller-revision-hash"}


async def put_up(api, kind, **spec):
    """`db` with its pods; a StatefulSet has two, a DaemonSet one on each of three nodes."""
    of_kind = {"replicas": 2} if kind == "statefulsets" else {}
    made = await api.post(f"{APPS}/{kind}", workload(**of_kind | spec))
    assert made.status == 201, made.body
    await is_out(api, kind, 1)


async def is_out(api, kind, number):
    """All pods are up, and of the revision with this number."""

    async def there():
        known = await revisions(api)
        newest = known[-1] if known else None
        pods = (await api.get(api.pods))["items"]
        label = newest and newest["metadata"]["labels"][LABELS[kind]]
        wanted = newest and (newest["metadata"]["name"] if kind == "statefulsets" else label)
        states = [
            (pod["metadata"]["labels"]["controller-revision-hash"], pod["status"].get("phase"))
            for pod in pods
            if not pod["metadata"].get("deletionTimestamp")
        ]
        count = 2 if kind == "statefulsets" else 3
        return newest and newest["revision"] == number and states == [(wanted, "Running")] * count

    await api.until_true(there)


async def revisions(api):
    return sorted((await api.get(f"{APPS}/controllerrevisions"))["items"], key=lambda one: one["revision"])


async def shown(api):
    return [
        (one["revision"], one["data"]["spec"]["template"]["spec"]["containers"][0]["image"])
        for one in await revisions(api)
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_equal_older_revision_becomes_the_newest_and_keeps_its_notes(api, image_of, kind):
    await put_up(api, kind)
    note = {"metadata": {"annotations": {"why": "a new look"}}}
    await api.patch(f"{APPS}/{kind}/db", note | image_of("db", "web:1.1"), "strategic")
    await is_out(api, kind, 2)
    first, second = await revisions(api)
    template = first["data"]["spec"]["template"]
    assert list(template) == sorted(template), "its fields are in the order in which kubectl compares them"
    assert first["data"]["spec"]["template"]["$patch"] == "replace"
    assert LABELS[kind] in first["metadata"]["labels"]
    assert first["metadata"]["ownerReferences"][0]["controller"] is True
    assert second["metadata"]["annotations"] == {"why": "a new look"}
    await api.patch(f"{APPS}/{kind}/db", first["data"], "strategic")
    await is_out(api, kind, 3)
    assert await shown(api) == [(2, "web:1.1"), (3, "web:1.0")]
    _, back = await revisions(api)
    assert back["metadata"]["name"] == first["metadata"]["name"]
    assert "annotations" not in back["metadata"]


@pytest.mark.parametrize("kind", KINDS)
async def test_beyond_the_limit_the_oldest_go(api, image_of, kind):
    await put_up(api, kind, revisionHistoryLimit=1)
    for number in (2, 3, 4):
        await api.patch(f"{APPS}/{kind}/db", image_of("db", f"web:1.{number}"), "strategic")
        await is_out(api, kind, number)
    await api.until_true(lambda: _are(api, [(3, "web:1.3"), (4, "web:1.4")]))


async def _are(api, wanted):
    return await shown(api) == wanted


async def test_what_a_pod_still_runs_is_not_trimmed(api, image_of):
    await put_up(api, "statefulsets", revisionHistoryLimit=0, updateStrategy={"type": "OnDelete"})
    for number in (2, 3):
        await api.patch(f"{APPS}/statefulsets/db", image_of("db", f"web:1.{number}"), "strategic")
        await api.until(f"{APPS}/statefulsets/db", _observed)
    await api.until_true(lambda: _are(api, [(1, "web:1.0"), (3, "web:1.3")]))
    found = await api.get(f"{APPS}/statefulsets/db")
    assert found["status"]["currentRevision"] != found["status"]["updateRevision"]


def _observed(found):
    return found["status"].get("observedGeneration") == found["metadata"]["generation"]


async def test_below_the_partition_a_new_pod_is_as_the_others_there(api, image_of):
    await put_up(api, "statefulsets", updateStrategy={"rollingUpdate": {"partition": 1}})
    await api.patch(f"{APPS}/statefulsets/db", image_of("db", "web:1.1"), "strategic")
    await api.until(f"{APPS}/statefulsets/db", lambda s: s["status"].get("updatedReplicas") == 1)
    before = await api.get(f"{api.pods}/db-0")
    await api.delete(f"{api.pods}/db-0")

    async def anew():
        found = await api.get(f"{api.pods}/db-0")
        return found.status == 200 and found["metadata"]["uid"] != before["metadata"]["uid"]

    await api.until_true(anew)
    after = await api.get(f"{api.pods}/db-0")
    assert after["spec"]["containers"][0]["image"] == "web:1.0"
    assert after["metadata"]["labels"] == before["metadata"]["labels"]


async def test_a_pod_that_does_not_become_ready_keeps_even_the_way_back_standing(api, image_of):
    await put_up(api, "statefulsets")
    first = (await revisions(api))[0]
    await api.patch(f"{APPS}/statefulsets/db", image_of("db", "web:missing"), "strategic")
    waits = ("ErrImagePull", "ImagePullBackOff")

    async def broken():
        return await _waiting(api, "db-1") in waits

    await api.until_true(broken)
    await api.patch(f"{APPS}/statefulsets/db", first["data"], "strategic")
    await api.until(f"{APPS}/statefulsets/db", _observed)
    assert await _waiting(api, "db-1") in waits
    await api.delete(f"{api.pods}/db-1")
    await is_out(api, "statefulsets", 3)


async def _waiting(api, name):
    found = await api.get(f"{api.pods}/{name}")
    if found.status != 200:
        return None
    statuses = found["status"].get("containerStatuses") or [{}]
    return statuses[0].get("state", {}).get("waiting", {}).get("reason")
