"""Every call to a cluster is asked about, as what the person named, and by the policy of that moment."""

import pytest

from bot.domain.access import ANY, Decision, Effect, Permission, Risk, Standing
from bot.domain.errors import AccessDeniedError
from bot.service.gate import FollowGate, PolicyGate, refusal
from bot.service.in_force import InForce
from bot.service.policy import Policy
from bot.service.rules import Rule
from tests.factories import actor, place

DEPLOYMENTS_IN_SHOP = Rule(
    name="shop", verbs=("scale",), namespaces=("shop",), kinds=("deployments",), effect=Effect.ALLOW
)


def gate(in_force: InForce, **parts: object) -> PolicyGate:
    known = {
        "actor": actor(), "place": place(), "verb": "scale", "permission": Permission.WORKLOAD_SCALE,
        "risk": Risk.REVERSIBLE,
    }  # fmt: skip
    return PolicyGate(in_force, **known | parts)  # type: ignore[arg-type]


@pytest.fixture
def in_force() -> InForce:
    return InForce(Policy(rules=(DEPLOYMENTS_IN_SHOP,)), {})


def test_what_a_rule_allows_goes_through_with_its_decision(in_force: InForce):
    decision = gate(in_force).check("prod", "shop", "deployments")
    assert (decision.effect, decision.rule) == (Effect.ALLOW, "shop")


@pytest.mark.parametrize(
    ("namespace", "kind"), [("db", "deployments"), ("shop", "secrets"), (ANY, "deployments"), ("shop", ANY)]
)
def test_all_else_is_refused(in_force: InForce, namespace: str, kind: str):
    with pytest.raises(AccessDeniedError, match=r"Not allowed: `scale` in .* on `prod` from here"):
        gate(in_force).check("prod", namespace, kind)


@pytest.mark.parametrize(
    "parts",
    [
        {"verb": "restart"},
        {"actor": actor(standing=Standing.GUEST)},
        {"place": place(team="T0OTHER")},
    ],
)
def test_verb_person_and_place_are_asked_about(in_force: InForce, parts: dict[str, object]):
    with pytest.raises(AccessDeniedError):
        gate(in_force, **parts).check("prod", "shop", "deployments")


def test_risk_is_asked_about(in_force: InForce):
    assert gate(in_force, risk=Risk.DISRUPTIVE).check("prod", "shop", "deployments").effect is Effect.CONFIRM


def test_what_is_read_in_passing_is_asked_about_as_what_was_named(in_force: InForce):
    passing = gate(in_force, main="deployments", covers=frozenset({"pods"}))
    assert passing.check("prod", "shop", "pods").allowed
    assert passing.check("prod", "shop", "deployments").allowed
    with pytest.raises(AccessDeniedError):
        passing.check("prod", "shop", "secrets")
    with pytest.raises(AccessDeniedError):
        gate(in_force, covers=frozenset({"pods"})).check("prod", "shop", "pods")


def test_covering_a_kind_opens_no_other_place(in_force: InForce):
    passing = gate(in_force, main="deployments", covers=frozenset({"pods"}))
    with pytest.raises(AccessDeniedError):
        passing.check("prod", "db", "pods")


def test_a_changed_policy_counts_at_the_next_call(in_force: InForce):
    held = gate(in_force)
    held.check("prod", "shop", "deployments")
    in_force.replace(InForce.nothing())
    with pytest.raises(AccessDeniedError):
        held.check("prod", "shop", "deployments")


FOLLOW = FollowGate("prod", "shop", frozenset({"deployments", "pods"}))


def test_following_reads_where_the_change_was_made():
    decision = FOLLOW.check("prod", "shop", "pods")
    assert (decision.effect, decision.reason) == (Effect.ALLOW, "follows an authorized change")


@pytest.mark.parametrize(
    ("cluster", "namespace", "kind"),
    [("dev", "shop", "pods"), ("prod", "db", "pods"), ("prod", ANY, "pods"), ("prod", "shop", "secrets")],
)
def test_following_reads_nowhere_else(cluster: str, namespace: str, kind: str):
    with pytest.raises(AccessDeniedError, match="reads where the change was made, and nowhere else"):
        FOLLOW.check(cluster, namespace, kind)


@pytest.mark.parametrize(
    ("decision", "namespace", "message", "hint"),
    [
        (
            Decision(effect=Effect.DENY, rule="no", reason="Rule no forbids it."),
            "shop",
            "Not allowed: `scale` in `shop` on `prod` from here.",
            "Rule no forbids it.",
        ),
        (
            Decision(effect=Effect.DENY, reason="No rule allows it.", near_miss="@sre can do it."),
            ANY,
            "Not allowed: `scale` in all namespaces on `prod` from here.",
            "No rule allows it. @sre can do it.",
        ),
    ],
)
def test_a_refusal_says_what_where_why_and_who_can(
    decision: Decision, namespace: str, message: str, hint: str
):
    error = refusal(decision, "scale", "prod", namespace)
    assert (error.message, error.hint, error.rule) == (message, hint, decision.rule)
