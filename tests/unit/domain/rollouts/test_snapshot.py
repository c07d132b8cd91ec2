"""A rollout is judged as `kubectl rollout status` judges it, and every trouble of its pods is named."""

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import (
    Phase,
    PodTrouble,
    Progress,
    Snapshot,
    Trouble,
    images,
    is_ready,
    newest_set,
    pod_troubles,
    short_image,
)
from tests.factories import NOW, condition, container, deployment, pod, replicaset, stamp, template

WAITING = 'Waiting for deployment "web" rollout to finish: '
PHASES = [
    ({}, Phase.DONE, 'deployment "web" successfully rolled out'),
    ({"generation": 2}, Phase.MOVING, "Waiting for deployment spec update to be observed..."),
    ({"generation": 2, "observed": 2}, Phase.DONE, 'deployment "web" successfully rolled out'),
    ({"generation": 2, "observed": 3}, Phase.DONE, 'deployment "web" successfully rolled out'),
    ({"updated": 1, "total": 3}, Phase.MOVING, f"{WAITING}1 out of 2 new replicas have been updated..."),
    ({"updated": 0}, Phase.MOVING, f"{WAITING}0 out of 2 new replicas have been updated..."),
    ({"total": 3}, Phase.MOVING, f"{WAITING}1 old replicas are pending termination..."),
    ({"total": 3, "available": 0}, Phase.MOVING, f"{WAITING}1 old replicas are pending termination..."),
    ({"available": 1}, Phase.MOVING, f"{WAITING}1 of 2 updated replicas are available..."),
    ({"replicas": 0}, Phase.DONE, 'deployment "web" successfully rolled out'),
    ({"replicas": 0, "total": 2}, Phase.MOVING, f"{WAITING}2 old replicas are pending termination..."),
    (
        {"replicas": None, "updated": 0},
        Phase.MOVING,
        f"{WAITING}0 out of 1 new replicas have been updated...",
    ),
    ({"replicas": None}, Phase.DONE, 'deployment "web" successfully rolled out'),
    ({"paused": True, "updated": 1}, Phase.PAUSED, f"{WAITING}1 out of 2 new replicas have been updated..."),
    ({"paused": True, "total": 3}, Phase.PAUSED, f"{WAITING}1 old replicas are pending termination..."),
    ({"paused": True, "available": 1}, Phase.PAUSED, f"{WAITING}1 of 2 updated replicas are available..."),
    ({"paused": True}, Phase.DONE, 'deployment "web" successfully rolled out'),
    (
        {"updated": 1, "progressing": "ProgressDeadlineExceeded"},
        Phase.STUCK,
        'deployment "web" exceeded its progress deadline',
    ),
    (
        {"updated": 1, "progressing": "ProgressDeadlineExceeded", "generation": 2},
        Phase.MOVING,
        "Waiting for deployment spec update to be observed...",
    ),
    ({"updated": 1, "progressing": "ReplicaSetUpdated"}, Phase.MOVING, f"{WAITING}1 out of 2 new replicas"),
]


@pytest.mark.parametrize(("state", "phase", "sentence"), PHASES)
def test_phase_and_sentence_follow_kubectl(state: dict[str, Any], phase: Phase, sentence: str):
    progress = assess(Snapshot(workload=deployment(**state)), NOW)
    assert progress.phase is phase
    assert progress.sentence.startswith(sentence)


def test_only_the_progressing_condition_knows_the_deadline():
    odd = deployment(updated=1)
    odd["status"]["conditions"] = [condition("Available", "False", "ProgressDeadlineExceeded")]
    assert assess(Snapshot(workload=odd), NOW).phase is Phase.MOVING


def test_a_deployment_without_any_status_is_waited_for():
    new = deployment() | {"status": {}}
    progress = assess(Snapshot(workload=new), NOW)
    assert (progress.phase, progress.updated, progress.available) == (Phase.MOVING, 0, 0)
    del new["status"]
    assert assess(Snapshot(workload=new), NOW).phase is Phase.MOVING


GONE = Progress(phase=Phase.GONE, sentence="the deployment is gone")


def test_a_deleted_deployment_is_gone():
    assert assess(Snapshot(workload=None, pods=(pod(),)), NOW) == GONE


