"""What is said of the rollouts of sets is what kubectl itself says of the same ones."""

import pytest

from bot.domain.resources import DAEMONSETS, STATEFULSETS
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import Snapshot
from tests.simulators.kubernetes.kubectl import Kubectl
from tests.simulators.kubernetes.test_workloads import APPS, workload


@pytest.fixture
def kubectl(sim, tmp_path):
    return Kubectl(sim, tmp_path)


async def both(api, kubectl, kind):
    """Our sentence and kubectl's, of a set that stands still."""
    found = (await api.get(f"{APPS}/{kind.plural}/db")).body
    ran = await kubectl.run(f"rollout status {kind.singular}/db --watch=false")
    said = (ran.out + ran.err).removeprefix("error: ").rstrip("\n")
    return assess(Snapshot(workload=found, kind=kind), 0.0).sentence, said


async def stands(api, kind, **spec):
    await api.post(f"{APPS}/{kind.plural}", workload(**spec))
    count = "numberAvailable" if kind is DAEMONSETS else "readyReplicas"
    wanted = spec.get("replicas", 3)
    await api.until(f"{APPS}/{kind.plural}/db", lambda found: found["status"].get(count) == wanted)


ON_DELETE = {"type": "OnDelete"}
HALF = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
ONLY = "rollout status is only available for RollingUpdate strategy type"
WAITING = 'Waiting for daemon set "db" rollout to finish: '
DONE = 'daemon set "db" successfully rolled out'
PARTLY = "partitioned roll out complete: "


def is_updated(found):
    status = found["status"]
    updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0))
    return updated == 1 and status["observedGeneration"] == found["metadata"]["generation"]


@pytest.mark.parametrize(
    ("kind", "strategy", "at_rest", "image", "then"),
    [
        (STATEFULSETS, None, f"{PARTLY}2 new pods have been updated...", "web:missing",
         "Waiting for 1 pods to be ready..."),
        (STATEFULSETS, HALF, f"{PARTLY}2 new pods have been updated...", "web:1.1",
         f"{PARTLY}1 new pods have been updated..."),
        (DAEMONSETS, None, DONE, "web:missing", f"{WAITING}1 out of 3 new pods have been updated..."),
    ],
)  # fmt: skip
async def test_a_set_at_rest_and_under_way(api, kubectl, image_of, *, kind, strategy, at_rest, image, then):
    parts = {"updateStrategy": strategy} if strategy else {}
    parts |= {"replicas": 2} if kind is STATEFULSETS else {}
    await stands(api, kind, **parts)
    assert await both(api, kubectl, kind) == (at_rest, at_rest)
    await api.patch(f"{APPS}/{kind.plural}/db", image_of("db", image), "strategic")
    settled = "readyReplicas" if image == "web:1.1" else ""
    await api.until(
        f"{APPS}/{kind.plural}/db", lambda s: is_updated(s) and (not settled or s["status"].get(settled) == 2)
    )
    assert await both(api, kubectl, kind) == (then, then)


@pytest.mark.parametrize("kind", [STATEFULSETS, DAEMONSETS])
async def test_on_delete_kubectl_has_nothing_to_say(api, kubectl, image_of, kind):
    size = {"replicas": 1} if kind is STATEFULSETS else {}
    await stands(api, kind, updateStrategy=ON_DELETE, **size)
    await api.patch(f"{APPS}/{kind.plural}/db", image_of("db", "web:1.1"), "strategic")
    await api.until(f"{APPS}/{kind.plural}/db", lambda s: s["status"]["observedGeneration"] == 2)
    assert await both(api, kubectl, kind) == (ONLY, ONLY)
