"""Policies and questions of every kind, for what has to hold for all of them."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.access import ANY, STRICTNESS, Ask, Decision, Effect, Facts, Risk
from bot.service.limits import Limits
from bot.service.policy import Policy, Raise
from bot.service.rules import By, Rule
from tests.factories import actor, ask, place

GLOBS = st.lists(st.sampled_from(["*", "a", "b", "a*", "?"]), min_size=1, max_size=2).map(tuple)
LIMITS = st.sampled_from(
    [
        None,
        Limits(replicas=3),
        Limits(step=1),
        Limits(images=("docker.io/library/*",)),
        Limits(not_tags=("latest",)),
        Limits(tags=("1*",)),
        Limits(digest=True),
        Limits(services=("ClusterIP",)),
        Limits(replicas=5, step=3, not_tags=("latest",)),
    ]
)
LABELS = st.sampled_from([{}, {}, {"tier": "pay"}, {"tier": "*"}, {"tier": "p*", "app": "web"}])
SCHEDULES = st.sampled_from([(), (), ("shop",), ("shop", "pay")])
BIES = st.sampled_from(
    [By(groups={"S0SRE": "sre"}), By(users={"U0BEN": "ben"}, count=1), By(oncall=("shop",))]
)
RULES = st.builds(
    lambda effect, by, code, **parts: Rule(
        effect=effect,
        by=by if effect in {Effect.APPROVE, Effect.REVIEW} else None,
        code=code and effect in {Effect.CONFIRM, Effect.APPROVE, Effect.REVIEW},
        **parts,
    ),
    name=st.just("x"),
    users=st.sampled_from([{}, {}, {"U0ANA": "ana"}, {"U0BEN": "ben"}]),
    groups=st.sampled_from([{}, {}, {"S0SRE": "sre"}]),
    domains=st.sampled_from([(), (), ("a.org",)]),
    oncall=SCHEDULES,
    break_glass=st.sampled_from([{}, {}, {"S0BG": "glass"}]),
    channels=st.sampled_from([{}, {"C0SHOP": "shop"}, {"C0OPS": "ops"}]),
    verbs=GLOBS,
    clusters=GLOBS,
    namespaces=GLOBS,
    kinds=GLOBS,
    labels=LABELS,
    limits=LIMITS,
    beyond=LIMITS,
    effect=st.sampled_from(Effect),
    by=BIES,
    code=st.booleans(),
)
RAISES = st.builds(Raise, verbs=GLOBS, clusters=GLOBS, namespaces=GLOBS, risk=st.sampled_from(Risk))


def numbered(rules: list[Rule]) -> tuple[Rule, ...]:
    return tuple(one.model_copy(update={"name": f"r{place}"}) for place, one in enumerate(rules))


POLICIES = st.builds(
    lambda rules, risks: Policy(rules=numbered(rules), risks=tuple(risks)),
    st.lists(RULES, max_size=5),
    st.lists(RAISES, max_size=2),
)
PLACES = st.sampled_from(["a", "b", "ab", ANY])
SOME = st.sampled_from([frozenset(), frozenset({"shop"}), frozenset({"shop", "pay"})])
ACTORS = st.builds(
    lambda one, groups, email, oncall, unsure: actor(
        id=one, groups=groups, email=email, oncall=oncall, unsure=unsure - oncall
    ),
    st.sampled_from(["U0ANA", "U0BEN"]),
    st.sampled_from([frozenset(), frozenset({"S0SRE"}), frozenset({"S0BG"}), frozenset({"S0SRE", "S0BG"})]),
    st.sampled_from(["", "ana@a.org", "ana@b.org"]),
    SOME,
    SOME,
)
KNOWN = st.builds(
    Facts,
    labels=st.lists(
        st.sampled_from([{}, {"tier": "pay"}, {"tier": "web"}, {"tier": "pay", "app": "web"}]), max_size=2
    ).map(tuple),
    replicas=st.sampled_from([None, (None, 2), (None, 9), (2, 3), (2, 5), (2, 9), (9, 2)]),
    images=st.lists(
        st.sampled_from(["web", "web:1.0", "web:2", "evil.org/web:1", f"web@sha256:{'a' * 64}"]), max_size=2
    ).map(tuple),
    service_type=st.sampled_from(["", "ClusterIP", "LoadBalancer"]),
)
ASKS = st.builds(
    lambda verb, cluster, namespace, kind, who, channel, risk, facts: ask(
        verb,
        cluster=cluster,
        namespace=namespace,
        kind=kind,
        actor=who,
        place=place(channel=channel),
        risk=risk,
        facts=facts,
    ),
    st.sampled_from(["a", "b", "ab"]),
    st.sampled_from(["a", "b"]),
    PLACES,
    PLACES | st.just("nodes"),
    ACTORS,
    st.sampled_from(["C0SHOP", "C0OPS"]),
    st.sampled_from(Risk),
    st.none() | KNOWN,
)


def strictness(decision: Decision) -> int:
    return STRICTNESS.index(decision.effect)


def with_rule(policy: Policy, added: Rule, where: int) -> Policy:
    at = where % (len(policy.rules) + 1)
    return policy.model_copy(update={"rules": (*policy.rules[:at], added, *policy.rules[at:])})


def of(asked: Ask, **parts: object) -> Ask:
    """The same question, by somebody who differs in these."""
    return asked.model_copy(update={"actor": asked.actor.model_copy(update=parts)})
