"""What a rollback leaves as it is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.keeping import Kept
from bot.domain.model import Json
from bot.domain.revisions.revision import Revision
from bot.domain.staying import Settings, changed_at, configs_of, secrets_of, settings_stay, stays
from tests.factories import NOW, deployment, stamp, template
from tests.sets import daemonset, statefulset

CHANGED = "ConfigMap a changed {} min ago, after revision 2 was made: what is in it stays as it is."
NOT_KNOWN = "When ConfigMap a last changed is not known: what is in it stays as it is."


def chosen(*names: str, desired: int | None = None, created: str | None = None) -> Revision:
    """Revision 2, made an hour ago, that reads `ConfigMap a` or `Secret b`."""
    kinds = {"ConfigMap": "configMapRef", "Secret": "secretRef"}
    read = [{kinds[kind]: {"name": name}} for kind, name in (each.split() for each in names)]
    made = template()
    made["spec"]["containers"][0]["envFrom"] = read
    return Revision(
        number=2, name="web-2", images=("web:1.1",), created=stamp(3600) if created is None else created,
        cause="", ready=0, replicas=0, template=made, desired=desired,
    )  # fmt: skip


def config(*wrote: float, made: float = 9000.0, field: str = "f:data") -> Json:
    """A ConfigMap made some seconds ago, and written by somebody at each of these."""
    entries = [{"manager": f"m{at}", "time": stamp(at), "fieldsV1": {field: {"f:LEVEL": {}}}} for at in wrote]
    return {"metadata": {"name": "a", "creationTimestamp": stamp(made), "managedFields": entries}}


def hpa(name: str, low: int, high: int) -> Json:
    return {"metadata": {"name": name}, "spec": {"minReplicas": low, "maxReplicas": high}}


def said(one: Revision, *scalers: Json, configs: dict[str, Json | None] | None = None) -> list[str]:
    settings = Settings(configs or {})
    return [line.plain() for line in stays(one, deployment(replicas=4), scalers, settings, NOW)]


@pytest.mark.parametrize(
    ("desired", "scalers", "rest"),
    [
        (None, (), "(4 now)."),
        (4, (), "(4 now)."),
        (2, (), "(4 now, 2 then)."),
        (2, (hpa("web", 3, 8),), "(4 now, 2 then), nor the bounds of web (3 to 8)."),
        (4, (hpa("a", 1, 2), hpa("b", 3, 4)), "(4 now), nor the bounds of a (1 to 2), b (3 to 4)."),
    ],
)
def test_the_number_of_pods_stays_and_who_keeps_it(desired: int | None, scalers: Any, rest: str):
    (line,) = said(chosen(desired=desired), *scalers)
    assert line == f"Only the pod template comes back, as it was 1 h ago. Not the number of replicas {rest}"


def test_a_daemon_set_has_no_number_of_its_own_to_keep():
    (line,) = stays(chosen(), daemonset(), (), Settings({}), NOW)
    assert line.plain() == "Only the pod template comes back, as it was 1 h ago."


def test_the_claims_of_a_stateful_set_can_never_change():
    found = statefulset()
    found["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": name}} for name in ("data", "wal")]
    counts, claims = stays(chosen(), found, (), Settings({}), NOW)
    assert counts.plain().endswith("Not the number of replicas (3 now).")
    assert claims.plain() == (
        "Its volume claim templates (data, wal) cannot change, and its volumes keep what is on them."
    )


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (config(7200), None),
        (config(3600), None),
        (config(7200, 600), CHANGED.format("10")),
        (config(7200, 600, field="f:binaryData"),
         CHANGED.format("10")),
        (config(600, made=60), CHANGED.format("1")),
        (config(600, field="f:metadata"), NOT_KNOWN),
        (config(), NOT_KNOWN),
        (None, "ConfigMap a is gone, and revision 2 reads it: its pods may not start."),
    ],
)  # fmt: skip
def test_a_configmap_is_named_where_it_is_not_as_it_was(found: Json | None, line: str | None):
    assert said(chosen("ConfigMap a"), configs={"a": found})[1:] == ([line] if line else [])


def test_a_revision_without_a_date_can_be_compared_with_nothing():
    (_, line) = said(chosen("ConfigMap a", created=""), configs={"a": config(600)})
    assert line.startswith("When ConfigMap a last changed is not known")


def test_secrets_are_never_compared():
    assert said(chosen("Secret b"))[1:] == ["Secret b is not compared: what is in there stays as it is."]
    assert said(chosen("Secret b", "Secret c"))[1:] == [
        "Secret b, Secret c are not compared: what is in there stays as it is."
    ]
    (line,) = said(chosen(*(f"Secret s{n}" for n in range(8))))[1:]
    assert line.startswith("Secret s0, ")
    assert line.endswith("Secret s5 and 2 more are not compared: what is in there stays as it is.")


def test_more_configmaps_than_are_read_are_counted():
    many = chosen(*(f"ConfigMap c{n}" for n in range(8)))
    assert said(many)[1:] == ["It reads 2 more ConfigMaps, which were not looked at."]
    assert configs_of(many.template) == tuple(f"c{n}" for n in range(8))


def test_a_change_is_no_older_than_the_configmap_itself():
    assert changed_at(config(600, made=60)) == NOW - 60
    assert changed_at(config(600, 30, made=6000)) == NOW - 30


AGO = 1800.0
"""Seconds since what is kept was read: after revision 2 was made."""


def kept(level: str | None = "info", reference: str = "ConfigMap a", **parts: Any) -> Kept:
    content = None if level is None else {"data": {"LEVEL": level}}
    return Kept(**{"reference": reference, "at": NOW - AGO, "content": content} | parts)


def holding(level: str, *wrote: float, **parts: Any) -> Json:
    return config(*wrote) | {"data": {"LEVEL": level}} | parts


def told(one: Revision, settings: Settings) -> list[str]:
    return [line.plain() for line in settings_stay(one, settings, NOW)]


BACK = " It is kept as it was 30 min ago, and can come back."


@pytest.mark.parametrize(
    ("live", "then", "line"),
    [
        (holding("debug", 600), kept(), CHANGED.format("10") + BACK),
        (holding("debug"), kept(), NOT_KNOWN + BACK),
        (holding("debug", 7200), kept(),
         "ConfigMap a is not what revision 2 ran with: what is in it stays as it is." + BACK),
        (None, kept(), "ConfigMap a is gone, and revision 2 reads it: its pods may not start." + BACK),
        (holding("info", 600), kept(), None),
        (holding("info"), kept(), None),
        (holding("info", 2400), kept(), CHANGED.format("40")),
        (holding("debug", 600), kept(None),
         CHANGED.format("10") + " It was not kept: it is larger than 128 KiB."),
        (holding("debug", 600, immutable=True), kept(),
         CHANGED.format("10") + " It is kept, and cannot come back: it is immutable."),
        (holding("debug", 600), None, CHANGED.format("10")),
    ],
)  # fmt: skip
def test_of_what_is_kept_it_is_said_whether_it_can_come_back(
    live: Json | None, then: Kept | None, line: str | None
):
    settings = Settings({"a": live}, {"ConfigMap a": then} if then else {})
    assert told(chosen("ConfigMap a"), settings) == ([line] if line else [])


@pytest.mark.parametrize(
    ("live", "then", "line"),
    [
        (holding("debug", 600), kept(), None),
        (holding("debug", 600), None, " Nothing of it is kept: what is, is for 30 days."),
        (holding("info", 2400), kept(), " What is kept of it is the same."),
        (holding("info", 7200), None, None),
    ],
)
def test_where_it_is_asked_for_it_is_said_why_one_does_not_come_back(
    live: Json, then: Kept | None, line: str | None
):
    settings = Settings({"a": live}, {"ConfigMap a": then} if then else {}, with_config=True)
    found = told(chosen("ConfigMap a"), settings)
    assert [one.partition("stays as it is.")[2] for one in found] == ([line] if line else [])


def test_what_comes_back_is_said_first():
    settings = Settings({"a": holding("debug", 600)}, {"ConfigMap a": kept()}, with_config=True)
    (line,) = (one.plain() for one in stays(chosen("ConfigMap a"), deployment(replicas=4), (), settings, NOW))
    assert line == (
        "The pod template comes back, as it was 1 h ago, and ConfigMap a as it was 30 min ago, for whatever "
        "else reads it too. Not the number of replicas (4 now)."
    )
    none = stays(chosen(), deployment(replicas=4), (), Settings({}, with_config=True), NOW)[0].plain()
    assert none.startswith(
        "Only the pod template comes back, as it was 1 h ago. There is no ConfigMap to bring"
    )


@pytest.mark.parametrize(
    ("now", "then", "line"),
    [
        ({"b": "d1"}, "d1", None),
        ({"b": "d2"}, "d1", "Secret b is not what revision 2 ran with: what is in there stays as it is."),
        ({"b": ""}, "d1", "Secret b is gone, and revision 2 reads it: its pods may not start."),
        ({"b": "d1"}, "", "Secret b is not compared: what is in there stays as it is."),
        ({}, "d1", "Secret b is not compared: what is in there stays as it is."),
        (None, "d1", "Secret b is not compared: what is in there stays as it is."),
    ],
)
def test_secrets_are_compared_where_both_digests_are_known(
    now: dict[str, str] | None, then: str, line: str | None
):
    known = {"Secret b": kept(None, "Secret b", digest=then)} if then else {}
    assert told(chosen("Secret b"), Settings({}, known, now)) == ([line] if line else [])


def test_a_secret_and_a_configmap_of_one_name_are_told_apart():
    both = chosen("ConfigMap a", "Secret a")
    assert (configs_of(both.template), secrets_of(both.template)) == (("a",), ("a",))
