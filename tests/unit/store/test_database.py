"""One file, one process, and nothing half kept."""

import asyncio
import contextlib
import sqlite3
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.domain.errors import AuditUnavailableError, SettingsError
from bot.store import tables
from bot.store.db import Database
from bot.store.operations import Operations
from tests.factories import SEALER, operation

HOLDER = """
import asyncio, sys
from bot.store.db import Database
async def hold():
    await Database.open(sys.argv[1])
    print("open", flush=True)
    await asyncio.sleep(60)
asyncio.run(hold())
"""


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def refused(address: str) -> str:
    with pytest.raises(SettingsError) as caught:
        await Database.open(address)
    [problem] = caught.value.problems
    return problem


async def test_a_second_process_is_refused_until_the_first_is_dead(tmp_path: Path):
    path = tmp_path / "bot.db"
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, url(path), stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"
    assert await refused(url(path)) == f"the database {path} is in use by another process"
    holder.kill()
    await holder.wait()
    database = await Database.open(url(path))
    await database.close()


async def test_a_closed_database_can_be_opened_again_and_kept_everything(tmp_path: Path):
    first = await Database.open(url(tmp_path / "bot.db"))
    await Operations(first, "p", SEALER).add(operation())
    await first.close()
    await first.close()

    second = await Database.open(url(tmp_path / "bot.db"))
    assert await Operations(second, "p", SEALER).get("a") == operation()
    await second.close()


async def test_a_refused_opening_leaves_the_first_as_it_was(db: Database, tmp_path: Path):
    await refused(url(tmp_path / "bot.db"))
    assert await db.ready()


async def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path):
    database = await Database.open(url(tmp_path / "new" / "bot.db"))
    await database.close()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "bot.db.lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        (
            "postgresql://db/bot",
            "BOT_DATABASE_URL names postgresql: a SQLite file is needed, as sqlite:///PATH",
        ),
        ("sqlite://", "BOT_DATABASE_URL names sqlite: a SQLite file is needed, as sqlite:///PATH"),
        (
            "nonsense",
            "BOT_DATABASE_URL is no address of a database: a SQLite file is needed, as sqlite:///PATH",
        ),
    ],
)
async def test_what_names_no_sqlite_file_is_refused(address: str, problem: str):
    assert await refused(address) == problem


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "bot.db"
    assert await refused(url(path)) == f"the database {path} cannot be used: File exists"


async def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path):
    assert (
        await refused(url(tmp_path))
        == f"the database {tmp_path} cannot be used: unable to open database file"
    )


async def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path):
    path = tmp_path / "bot.db"
    path.write_text("precious notes " * 100)
    for _ in range(2):  # the lock was let go of, too
        assert await refused(url(path)) == f"the database {path} cannot be used: file is not a database"
    assert path.read_text() == "precious notes " * 100


async def test_a_database_of_another_version_is_refused(tmp_path: Path):
    path = tmp_path / "bot.db"
    await (await Database.open(url(path))).close()
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE schema_version SET version = 99")
    for _ in range(2):
        assert await refused(url(path)) == "the database is of version 99, this program needs 1"


