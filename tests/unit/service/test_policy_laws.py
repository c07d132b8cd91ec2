"""What holds for every policy and every question."""

from hypothesis import given, strategies as st

from bot.domain.access import ANY, STRICTNESS, Ask, Decision, Effect, Risk, Standing
from bot.service.policy import Policy
from bot.service.rules import Rule
from tests.factories import actor, ask, place

GLOBS = st.lists(st.sampled_from(["*", "a", "b", "a*", "?"]), min_size=1, max_size=2).map(tuple)
RULES = st.builds(
    Rule,
    name=st.just("x"),
    users=st.sampled_from([{}, {"U0ANA": "ana"}, {"U0BEN": "ben"}]),
    groups=st.sampled_from([{}, {"S0SRE": "sre"}]),
    channels=st.sampled_from([{}, {"C0SHOP": "shop"}, {"C0OPS": "ops"}]),
    verbs=GLOBS,
    clusters=GLOBS,
    namespaces=GLOBS,
    kinds=GLOBS,
    effect=st.sampled_from(Effect),
)
POLICIES = st.lists(RULES, max_size=5).map(
    lambda rules: Policy(rules=tuple(r.model_copy(update={"name": f"r{i}"}) for i, r in enumerate(rules)))
)
PLACES = st.sampled_from(["a", "b", "ab", ANY])
ACTORS = st.sampled_from([actor(), actor(id="U0BEN"), actor(groups=frozenset({"S0SRE"}))])
ASKS = st.builds(
    lambda verb, cluster, namespace, kind, who, channel, risk: ask(
        verb,
        cluster=cluster,
        namespace=namespace,
        kind=kind,
        actor=who,
        place=place(channel=channel),
        risk=risk,
    ),
    st.sampled_from(["a", "b", "ab"]),
    st.sampled_from(["a", "b"]),
    PLACES,
    PLACES | st.just("nodes"),
    ACTORS,
    st.sampled_from(["C0SHOP", "C0OPS"]),
    st.sampled_from(Risk),
)


def strictness(decision: Decision) -> int:
    return STRICTNESS.index(decision.effect)


def with_rule(policy: Policy, added: Rule, where: int) -> Policy:
    at = where % (len(policy.rules) + 1)
    return Policy(rules=(*policy.rules[:at], added, *policy.rules[at:]))


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
def test_the_effect_does_not_depend_on_the_order_of_rules(policy: Policy, asked: Ask):
    turned = Policy(rules=tuple(reversed(policy.rules)))
    assert turned.decide(asked).effect is policy.decide(asked).effect


@given(POLICIES, ASKS)
def test_all_namespaces_at_once_allow_no_more_than_each_of_them(policy: Policy, asked: Ask):
    def within(namespace: str) -> int:
        scope = asked.scope.model_copy(update={"namespace": namespace, "kind": "pods"})
        return strictness(policy.decide(asked.model_copy(update={"scope": scope})))

    assert within(ANY) >= max(within("a"), within("b"), within("ab"), within("zzz"))


@given(POLICIES, ASKS)
def test_a_greater_risk_is_never_let_through_more_easily(policy: Policy, asked: Ask):
    answers = [strictness(policy.decide(asked.model_copy(update={"risk": risk}))) for risk in Risk]
    assert answers == sorted(answers)
