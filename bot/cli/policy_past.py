"""`policy replay` and `policy show`: the recorded past beside a policy, and a policy that was in force."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

from bot.cli.audit import database_path
from bot.cli.policy_lines import loaded
from bot.cli.serve import complain
from bot.domain.ages import iso, parse_duration
from bot.domain.errors import BotError, SettingsError
from bot.service.policy import Policy
from bot.service.replaying import Replayed, replayed
from bot.store.audit import AuditTable
from bot.store.db import Database
from bot.store.policies import Policies


def replay(config: str | None, since: str) -> int:
    """0 with a line for each difference and the counts, 2 where there is nothing to read or compare with."""
    try:
        policy = loaded(config).policy
        seconds = parse_duration(since) if since else None
        path = _database()
        after = iso(time.time() - seconds) if seconds is not None else ""
        asyncio.run(_replay(path, policy, after))
    except SettingsError as error:
        return complain(error)
    except BotError as error:
        print(f"k8s-bot: {error.message}", file=sys.stderr)
        return 2
    return 0


def show(start: str) -> int:
    """0 with the policy as it is kept, 1 where there is not one of that hash, 2 without a database."""
    try:
        found = asyncio.run(_kept(_database(), start))
    except SettingsError as error:
        return complain(error)
    except BotError as error:
        print(f"k8s-bot: {error.message}", file=sys.stderr)
        return 2
    if len(found) != 1:
        what = "no policy" if not found else "more than one policy"
        print(f"k8s-bot: {what} is kept whose hash begins with {start[:64]!r}", file=sys.stderr)
        return 1
    print(found[0])
    return 0


def _database() -> Path:
    path = database_path(os.environ.get("BOT_DATABASE_URL", ""), os.environ.get("BOT_DATA_DIR", "") or "data")
    if not path.is_file():
        raise SettingsError((f"there is no database at {path}",))
    return path


async def _replay(path: Path, policy: Policy, after: str) -> None:
    """Walk the record from its beginning; a line is looked at once, however many records tell of it."""
    same = different = without = damaged = 0
    seen: set[tuple[str, str]] = set()
    database = Database.reading(path)
    try:
        async with contextlib.aclosing(AuditTable(database).chain()) as chain:
            async for record, filed in chain:
                if record.at < after:
                    continue
                try:
                    found = replayed(record, policy)
                except ValueError:
                    damaged += 1
                    continue
                if found is None:
                    without += 1
                    continue
                key = filed["operation"], found.question
                if key in seen:
                    continue
                seen.add(key)
                if found.differs:
                    different += 1
                    print(_line(found))
                else:
                    same += 1
    finally:
        await database.close()
    print(f"{same + different} decisions, {different} of them different by policy {policy.hash[:12]}.")
    if without:
        print(f"{without} records keep no question or no decision, and are left out.")
    if damaged:
        print(f"{damaged} records keep a question that cannot be asked again.")


def _line(found: Replayed) -> str:
    partly = "; not all that was asked is on the record" if found.partly else ""
    return (
        f"record {found.seq}, {found.at[:19]}Z, {found.actor}: {found.verb} {found.where}: "
        f"{found.was} → {found.now} ({found.why}{partly})"
    )


async def _kept(path: Path, start: str) -> list[str]:
    database = Database.reading(path)
    try:
        return await Policies(database).beginning_with(start)
    finally:
        await database.close()
