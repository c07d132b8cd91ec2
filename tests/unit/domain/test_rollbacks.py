"""Which revision is taken, and what is told of each: only what the cluster still shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import TargetNotFoundError
from bot.domain.records import Made
from bot.domain.resources import STATEFULSETS
from bot.domain.revisions.revision import Revision
from bot.domain.rollbacks import choose, health, is_broken, passed_over, table
from tests.factories import NOW, ref, stamp, template


def one(number: int, *, ago: float = 0.0, **parts: Any) -> Revision:
    """A revision that was made some seconds ago."""
    known = {
        "number": number, "name": f"web-{number}", "images": (f"web:1.{number}",), "created": stamp(ago),
        "cause": "", "ready": 0, "replicas": 0, "template": template(),
    }  # fmt: skip
    return Revision(**known | parts)


FORWARD = (one(3, replicas=2, ready=2), one(2), one(1))
BACK = (one(4, replicas=2, ready=2, returned=True), one(3, left=True), one(1))
"""From 3 back to 2, which then is 4."""
BACK_AND_FORTH = (one(5, replicas=2, ready=2, returned=True), one(4, returned=True), one(1))
"""And from there forward again: 2 was left, and not because it was broken."""
FURTHER_BACK = (
    one(5, replicas=2, ready=2, returned=True),
    one(4, returned=True, left=True),
    one(3, left=True),
)
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


@pytest.mark.parametrize("known", [(one(3),), ()], ids=["the others were removed", "all were"])
def test_revisions_that_are_not_kept_any_more_are_not_denied(known: tuple[Revision, ...]):
    with pytest.raises(TargetNotFoundError, match=r"has no earlier revision$") as raised:
        choose(known, 0, "3", ref(), NOW)
    assert raised.value.hint == "Nothing is kept of what it ran before."


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
    assert (health(found), is_broken(found)) == (said, broken)


def made(ago: float, **parts: Any) -> Made:
    known = {"operation": "0123456789", "verb": "deploy", "by": "ana", "receipt": "record 12"}
    return Made(at=NOW - ago, **known | parts)


def test_the_table_says_what_is_known_and_where_nothing_is():
    by = "/k8s deploy web --image web:1.2 --env TOKEN=xoxb-" + "1" * 80
    known = (one(3, ago=100, ready=2), one(2, ago=400, cause=by), one(1, ago=4000, lasted=3600.0))
    shown = table(known, "3", (), NOW)
    assert shown.columns == ("REVISION", "HEALTH", "IMAGE", "AGE", "CURRENT FOR", "BY")
    assert shown.rows[0] == ("3 · current", "2 ready now", "web:1.3", "100s", "100s", "not known")
    assert shown.rows[2] == ("1", "not known", "web:1.1", "66m", "60m", "not known")
    cause = shown.rows[1][5]
    assert len(cause) <= 60
    assert "xoxb" not in cause


@pytest.mark.parametrize(
    ("found", "changes", "by"),
    [
        (one(2, ago=100, cause="/k8s x"), (made(98),), "ana, record 12"),
        (one(2, ago=100, cause="/k8s x"), (made(89.9), made(110.1)), "/k8s x"),
        (one(2, ago=100), (made(90), made(95, by="ben")), "ana, record 12"),
        (one(2, created="", cause="/k8s x"), (made(0),), "/k8s x"),
        (one(2, ago=100, returned=True, mark="0123456789"), (made(5, verb="rollback"),), "ana, record 12"),
        (one(2, ago=100, returned=True, mark="0123456789"), (made(5, verb="scale"),), "not known"),
        (one(2, ago=100, returned=True, mark="other"), (made(5, verb="rollback"),), "not known"),
        (one(2, ago=100, mark="0123456789"), (made(5, verb="rollback"),), "not known"),
    ],
)
def test_who_made_one_is_told_by_the_record(found: Revision, changes: tuple[Made, ...], by: str):
    assert table((found,), "", changes, NOW).rows[0][5] == by


def test_one_that_came_back_and_is_current_does_not_say_since_when():
    assert table(BACK, "4", (), NOW).rows[0][4] == "not known"


def test_a_table_has_eight_rows_at_most():
    many = tuple(one(n) for n in range(20, 0, -1))
    assert len(table(many, "20", (), NOW).rows) == 8


def test_why_a_newer_one_was_not_taken_and_what_speaks_against_the_one_named():
    (said,) = passed_over(BACK, BACK[2], "4", named=False)
    assert said.plain() == "Revision 3 (web:1.3) is newer and passed over: left by a rollback."
    (said,) = passed_over(BACK, BACK[1], "4", named=True)
    assert said.plain() == "Revision 3: left by a rollback."
    assert passed_over(BACK, BACK[2], "4", named=True) == ()
    assert passed_over(FORWARD, FORWARD[1], "3", named=False) == ()


def test_another_kind_than_a_deployment_is_named_in_the_lines_that_are_offered():
    with pytest.raises(TargetNotFoundError) as raised:
        choose((one(2), one(1)), 7, "2", ref("db", kind=STATEFULSETS), NOW)
    assert raised.value.suggestions == ("rollback statefulset/db --to-revision=1 -n shop --context prod",)
