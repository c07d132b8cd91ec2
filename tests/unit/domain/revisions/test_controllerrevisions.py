"""The revisions of StatefulSets and DaemonSets as their ControllerRevisions tell them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import MARK
from bot.domain.model import Json
from bot.domain.revisions.controllerrevisions import current, revisions
from bot.domain.rollouts.snapshot import CAUSE
from tests.factories import stamp, template
from tests.sets import controller_revision, daemonset, pod_of, statefulset


def kept(name: str, number: int, *, ago: float = 3600.0, **notes: str) -> Json:
    """One of `db`, made some seconds ago, with the image `db:` and its letter."""
    found = controller_revision(f"db-{name}", number)
    found["metadata"] |= {"creationTimestamp": stamp(ago) if ago else "", "annotations": dict(notes)}
    found["data"] = {"spec": {"template": {**template("db", image=f"db:{name}"), "$patch": "replace"}}}
    return found


def read(*found: Json) -> dict[int, Any]:
    return {one.number: one for one in revisions(statefulset(), found, ())}


def test_they_come_newest_first_with_the_template_as_the_set_has_it():
    found = kept("2b", 2)
    found["metadata"]["annotations"] = {CAUSE: "/k8s x", MARK: "change-1"}
    newest, older = revisions(statefulset(), (kept("1a", 1), found), ())
    assert [newest.number, older.number] == [2, 1]
    assert (newest.name, newest.images, newest.cause, newest.mark) == (
        "db-2b", ("db:2b",), "/k8s x", "change-1",
    )  # fmt: skip
    assert newest.template == template("db", image="db:2b")
    assert (newest.desired, older.created) == (None, stamp(3600))


def test_an_empty_date_that_the_set_does_not_have_is_none_of_the_template():
    found, live = kept("1a", 1), statefulset()
    found["data"]["spec"]["template"]["metadata"]["creationTimestamp"] = None
    (one,) = revisions(live, (found,), ())
    assert one.template == template("db", image="db:1a")
    live["spec"]["template"]["metadata"]["creationTimestamp"] = None
    (one,) = revisions(live, (found,), ())
    assert one.template["metadata"]["creationTimestamp"] is None


ODD: tuple[Json, ...] = (
    {"image": 7}, {"image": None}, {"ports": "x"}, {"ports": [{}]}, {"ports": [8080]},
    {"env": {}}, {"env": [{}]},
)  # fmt: skip
"""Parts of a container as no pod can have them: the API checks nothing of what a revision holds."""


def test_what_is_another_s_or_holds_no_template_cannot_be_gone_back_to():
    other = kept("3c", 3)
    other["metadata"]["ownerReferences"][0]["uid"] = "uid-of-a-namesake"
    broken = ("x", {}, {"name": 3}, *({"name": "db", **part} for part in ODD))
    whole = {"name": "db"}
    templates = (1, {}, {"spec": "x"}, {"spec": {"containers": []}},
                 *({"spec": {"containers": [whole, each]}} for each in broken))  # fmt: skip
    contents = (None, [], {}, {"spec": None}, *({"spec": {"template": each}} for each in templates))
    odd = [{**kept("4d", 4), "data": data} for data in contents]
    assert list(read(kept("1a", 1), other, *odd, {**kept("5e", 5), "revision": "5"})) == [1]


def test_its_pods_tell_how_many_run_each_by_its_name_or_by_its_hash():
    pods = (
        pod_of("StatefulSet", "db", "db-0", sign="db-1a"),
        pod_of("StatefulSet", "db", "db-1", sign="db-1a", ready=False),
        pod_of("StatefulSet", "db", "db-2", sign="db-2b"),
        pod_of("StatefulSet", "other", "other-0", sign="db-2b"),
    )
    second, first = revisions(statefulset(), (kept("1a", 1), kept("2b", 2)), pods)
    assert [(one.ready, one.replicas) for one in (first, second)] == [(1, 2), (1, 1)]
    daemon = controller_revision("agent-3c", 1, of="agent", kind="DaemonSet") | {
        "data": kept("3c", 1)["data"]
    }
    (one,) = revisions(daemonset(), (daemon,), (pod_of("DaemonSet", "agent", "agent-x", sign="3c"),))
    assert (one.ready, one.replicas) == (1, 1)


def test_a_pod_that_gives_way_tells_nothing_of_what_it_ran():
    ending = pod_of("StatefulSet", "db", "db-0", sign="db-1a", ready=False)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    (one,) = revisions(statefulset(), (kept("1a", 1),), (ending,))
    assert (one.ready, one.replicas) == (0, 0)


A, B, C = {"ago": 300}, {"ago": 200}, {"ago": 100}


@pytest.mark.parametrize(
    ("found", "left", "returned"),
    [
        ((kept("a", 1, **A), kept("b", 2, **B), kept("c", 3, **C)), [], []),
        ((kept("a", 1, **A), kept("b", 4, **B), kept("c", 3, **C)), [3], [4]),
        ((kept("a", 5, **A), kept("b", 4, **B), kept("c", 3, **C)), [4, 3], [5, 4]),
        ((kept("a", 1, **A), kept("b", 4, **B), kept("c", 5, **C)), [], []),
        ((kept("a", 1, **A), kept("b", 4, **A)), [], []),
    ],
    ids=["forward", "back", "further back", "back and forth, which nothing tells", "made in one second"],
)
def test_one_made_before_a_lower_number_came_back_and_the_one_before_it_was_left(
    found: Any, left: list[int], returned: list[int]
):
    known = read(*found)
    assert [n for n, one in known.items() if one.left] == left
    assert [n for n, one in known.items() if one.returned] == returned


def test_how_long_one_was_current_is_the_time_until_the_next_was_made():
    known = read(kept("a", 1, **A), kept("b", 2, **B), kept("c", 3, **C))
    assert {n: one.lasted for n, one in known.items()} == {3: None, 2: 100, 1: 100}
    back = read(kept("a", 1, **A), kept("b", 4, **B), kept("c", 3, **C))
    assert {n: one.lasted for n, one in back.items()} == {4: None, 3: None, 1: None}
    assert read(kept("a", 1, ago=0), kept("b", 2, **B))[1].lasted is None


def test_notes_that_an_older_change_left_behind_are_not_this_ones():
    mine = {CAUSE: "/k8s deploy db", MARK: "m"}
    known = read(kept("a", 4, ago=300, **mine), kept("b", 2, ago=200, **mine), kept("c", 3, ago=100, **mine))
    assert [(n, one.cause, one.mark) for n, one in known.items()] == [
        (4, "/k8s deploy db", "m"), (3, "", ""), (2, "", ""),
    ]  # fmt: skip


def test_it_is_at_the_highest_number_once_its_controller_has_seen_the_newest_template():
    known = revisions(statefulset(), (kept("a", 1), kept("b", 4)), ())
    assert current(statefulset(), known) == "4"
    assert current(statefulset(generation=3), known) == ""
    assert current(statefulset(), ()) == ""
