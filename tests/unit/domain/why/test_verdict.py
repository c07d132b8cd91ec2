"""What comes first, what else is said, what changed; and that nothing hostile gets through."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain import why
from bot.domain.changes import MARK
from bot.domain.records import Made
from bot.domain.resources import PODS, STATEFULSETS
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.why.changed import changes
from bot.domain.why.config import config
from bot.domain.why.evidence import Unseen, Words
from tests.factories import NOW, condition, container, deployment, owner, pod, replicaset, stamp
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    named,
    node,
    of_web,
    on,
    seen,
    waiting,
)

MISSING = waiting("ErrImagePull", "not found")
CRASHED = broken("web-1a-y", container(ended=3, ready=False))
UNPLACED = pod("web-1a-z", scheduled=False)


def wrote(manager: str, *, ago: float, **parts: str):
    return {"manager": manager, "operation": "Update", "time": stamp(ago)} | parts


# ---------------------------------------------------------------- order


def test_causes_come_before_symptoms_whatever_the_order_of_the_pods():
    for pods in ((MISSING, CRASHED, UNPLACED), (UNPLACED, CRASHED, MISSING)):
        told = lines(of_web(*pods, replicas=3))
        assert "no node takes its pod" in told[0]
        also = told.index("Also:")
        assert told[also + 1 : also + 3] == [
            "• web:1.1 cannot be pulled: not found in registry (ErrImagePull).",
            "• web:1.0 crashes with exit code 3 (Error).",
        ]


def test_a_deadline_that_passed_stands_below_its_reason():
    target = deployment(progressing="ProgressDeadlineExceeded", available=0, updated=1)
    told = lines(seen(target, pods=(MISSING,), sets=(replicaset(),)))
    assert "cannot be pulled" in told[0]
    assert told[told.index("Also:") + 1].startswith("• its new pods did not become available within 600 s")


def test_many_findings_are_cut_and_counted():
    pods = [broken(f"web-1a-{n}", container(ended=n, ready=False)) for n in range(1, 7)]
    told = lines(of_web(*pods, replicas=6))
    assert "• and 2 more." in told
    assert sum(line.startswith("[") for line in told) <= 5


def test_nothing_down_is_a_warning_and_nothing_up_a_failure():
    assert headline(of_web(MISSING, pod("web-1a-y"))).startswith("⚠️ ")
    assert headline(of_web(MISSING)).startswith("❌ ")


def test_the_same_snapshot_gives_the_same_verdict():
    found = of_web(MISSING, CRASHED, UNPLACED, replicas=3)
    assert why.judge(found) == why.judge(found)


# ---------------------------------------------------------------- what was looked at


def test_healthy_says_what_was_looked_at():
    message = why.render(why.judge(of_web(pod(), pod("web-1a-y"), looked=("the deployment", "2 pods"))))
    assert message.plain() == "✅ shop/web on prod is healthy: nothing found."
    assert message.footer.plain() == "Looked at the deployment, 2 pods."


def test_what_could_not_be_looked_at_is_said_and_healthy_is_not():
    unseen = (Unseen(what="node node-1", why="not allowed to you here"),)
    message = why.render(why.judge(of_web(pod(), pod("web-1a-y"), looked=("2 pods",), unseen=unseen)))
    assert message.plain() == "⚠️ shop/web on prod: nothing found, but not everything could be looked at."
    assert message.footer.plain() == (
        "Looked at 2 pods. Could not look at node node-1 (not allowed to you here)."
    )


def test_pods_that_could_not_be_read_are_not_said_to_be_down():
    db = named("StatefulSet", "db", spec={"replicas": 2, "template": {}}, status={})
    told = lines(seen(db, STATEFULSETS, unread=frozenset({"pods"})))
    assert not any("serves" in line or "0 of 2" in line for line in told)


# ---------------------------------------------------------------- what changed


def test_the_last_revisions_with_who_wrote_them():
    target = deployment(revision="2", image="web:1.1")
    target["metadata"]["managedFields"] = [
        wrote("kubectl-edit", ago=119),
        wrote("kube-controller-manager", ago=10, subresource="status"),
        wrote("kube-controller-manager", ago=5),
    ]
    new = replicaset("web-2b", revision="2")
    new["spec"]["template"]["spec"]["containers"][0]["image"] = "docker.io/library/web:1.1"
    new["metadata"] |= {"creationTimestamp": stamp(120)}
    new["metadata"]["annotations"][CAUSE] = "new checkout token=ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    told = lines(seen(target, sets=(replicaset(), new), pods=(pod(), pod("web-1a-y"))))
    (line,) = [one for one in told if "revision 2" in one]
    assert line.startswith("• revision 2: web:1.0 → web:1.1 (new checkout token=[redacted:")
    assert line.endswith(") by kubectl-edit, 2 min ago")
    assert "• revision 1: web:1.0, 1 h 0 min ago" in told or "• revision 1: web:1.0, 1 h ago" in told


def test_a_write_that_made_no_revision_is_told_with_the_bots_change():
    target = deployment()
    target["metadata"]["managedFields"] = [wrote("k8s-bot", ago=60)]
    target["metadata"]["annotations"][MARK] = "7f3a9c0d11223344"
    told = lines(seen(target, sets=(replicaset(),), pods=(pod(), pod("web-1a-y"))))
    assert "• deployment web written by k8s-bot, change 7f3a9c0d, 1 min ago" in told


def test_settings_by_their_last_write_and_never_by_their_values():
    writes = [wrote("vault", ago=300), wrote("kubectl", ago=7200)]
    secret = named("Secret", "db", data={"PASSWORD": "aHVudGVyMg=="}, metadata={"managedFields": writes})
    settings = named("ConfigMap", "web-env", data={"PORT": "80"}, binaryData={"logo": "AAAA"})
    found = (config("Secret", secret), config("ConfigMap", settings))
    assert found[0].keys == ("PASSWORD",)
    assert found[1].keys == ("PORT", "logo")
    assert "aHVudGVyMg" not in repr(found)
    told = lines(of_web(pod(), pod("web-1a-y"), configs=found))
    assert "• Secret db written by vault, 5 min ago" in told
    assert "• ConfigMap web-env written, 10 min ago" in told


def test_the_newest_change_comes_first_and_four_are_enough():
    configs = tuple(
        config("ConfigMap", named("ConfigMap", f"c{n}", metadata={"creationTimestamp": stamp(100 * n)}))
        for n in range(1, 7)
    )
    found = changes(of_web(pod(), pod("web-1a-y"), configs=configs))
    assert len(found) == 4
    assert [one.at for one in found] == sorted((one.at for one in found if one.at), reverse=True)


def test_by_whom_the_record_knows_better_than_the_cluster():
    alone = of_web(pod(), pod("web-1a-y"))
    at = next(one.at for one in changes(alone) if one.at)
    ours = (
        Made(operation="a", verb="deploy", by="ana", at=at, receipt="record 12"),
        Made(operation="b", verb="scale", by="ben", at=at - 600, receipt="record 11"),
    )
    found = changes(alone.model_copy(update={"made": ours}))
    assert "ana, record 12" in [one.by for one in found]
    (scaled,) = [one for one in found if one.by == "ben, record 11"]
    assert scaled.what.plain() == "scale"
    assert len(found) == len(changes(alone)) + 1


def test_of_two_changes_within_seconds_each_is_told_as_its_own():
    alone = of_web(pod(), pod("web-1a-y"))
    at = next(one.at for one in changes(alone) if one.at)
    late = Made(operation="b", verb="deploy", by="ben", at=at + 4, receipt="record 12")
    ours = (late, Made(operation="a", verb="deploy", by="ana", at=at + 1, receipt="record 11"))
    assert "ana, record 11" in [
        one.by for one in changes(alone.model_copy(update={"made": ours})) if one.at == at
    ]


def test_a_statefulset_has_its_history_in_controller_revisions():
    template = {"template": {"spec": {"containers": [{"name": "db", "image": "db:2"}]}}}
    older = {"template": {"spec": {"containers": [{"name": "db", "image": "db:1"}]}}}
    of = [owner("StatefulSet", "uid-db")]
    known = tuple(
        named("ControllerRevision", f"db-{n}", revision=n, data={"spec": spec},
              metadata={"ownerReferences": of, "creationTimestamp": stamp(1000 - 100 * n)})
        for n, spec in ((1, older), (2, template))
    )  # fmt: skip
    db = named("StatefulSet", "db", spec={"replicas": 0, "template": template["template"]}, status={})
    told = lines(seen(db, STATEFULSETS, revisions=known))
    assert any(line.startswith("• revision 2: db:1 → db:2") for line in told)


# ---------------------------------------------------------------- hostile

EVIL = (
    "<!channel> `x` *b* <https://evil.example|here> xoxb-123456789012-abcdefghij \u202e\x1b[31m\n"
    + "A" * 5000
)


def test_what_the_cluster_prints_is_data_and_its_secrets_are_gone():
    crashed = broken("web-1a-x", container(waiting="CreateContainerConfigError", message=EVIL, ready=False))
    shown = why.render(why.judge(of_web(crashed, events=(event("Pod/web-1a-x", "Failed", EVIL),))))
    said = shown.model_dump_json()
    assert "xoxb-" not in said
    assert len(said) < 4000
    kinds = {span["kind"] for part in shown.model_dump()["parts"] for span in _spans(part)}
    assert kinds <= {"plain", "code", "bold", "instant"}


def test_names_from_messages_never_become_part_of_a_command_line():
    said = "exceeded quota: x;--context=prod, requested: a, used: b, limited: c"
    failure = condition("ReplicaFailure", "True", "FailedCreate", message=said)
    owned = replicaset()
    owned["status"]["conditions"] = [failure]
    told = lines(seen(deployment(total=0, available=0), sets=(owned,)))
    assert "[What refuses] get quota -n shop --context prod" in told
    evil = waiting("CreateContainerConfigError", "couldn't find key A in ConfigMap shop/--all -A")
    assert not any(line.startswith("[What there is]") for line in lines(of_web(evil)))


def _spans(found):
    if isinstance(found, dict):
        if {"kind", "text", "id"} <= found.keys():
            yield found
        for value in found.values():
            yield from _spans(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from _spans(value)


@pytest.mark.parametrize("reason", ["ErrImagePull", "CreateContainerConfigError", "CrashLoopBackOff"])
@given(message=st.text(max_size=300))
def test_any_message_gives_a_verdict(reason, message):
    found = of_web(waiting(reason, message), UNPLACED, events=(event("Pod/web-1a-x", "Failed", message),))
    assert headline(found)


@given(message=st.text(alphabet="0123456789/, .(){}:nodesavilInufctpma", max_size=200))
def test_any_sentence_of_a_scheduler_gives_a_verdict(message):
    lost = pod("web-1a-x", scheduled=False)
    lost["status"]["conditions"][0]["message"] = "0/3 nodes are available: " + message
    assert "Unschedulable" in headline(of_web(lost))


def test_a_pod_of_the_barest_kind():
    bare = {
        "metadata": {"name": "a", "namespace": "shop", "uid": "uid-a"},
        "spec": {"containers": [{"name": "a"}]},
        "status": {},
    }
    assert "is on its way" in headline(seen(bare, PODS))


def test_five_thousand_pods_are_judged_in_a_moment():
    pods = tuple(on(pod(f"web-1a-{n}"), f"node-{n % 100}") for n in range(5000))
    found = of_web(*pods, replicas=5000, nodes=tuple(node(f"node-{n}") for n in range(3)))
    assert headline(found).startswith("✅")


def test_last_words_are_shown_once_with_their_pod():
    words = Words(pod="web-1a-y", container="web", text="FATAL")
    told = lines(of_web(CRASHED, words=words, now=NOW))
    assert told.count("> FATAL") == 1
