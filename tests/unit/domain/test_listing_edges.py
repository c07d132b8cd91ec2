"""Tables and events as people read them: every short name, every head, every row that needs a look."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.cluster import ApiTable, Column
from bot.domain.happenings import read, table
from bot.domain.listing import ALL, joined, plural_of, rows, shown, unready
from bot.domain.printing.beside import Beside
from bot.domain.redaction import redact
from bot.domain.resources import NODES, PODS
from tests.factories import NOW, stamp

SHORT = {
    "cm": "configmaps", "ep": "endpoints", "limits": "limitranges", "pv": "persistentvolumes",
    "pvc": "persistentvolumeclaims", "quota": "resourcequotas", "rc": "replicationcontrollers",
    "sa": "serviceaccounts", "cj": "cronjobs", "ing": "ingresses", "ingress": "ingresses",
    "netpol": "networkpolicies", "networkpolicy": "networkpolicies", "pdb": "poddisruptionbudgets",
    "sc": "storageclasses", "storageclass": "storageclasses", "crd": "customresourcedefinitions",
    "secret": "secrets", "job": "jobs", "cronjob": "cronjobs", "configmap": "configmaps",
    "po": "pods", "Deploy": "deployments", "deployments.apps": "deployments",
    "widgets.example.com": "widgets",
}  # fmt: skip


@pytest.mark.parametrize(("word", "plural"), SHORT.items())
def test_a_policy_names_what_a_short_name_means(word: str, plural: str):
    assert plural_of(word) == plural


def test_all_is_what_it_is_to_kubectl():
    assert ALL == (
        "pods", "services", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
    )  # fmt: skip


def listed(heads: str, *lines: tuple[str, ...], kind: Any = PODS) -> ApiTable:
    columns = tuple(Column(name=head.rstrip("+"), priority=head.count("+")) for head in heads.split())
    return ApiTable(type=kind, columns=columns, rows=lines)


def test_what_tells_most_stays_longest():
    heads = "Namespace Name Ready Status Type Port(S) Desired Current Reason Object Message"
    assert shown(listed(heads)).drop == ()
    assert shown(listed("Name Restarts Status Age Node+")).drop == ("AGE", "RESTARTS")
    assert shown(listed("Name Node+"), wide=True).drop == ("NODE",)
    last_seen = ApiTable(type=PODS, columns=(Column(name="Last Seen"),), rows=())
    assert shown(last_seen).drop == ()


def test_a_short_row_is_filled_up_and_a_wide_column_hides():
    found = shown(listed("Name Node+ Age", ("a", "n1", "3m"), ("b",)))
    assert (found.columns, found.rows) == (("NAME", "AGE"), (("a", "3m"), ("b", "")))
    assert shown(listed("Name Age", ("b",))).rows == (("b", ""),)
    assert rows(listed("Name Age", ("b",)), "shop")[0].name == "b"


def test_tables_of_one_type_become_one_in_the_order_of_their_first():
    nodes = listed("Name", ("n",), kind=NODES)
    one = joined([listed("Name", ("a",)), nodes, listed("Name", ("b",))])
    assert [(t.type, t.rows) for t in one] == [(PODS, (("a",), ("b",))), (NODES, (("n",),))]


def test_a_row_is_of_its_own_namespace_where_the_table_says_so():
    found = rows(listed("Namespace Name", ("db", "a")), "shop") + rows(listed("Name", ("b",)), "shop")
    assert [(row.namespace, row.name) for row in found] == [("db", "a"), ("shop", "b")]
    assert rows(listed("Age", ("3m",)), "shop")[0].name == ""


@pytest.mark.parametrize(
    ("ready", "status", "well"),
    [("1/2", "Running", False), ("2/2", "Running", True), ("3/2", "", True), ("0/1", "Completed", True),
     ("0/1", "Succeeded", True), ("", "Ready", True), ("", "NotReady", False),
     ("", "NotReady,SchedulingDisabled", False), ("10/12", "x", False)],
)  # fmt: skip
def test_a_row_that_is_less_than_it_should_be(ready: str, status: str, well: bool):  # noqa: FBT001
    assert unready(listed("Name Ready Status", ("a", ready, status))) == (set() if well else {0})


@pytest.mark.parametrize(
    ("heads", "cells", "well"),
    [("Name Desired Ready", "web 3 2", False), ("Name Desired Ready", "web 3 3", True),
     ("Name External-IP", "web <pending>", False), ("Name External-IP", "web 10.0.0.1", True),
     ("Name Status Capacity", "c Pending 1Gi", False), ("Name Status Capacity", "c Bound 1Gi", True),
     ("Name Status", "c Lost", False), ("Name Status Completions", "j Complete 1/1", True),
     ("Name Status Completions", "j Failed 0/1", False), ("Name Ready", "w False", False),
     ("Name Ready", "w True", True), ("Name Synced", "w False", False), ("Name", "a", True)],
)  # fmt: skip
def test_other_kinds_say_so_in_other_columns(heads: str, cells: str, well: bool):  # noqa: FBT001
    assert unready(listed(heads, tuple(cells.split()))) == (set() if well else {0})


def test_the_rows_that_need_a_look_are_known_in_any_order():
    table = listed("Name Ready", ("c", "1/1"), ("b", "0/1"), ("a", "1/1"))
    assert shown(table).bad == {1}
    assert shown(table, Beside(order="name")).rows[1][0] == "b"
    assert shown(table, Beside(order="ready")).bad == {0}


SECRETS = (
    "db://u:pw-pw-pw@h", "xoxb-abcdefgh-pw", "xapp-abcdefgh-pw", "glpat-abcdefghijklmnop-pw",
    "sk-abcdefghijklmno1234567-pw", "password=pw", "ghp_abcdefghijklmnopqrstpw",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_left_in_a_cell(secret: str):
    for cell in (secret, f"a {secret}", f"{secret} b"):
        (row,) = shown(listed("Name Url", ("a", cell))).rows
        assert "pw" not in row[1]


@given(st.from_regex(r"[a-z0-9-]{1,40}|(?:disk-|task-|xox|glpat-|sk-)[a-z0-9-]{1,40}", fullmatch=True))
def test_a_plain_name_is_what_redaction_makes_of_it(name: str):
    assert shown(listed("Name", (name,))).rows == ((redact(name),),)


# ---------------------------------------------------------------- events


def event(**parts: Any) -> Any:
    about = {"kind": "Pod", "name": "web"}
    return {"metadata": {"namespace": "shop"}, "involvedObject": about, "message": "m", "reason": "R"} | parts


def test_the_times_of_an_event_come_from_whoever_wrote_them():
    clients = event(firstTimestamp=stamp(60), lastTimestamp=stamp(10), eventTime=stamp(90), count=3)
    series = event(
        eventTime=stamp(50),
        lastTimestamp=stamp(40),
        series={"lastObservedTime": stamp(5), "count": 7},
        count=2,
    )
    plain = event(metadata={"creationTimestamp": stamp(70)}, type="Warning")
    nothing = event(metadata={})
    found = {(one.first, one.last): one for one in read([clients, series, plain, nothing])}
    assert {key: one.count for key, one in found.items()} == {
        (NOW - 60, NOW - 10): 3, (NOW - 50, NOW - 5): 7, (NOW - 70, NOW - 70): 1, (0.0, 0.0): 1,
    }  # fmt: skip
    assert [one.is_warning for one in read([plain, clients])] == [False, True]
    assert (found[0.0, 0.0].namespace, found[NOW - 60, NOW - 10].namespace) == ("", "shop")
    assert found[0.0, 0.0].object == "pod/web"


def test_events_come_newest_first_and_of_one_moment_the_younger_and_then_the_warning():
    def at(first: float, last: float, reason: str, kind: str = "Normal") -> Any:
        return event(firstTimestamp=stamp(first), lastTimestamp=stamp(last), reason=reason, type=kind)

    found = read([at(9, 5, "c"), at(5, 5, "b"), at(5, 5, "a", "Warning"), at(3, 3, "first")])
    assert [one.reason for one in found] == ["first", "a", "b", "c"]


def test_a_long_message_keeps_four_hundred_signs():
    (kept,) = read([event(message="a b " * 100 + "c" * 0)])
    assert kept.message == ("a b " * 100).strip()
    (whole,) = read([event(message="ab" * 200)])
    assert whole.message == "ab" * 200
    (cut,) = read([event(message="a" * 401)])
    assert cut.message == "a" * 399 + "…"
    (none,) = read([event(message=None, reason=None, involvedObject=None)])
    assert (none.message, none.reason, none.object) == ("", "", "/")


def test_a_table_of_events_says_what_and_where_only_when_asked():
    twice = event(count=2, firstTimestamp=stamp(600), lastTimestamp=stamp(10), type="Warning")
    once = event(count=1, firstTimestamp=stamp(600), lastTimestamp=stamp(20))
    found = read([twice, once])
    short = table(found, NOW, objects=False)
    assert short.columns == ("LAST SEEN", "REASON", "MESSAGE")
    assert short.rows == (("10s (x2 over 10m)", "⚠️ R", "m"), ("20s", "R", "m"))
    full = table(found, NOW, objects=True, namespaces=True)
    assert full.columns == ("NAMESPACE", "LAST SEEN", "REASON", "OBJECT", "MESSAGE")
    assert full.rows[1] == ("shop", "20s", "R", "pod/web", "m")
    assert full.drop == ("OBJECT", "NAMESPACE")
