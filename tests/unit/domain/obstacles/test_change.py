"""A plan that says what stands in its way."""

from __future__ import annotations

import pytest

from bot.domain.message import Button, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Obstacle, change_of, minding, patched
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


@pytest.mark.parametrize(
    ("now", "patch", "then"),
    [
        ({"requests": {"cpu": "1"}}, {"image": "web:2"}, {"requests": {"cpu": "1"}, "limits": {}}),
        ({}, {"resources": {"requests": {"cpu": "2"}}}, {"requests": {"cpu": "2"}, "limits": {}}),
        (
            {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "3"}},
            {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": None}}},
            {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {}},
        ),
    ],
)
def test_a_patch_of_a_container_changes_what_it_names(now: Json, patch: Json, then: Json):
    found = template()
    found["spec"]["containers"][0]["resources"] = now
    found["spec"]["containers"].append({"name": "other"})
    after = patched(found, {"spec": {"containers": [{"name": "web"} | patch]}})
    web, other = after["spec"]["containers"]
    assert web["resources"] == then
    assert web["image"] == patch.get("image", "docker.io/library/web:1.0")
    assert other["name"] == "other"
    assert after["metadata"] == found["metadata"]


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
