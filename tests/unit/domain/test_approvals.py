"""Who counts for what: the yes of all rules comes from as many different people as they ask for together."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, strategies as st

from bot.domain.access import Need
from bot.domain.approvals import Vote, counted, is_enough, people, placed
from bot.engine.approval_cards import so_far

RULES = ("one", "two", "three")
NEEDS = st.lists(st.integers(1, 2), min_size=1, max_size=3).map(
    lambda counts: tuple(
        Need(rule=rule, count=count, groups={"S0" + rule: rule})
        for rule, count in zip(RULES, counts, strict=False)
    )
)
VOTES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from(RULES)).map(sorted)), max_size=6
).map(lambda said: tuple(vote(user, *rules) for user, rules in said))


def vote(user, *rules):
    return Vote(user=user, name=user, at=0.0, rules=rules)


def test_who_is_asked_reads_as_a_sentence():
    ana, both = Need(rule="a", users={"U0ANA": "ana"}), Need(rule="b", users={"U0BEN": "ben", "U0CHO": "cho"})
    sre = Need(rule="c", groups={"S0SRE": "sre"})
    assert people((sre, ana, sre)) == "@sre and @ana"
    assert people((sre, both)) == "@sre, and @ben or @cho"


def people_of(votes):
    return {one.user: {rule for other in votes if other.user == one.user for rule in other.rules}
            for one in votes}  # fmt: skip


def by_trying_all(needs, votes):
    """Whether some way of giving each place to a different person fills all of them."""
    places = [need.rule for need in needs for _ in range(need.count)]
    said = people_of(votes)
    return any(
        all(rule in said[user] for rule, user in zip(places, chosen, strict=True))
        for chosen in permutations(said, len(places))
    )


@given(NEEDS, VOTES)
def test_it_is_enough_where_each_place_can_have_a_person_of_its_own(needs, votes):
    assert is_enough(needs, votes) == by_trying_all(needs, votes)


@given(NEEDS, VOTES)
def test_nobody_has_two_places_and_none_that_is_not_theirs(needs, votes):
    said = people_of(votes)
    places = placed(needs, said)
    seated = [user for users in places.values() for user in users]
    assert len(seated) == len(set(seated))
    assert all(rule in said[user] for rule, users in places.items() for user in users)
    assert all(len(places[need.rule]) <= need.count for need in needs)


@given(NEEDS, VOTES, VOTES)
def test_another_yes_never_makes_it_less(needs, votes, more):
    before, after = counted(needs, votes), counted(needs, votes + more)
    assert sum(before.values()) <= sum(after.values())


def test_who_is_of_both_groups_counts_for_one_and_makes_room_for_the_other():
    needs = (Need(rule="one", groups={"S0A": "ops"}), Need(rule="two", groups={"S0B": "risk"}))
    both = vote("ana", "one", "two")
    assert not is_enough(needs, (both,))
    assert so_far(needs, (both,)).plain() == "1 of 1 from @ops; 0 of 1 from @risk · ana ✓"
    assert is_enough(needs, (both, vote("ben", "one")))
    assert is_enough(needs, (both, vote("ben", "two")))


def test_without_a_need_nothing_is_enough():
    assert not is_enough((), (vote("ana", "one"),))