async def test_what_is_committed_survives_a_power_cut(db: Database):
    async with db.read() as transaction:
        kept = {
            p: (await transaction.rows(sa.text(f"PRAGMA {p}"))).scalar()
            for p in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


async def test_a_failed_transaction_keeps_nothing(db: Database):
    operations = Operations(db, "p", SEALER)

    async def fail() -> None:
        async with db.write() as transaction:
            await operations.add(operation(), transaction=transaction)
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await fail()
    assert await operations.get("a") is None


async def test_writers_wait_for_one_another(db: Database):
    seen: list[str] = []

    async def write(name: str) -> None:
        async with db.write():
            seen.append(f"{name} in")
            await asyncio.sleep(0)
            seen.append(f"{name} out")

    await asyncio.gather(write("a"), write("b"))
    assert seen == ["a in", "a out", "b in", "b out"]


async def test_readers_do_not_wait_for_a_writer_and_see_what_is_committed(db: Database):
    operations = Operations(db, "p", SEALER)
    async with db.write() as transaction:
        await operations.add(operation(), transaction=transaction)
        assert await operations.get("a") is None
    assert await operations.get("a") == operation()


async def test_a_transaction_that_writes_begins_as_a_writer(db: Database, tmp_path: Path):
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db", timeout=0)) as other:
        async with db.write() as transaction:
            await transaction.rows(sa.select(tables.operations))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        async with db.read() as transaction:
            await transaction.rows(sa.select(tables.operations))
            other.execute("BEGIN IMMEDIATE")


async def test_many_at_once_take_turns(db: Database):
    operations = Operations(db, "p", SEALER)
    names = [f"op{number}" for number in range(60)]
    await asyncio.gather(*(operations.add(operation(name)) for name in names))
    found = await asyncio.gather(*(operations.get(name) for name in names))
    assert [one.id for one in found if one] == names


async def test_a_turn_that_does_not_come_is_told(tmp_path: Path):
    database = await Database.open(url(tmp_path / "bot.db"), patience=0.02)
    async with contextlib.AsyncExitStack() as others:
        for _ in range(5):
            await others.enter_async_context(database.read())
        assert not await database.ready()
        with pytest.raises(AuditUnavailableError, match="too busy"):
            await Operations(database, "p", SEALER).add(operation())
    assert await database.ready()
    await database.close()


async def test_a_long_answer_comes_in_portions_and_may_be_left(db: Database):
    async with db.write() as transaction:
        for number in range(450):
            await transaction.change(tables.wrong_codes.insert().values(user="U0ANA", at=float(number)))
    query = sa.select(tables.wrong_codes.c.at).order_by(tables.wrong_codes.c.at)
    async with db.read() as transaction:
        assert [row.at async for row in transaction.stream(query)] == [float(n) for n in range(450)]
    async with db.read() as transaction, contextlib.aclosing(transaction.stream(query)) as rows:
        assert (await anext(rows)).at == 0.0
    assert await db.ready()


async def gone_read_only(db: Database) -> None:
    async with db.read() as transaction:
        await transaction.change(sa.text("PRAGMA query_only = ON"))


async def gone_full(db: Database) -> None:
    async with db.read() as transaction:
        await transaction.rows(sa.text("PRAGMA max_page_count = 1"))


@pytest.mark.parametrize("breaks", [gone_read_only, gone_full])
async def test_a_database_that_takes_nothing_says_so_and_keeps_nothing(db: Database, breaks, tmp_path: Path):
    async def fill() -> None:
        async with db.write() as transaction:
            for place in range(50):
                big = operation(f"op{place}", data={"text": "x" * 4000})
                await Operations(db, "p", SEALER).add(big, transaction=transaction)

    await breaks(db)
    with pytest.raises(AuditUnavailableError) as caught:
        await fill()
    assert caught.value.message == "The bot cannot write its records."
    assert caught.value.hint == "Nothing was done. Try again in a minute."
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as raw:
        assert raw.execute("SELECT count(*) FROM operations").fetchone() == (0,)


async def test_a_database_that_cannot_be_read_says_so(db: Database, tmp_path: Path):
    assert await db.ready()
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as raw, raw:
        raw.execute("DROP TABLE schema_version")
        raw.execute("DROP TABLE operations")
    assert not await db.ready()
    with pytest.raises(AuditUnavailableError, match="cannot read its records") as caught:
        await Operations(db, "p", SEALER).get("a")
    assert caught.value.hint == "Try again in a minute."


async def test_a_damaged_file_says_so(db: Database, tmp_path: Path):
    async with db.read() as transaction:
        await transaction.rows(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    path = tmp_path / "bot.db"
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    async with db.read() as transaction:
        await transaction.change(sa.text("PRAGMA cache_size = 0"))
        await transaction.change(sa.text("PRAGMA shrink_memory"))
    with pytest.raises(AuditUnavailableError):
        await Operations(db, "p", SEALER).add(operation())
    assert not await db.ready()


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=str)
def test_the_tables_are_postgresqls_too(table: sa.Table):
    made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert made.strip().startswith(f"CREATE TABLE {table.name}")
    for index in table.indexes:
        assert table.name in str(CreateIndex(index).compile(dialect=postgresql.dialect()))
