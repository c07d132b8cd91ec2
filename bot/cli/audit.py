"""`audit`: the record, read beside a running bot or long after it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from bot.domain.errors import BotError
from bot.service.audit import Ledger
from bot.store.audit import AuditTable
from bot.store.db import Database


def verify() -> int:
    """0 when the whole chain holds, 1 when it does not, 2 when there is none to read."""
    path = database_path(os.environ.get("BOT_DATABASE_URL", ""), os.environ.get("BOT_DATA_DIR", "") or "data")
    if not path.is_file():
        print(f"k8s-bot: there is no database at {path}", file=sys.stderr)
        return 2
    try:
        count, why = asyncio.run(_walk(path))
    except BotError as error:
        print(f"k8s-bot: {error.message}", file=sys.stderr)
        return 2
    if why:
        print(f"NOT whole: {why}. {count} records before it hold.")
        return 1
    print(f"{count} records, all of them whole and in order.")
    return 0


def database_path(url: str, data_dir: str) -> Path:
    return Path(url.removeprefix("sqlite:///")) if url else Path(data_dir) / "k8s-bot.db"


async def _walk(path: Path) -> tuple[int, str]:
    database = Database.reading(path)
    try:
        return await Ledger(AuditTable(database), time.time).verify()
    finally:
        await database.close()
