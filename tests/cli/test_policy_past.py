"""`policy replay` and `policy show`: the recorded past beside a policy."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing

from bot.domain.access import Facts
from bot.domain.asked import kept
from bot.domain.records import RecordKind
from bot.service.audit import Ledger
from bot.service.policy import Policy
from bot.store.audit import AuditTable
from bot.store.db import Database
from bot.store.policies import Policies
from tests.factories import NOW, ask, entry

DEV = {"actor": ask().actor.model_copy(update={"groups": frozenset({"S0DEV"})})}


def record(folder, *entries):
    asyncio.run(_record(folder, entries))


async def _record(folder, entries):
    database = await Database.open(f"sqlite:///{folder / 'k8s-bot.db'}")
    ledger = Ledger(AuditTable(database), lambda: NOW)
    async with database.write() as transaction:
        for one in entries:
            await ledger.append(transaction, one)
    await Policies(database).keep(Policy().hash, Policy().text, NOW)
    await database.close()


def asked(operation, effect, *asks, kind=RecordKind.ASKED, **parts):
    decision = {"effect": effect} if effect else {}
    known = {
        "operation": operation,
        "verb": "scale",
        "namespace": "shop",
        "target": "web",
        "question": kept(asks),
    }
    return entry(kind, **known | {"decision": decision, "actor_name": "ana"} | parts)


def test_what_another_policy_would_have_decided_otherwise(told_by, config, tmp_path):
    many = ask(**DEV, facts=Facts(replicas=(2, 9)), cluster="dev")
    damaged = {"question": {"asks": [7], "actor": {}}}
    record(
        tmp_path,
        asked("a", "confirm", ask(**DEV)),
        asked("a", "confirm", ask(**DEV), kind=RecordKind.INTENT),
        asked("b", "confirm", many),
        asked("c", "approve", ask(**DEV), detail={"x": 1}),
        asked("d", "", ask(), kind=RecordKind.REFUSAL, detail={"error": "access-denied"}),
        asked("e", "", ask(**DEV), kind=RecordKind.REFUSAL, detail={"error": "access-denied"}),
        entry(RecordKind.READ),
        asked("f", "confirm", ask()) .model_copy(update=damaged),
    )  # fmt: skip
    code, told = told_by("policy", "replay", config(), BOT_DATA_DIR=str(tmp_path))
    assert code == 0
    at = "2027-01-15T08:00:00Z, ana: scale prod/shop/web"
    assert told.splitlines() == [
        f"record 1, {at}: confirm → approve (rule prod)",
        f"record 3, {at}: confirm → deny (No rule allows it.)",
        f"record 6, {at}: deny → approve (rule prod)",
        f"5 decisions, 3 of them different by policy {told.splitlines()[-3].rpartition(' ')[2]}",
        "1 records keep no question or no decision, and are left out.",
        "1 records keep a question that cannot be asked again.",
    ]
    code, told = told_by("policy", "replay", config(), "--since", "1s", BOT_DATA_DIR=str(tmp_path))
    assert (code, told.startswith("0 decisions")) == (0, False), "the records are of the future"
    code, told = told_by("policy", "replay", config(), "--since", "soon", BOT_DATA_DIR=str(tmp_path))
    assert (code, told) == (2, "k8s-bot: `soon` is not a duration\n")


def test_without_a_record_there_is_nothing_to_replay(told_by, config, tmp_path):
    code, told = told_by("policy", "replay", config(), BOT_DATA_DIR=str(tmp_path / "x"))
    assert (code, "there is no database at" in told) == (2, True)


def test_a_policy_that_was_in_force_is_shown_by_its_hash(told_by, tmp_path):
    record(tmp_path)
    for start in (Policy().hash, Policy().hash[:8]):
        code, told = told_by("policy", "show", start, BOT_DATA_DIR=str(tmp_path))
        assert (code, json.loads(told)) == (0, Policy().model_dump(mode="json"))
    code, told = told_by("policy", "show", "0000", BOT_DATA_DIR=str(tmp_path))
    assert (code, told) == (1, "k8s-bot: no policy is kept whose hash begins with '0000'\n")
    with closing(sqlite3.connect(tmp_path / "k8s-bot.db")) as raw, raw:
        raw.execute("DROP TABLE policies")
    code, told = told_by("policy", "show", "0000", BOT_DATA_DIR=str(tmp_path))
    assert (code, told) == (2, "k8s-bot: The bot cannot read its records.\n")