def test_a_namesake_made_anew_is_not_the_one_that_was_followed():
    assert assess(Snapshot(workload=deployment(uid="new")), NOW, uid="old") == GONE
    assert assess(Snapshot(workload=deployment(uid="new")), NOW, uid="new").phase is Phase.DONE
    assert assess(Snapshot(workload=deployment(uid="new")), NOW).phase is Phase.DONE


def test_counts_images_and_revision_are_told():
    moving = deployment(replicas=5, updated=3, available=4, total=6, revision="7", image="web:2")
    progress = assess(Snapshot(workload=moving), NOW)
    assert (progress.desired, progress.updated, progress.available) == (5, 3, 4)
    assert (progress.images, progress.revision) == (("web:2",), "7")


OLD, NEW = replicaset("web-1a", revision="1"), replicaset("web-2b", revision="2")


def owned_by(deployment_: Json, *pods: Json) -> Progress:
    return assess(Snapshot(workload=deployment_, replicasets=(OLD, NEW), pods=pods), NOW)


def test_ready_pods_of_older_templates_are_counted_with_their_images():
    progress = owned_by(
        deployment(revision="2"),
        pod("web-1a-x", image="web:1"),
        pod("web-1a-y", image="web:1"),
        pod("web-1a-z", image="web:0", ready=False, since=1),
        pod("web-1a-w", image="web:9", deleted=True),
        pod("web-2b-x", image="web:2"),
    )
    assert (progress.old, progress.old_images) == (2, ("web:1",))


def test_images_of_older_pods_come_in_order():
    progress = owned_by(deployment(revision="2"), pod("web-1a-x", image="b"), pod("web-1a-y", image="a"))
    assert progress.old_images == ("a", "b")


def test_pods_of_a_neighbour_and_of_a_former_namesake_do_not_count():
    former = replicaset("web-9z", of="uid-former", revision="8")
    progress = assess(
        Snapshot(
            workload=deployment(revision="2"),
            replicasets=(OLD, NEW, former),
            pods=(
                pod("web-9z-x", container(waiting="ErrImagePull", ready=False)),
                pod("other-1a-x"),
                pod("web-9z-y"),
            ),
        ),
        NOW,
    )
    assert (progress.old, progress.troubles) == (0, ())


def test_a_pod_that_nobody_controls_does_not_count():
    loose = pod("web-1a-x")
    loose["metadata"]["ownerReferences"][0]["controller"] = False
    orphan = pod("web-1a-y")
    del orphan["metadata"]["ownerReferences"]
    assert owned_by(deployment(revision="2"), loose, orphan).old == 0


@pytest.mark.parametrize(
    ("revision", "sets", "newest"),
    [
        ("2", (OLD, NEW), "web-2b"),
        ("1", (OLD, NEW), "web-1a"),
        ("3", (OLD, NEW), "web-2b"),
        ("3", (replicaset("web-9a", revision="9"), replicaset("web-10b", revision="10")), "web-10b"),
        ("1", (replicaset("web-3c", of="another"), OLD), "web-1a"),
        ("1", (replicaset("web-3c", revision=""), OLD), "web-1a"),
        ("5", (replicaset("web-3c", revision=""),), "web-3c"),
        ("1", (), None),
    ],
)
def test_the_newest_set_is_that_of_the_deployments_revision(
    revision: str, sets: tuple[Json, ...], newest: str | None
):
    found = newest_set(Snapshot(workload=deployment(revision=revision), replicasets=sets))
    assert (found["metadata"]["name"] if found else None) == newest


def test_nothing_is_newest_where_there_is_no_deployment():
    assert newest_set(Snapshot(workload=None, replicasets=(OLD,))) is None


def trouble(*containers: Json, **parts: Any) -> PodTrouble:
    [found] = pod_troubles(pod("web-1a-x", *containers, ready=False, since=0, **parts), "1a", NOW)
    return found


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("ErrImagePull", Trouble.IMAGE),
        ("ImagePullBackOff", Trouble.IMAGE),
        ("InvalidImageName", Trouble.IMAGE),
        ("ErrImageNeverPull", Trouble.IMAGE),
        ("RegistryUnavailable", Trouble.IMAGE),
        ("CreateContainerConfigError", Trouble.CONFIG),
        ("CreateContainerError", Trouble.CONFIG),
        ("RunContainerError", Trouble.CONFIG),
    ],
)
def test_a_container_that_cannot_start_says_why(reason: str, kind: Trouble):
    status = container(waiting=reason, message="because", image="web:missing", ready=False, restarts=2)
    assert trouble(status) == PodTrouble(
        pod="web-1a-x",
        container="web",
        kind=kind,
        reason=reason,
        message="because",
        image="web:missing",
        restarts=2,
    )


