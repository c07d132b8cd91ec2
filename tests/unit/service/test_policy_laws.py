"""What holds for every policy and every question."""

from hypothesis import given, strategies as st

from bot.domain.access import ANY, STRICTNESS, Ask, Effect, Facts, Risk, Standing, strictest
from bot.service.policy import Policy, Raise
from bot.service.rules import Rule
from tests.factories import actor
from tests.unit.service.policies import ASKS, KNOWN, POLICIES, RAISES, RULES, SOME, of, strictness, with_rule

AFTERWARDS = STRICTNESS.index(Effect.REVIEW)


@given(POLICIES, RULES, ASKS, st.integers(0, 5))
def test_a_denying_rule_more_never_allows_more(policy: Policy, added: Rule, asked: Ask, where: int):
    denying = added.model_copy(update={"effect": Effect.DENY})
    assert strictness(with_rule(policy, denying, where).decide(asked)) >= strictness(policy.decide(asked))


@given(POLICIES, RULES, ASKS, st.integers(0, 5))
def test_an_allowing_rule_more_never_refuses_more(policy: Policy, added: Rule, asked: Ask, where: int):
    allowing = added.model_copy(update={"effect": Effect.ALLOW})
    assert strictness(with_rule(policy, allowing, where).decide(asked)) <= strictness(policy.decide(asked))


@given(POLICIES, RULES, ASKS, st.sampled_from([s for s in Standing if s is not Standing.MEMBER]))
def test_no_rule_lets_in_who_is_no_full_member(policy: Policy, added: Rule, asked: Ask, standing: Standing):
    outsider = asked.model_copy(update={"actor": actor(standing=standing)})
    stranger = asked.model_copy(update={"actor": actor(team="T0OTHER")})
    more = with_rule(policy, added, 0)
    assert more.decide(outsider).effect is more.decide(stranger).effect is Effect.DENY


@given(POLICIES, ASKS)
def test_nothing_that_is_decided_depends_on_the_order_of_rules(policy: Policy, asked: Ask):
    turned = Policy(rules=tuple(reversed(policy.rules)), risks=tuple(reversed(policy.risks)))
    one, other = policy.decide(asked), turned.decide(asked)
    assert (one.effect, one.risk, one.code, one.is_open) == (
        other.effect,
        other.risk,
        other.code,
        other.is_open,
    )
    assert {need.rule: need for need in one.needs} == {need.rule: need for need in other.needs}


@given(POLICIES, ASKS)
def test_all_namespaces_at_once_allow_no_more_than_each_of_them(policy: Policy, asked: Ask):
    def within(namespace: str) -> int:
        scope = asked.scope.model_copy(update={"namespace": namespace, "kind": "pods"})
        return strictness(policy.decide(asked.model_copy(update={"scope": scope})))

    each = max(within("a"), within("b"), within("ab"), within("zzz"))
    assert within(ANY) >= each


@given(POLICIES, ASKS)
def test_a_greater_risk_is_never_let_through_more_easily(policy: Policy, asked: Ask):
    answers = [strictness(policy.decide(asked.model_copy(update={"risk": risk}))) for risk in Risk]
    assert answers == sorted(answers)


@given(POLICIES, RAISES, ASKS)
def test_a_risk_that_is_raised_never_lets_through_more_easily(policy: Policy, raised: Raise, asked: Ask):
    more = policy.model_copy(update={"risks": (*policy.risks, raised)}).decide(asked)
    before = policy.decide(asked)
    assert strictness(more) >= strictness(before)
    assert tuple(Risk).index(more.risk) >= tuple(Risk).index(before.risk)
    assert more.code >= before.code


@given(POLICIES, ASKS, SOME)
def test_who_may_be_on_call_may_no_more_than_who_is_not(policy: Policy, asked: Ask, unsure: frozenset[str]):
    surely_not = of(asked, oncall=frozenset(), unsure=frozenset())
    perhaps = of(asked, oncall=frozenset(), unsure=unsure)
    assert strictness(policy.decide(perhaps)) >= strictness(policy.decide(surely_not))


