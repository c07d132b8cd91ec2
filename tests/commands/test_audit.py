"""audit: the record of what was asked, decided and done."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from bot.domain.errors import TargetNotFoundError, UnknownVerbError, UsageError
from bot.domain.message import Icon
from bot.domain.records import RecordKind
from bot.engine.grammar import parse
from bot.service.audit import Ledger
from bot.store.audit import AuditTable
from commands import audit
from commands.audit import AuditArgs
from tests.commands.bot_context import bot_context
from tests.factories import NOW, entry

HOUR = 3600.0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {}),
        ("show 12", {"words": ("show", "12")}),
        ("verify", {"words": ("verify",)}),
        ("--user <@U0ANA|ana>", {"user": "U0ANA"}),
        ("--user <@U0ANA>", {"user": "U0ANA"}),
        ("--user U0ANA --since 2h --limit 3", {"user": "U0ANA", "since": "2h", "limit": 3}),
        ("--verb rollback --name web", {"verb": "rollback", "name": "web"}),
        ("--verb set image", {"verb": "set image"}),
        ("-n shop", {"namespace": "shop", "only": "shop"}),
    ],
)
def test_grammar(line, expected):
    assert parse(AuditArgs, tuple(line.split())) == AuditArgs(**expected)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("show", "Write audit, audit show N, or audit verify."),
        ("show web", "Write audit"),
        ("12", "Write audit"),
        ("--user ana", "Whose? Let Slack complete `--user @name`."),
        ("--since yesterday", "`yesterday` is not a duration"),
        ("--limit 101", "less than or equal to 100"),
        ("--all", "No such option"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(AuditArgs, tuple(line.split()), name="audit")


def test_it_reaches_for_everything_but_where_the_line_itself_names_a_namespace():
    settled = {"context": "demo", "namespace": "shop"}
    assert parse(AuditArgs, ()).model_copy(update=settled).reach() == "*"
    assert parse(AuditArgs, ("-n", "shop")).model_copy(update=settled).reach() == "shop"


@pytest.fixture
async def records(db):
    """Three hours of two people in two namespaces: what each line of the table may say."""
    told = [
        (3, entry(actor_name="ana", namespace="shop", target="pods", cluster="demo")),
        (2, entry(RecordKind.ASKED, verb="scale", namespace="shop", target="web", cluster="demo",
                  actor_name="ana", asked="scale web 4", understood={"target": ["web"], "replicas": 4},
                  decision={"effect": "confirm", "rule": "changes"}, detail={"plan": {}, "took_ms": 12})),
        (2, entry(RecordKind.INTENT, verb="scale", namespace="shop", target="web", cluster="demo",
                  actor_name="ana", operation="b")),
        (1, entry(RecordKind.CONCLUSION, verb="scale", namespace="shop", target="web", cluster="demo",
                  actor_name="ana", operation="b", detail={"result": "applied"})),
        (0, entry(RecordKind.REFUSAL, verb="rollback", namespace="billing", target="pay", cluster="demo",
                  actor="U0BEN", actor_name="ben", detail={"error": "access-denied"})),
    ]  # fmt: skip
    for hours, one in told:
        ledger = Ledger(AuditTable(db), lambda at=NOW - hours * HOUR: at)
        async with db.write() as transaction:
            await ledger.append(transaction, one)
    return db


async def said(database, line: str = "", **parts):
    return await audit.COMMAND.run(bot_context(database, **parts), parse(AuditArgs, tuple(line.split())))


def numbers(message):
    return [int(row[0]) for part in message.parts if part.part == "table" for row in part.rows]


async def test_the_newest_first_with_what_came_of_each(records):
    message = await said(records)
    assert message.plain() == "5 records, the newest first"
    (table,) = message.parts
    assert table.columns == ("NO", "WHEN (UTC)", "WHO", "WHAT", "WHERE", "CAME OF IT")
    assert table.rows[0] == ("5", "01-15 08:00:00", "ben", "refusal rollback", "billing/pay", "access-denied")
    assert [row[3:] for row in table.rows[1:]] == [
        ("conclusion scale", "shop/web", "applied"),
        ("intent scale", "shop/web", "begun"),
        ("asked scale", "shop/web", "planned"),
        ("read get", "shop/pods", "ok"),
    ]
    assert [button.command for button in message.buttons] == ["audit show 5", "audit verify"]
    assert message.footer.plain() == "/k8s audit show N shows one whole."


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--user U0BEN", [5]),
        ("--verb scale", [4, 3, 2]),
        ("--verb rollout undo", [5]),
        ("--name web", [4, 3, 2]),
        ("--since 90m", [5, 4]),
        ("--limit 2", [5, 4]),
        ("-n shop", [4, 3, 2, 1]),
        ("-n shop --verb rollback", []),
    ],
)
async def test_what_is_looked_for(records, line, found):
    assert numbers(await said(records, line)) == found


async def test_nothing_of_another_namespace_is_shown(records):
    message = await said(records, "-n shop")
    assert message.plain() == "4 records of shop on demo, the newest first"
    assert [button.command for button in message.buttons] == ["audit show 4 -n shop", "audit verify -n shop"]
    assert (await said(records, "-n nowhere")).plain() == "No record fits of nowhere on demo."
    with pytest.raises(TargetNotFoundError, match="there is no record 5 of shop on demo") as refused:
        await said(records, "show 5 -n shop")
    assert refused.value.suggestions == ("audit show 5",)


async def test_nothing_of_another_cluster_is_shown(records):
    elsewhere = {"cluster": "prod", "clusters": ("demo", "prod")}
    assert (await said(records, **elsewhere)).plain() == "No record fits on prod."
    with pytest.raises(TargetNotFoundError, match="there is no record 1 on prod"):
        await said(records, "show 1", **elsewhere)


async def test_there_may_be_more_than_was_asked_for(records):
    said_so = (await said(records, "--limit 2")).footer.plain()
    assert said_so.endswith("There may be older ones: --limit N shows more.")


async def test_a_verb_that_is_none(records):
    with pytest.raises(UnknownVerbError, match="There is no verb `rolback`") as refused:
        await said(records, "--verb rolback")
    assert refused.value.hint == "Did you mean `rollback`?"


async def test_one_whole(records, shown):
    lines = shown(await said(records, "show 2")).splitlines()
    assert lines[0] == "Record 2 · asked scale"
    assert lines[1:10] == [
        "at: 2027-01-15T06:00:00.000000+00:00",
        "who: ana (U0ANA)",
        "where asked: -",
        "asked: scale web 4",
        "understood: replicas 4, target web",
        "on: demo shop web",
        "decided: effect confirm, rule changes",
        "came of it: planned",
        "took: 12 ms",
    ]
    record = await Ledger(AuditTable(records), lambda: NOW).show(2)
    assert f"hash: {record.hash}" in lines
    assert f"the one before: {record.previous}" in lines
    assert lines[-1] == "[The one before] audit show 1"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"kind": "conclusion", "detail": {"result": "applied"}}, "applied"),
        ({"kind": "followed", "detail": {"phase": "stuck"}}, "stuck"),
        ({"kind": "closed", "detail": {"outcome": "expired"}}, "expired"),
        ({"kind": "read", "detail": {"incident": "1a2b3c4d"}}, "incident 1a2b3c4d"),
        ({"kind": "read"}, "ok"),
    ],
)
def test_what_came_of_it_in_a_word_or_two(said, outcome):
    assert audit.outcome(said) == outcome


async def test_a_narrowed_look_stays_narrowed(records):
    message = await said(records, "show 3 -n shop")
    assert [button.command for button in message.buttons] == ["audit show 2 -n shop"]
    assert (await said(records, "show 1")).buttons == ()


async def test_one_that_is_not_there(records):
    with pytest.raises(TargetNotFoundError, match="there is no record 99") as refused:
        await said(records, "show 99")
    assert refused.value.suggestions == ("audit",)


async def test_a_whole_record_says_so(records):
    message = await said(records, "verify")
    assert message.plain() == "✅ The record is whole: 5 records hold, each following the one before."


async def test_an_altered_record_is_found(records, shown):
    async with records.write() as transaction:
        for trigger in (await transaction.rows(sa.text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'records'"
        ))).scalars().all():  # fmt: skip
            await transaction.change(sa.text(f'DROP TRIGGER "{trigger}"'))
        await transaction.change(
            sa.text("UPDATE records SET text = replace(text, 'ana', 'eve') WHERE seq = 2")
        )
    message = await said(records, "verify")
    assert message.icon is Icon.FAILED
    assert shown(message).splitlines() == [
        "❌ The record is not whole: record 2 does not have the content its hash was made of.",
        "Before that, 1 record holds.",
    ]


async def test_who_was_asked_and_who_agreed_stand_in_words(db, shown):
    need = {"rule": "prod", "count": 2, "groups": {"S0SRE": "sre"}, "oncall": ["night"]}
    decision = {"effect": "approve", "rule": "prod", "needs": [need]}
    agreed = [{"id": "U0BEN", "name": "ben"}, {"id": "U0CHO", "name": "cho"}]
    intent = entry(
        RecordKind.INTENT, verb="scale", cluster="demo", detail={"decision": decision, "approved_by": agreed}
    )
    ledger = Ledger(AuditTable(db), lambda: NOW)
    async with db.write() as transaction:
        await ledger.append(transaction, intent)
        await ledger.append(transaction, entry(RecordKind.REVIEWED, verb="scale", cluster="demo"))
    told = shown(await said(db, "show 1"))
    assert "effect approve, rule prod, by @sre or whoever is on call (night)" in told
    assert "ben (U0BEN), cho (U0CHO)" in told
    assert "signed off" in shown(await said(db, "show 2"))
