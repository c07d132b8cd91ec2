"""A plan that says what stands in its way."""

from __future__ import annotations

from bot.domain.message import Button, text
from bot.domain.obstacles.change import Obstacle, change_of, minding
from tests.factories import deployment, plan, ref, template


def test_a_plan_with_nothing_in_its_way_is_left_as_it_is():
    asked = plan()
    assert minding(asked, ()) is asked


def test_what_stands_in_the_way_comes_after_what_the_plan_says_itself():
    there, instead = Button(label="B", command="b"), Button(label="A", command="a")
    asked = plan(warnings=(text("first"),), instead=(there,))
    twice = Obstacle(said=text("second"), remedy=instead)
    minded = minding(asked, (twice, Obstacle(said=text("third")), twice))
    assert [warning.plain() for warning in minded.warnings] == ["first", "second", "third", "second"]
    assert minded.instead == (instead, there)


def test_more_than_anybody_reads_are_counted():
    minded = minding(plan(), tuple(Obstacle(said=text("{}", n)) for n in range(10)))
    assert [warning.plain() for warning in minded.warnings][7:] == ["7", "And 2 more like these."]


def test_what_is_not_said_stays_as_it_is():
    found = deployment(replicas=3)
    scaled = change_of(ref(), found, replicas=5)
    assert (scaled.before, scaled.replicas, scaled.rolls, scaled.template) == (
        3,
        5,
        False,
        found["spec"]["template"],
    )
    rolled = change_of(ref(), found, template=template(image="web:2"))
    assert (rolled.replicas, rolled.rolls, rolled.pods) == (3, True, 3)
    new = change_of(ref(), None, template=template())
    assert (new.before, new.replicas, new.has_more) == (0, 1, True)
