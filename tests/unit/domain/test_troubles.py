"""A cause is one sentence with Kubernetes' own word, and what still works is always said."""

from typing import Any

import pytest

from bot.domain.redaction import placeholder
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble
from bot.domain.troubles import cause, causes, still_works, worst_first
from tests.factories import NOW, container, pod


def bad(kind: Trouble, reason: str, **parts: Any) -> PodTrouble:
    return PodTrouble(
        **{"pod": "web-x", "container": "web", "kind": kind, "reason": reason, "image": "r.io/web:2"} | parts
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            bad(Trouble.IMAGE, "ErrImagePull", message="x: Not Found"),
            "web:2 cannot be pulled (not found in registry, ErrImagePull)",
        ),
        (
            bad(Trouble.IMAGE, "ImagePullBackOff", message="denied"),
            "web:2 cannot be pulled (ImagePullBackOff)",
        ),
        (bad(Trouble.CRASH, "Error", exit_code=3), "web:2 crashes with exit code 3 (Error)"),
        (
            bad(Trouble.CRASH, "CrashLoopBackOff", exit_code=0),
            "web:2 ends at once, with exit code 0 (CrashLoopBackOff)",
        ),
        (
            bad(Trouble.CONFIG, "CreateContainerConfigError", message="no ConfigMap"),
            "web:2 cannot start: no ConfigMap (CreateContainerConfigError)",
        ),
        (
            bad(Trouble.UNSCHEDULABLE, "Unschedulable", message="0/3 nodes"),
            "no node takes its pod: 0/3 nodes (Unschedulable)",
        ),
        (
            bad(Trouble.UNREADY, "ContainersNotReady", message="its probe fails"),
            "it runs, but its probe fails (ContainersNotReady)",
        ),
        (bad(Trouble.UNREADY, "ContainersNotReady"), "it runs, but is not ready (ContainersNotReady)"),
        (bad(Trouble.CONFIG, "E", message="a\n  b"), "web:2 cannot start: a b (E)"),
        (bad(Trouble.CONFIG, "E", message="y" * 300), f"web:2 cannot start: {'y' * 300} (E)"),
        (bad(Trouble.CONFIG, "E", message="y" * 301), f"web:2 cannot start: {'y' * 299}… (E)"),
        (
            bad(Trouble.CONFIG, "E", message="password=hunter2"),
            f"web:2 cannot start: password={placeholder('hunter2')} (E)",
        ),
    ],
)
def test_a_cause_is_a_sentence(found: PodTrouble, said: str):
    assert cause(found).plain() == said


def test_one_cause_of_many_pods_is_one_line():
    image = bad(Trouble.IMAGE, "ErrImagePull")
    crash = bad(Trouble.CRASH, "Error", exit_code=3, pod="web-z")
    said = [line.plain() for line in causes((image, crash, image.model_copy(update={"pod": "web-y"})))]
    assert said == [
        "2 pods: web:2 cannot be pulled (ErrImagePull)",
        "web-z: web:2 crashes with exit code 3 (Error)",
    ]
    assert causes(()) == ()


def test_pods_in_trouble_come_before_the_others_and_the_newest_first():
    pods = [pod("a-1"), pod("a-2", container(ended=3)), pod("a-3"), pod("a-4", container(ended=3))]
    for place, one in enumerate(pods):
        one["metadata"]["creationTimestamp"] = f"2027-01-15T08:00:0{place}Z"
    assert [one["metadata"]["name"] for one in worst_first(pods, NOW)] == ["a-4", "a-2", "a-3", "a-1"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"desired": 4}, "0 of 4 available: nothing serves now."),
        ({"desired": 0}, "0 of 0 available: none is wanted."),
        (
            {"desired": 4, "available": 4, "old": 4, "old_images": ("r.io/web:1",)},
            "4 of 4 still run web:1, nothing is down.",
        ),
        (
            {"desired": 4, "available": 5, "old": 3, "old_images": ("web:0", "web:1")},
            "3 of 4 still run web:0, web:1, nothing is down.",
        ),
        (
            {"desired": 4, "available": 3, "old": 3, "old_images": ("web:1",)},
            "3 of 4 still run web:1, 3 of 4 available.",
        ),
        ({"desired": 4, "available": 3}, "3 of 4 available."),
    ],
)
def test_what_still_works_is_said(parts: dict[str, Any], said: str):
    assert still_works(Progress(phase=Phase.STUCK, sentence="", **parts)).plain() == said