def test_a_reason_may_come_without_a_message():
    assert trouble(container(waiting="ErrImagePull")).message == ""
    assert trouble(container(waiting="CreateContainerConfigError")).message == ""


CRASHES = [
    (container(ended=3, restarts=0), "Error", 3),
    (container(ended=3, last=4, restarts=2), "Error", 3),
    (container(ready=False, last=3, restarts=1), "Error", 3),
    (container(waiting="CrashLoopBackOff", last=3, restarts=2), "CrashLoopBackOff", 3),
    (container(waiting="CrashLoopBackOff", last=0, restarts=2), "CrashLoopBackOff", 0),
    (container(waiting="CrashLoopBackOff", restarts=2), "CrashLoopBackOff", 0),
    (container(ended=137, reason="OOMKilled"), "OOMKilled", 137),
    (container(ended=-1), "Error", -1),
]


def test_a_back_off_does_not_hide_that_memory_ran_out():
    status = container(waiting="CrashLoopBackOff", last=137, restarts=2)
    status["lastState"]["terminated"]["reason"] = "OOMKilled"
    assert trouble(status).reason == "OOMKilled"


@pytest.mark.parametrize(("status", "reason", "code"), CRASHES)
def test_every_face_of_a_crash_is_a_crash(status: Json, reason: str, code: int):
    found = trouble(status)
    assert (found.kind, found.reason, found.exit_code) == (Trouble.CRASH, reason, code)
    assert (found.image, found.restarts) == (status["image"], status["restartCount"])


def test_a_crash_without_a_word_is_an_error():
    status = container(ended=3)
    del status["state"]["terminated"]["reason"]
    assert trouble(status).reason == "Error"


@pytest.mark.parametrize(
    "status",
    [
        container(),
        container(waiting="ContainerCreating"),
        container(waiting="PodInitializing"),
        container(last=3, restarts=1),
        container(ended=0),
        container(ended=0, last=1, restarts=1),
        container(ready=False),
        {"name": "web"},
    ],
)
def test_starting_ending_well_and_having_recovered_are_no_trouble(status: Json):
    assert pod_troubles(pod("web-1a-x", status, ready=False, since=0), "1a", NOW) == []


def test_a_container_that_prepares_the_pod_can_be_the_trouble():
    found = trouble(container(waiting="PodInitializing"), init=(container("migrate", ended=1),))
    assert (found.container, found.kind) == ("migrate", Trouble.CRASH)


def test_each_container_in_trouble_is_told():
    both = pod("web-1a-x", container("a", ended=1), container("b"), container("c", waiting="ErrImagePull"))
    assert [t.container for t in pod_troubles(both, "1a", NOW)] == ["a", "c"]


def test_a_pod_that_no_node_takes_says_why():
    [found] = pod_troubles(pod("web-1a-x", scheduled=False), "1a", NOW)
    assert found == PodTrouble(
        pod="web-1a-x", container="", kind=Trouble.UNSCHEDULABLE, reason="Unschedulable",
        message="0/3 nodes are available: 3 Insufficient cpu.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        condition("PodScheduled", "False", "SchedulingGated"),
        condition("PodReadyToStartContainers", "False", "Unschedulable"),
    ],
)
def test_another_reason_or_condition_is_not_unschedulable(said: Json):
    gated = pod("web-1a-x", scheduled=False)
    gated["status"]["conditions"] = [said]
    assert pod_troubles(gated, "1a", NOW) == []


@pytest.mark.parametrize(("since", "told"), [(29, False), (30, True), (31, True)])
def test_a_running_pod_is_told_once_it_is_unready_for_long(since: float, *, told: bool):
    slow = pod("web-1a-x", container(ready=False), ready=False, since=since)
    assert bool(pod_troubles(slow, "1a", NOW)) is told


def test_a_probe_that_does_not_pass_names_the_container_and_its_image():
    slow = pod("web-1a-x", container("proxy"), container(ready=False, image="web:2"), ready=False)
    [found] = pod_troubles(slow, "1a", NOW)
    assert found == PodTrouble(
        pod="web-1a-x", container="web", kind=Trouble.UNREADY, reason="ContainersNotReady",
        message="its readiness probe does not pass", image="web:2",
    )  # fmt: skip


