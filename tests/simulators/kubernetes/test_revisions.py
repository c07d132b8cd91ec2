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
