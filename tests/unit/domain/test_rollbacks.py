"""Which revision is taken, and what is told of each: only what the cluster still shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import MARK
from bot.domain.errors import TargetNotFoundError
from bot.domain.rollbacks import choose, current_for, health, is_broken, passed_over, table
from bot.domain.rollout import CAUSE, REVISION
from bot.domain.workloads import Revision, revisions
from tests.factories import NOW, deployment, ref, replicaset, stamp, template

HISTORY = "deployment.kubernetes.io/revision-history"


def one(number: int, *before: int, ago: float = 0.0, **parts: Any) -> Revision:
    """A revision with the numbers it had before, made some seconds ago."""
    known = {
        "number": number, "name": f"web-{number}", "images": (f"web:1.{number}",), "created": stamp(ago),
        "cause": "", "ready": 0, "replicas": 0, "template": template(), "numbers": (*before, number),
    }  # fmt: skip
    return Revision(**known | parts)


FORWARD = (one(3, replicas=2, ready=2), one(2), one(1))
BACK = (one(4, 2, replicas=2, ready=2), one(3), one(1))
"""From 3 back to 2, which then is 4."""
BACK_AND_FORTH = (one(5, 3, replicas=2, ready=2), one(4, 2), one(1))
"""And from there forward again: 2 was left, and not because it was broken."""
FURTHER_BACK = (one(5, 1, replicas=2, ready=2), one(4, 2), one(3))
"""From 3 back to 2, and from there back to 1."""


@pytest.mark.parametrize(
    ("known", "current", "taken"),
    [(FORWARD, "3", 2), (BACK, "4", 1), (BACK_AND_FORTH, "5", 4), ((*FORWARD[:2],), "", 3)],
    ids=["forward", "after a rollback", "forward again", "not yet numbered"],
)
def test_the_newest_that_was_not_gone_back_from_is_taken(
    known: tuple[Revision, ...], current: str, taken: int
):
    assert choose(known, 0, current, ref(), NOW).number == taken


def test_one_that_is_named_is_taken_whatever_is_known_of_it():
    assert choose(BACK, 3, "4", ref(), NOW).number == 3
    assert choose(BACK, 4, "4", ref(), NOW).number == 4


def test_where_all_were_gone_back_from_it_says_so_and_offers_them_by_name():
    with pytest.raises(TargetNotFoundError) as raised:
        choose(FURTHER_BACK, 0, "5", ref(), NOW)
    error = raised.value
    assert error.message == "`shop/web` has no earlier revision that is not known to be broken"
    assert error.hint == (
        "There is: 4 (`web:1.4`, 0s old, left by a rollback), 3 (`web:1.3`, 0s old, left by a rollback)."
    )
    assert error.suggestions[0] == "rollback web --to-revision=4 -n shop --context prod"


def test_what_is_not_there_is_answered_with_at_most_four_that_are():
    many = tuple(one(n) for n in range(9, 0, -1))
    with pytest.raises(TargetNotFoundError, match="has no revision 77") as raised:
        choose(many, 77, "9", ref(), NOW)
    assert [line.split("=")[1].split()[0] for line in raised.value.suggestions] == ["8", "7", "6", "5"]
    with pytest.raises(TargetNotFoundError, match=r"has no earlier revision$") as raised:
        choose((one(1),), 0, "1", ref(), NOW)
    assert raised.value.hint == "It has run only what it runs now."


@pytest.mark.parametrize(
    ("known", "number", "said", "broken"),
    [
        (FORWARD, 3, "2 ready now", False),
        (FORWARD, 2, "not known", False),
        (BACK, 3, "left by a rollback", True),
        (BACK_AND_FORTH, 4, "not known", False),
        (FURTHER_BACK, 4, "left by a rollback", True),
        (FURTHER_BACK, 3, "left by a rollback", True),
        ((one(2, replicas=2), one(1)), 2, "none ready", True),
    ],
)  # fmt: skip
def test_health_is_what_the_cluster_shows(known: Any, number: int, said: str, *, broken: bool):
    found = next(each for each in known if each.number == number)
    assert (health(known, found), is_broken(known, found)) == (said, broken)


def test_how_long_one_was_current_is_the_time_until_the_next_was_made():
    known = (one(5, 2, ago=300), one(4, ago=60), one(3, ago=100), one(1, ago=500))
    assert current_for(known, known[2]) == 40, "from the third to the fourth"
    assert current_for(known, known[3]) == 200, "until the second was first made"
    assert current_for(known, known[1]) is None, "the fifth is the second come back: when, nobody says"
    assert current_for(known, known[0]) is None
    gap = (one(4, ago=10), one(2, ago=90))
    assert current_for(gap, gap[1]) is None, "the third was cut off the history"
    undated = (one(2, created=""), one(1, ago=90))
    assert current_for(undated, undated[1]) is None


def test_the_table_says_what_is_known_and_where_nothing_is():
    by = "/k8s deploy web --image web:1.2 --env TOKEN=xoxb-" + "1" * 80
    known = (one(3, ago=100, ready=2), one(2, ago=400, cause=by, mark="0123456789"), one(1, ago=4000))
    shown = table(known, known, "3", NOW)
    assert shown.rows[0] == (
        "3 · current",
        "web:1.3",
        "100s",
        "100s",
        "2 ready now",
        "not known",
        "not known",
    )
    assert shown.rows[2] == ("1", "web:1.1", "66m", "60m", "not known", "not known", "not known")
    last_plan, cause = shown.rows[1][6], shown.rows[1][5]
    assert last_plan == "012345"
    assert len(cause) <= 60
    assert "xoxb" not in cause


def test_one_that_came_back_and_is_current_does_not_say_since_when():
    assert table(BACK, BACK, "4", NOW).rows[0][3] == "not known"


def test_a_table_has_eight_rows_at_most():
    many = tuple(one(n) for n in range(20, 0, -1))
    assert len(table(many, many, "20", NOW).rows) == 8


def test_why_a_newer_one_was_not_taken_and_what_speaks_against_the_one_named():
    (said,) = passed_over(BACK, BACK[2], "4", named=False)
    assert said.plain() == "Revision 3 (web:1.3) is newer and passed over: left by a rollback."
    (said,) = passed_over(BACK, BACK[1], "4", named=True)
    assert said.plain() == "Revision 3: left by a rollback."
    assert passed_over(BACK, BACK[2], "4", named=True) == ()
    assert passed_over(FORWARD, FORWARD[1], "3", named=False) == ()


# ---------------------------------------------------------------- as ReplicaSets tell it


def noted(name: str, number: int, **notes: str) -> Any:
    found = replicaset(name, revision=str(number))
    found["metadata"]["annotations"] |= {key.replace("__", "/"): word for key, word in notes.items()}
    return found


def test_a_revision_knows_its_numbers_its_pods_then_and_the_last_change():
    found = noted("web-1a", 4)
    found["metadata"]["annotations"] |= {
        HISTORY: "1,2", "deployment.kubernetes.io/desired-replicas": "3", MARK: "change-1", CAUSE: "/k8s x",
    }  # fmt: skip
    (only,) = revisions(deployment(), (found,))
    assert (only.numbers, only.desired, only.mark, only.cause) == ((1, 2, 4), 3, "change-1", "/k8s x")


@pytest.mark.parametrize("history", ["", "one", ","])
def test_a_history_that_cannot_be_read_is_none(history: str):
    found = noted("web-1a", 4)
    found["metadata"]["annotations"] |= {HISTORY: history}
    (only,) = revisions(deployment(), (found,))
    assert (only.numbers, only.desired) == ((4,), None)


def test_notes_that_an_older_change_left_behind_are_not_this_ones():
    def bearing(name: str, number: int, mark: str) -> Any:
        found = noted(name, number)
        found["metadata"]["annotations"] |= {CAUSE: "/k8s deploy web"} | ({MARK: mark} if mark else {})
        return found

    sets = (bearing("web-1a", 1, ""), bearing("web-2b", 2, "m"), bearing("web-3c", 3, "m"))
    third, second, first = revisions(deployment(), sets)
    assert (third.cause, third.mark) == ("", "")
    assert (second.cause, second.mark) == ("/k8s deploy web", "m")
    assert first.cause == "/k8s deploy web"
    assert sets[2]["metadata"]["annotations"][REVISION] == "3"
