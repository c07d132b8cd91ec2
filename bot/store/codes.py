"""One-time codes: people's secrets as sealed files; which codes were used, and when some were wrong, as rows.

Files, because an operator enrols people beside a running bot, which holds the database alone.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.domain.errors import SettingsError
from bot.domain.people import is_user_id
from bot.store.tables import codes, wrong_codes

if TYPE_CHECKING:
    from bot.store.db import Database
    from bot.store.transaction import Transaction


class Enrolments:
    """The sealed secrets, one file for each person, read afresh at each use."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "codes"

    def enrol(self, user: str, sealed: str) -> bool:
        """Keep it whole or not at all. False, and nothing is changed, where there is one already."""
        path = self._path(user)
        fresh = self.folder / f".{user}.{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists():
                return False
            try:
                _write(fresh, sealed)
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
            _settle(self.folder)
        except OSError as error:
            raise SettingsError((f"{self.folder} cannot be written to: {error.strerror}",)) from error
        return True

    def revoke(self, user: str) -> bool:
        """False where there was nothing to revoke."""
        try:
            self._path(user).unlink()
            _settle(self.folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise SettingsError((f"{self.folder} cannot be written to: {error.strerror}",)) from error
        return True

    def all(self) -> tuple[str, ...]:
        """The ids of those who are enrolled."""
        try:
            return tuple(sorted(path.name for path in self.folder.iterdir() if is_user_id(path.name)))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise SettingsError((f"{self.folder} cannot be read: {error.strerror}",)) from error

    def sealed(self, user: str) -> str | None:
        """None for who is not enrolled; empty where the file cannot be read."""
        if not is_user_id(user):
            return None
        try:
            return self._path(user).read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            return ""

    def _path(self, user: str) -> Path:
        if not is_user_id(user):
            raise ValueError("no id of a person")
        return self.folder / user


class CodeTable:
    """The rows; written in the transaction of whoever takes a code, but for what must outlast it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, transaction: Transaction, user: str, step: int) -> bool:
        """False where this code, or one after it, was used already."""
        return bool(await transaction.change(newest(transaction.dialect, user, step)))

    async def wrong(self, transaction: Transaction, user: str, since: float) -> tuple[float, ...]:
        """When this person typed a wrong one, the oldest first."""
        wanted = sa.select(wrong_codes.c.at).where(wrong_codes.c.user == user, wrong_codes.c.at > since)
        return tuple((await transaction.rows(wanted.order_by(wrong_codes.c.at))).scalars())

    def note_wrong(self, user: str, now: float, *, forget: float) -> None:
        """Within a write, which may be rolled back and this is not. Those before `forget` go."""
        self._database.regardless(
            wrong_codes.insert().values(user=user, at=now),
            wrong_codes.delete().where(wrong_codes.c.at < forget),
        )


def newest(dialect: str, user: str, step: int) -> sa.Insert:
    """One statement, so that of two at once one finds the other's."""
    row, newer = {"user": user, "step": step}, codes.c.step < step
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        insert = postgresql.insert(codes).values(row)
        return insert.on_conflict_do_update(index_elements=["user"], set_={"step": step}, where=newer)
    other = sqlite.insert(codes).values(row)
    return other.on_conflict_do_update(index_elements=["user"], set_={"step": step}, where=newer)


def _write(path: Path, content: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the folder itself on the disk, where the file system can do that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
