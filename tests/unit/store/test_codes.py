"""Secrets are files for their owner alone, whole or not there; the newest use of a code stays the newest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.errors import SettingsError
from bot.store.codes import CodeTable, Enrolments, newest
from bot.store.db import Database
from bot.store.tables import choices


def test_a_secret_is_kept_for_its_owner_alone(tmp_path: Path):
    enrolments = Enrolments(tmp_path / "new")
    assert enrolments.enrol("U0ANA", "sealed")
    assert enrolments.sealed("U0ANA") == "sealed"
    assert enrolments.folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in enrolments.folder.iterdir()] == ["U0ANA"]
    assert (enrolments.folder / "U0ANA").stat().st_mode & 0o777 == 0o600


def test_a_second_one_does_not_take_its_place(tmp_path: Path):
    enrolments = Enrolments(tmp_path)
    assert enrolments.enrol("U0ANA", "first")
    assert not enrolments.enrol("U0ANA", "second")
    assert enrolments.sealed("U0ANA") == "first"
    assert enrolments.revoke("U0ANA")
    assert enrolments.enrol("U0ANA", "second")
    assert enrolments.sealed("U0ANA") == "second"


def test_who_is_enrolled_is_listed_and_nothing_else(tmp_path: Path):
    enrolments = Enrolments(tmp_path)
    assert enrolments.all() == ()
    for user in ("U0BEN", "U0ANA", "W0CHO"):
        enrolments.enrol(user, "sealed")
    (enrolments.folder / ".U0DIA.0123").write_text("half")
    assert enrolments.all() == ("U0ANA", "U0BEN", "W0CHO")
    assert enrolments.revoke("U0BEN")
    assert not enrolments.revoke("U0BEN")
    assert enrolments.all() == ("U0ANA", "W0CHO")


@pytest.mark.parametrize(
    "user", ["", ".", "..", "../U0ANA", "/etc/passwd", "U0ANA\n", "u0ana", "U" * 30, "C0SHOP"]
)
def test_what_is_no_id_is_no_file(tmp_path: Path, user: str):
    enrolments = Enrolments(tmp_path)
    assert enrolments.sealed(user) is None
    for refuse in (lambda: enrolments.enrol(user, "sealed"), lambda: enrolments.revoke(user)):
        with pytest.raises(ValueError, match="no id of a person"):
            refuse()
    assert list(tmp_path.rglob("*")) == []


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "codes").write_text("a file")
    enrolments = Enrolments(tmp_path)
    for refuse in (
        lambda: enrolments.enrol("U0ANA", "x"),
        lambda: enrolments.revoke("U0ANA"),
        enrolments.all,
    ):
        with pytest.raises(SettingsError, match=f"^{tmp_path}/codes cannot be "):
            refuse()
    assert enrolments.sealed("U0ANA") == ""


async def test_only_a_newer_step_is_used(db: Database):
    table = CodeTable(db)
    used = []
    for step in (5, 5, 4, 7, 6, 8):
        async with db.write() as transaction:
            used.append(await table.use(transaction, "U0ANA", step))
    assert used == [True, False, False, True, False, True]
    async with db.write() as transaction:
        assert await table.use(transaction, "U0BEN", 1), "another's are another's"


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda found: found.name)
def test_both_databases_take_it_as_one_statement(dialect: sa.Dialect):
    said = " ".join(str(newest(dialect.name, "U0ANA", 5).compile(dialect=dialect)).split())
    assert said.startswith("INSERT INTO codes")
    assert "ON CONFLICT" in said
    assert "WHERE codes.step <" in said


# ---------------------------------------------------------------- what outlasts a rollback


def chosen(cluster: str) -> sa.Insert:
    return choices.insert().values(user="U0ANA", channel=cluster, cluster=cluster, chosen_at=0.0)


async def kept(db: Database) -> set[str]:
    async with db.read() as transaction:
        return set((await transaction.rows(sa.select(choices.c.cluster))).scalars())


async def test_what_counts_regardless_outlasts_the_write_that_it_was_said_in(db: Database):
    with suppress(ZeroDivisionError):
        async with db.write() as transaction:
            await transaction.change(chosen("gone"))
            db.regardless(chosen("kept"))
            raise ZeroDivisionError
    assert await kept(db) == {"kept"}
    async with db.write() as transaction:
        await transaction.change(chosen("written"))
        db.regardless(chosen("too"))
    assert await kept(db) == {"kept", "written", "too"}


async def test_it_is_written_once_and_a_wrong_one_is_not_carried_on(db: Database):
    with pytest.raises(sa.exc.IntegrityError):
        async with db.write():
            db.regardless(chosen("twice"), chosen("twice"))
    async with db.write() as transaction:
        await transaction.change(chosen("next"))
    assert await kept(db) == {"next"}
