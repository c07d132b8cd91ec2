"""What the engine is put together from; one value, made by the wiring."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.access import Actor
from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.engine.directory import Directory
from bot.engine.notifier import Notifier
from bot.engine.oncall import OnCall
from bot.engine.registry import Registry
from bot.engine.terminals import OpenTerminals
from bot.engine.worker import Worker
from bot.service.audit import Ledger
from bot.service.cluster import Clusters, GuardedCluster
from bot.service.codes import OneTimeCodes
from bot.service.gate import Gate
from bot.service.in_force import InForce
from bot.service.keeping import Keeping
from bot.service.locks import LockBook
from bot.store.choices import Choices
from bot.store.db import Database
from bot.store.operations import Operations
from bot.store.secrets import Sealer
from bot.store.threads import Threads

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
    locks: LockBook
    oncall: OnCall
    codes: OneTimeCodes
    keeping: Keeping
    database: Database
    operations: Operations
    threads: Threads
    choices: Choices
    sealer: Sealer
    worker: Worker
    terminals: OpenTerminals
    clock: Callable[[], float]

    def door(self, cluster: str, gate: Gate, actor: Actor, record: str) -> GuardedCluster:
        """A cluster behind a gate, asked on a person's behalf where that is in force; `record` is the
        operation of which our records speak.

        Raises `AccessDeniedError` for whoever the cluster cannot be told of.
        """
        return self.clusters.behind(cluster, gate, self.in_force.identity(actor, cluster, record))

    def new(self, kind: Kind, state: State, data: Json, *, owner: str, wake_at: float | None) -> Operation:
        """An operation with a name that nobody can guess."""
        return Operation(
            id=secrets.token_hex(16), kind=kind, state=state, owner=owner, data=data, fence=1,
            wake_at=wake_at,
            created_at=self.clock(),
        )  # fmt: skip

    def offers(self, message: Message, *, owner: str = "") -> tuple[Message, Operation | None]:
        """Give each button that runs a command or opens a form an opaque id, and the operation that remembers
        them.
        """
        offering = [button for button in message.buttons if button.command or button.form]
        if not offering:
            return message, None
        data = {
            "commands": [button.command or button.form for button in offering],
            "forms": [place for place, button in enumerate(offering) if button.form],
        }
        offer = self.new(Kind.OFFER, State.OPEN, data, owner=owner, wake_at=self.clock() + OFFER_SECONDS)
        buttons = [
            button.model_copy(update={"press": f"{offer.id}:{offering.index(button)}"})
            if button in offering
            else button
            for button in message.buttons
        ]
        return message.model_copy(update={"buttons": tuple(buttons)}), offer
