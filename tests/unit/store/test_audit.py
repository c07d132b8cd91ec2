"""The record is only ever added to, and whoever alters it around the program is found out."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.domain.ages import iso
from bot.domain.errors import AuditUnavailableError
from bot.domain.records import GENESIS, Record, RecordKind, digest
from bot.service.audit import Ledger
from bot.store import tables
from bot.store.audit import AuditTable, RecordFilter
from bot.store.db import Database
from tests.factories import NOW, Clock, entry


@pytest.fixture
def table(db: Database) -> AuditTable:
    return AuditTable(db)


@pytest.fixture
def ledger(table: AuditTable, clock: Clock) -> Ledger:
    return Ledger(table, clock)


async def write(db: Database, ledger: Ledger, *entries: Any) -> list[Record]:
    written = []
    for one in entries:
        async with db.write() as transaction:
            written.append(await ledger.append(transaction, one))
    return written


@pytest.fixture
async def five(db: Database, ledger: Ledger, clock: Clock) -> list[Record]:
    """Five records, a second apart."""
    kinds = (RecordKind.READ, RecordKind.INTENT, RecordKind.CONCLUSION, RecordKind.REFUSAL, RecordKind.INTENT)
    written = []
    for place, kind in enumerate(kinds):
        clock.now = NOW + place
        parts = {
            "operation": "ab"[place > 3],
            "actor": "U0BEN" if place == 3 else "U0ANA",
            "namespace": "shop",
        }
        written += await write(
            db, ledger, entry(kind, verb="get" if place == 0 else "scale", target=f"t{place}", **parts)
        )
    return written


async def test_records_are_numbered_and_each_follows_the_one_before(five: list[Record]):
    assert [record.seq for record in five] == [1, 2, 3, 4, 5]
    assert [record.previous for record in five] == [GENESIS, *(record.hash for record in five[:-1])]
    assert [record.at for record in five] == [iso(NOW + place) for place in range(5)]


async def test_a_record_is_shown_as_it_was_written(ledger: Ledger, five: list[Record]):
    assert await ledger.show(3) == five[2]
    assert await ledger.show(6) is None
    assert await ledger.show(0) is None


async def test_a_whole_chain_holds(ledger: Ledger, five: list[Record]):
    assert await ledger.verify() == (5, "")


async def test_an_empty_chain_holds(ledger: Ledger):
    assert await ledger.verify() == (0, "")


async def test_a_record_is_kept_with_what_it_speaks_of_or_not_at_all(db: Database, ledger: Ledger):
    async def fail() -> None:
        async with db.write() as transaction:
            await ledger.append(transaction, entry())
            raise RuntimeError("the act is not done")

    with pytest.raises(RuntimeError, match="the act"):
        await fail()
    assert await ledger.verify() == (0, "")
    [record] = await write(db, ledger, entry())
    assert (record.seq, record.previous) == (1, GENESIS)


async def test_two_records_of_one_transaction_follow_one_another(db: Database, ledger: Ledger):
    async with db.write() as transaction:
        first = await ledger.append(transaction, entry())
        second = await ledger.append(transaction, entry())
    assert (second.seq, second.previous) == (2, first.hash)
    assert await ledger.verify() == (2, "")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"limit": 2}, [5, 4]),
        ({"actor": "U0BEN"}, [4]),
        ({"verb": "get"}, [1]),
        ({"namespace": "shop"}, [5, 4, 3, 2, 1]),
        ({"namespace": "db"}, []),
        ({"target": "t2"}, [3]),
        ({"since": NOW + 3}, [5, 4]),
        ({"since": NOW + 3.1}, [5]),
        ({"kinds": (RecordKind.INTENT,)}, [5, 2]),
        ({"kinds": (RecordKind.INTENT, RecordKind.READ)}, [5, 2, 1]),
        ({"actor": "U0ANA", "verb": "scale", "since": NOW + 2, "kinds": (RecordKind.INTENT,)}, [5]),
    ],
)
async def test_records_are_found_newest_first(
    ledger: Ledger, five: list[Record], wanted: dict[str, Any], found: list[int]
):
    assert [record.seq for record in await ledger.search(**wanted)] == found


async def test_twenty_records_are_found_unless_more_are_wanted(db: Database, ledger: Ledger):
    await write(db, ledger, *[entry()] * 22)
    assert len(await ledger.search()) == 20
    assert len(await ledger.search(limit=30)) == 22


async def test_an_intent_without_a_conclusion_is_found(ledger: Ledger, five: list[Record]):
    assert await ledger.unconcluded() == ["b"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE records SET actor = 'x'", "DELETE FROM records", "DELETE FROM records WHERE seq = 5"],
)
async def test_the_database_itself_refuses_to_change_or_remove_a_record(
    five: list[Record], tmp_path: Path, statement: str
):
    refusal = pytest.raises(sqlite3.IntegrityError, match=r"records are never (changed|removed)")
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as raw, refusal:
        raw.execute(statement)


async def test_no_second_record_takes_a_number(db: Database, table: AuditTable, five: list[Record]):
    async def again() -> None:
        async with db.write() as transaction:
            copy = five[0].model_dump() | {
                "kind": "read",
                "operation": "",
                "actor": "",
                "verb": "",
                "cluster": "",
                "namespace": "",
                "target": "",
            }
            await transaction.change(tables.records.insert().values(copy | {"hash": "x"}))

    with pytest.raises(IntegrityError):
        await again()


Tamper = Callable[[sqlite3.Connection], object]


def forge(number: int, **altered: Any) -> Tamper:
    """Rewrite a record, with the hash that its new text has."""

    def tamper(raw: sqlite3.Connection) -> None:
        [text] = raw.execute("SELECT text FROM records WHERE seq = ?", (number,)).fetchone()
        body = json.dumps(json.loads(text) | altered, sort_keys=True, separators=(",", ":"))
        raw.execute("UPDATE records SET text = ?, hash = ? WHERE seq = ?", (body, digest(body), number))

    return tamper


def alter(number: int, what: str) -> Tamper:
    return lambda raw: raw.execute(f"UPDATE records SET {what} WHERE seq = {number}")  # noqa: S608 - our own words


def remove(number: int) -> Tamper:
    return lambda raw: raw.execute("DELETE FROM records WHERE seq = ?", (number,))


def renumber(raw: sqlite3.Connection) -> None:
    raw.execute("DELETE FROM records WHERE seq = 3")
    raw.execute("UPDATE records SET seq = 3 WHERE seq = 4")
    raw.execute("UPDATE records SET seq = 4 WHERE seq = 5")


def swap(raw: sqlite3.Connection) -> None:
    for old, new in ((3, 30), (4, 3), (30, 4)):
        raw.execute("UPDATE records SET seq = ? WHERE seq = ?", (new, old))


def repeat(raw: sqlite3.Connection) -> None:
    raw.execute("CREATE TEMP TABLE copy AS SELECT * FROM records WHERE seq = 5")
    raw.execute("UPDATE copy SET seq = 6, hash = 'x'")
    raw.execute("INSERT INTO records SELECT * FROM copy")


CONTENT = "does not have the content its hash was made of"
FOLLOWS = "does not follow the one before it"
PLACE = "is not in the place that it names"


@pytest.mark.parametrize(
    ("tamper", "holds", "why"),
    [
        (alter(2, "text = replace(text, 't1', 't9')"), 1, f"record 2 {CONTENT}"),
        (alter(5, "text = text || ' '"), 4, f"record 5 {CONTENT}"),
        (alter(2, "hash = 'x'"), 1, f"record 2 {CONTENT}"),
        (alter(3, "previous = 'x'"), 2, f"record 3 {FOLLOWS}"),
        (alter(3, f"previous = '{GENESIS}'"), 2, f"record 3 {FOLLOWS}"),
        (alter(2, "at = '2020'"), 1, f"record 2 {PLACE}"),
        (forge(2, asked="/k8s get secrets"), 2, f"record 3 {FOLLOWS}"),
        (forge(5, previous="x"), 4, f"record 5 {PLACE}"),
        (forge(5, seq=6), 4, f"record 5 {PLACE}"),
        (forge(5, at="2020"), 4, f"record 5 {PLACE}"),
        (remove(1), 0, f"record 2 {FOLLOWS}"),
        (remove(3), 2, f"record 4 {FOLLOWS}"),
        (alter(5, "seq = 9"), 4, "a record is missing before 9"),
        (alter(1, "seq = 0"), 0, "a record is missing before 0"),
        (renumber, 2, f"record 3 {FOLLOWS}"),
        (swap, 2, f"record 3 {FOLLOWS}"),
        (repeat, 5, f"record 6 {CONTENT}"),
        (alter(4, "kind = 'read'"), 3, "record 4 is filed under something else than it says"),
    ],
)
async def test_every_kind_of_tampering_is_found(
    ledger: Ledger, five: list[Record], tmp_path: Path, *, tamper: Tamper, holds: int, why: str
):
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as raw, raw:
        raw.execute("DROP TRIGGER records_no_update")
        raw.execute("DROP TRIGGER records_no_delete")
        tamper(raw)
    assert await ledger.verify() == (holds, why)


@pytest.mark.parametrize("column", ["kind", "operation", "actor", "verb", "cluster", "namespace", "target"])
async def test_an_index_that_says_something_else_than_the_text_is_found(
    ledger: Ledger, five: list[Record], tmp_path: Path, column: str
):
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as raw, raw:
        raw.execute("DROP TRIGGER records_no_update")
        alter(4, f"{column} = 'other'")(raw)
    assert await ledger.verify() == (3, "record 4 is filed under something else than it says")


async def test_a_record_that_cannot_be_written_is_told(db: Database, ledger: Ledger):
    async with db.read() as transaction:
        await transaction.change(sa.text("PRAGMA query_only = ON"))
    with pytest.raises(AuditUnavailableError):
        await write(db, ledger, entry())


async def test_every_query_is_postgresqls_too(db: Database, ledger: Ledger, table: AuditTable):
    said: list[str] = []

    def note(_connection: Any, statement: sa.ClauseElement, *beside: Any) -> None:
        _, values, _ = beside
        said.append(str(statement.compile(dialect=postgresql.dialect(), column_keys=list(values))))

    sa.event.listen(db._engine, "before_execute", note)
    await write(db, ledger, entry())
    await ledger.show(1)
    await table.search(RecordFilter(actor="a", kinds=(RecordKind.READ,), since=1.0), 1)
    await ledger.unconcluded()
    await ledger.verify()
    assert len(said) == 6
    assert all("records" in statement for statement in said)


@pytest.mark.parametrize(
    ("dialect", "word"), [(sqlite.dialect(), "RAISE(ABORT"), (postgresql.dialect(), "RAISE EXCEPTION")]
)
def test_both_databases_refuse_to_change_records(dialect: sa.Dialect, word: str):
    said: list[str] = []
    engine = sa.create_mock_engine(
        f"{dialect.name}://", lambda ddl, *_: said.append(str(ddl.compile(dialect=dialect)))
    )
    tables.metadata.create_all(engine, checkfirst=False)
    triggers = [ddl for ddl in said if "TRIGGER" in ddl]
    assert len(triggers) == 2
    assert all(word in trigger for trigger in triggers)
    assert "BEFORE UPDATE ON records" in triggers[0]
    assert "BEFORE DELETE ON records" in triggers[1]
