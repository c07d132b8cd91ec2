"""An operation goes only where its machine lets it, and every one can end."""

from itertools import product

import pytest

from bot.domain.operation import FINAL, LEGAL, Kind, State, check_step

ARROWS = {
    (Kind.INVOCATION, State.RECEIVED, State.ANSWERED),
    (Kind.INVOCATION, State.RECEIVED, State.DONE),
    (Kind.INVOCATION, State.ANSWERED, State.DONE),
    (Kind.PLAN, State.WAITING, State.CONFIRMED),
    (Kind.PLAN, State.WAITING, State.CANCELLED),
    (Kind.PLAN, State.WAITING, State.EXPIRED),
    (Kind.PLAN, State.WAITING, State.ASKING),
    (Kind.PLAN, State.ASKING, State.CONFIRMED),
    (Kind.PLAN, State.ASKING, State.CANCELLED),
    (Kind.PLAN, State.ASKING, State.EXPIRED),
    (Kind.PLAN, State.CONFIRMED, State.INTENDED),
    (Kind.PLAN, State.CONFIRMED, State.CONCLUDED),
    (Kind.PLAN, State.INTENDED, State.CONCLUDED),
    (Kind.PLAN, State.CONCLUDED, State.DONE),
    (Kind.FOLLOW, State.MOVING, State.DONE),
    (Kind.SESSION, State.MOVING, State.STOPPING),
    (Kind.SESSION, State.MOVING, State.DONE),
    (Kind.SESSION, State.STOPPING, State.DONE),
    (Kind.OFFER, State.OPEN, State.EXPIRED),
    (Kind.RESULT, State.OPEN, State.EXPIRED),
    (Kind.FORM, State.OPEN, State.EXPIRED),
    (Kind.APPROVAL, State.MOVING, State.DONE),
    (Kind.REVIEW, State.OPEN, State.SIGNED),
    (Kind.REVIEW, State.SIGNED, State.DONE),
    (Kind.ERRAND, State.OPEN, State.ASKING),
    (Kind.ERRAND, State.OPEN, State.EXPIRED),
    (Kind.ERRAND, State.ASKING, State.DONE),
}


@pytest.mark.parametrize("kind", Kind)
def test_exactly_the_drawn_steps_are_legal(kind: Kind):
    for old, new in product(State, State):
        if old is new or (kind, old, new) in ARROWS:
            check_step(kind, old, new)
        else:
            with pytest.raises(ValueError, match=f"{kind} cannot go from {old} to {new}"):
                check_step(kind, old, new)


@pytest.mark.parametrize("kind", Kind)
def test_from_every_state_an_end_is_reached_and_left_by_nothing(kind: Kind):
    steps = LEGAL[kind]
    for start in steps:
        reached, frontier = set(), {start}
        while frontier:
            reached |= frontier
            frontier = {new for old in frontier for new in steps.get(old, ())} - reached
        assert reached & FINAL
    assert not FINAL & steps.keys()


def test_every_state_is_somebodys():
    used = {state for steps in LEGAL.values() for old, news in steps.items() for state in (old, *news)}
    assert used == set(State)
