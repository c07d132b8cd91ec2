"""What a lock covers, when a freeze holds, and which of them is told."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.domain.locks import CONFIGURED, Freeze, Lock, in_the_way, refusal
from bot.domain.resources import (
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    STATEFULSETS,
    ObjectRef,
    ResourceType,
)

NOW = 1_000_000.0
BERLIN = ZoneInfo("Europe/Berlin")


def ref(name: str = "web", namespace: str | None = "shop", cluster: str = "prod",
        kind: ResourceType = DEPLOYMENTS) -> ObjectRef:  # fmt: skip
    return ObjectRef(cluster=cluster, namespace=namespace, type=kind, name=name)


def lock(**parts: object) -> Lock:
    given = {"id": "a1", "reason": "load test", "owner": "U0ANA", "owner_name": "ana", "since": NOW} | parts
    return Lock.model_validate(given)


WEB = {"cluster": "prod", "namespace": "shop", "kind": "deployments", "name": "web"}


@pytest.mark.parametrize(
    ("parts", "target", "covered"),
    [
        ({}, ref(), True),
        ({}, ref(kind=NODES, namespace=None, name="node-1"), True),
        ({"cluster": "prod"}, ref(), True),
        ({"cluster": "staging"}, ref(), False),
        ({"cluster": "prod", "namespace": "shop"}, ref("other"), True),
        ({"cluster": "prod", "namespace": "shop"}, ref(namespace="pay"), False),
        ({"cluster": "prod", "namespace": "shop"}, ref(kind=NODES, namespace=None), False),
        ({"cluster": "prod", "namespace": "shop"}, ref(kind=NAMESPACES, namespace=None, name="shop"), True),
        ({"cluster": "prod", "namespace": "shop"}, ref(kind=NAMESPACES, namespace=None, name="pay"), False),
        (WEB, ref(kind=NAMESPACES, namespace=None, name="shop"), True),
        (WEB, ref(kind=NAMESPACES, namespace=None, name="web"), False),
        (WEB, ref(), True),
        (WEB, ref("web2"), False),
        (WEB, ref(kind=STATEFULSETS), False),
    ],
)
def test_what_a_lock_covers(parts, target, covered):
    assert lock(**parts).covers(target) is covered


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({}, "everything"),
        ({"cluster": "prod"}, "all of prod"),
        ({"cluster": "prod", "namespace": "shop"}, "shop on prod"),
        (WEB, "shop/web on prod"),
    ],
)
def test_how_it_is_said(parts, what):
    assert lock(**parts).what == what


def test_a_lock_ends_at_its_end():
    assert lock(until=NOW + 1).holds(NOW)
    assert not lock(until=NOW).holds(NOW)
    assert lock().holds(NOW + 1e9)


def at(words: str) -> float:
    return datetime.fromisoformat(words).replace(tzinfo=BERLIN).timestamp()


WEEKEND = Freeze(name="weekend", zone="Europe/Berlin", weekly=("Fri 17:00", "Mon 08:00"))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-27T16:59", None),  # a Friday
        ("2026-11-27T17:00", "2026-11-30T08:00"),
        ("2026-11-29T12:00", "2026-11-30T08:00"),
        ("2026-11-30T07:59", "2026-11-30T08:00"),
        ("2026-11-30T08:00", None),
        ("2026-10-25T12:00", "2026-10-26T08:00"),  # the night in which clocks go back
        ("2026-03-29T12:00", "2026-03-30T08:00"),  # and forward
    ],
)
def test_when_a_weekly_freeze_holds(now, until):
    assert WEEKEND.until(at(now)) == (at(until) if until else None)


def test_one_within_a_week_and_one_all_week():
    noon = Freeze(name="noon", zone="Europe/Berlin", weekly=("wed 12:00", "wed 13:00"))
    assert noon.until(at("2026-11-25T12:30")) == at("2026-11-25T13:00")
    assert noon.until(at("2026-11-25T13:30")) is None
    always = Freeze(name="always", weekly=("Mon 00:00", "Mon 00:00"))
    assert always.until(NOW) is not None


def test_one_that_comes_once():
    span = ("2026-12-23T12:00", "2027-01-02T08:00")
    holidays = Freeze.model_validate({"name": "holidays", "zone": "Europe/Berlin", "once": span})
    assert holidays.until(at("2026-12-24T00:00")) == at("2027-01-02T08:00")
    assert holidays.until(at("2026-12-23T11:59")) is None
    assert holidays.until(at("2027-01-02T08:00")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"weekly": ("Fri 17:00", "Mon 08:00"), "once": ("2026-01-01T00:00", "2026-01-02T00:00")},
        {"weekly": ("Friday 17:00", "Mon 08:00")},
        {"weekly": ("Fri 24:00", "Mon 08:00")},
        {"once": ("2026-01-02T00:00", "2026-01-01T00:00")},
        {"once": ("2026-01-01T00:00+01:00", "2026-01-02T00:00+01:00")},
        {"weekly": ("Fri 17:00", "Mon 08:00"), "zone": "Mars/Olympus"},
        {"weekly": ("Fri 17:00", "Mon 08:00"), "zone": "../../etc/passwd"},
    ],
)
def test_a_freeze_that_is_none(wrong):
    with pytest.raises(ValidationError):
        Freeze.model_validate({"name": "wrong"} | wrong)


def weekend(*exceptions) -> Freeze:
    given = {"name": "weekend", "zone": "Europe/Berlin", "weekly": ("Fri 17:00", "Mon 08:00")}
    return Freeze.model_validate(given | {"except": exceptions})


@pytest.mark.parametrize(
    ("exception", "now", "until"),
    [
        ("2026-11-28", "2026-11-27T23:59", "2026-11-28T00:00"),
        ("2026-11-28", "2026-11-28T00:00", None),
        ("2026-11-28", "2026-11-28T23:59", None),
        ("2026-11-28", "2026-11-29T00:00", "2026-11-30T08:00"),
        (date(2026, 11, 28), "2026-11-28T12:00", None),  # as YAML reads it
        (["2026-11-27", "2026-11-29"], "2026-11-29T23:59", None),
        (["2026-11-27", "2026-11-29"], "2026-11-30T07:00", "2026-11-30T08:00"),
        (["2026-11-28T20:00", "2026-11-29T06:00"], "2026-11-28T19:59", "2026-11-28T20:00"),
        (["2026-11-28T20:00", "2026-11-29T06:00"], "2026-11-29T05:59", None),
        (["2026-11-28T20:00", "2026-11-29T06:00"], "2026-11-29T06:00", "2026-11-30T08:00"),
        ("2026-12-25", "2026-11-28T12:00", "2026-11-30T08:00"),
    ],
)
def test_on_an_exception_it_does_not_hold(exception, now, until):
    assert weekend(exception).until(at(now)) == (at(until) if until else None)


def test_several_exceptions_of_one_spell():
    cut = weekend("2026-11-28", ["2026-11-29T12:00", "2026-11-29T13:00"])
    coming = cut.times(at("2026-11-26T00:00"))[:4]
    assert coming == (
        (at("2026-11-27T17:00"), at("2026-11-28T00:00")),
        (at("2026-11-29T00:00"), at("2026-11-29T12:00")),
        (at("2026-11-29T13:00"), at("2026-11-30T08:00")),
        (at("2026-12-04T17:00"), at("2026-12-07T08:00")),
    )


def test_what_comes_is_found_within_a_year_and_no_later():
    away = weekend(["2026-11-01", "2027-06-30"])
    assert away.times(at("2026-11-28T12:00"))[0][0] == at("2027-07-02T17:00")
    assert weekend(["2026-11-01", "2028-06-30"]).times(at("2026-11-28T12:00")) == ()
    once = Freeze.model_validate({"name": "once", "once": ("2026-01-01T00:00", "2026-01-02T00:00")})
    assert once.times(at("2026-11-28T12:00")) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        "tomorrow",
        ["2026-11-29", "2026-11-28"],
        ["2026-11-29T12:00", "2026-11-29T12:00"],
        ["2026-11-29T12:00+01:00", "2026-11-29T13:00+01:00"],
        ["2026-11-29T12:00+01:00", "2026-11-29T13:00"],
        ["2026-11-27", "2026-11-28", "2026-11-29"],
    ],
)
def test_an_exception_that_is_none(wrong):
    with pytest.raises(ValidationError):
        weekend(wrong)


def test_a_freeze_of_some_clusters_and_namespaces():
    part = WEEKEND.model_copy(update={"clusters": ("prod",), "namespaces": ("shop-*",)})
    assert part.covers(ref(namespace="shop-eu"))
    assert not part.covers(ref(namespace="shop"))
    assert not part.covers(ref(namespace="shop-eu", cluster="staging"))
    assert not part.covers(ref(kind=NODES, namespace=None))
    assert part.covers(ref(kind=NAMESPACES, namespace=None, name="shop-eu"))
    assert not part.covers(ref(kind=NAMESPACES, namespace=None, name="shop"))
    assert WEEKEND.covers(ref(kind=NODES, namespace=None))


def test_a_lock_is_told_before_a_freeze_and_what_either_allows_goes_on():
    now = at("2026-11-28T12:00")
    both = {"locks": (lock(until=now + 60),), "freezes": (WEEKEND,)}
    found = in_the_way((ref(),), "deploy", now, **both)
    assert found is not None
    assert (found.by, found.who, found.until) == ("lock", "ana", now + 60)
    allowing = {"locks": (lock(allows=("rollback",)),), "freezes": (WEEKEND,)}
    frozen = in_the_way((ref(),), "rollback", now, **allowing)
    assert frozen is not None
    assert frozen.by == "freeze"
    open_ = WEEKEND.model_copy(update={"allows": ("rollback",)})
    assert in_the_way((ref(),), "rollback", now, locks=(), freezes=(open_,)) is None
    assert in_the_way((ref(),), "deploy", now, locks=(lock(until=now - 1),), freezes=()) is None


def test_a_refusal_names_who_why_and_who_lifts_it():
    found = in_the_way((ref(),), "scale", NOW, locks=(lock(),), freezes=())
    assert found is not None
    error = refusal(found)
    assert error.message == "Locked by ana: load test. It covers everything."
    assert error.hint == "Whoever set it lifts it: `/k8s unlock a1`."
    configured = in_the_way((ref(),), "scale", NOW, locks=(lock(id=CONFIGURED),), freezes=())
    assert configured is not None
    assert refusal(configured).hint == "An operator lifts it."


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("load test", "load test. It covers"),
        ("is it fixed?", "is it fixed? It covers"),
        ("Done.", "Done. It covers"),
    ],
)
def test_a_reason_ends_as_a_sentence_does(reason, said):
    found = in_the_way((ref(),), "scale", NOW, locks=(lock(reason=reason),), freezes=())
    assert said in refusal(found).message


@pytest.mark.parametrize(
    ("once", "held", "free"),
    [
        # 02:30 comes twice in that night: the first is 00:30 UTC, the second 01:30.
        (("2026-10-24T12:00", "2026-10-25T02:30"), "2026-10-25T01:29:59", "2026-10-25T01:30:00"),
        (("2026-10-25T02:30", "2026-10-25T12:00"), "2026-10-25T00:30:00", "2026-10-25T00:29:59"),
        # and never in this one: at 01:00 UTC it is 03:00.
        (("2026-03-28T12:00", "2026-03-29T02:30"), "2026-03-29T01:29:59", "2026-03-29T01:30:00"),
        (("2026-03-29T02:30", "2026-03-29T12:00"), "2026-03-29T01:00:00", "2026-03-29T00:29:59"),
    ],
)
def test_an_hour_that_comes_twice_or_never_is_frozen_as_long_as_it_may_be_meant(once, held, free):
    freeze = Freeze.model_validate({"name": "night", "zone": "Europe/Berlin", "once": once})
    utc = [datetime.fromisoformat(f"{moment}+00:00").timestamp() for moment in (held, free)]
    assert [freeze.until(moment) is not None for moment in utc] == [True, False]
