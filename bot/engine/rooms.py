"""What the engine is put together from; one value, made by the wiring."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.message import Button, Message
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.engine.directory import Directory
from bot.engine.notifier import Notifier
from bot.engine.registry import Registry
from bot.engine.terminals import OpenTerminals
from bot.engine.worker import Worker
from bot.service.audit import Ledger
from bot.service.cluster import Clusters
from bot.service.policy import InForce
from bot.store.db import Database
from bot.store.operations import Operations
from bot.store.secrets import Sealer

PLAN_SECONDS = 300.0
OFFER_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Rooms:
    registry: Registry
    in_force: InForce
    clusters: Clusters
    directory: Directory
    notifier: Notifier
    ledger: Ledger
    database: Database
    operations: Operations
    sealer: Sealer
    worker: Worker
    terminals: OpenTerminals
    clock: Callable[[], float]

    def new(self, kind: Kind, state: State, data: Json, *, owner: str, wake_at: float | None) -> Operation:
        """An operation with a name that nobody can guess."""
        return Operation(
            id=secrets.token_hex(16), kind=kind, state=state, owner=owner, data=data, fence=1,
            wake_at=wake_at,
            created_at=self.clock(),
        )  # fmt: skip

    def offers(self, message: Message, *, owner: str = "") -> tuple[Message, Operation | None]:
        """Give each button that runs a command an opaque id, and the operation that remembers them."""
        lines = [button.command for button in message.buttons if button.command]
        if not lines:
            return message, None
        offer = self.new(
            Kind.OFFER, State.OPEN, {"commands": lines}, owner=owner, wake_at=self.clock() + OFFER_SECONDS
        )
        buttons: list[Button] = []
        for button in message.buttons:
            if button.command:
                place = lines.index(button.command)
                buttons.append(button.model_copy(update={"press": f"{offer.id}:{place}"}))
            else:
                buttons.append(button)
        return message.model_copy(update={"buttons": tuple(buttons)}), offer