@given(POLICIES, ASKS, st.sampled_from(["ana@a.org", "ana@b.org"]))
def test_whose_address_is_unknown_may_no_more_than_who_has_none_that_counts(
    policy: Policy, asked: Ask, email: str
):
    unknown, elsewhere = of(asked, email=""), of(asked, email="ana@elsewhere.example")
    assert strictness(policy.decide(unknown)) >= strictness(policy.decide(elsewhere))
    if all(rule.effect in {Effect.ALLOW, Effect.DENY} for rule in policy.rules):
        assert strictness(policy.decide(unknown)) >= strictness(policy.decide(of(asked, email=email)))


@given(POLICIES, ASKS, KNOWN)
def test_a_plan_is_never_treated_more_mildly_than_what_binds_the_text(
    policy: Policy, asked: Ask, facts: Facts
):
    """What binds the text are the rules that ask for no facts; a review may stand in for them."""
    text = policy.decide(asked.model_copy(update={"facts": None}))
    plan = policy.decide(asked.model_copy(update={"facts": facts}))
    bare = asked.model_copy(update={"facts": None})
    binding = [rule for rule in policy.rules if not rule.asks_for_facts and rule.touches(bare)]
    least = max(
        (STRICTNESS.index(rule.effect) for rule in binding if rule.effect is not Effect.REVIEW), default=0
    )
    if Effect.REVIEW in {plan.effect, text.effect}:
        least = min(least, AFTERWARDS)
    assert plan.effect is Effect.DENY or strictness(plan) >= least
    assert not (text.effect is Effect.DENY and plan.allowed), "what no text may ask for, no plan may do"


@given(POLICIES, ASKS, KNOWN)
def test_what_is_not_open_on_the_text_is_decided_the_same_on_the_plan(
    policy: Policy, asked: Ask, facts: Facts
):
    text = policy.decide(asked.model_copy(update={"facts": None}))
    if text.allowed and not text.is_open:
        assert policy.decide(asked.model_copy(update={"facts": facts})) == text


@given(POLICIES, ASKS)
def test_only_who_is_on_call_or_breaks_the_glass_is_reviewed_after(policy: Policy, asked: Ask):
    named = [
        rule.model_copy(update={"users": {}, "groups": {}, "domains": (), "oncall": rule.oncall or ("shop",)})
        if rule.effect is Effect.REVIEW else rule for rule in policy.rules
    ]  # fmt: skip
    nobody = of(asked, oncall=frozenset(), unsure=asked.actor.unsure | asked.actor.oncall,
                groups=asked.actor.groups - {"S0BG"})  # fmt: skip
    assert Policy(rules=tuple(named)).decide(nobody).effect is not Effect.REVIEW


@given(POLICIES, ASKS)
def test_who_approves_or_reviews_is_said_by_every_rule_that_wants_it(policy: Policy, asked: Ask):
    decision = policy.decide(asked)
    wanted = decision.effect in {Effect.APPROVE, Effect.REVIEW}
    assert bool(decision.needs) is wanted
    by_name = {rule.name: rule for rule in policy.rules}
    assert all(by_name[need.rule].effect is decision.effect for need in decision.needs)


@given(POLICIES, st.lists(ASKS, min_size=1, max_size=4))
def test_of_several_answers_the_strictest_counts_with_all_that_it_asks_for(policy: Policy, asks: list[Ask]):
    answers = [policy.decide(one) for one in asks]
    both = strictest(answers)
    assert strictness(both) == max(map(strictness, answers))
    assert both.code is any(one.code for one in answers)
    assert both.is_open is any(one.is_open for one in answers)
    alike = {need.rule for one in answers if one.effect is both.effect for need in one.needs}
    assert {need.rule for need in both.needs} == alike


def test_of_no_answer_at_all_nothing_follows():
    assert not strictest([]).allowed
