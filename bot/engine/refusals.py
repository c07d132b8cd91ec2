"""What was pressed or filled in and did nothing: forged, over, or somebody else's. It is on the record."""

from __future__ import annotations

from bot.domain.errors import BotError
from bot.domain.invocation import Invocation
from bot.domain.records import Entry, RecordKind
from bot.engine.rooms import Rooms


async def record_refusal(rooms: Rooms, by: Invocation, error: BotError) -> None:
    detail = {"error": error.code, "said": error.message}
    entry = Entry(
        kind=RecordKind.REFUSAL, operation=by.id, actor=by.user, actor_name=by.user_name, team=by.team,
        channel=by.place.channel, detail=detail,
    )  # fmt: skip
    async with rooms.database.write() as transaction:
        await rooms.ledger.append(transaction, entry)
