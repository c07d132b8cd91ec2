"""Nobody is called in a cluster by a name that could be another's: not a person's, a group's, or its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, strategies as st
from pydantic import ValidationError

from bot.domain.errors import AccessDeniedError
from bot.domain.identity import Identity
from bot.service.identity import OFF, Impersonation, problems
from bot.service.in_force import InForce
from bot.service.policy import Policy, Rule
from tests.factories import actor

HANDLES = {"S0SRE": "sre", "S0SHOP": "shop-developers"}
RECORD = "0123456789abcdef" * 2
SAFE = re.compile(r"slack:[!-9;-~]+")
"""Printable ASCII, without another colon."""
HOSTILE = (
    "", " ", "system:masters", "SYSTEM:masters", "slack:sre", "sre\n", "sre\r\nImpersonate-Group: masters",
    "s\x00re", "sre\x7f", "sré", "ｓｙｓｔｅｍ", "sre,system:masters", "sre ops", "@sre", "-sre", "a" * 81,
    "sre\u2028", "system%3Amasters",
)  # fmt: skip
ADDRESSES = (
    "", "ana", "@demo.example", "ana@", "system:masters@demo.example", "ana@demo.example\r\nX: y",
    "ana@demo.example\n", "ana @demo.example", "äna@demo.example", "ana@demo.example:8080", "ana@b@c",
    f"{'a' * 65}@demo.example", f"ana@{'d' * 200}",
    "{id}@demo.example", '"a b"@demo.example', "ana@démo.example",
)  # fmt: skip


ON = Impersonation()


def named(found=ON, handles=HANDLES, cluster="prod", record=RECORD, **who):
    return found.identity(actor(**who), handles, cluster, record)


def test_a_person_is_called_by_their_id_and_by_the_handles_that_the_policy_knows():
    known = named(groups=frozenset({"S0SRE", "S0SHOP", "S0OTHER"}))
    assert known == Identity(user="slack:U0ANA", groups=("slack:shop-developers", "slack:sre"), record=RECORD)
    assert named().groups == ()


@pytest.mark.parametrize(
    ("template", "user"),
    [
        ("slack:{id}", "slack:U0ANA"),
        ("{id}", "slack:U0ANA"),
        ("{email}", "slack:ana.a+x@demo.example"),
        ("slack:{email}", "slack:ana.a+x@demo.example"),
        ("slack:acme.{id}", "slack:acme.U0ANA"),
        ("{id}@slack.example", "slack:U0ANA@slack.example"),
    ],
)
def test_the_prefix_stands_before_whatever_the_template_makes(template, user):
    assert named(Impersonation(user=template), email="ana.a+x@demo.example").user == user


@pytest.mark.parametrize(
    "template",
    ["", "ana", "system:{id}", "slack:system:{id}", "{id}:admin", "{id}{email}", "{name}", "{id} x", "{id}\n",
     "{{id}}", "ü{id}", "a" * 41 + "{id}"],
)  # fmt: skip
def test_a_template_that_could_name_anybody_else_is_refused(template):
    with pytest.raises(ValidationError):
        Impersonation(user=template)


@pytest.mark.parametrize("handle", HOSTILE)
def test_whoever_is_in_a_group_that_cannot_be_told_is_not_let_in_under_less(handle):
    with pytest.raises(AccessDeniedError, match="Cluster `prod` cannot be told of one of your groups"):
        named(handles={"S0SRE": handle}, groups=frozenset({"S0SRE"}))
    assert named(handles={"S0SRE": handle}).groups == (), "it is nobody's trouble who is not in it"


@pytest.mark.parametrize(
    "user", ["", "ANA", "U", "u0ana", "U0ANA\n", "U0ANA\r\nX: y", "system:admin", "UÖANA", "U" * 30]
)
def test_what_is_no_id_of_slacks_is_not_told(user):
    with pytest.raises(AccessDeniedError, match="cannot be told of you"):
        named(id=user)


@pytest.mark.parametrize("email", ADDRESSES)
def test_an_address_that_is_none_is_not_told(email):
    with pytest.raises(AccessDeniedError, match="cannot be told of you") as refused:
        named(Impersonation(user="{email}"), email=email)
    assert "Slack tells none" in refused.value.hint


@pytest.mark.parametrize("record", ["", "a b", "a\nb", "a:b", "é", "a" * 65])
def test_a_record_that_is_no_operations_name_is_not_told(record):
    with pytest.raises(AccessDeniedError):
        named(record=record)


@given(user=st.text(), handle=st.text(), email=st.text(), by_email=st.booleans())
@example(user="U0ANA", handle="system:masters", email="system:admin@x", by_email=True)
def test_what_is_told_is_safe_whatever_stands_for_somebody(user, handle, email, by_email):
    found = Impersonation(user="{email}" if by_email else "{id}")
    try:
        told = named(found, {"S0SRE": handle}, id=user, email=email, groups=frozenset({"S0SRE"}))
    except AccessDeniedError:
        return
    assert all(SAFE.fullmatch(name) for name in (told.user, *told.groups))


@pytest.mark.parametrize(
    "name", ["system:masters", "sre", "slack:", "slack:system:masters", "slack:a b", "slack:a\n"]
)
def test_an_identity_of_another_kind_cannot_be_made(name):
    with pytest.raises(ValidationError):
        Identity(user=name, record="a")
    with pytest.raises(ValidationError):
        Identity(user="slack:U0ANA", groups=(name,), record="a")


def test_a_cluster_that_is_left_out_is_told_nothing():
    some = Impersonation.model_validate({"clusters": ["prod*", "staging"], "except": "prod-old"})
    assert [name for name in ("prod", "prod-eu", "prod-old", "staging", "dev") if some.covers(name)] == [
        "prod", "prod-eu", "staging",
    ]  # fmt: skip
    assert named(some, cluster="prod-old", id="nobody") is None
    assert named(OFF) is None
    assert named().user == "slack:U0ANA", "by default every cluster is told"


def test_only_addresses_ask_for_the_scope_that_reads_them():
    assert Impersonation(user="{email}").by_email
    assert not Impersonation(user="{email}", clusters=()).by_email
    assert not Impersonation().by_email


def test_a_policy_whose_groups_cannot_be_told_apart_is_no_policy_for_a_cluster():
    assert problems([HANDLES, {"S0SRE": "sre"}]) == ()
    said = problems([{"S0A": "on call"}, {"S0B": "sre"}, {"S0B": "ops"}, {"S0C": "ops"}])
    assert len(said) == 5
    assert "S0A: 'on call' is no handle of a user group" in said[0]
    assert "S0B is called 'ops' and something else" in said[1]
    assert "'ops' is S0C and another group" in said[4]


def test_what_is_in_force_names_people_by_its_own_policy():
    rule = Rule(name="sre", groups={"S0SRE": "sre"}, verbs=("get",), effect="allow")
    in_force = InForce(Policy(rules=(rule,)), {})
    ana = actor(groups=frozenset({"S0SRE"}))
    assert in_force.identity(ana, "prod", "a").groups == ("slack:sre",)
    in_force.replace(InForce(Policy(), {}, impersonation=OFF))
    assert in_force.identity(ana, "prod", "a") is None
