"""A Deployment's revisions as its ReplicaSets tell them, with the time of each."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import MARK
from bot.domain.model import Json
from bot.domain.revisions.replicasets import current, revisions
from bot.domain.rollouts.snapshot import CAUSE, HASH, REVISION
from tests.factories import deployment, owner, replicaset, stamp, template

HISTORY = "deployment.kubernetes.io/revision-history"


def noted(name: str, number: int, *before: int, ago: float = 3600.0, **notes: str) -> Json:
    """One with the numbers that it had before, made some seconds ago."""
    found = replicaset(name, revision=str(number))
    found["metadata"]["annotations"] |= {key.replace("__", "/"): word for key, word in notes.items()}
    if before:
        found["metadata"]["annotations"][HISTORY] = ",".join(map(str, before))
    found["metadata"]["creationTimestamp"] = stamp(ago) if ago else ""
    return found


def read(*sets: Json) -> dict[int, Any]:
    return {one.number: one for one in revisions(deployment(), sets, ())}


def test_revisions_come_newest_first_with_all_that_is_told_of_them():
    sets = (
        replicaset("web-1a", revision="9"),
        replicaset("web-2b", revision="10"),
        replicaset("web-3c", revision="11", of="another"),
        replicaset("web-4d", revision=""),
    )
    sets[0]["metadata"]["annotations"][CAUSE] = "/k8s deploy web"
    sets[0]["spec"]["template"]["metadata"]["labels"][HASH] = "1a"
    newest, older = revisions(deployment(), sets, ())
    assert [newest.number, older.number] == [10, 9]
    assert (older.name, older.cause, older.images) == (
        "web-1a",
        "/k8s deploy web",
        ("docker.io/library/web:1.0",),
    )
    assert (older.ready, older.replicas, older.created) == (2, 2, sets[0]["metadata"]["creationTimestamp"])
    assert older.template == template()
    assert newest.cause == ""


def test_a_revision_with_a_second_owner_and_no_pods_is_still_one():
    found = replicaset(status={})
    found["metadata"]["ownerReferences"].append(owner("Thing", "uid-other"))
    (only,) = revisions(deployment(), (found, replicaset("api-1a", of="uid-api")), ())
    assert (only.name, only.ready, only.replicas) == ("web-1a", 0, 0)


BACK = (noted("b", 4, 2), noted("c", 3), noted("a", 1))
BACK_AND_FORTH = (noted("c", 5, 3), noted("b", 4, 2), noted("a", 1))
FURTHER_BACK = (noted("a", 5, 1), noted("b", 4, 2), noted("c", 3))


@pytest.mark.parametrize(
    ("sets", "left", "returned"),
    [(BACK, [3], [4]), (BACK_AND_FORTH, [], [5, 4]), (FURTHER_BACK, [4, 3], [5, 4])],
    ids=["back", "back and forth", "further back"],
)
def test_which_was_left_and_which_came_back(sets: Any, left: list[int], returned: list[int]):
    known = read(*sets)
    assert [n for n, one in known.items() if one.left] == left
    assert [n for n, one in known.items() if one.returned] == returned


def test_how_long_one_was_current_is_the_time_until_the_next_was_made():
    known = read(
        noted("e", 5, 2, ago=300), noted("d", 4, ago=60), noted("c", 3, ago=100), noted("a", 1, ago=500)
    )
    assert known[3].lasted == 40, "from the third to the fourth"
    assert known[1].lasted == 200, "until the second was first made"
    assert known[4].lasted is None, "the fifth is the second come back: when, nobody says"
    assert known[5].lasted is None
    assert read(noted("d", 4, ago=10), noted("b", 2, ago=90))[2].lasted is None, "the third was cut off"
    assert read(noted("b", 2, ago=0), noted("a", 1, ago=90))[1].lasted is None, "undated"


def test_a_change_not_yet_seen_by_the_controller_has_no_number():
    assert current(deployment(revision="2"), ()) == "2"
    assert current(deployment(revision="2", generation=2, observed=1), ()) == ""


def test_a_revision_knows_its_pods_then_and_the_last_change():
    found = noted("web-1a", 4)
    found["metadata"]["annotations"] |= {
        HISTORY: "1,2", "deployment.kubernetes.io/desired-replicas": "3", MARK: "change-1", CAUSE: "/k8s x",
    }  # fmt: skip
    (only,) = revisions(deployment(), (found,), ())
    assert (only.returned, only.desired, only.mark, only.cause) == (True, 3, "change-1", "/k8s x")


@pytest.mark.parametrize("history", ["", "one", ","])
def test_a_history_that_cannot_be_read_is_none(history: str):
    found = noted("web-1a", 4)
    found["metadata"]["annotations"] |= {HISTORY: history}
    (only,) = revisions(deployment(), (found,), ())
    assert (only.returned, only.desired) == (False, None)


def test_notes_that_an_older_change_left_behind_are_not_this_ones():
    def bearing(name: str, number: int, mark: str) -> Any:
        found = noted(name, number)
        found["metadata"]["annotations"] |= {CAUSE: "/k8s deploy web"} | ({MARK: mark} if mark else {})
        return found

    sets = (bearing("web-1a", 1, ""), bearing("web-2b", 2, "m"), bearing("web-3c", 3, "m"))
    third, second, first = revisions(deployment(), sets, ())
    assert (third.cause, third.mark) == ("", "")
    assert (second.cause, second.mark) == ("/k8s deploy web", "m")
    assert first.cause == "/k8s deploy web"
    assert sets[2]["metadata"]["annotations"][REVISION] == "3"