def test_a_pod_unready_for_another_reason_is_told_in_kubernetes_words():
    gated = pod("web-1a-x", container(), ready=False, image="web:2")
    gated["status"]["conditions"][0] |= {"reason": "ReadinessGatesNotReady", "message": "gate is false"}
    [found] = pod_troubles(gated, "1a", NOW)
    assert (found.reason, found.message, found.image) == ("ReadinessGatesNotReady", "gate is false", "web:2")
    assert found.container == ""

    [ended] = pod_troubles(pod("web-1a-x", container(ended=0), ready=False), "1a", NOW)
    assert ended.message == "containers with unready status: [web]"


def test_an_unready_pod_without_reason_or_instant_is_not_told_too_early():
    bare = pod("web-1a-x", container(ready=False), ready=False)
    bare["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    assert pod_troubles(bare, "1a", NOW) == []
    bare["status"]["conditions"][0]["lastTransitionTime"] = stamp(60)
    assert pod_troubles(bare, "1a", NOW)[0].reason == "ContainersNotReady"


@pytest.mark.parametrize("parts", [{"phase": "Pending"}, {"phase": "Succeeded"}, {"ready": True}])
def test_only_a_running_pod_can_be_unready_for_long(parts: dict[str, Any]):
    assert pod_troubles(pod("web-1a-x", container(ready=False), **{"ready": False} | parts), "1a", NOW) == []


def test_a_pod_that_goes_has_no_troubles():
    assert pod_troubles(pod("web-1a-x", container(ended=3), deleted=True), "1a", NOW) == []


@pytest.mark.parametrize(("current", "new"), [("1a", True), ("2b", False), (None, True)])
def test_a_trouble_knows_whether_it_is_of_the_newest_template(current: str | None, *, new: bool):
    every = [
        pod("web-1a-x", container(ended=3)),
        pod("web-1a-x", scheduled=False),
        pod("web-1a-x", container(ready=False), ready=False),
    ]
    assert [pod_troubles(each, current, NOW)[0].new for each in every] == [new] * 3


def test_troubles_of_all_pods_are_gathered():
    progress = owned_by(
        deployment(revision="2"),
        pod("web-1a-x", container(ended=3)),
        pod("web-2b-x", container("a", ended=3), container("b", waiting="ErrImagePull")),
    )
    assert [(t.pod, t.container, t.new) for t in progress.troubles] == [
        ("web-1a-x", "web", False),
        ("web-2b-x", "a", True),
        ("web-2b-x", "b", True),
    ]


def test_pods_that_fail_by_one_cause_share_its_key_and_another_cause_has_another():
    crash = trouble(container(ended=3))
    assert crash.model_copy(update={"pod": "web-1a-y", "restarts": 5}).key == crash.key
    others = [
        container("b", ended=3),
        container(ended=4),
        container(ended=3, image="web:2"),
        container(waiting="ErrImagePull"),
    ]
    assert len({crash.key, *(trouble(other).key for other in others)}) == 5


def test_without_any_set_of_its_own_no_pod_is_its_own():
    assert assess(Snapshot(workload=deployment(), pods=(pod(),)), NOW).old == 0


@pytest.mark.parametrize(
    ("holder", "ready"),
    [
        (pod(), True),
        (pod(ready=False), False),
        (pod(deleted=True), False),
        (pod(scheduled=False), False),
        ({"metadata": {}}, False),
        ({"metadata": {}, "status": {"conditions": [{"type": "ContainersReady", "status": "True"}]}}, False),
    ],
)
def test_ready_is_what_the_ready_condition_says(holder: Json, *, ready: bool):
    assert is_ready(holder) is ready


def test_images_are_those_of_the_containers_in_order():
    assert images(template(containers=[{"image": "b"}, {"name": "a"}, {"image": "a"}])) == ("b", "", "a")
    assert images({}) == ()


@pytest.mark.parametrize(
    ("image", "short"),
    [
        ("docker.io/library/web:1.0", "web:1.0"),
        ("web", "web"),
        ("registry.example.com:5000/team/web:1.0", "web:1.0"),
        (f"registry.example.com/web@sha256:{'0123456789abcdef' * 4}", "web@0123456789ab"),
        (f"web:1.0@sha256:{'0123456789abcdef' * 4}", "web:1.0@0123456789ab"),
    ],
)
def test_an_image_has_a_short_name(image: str, short: str):
    assert short_image(image) == short
