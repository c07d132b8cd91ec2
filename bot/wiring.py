"""The composition root: settings in, a running bot out."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import AuditUnavailableError, SettingsError
from bot.engine.command import Command
from bot.engine.engine import Engine
from bot.engine.registry import Registry, verb_names
from bot.engine.rooms import Rooms
from bot.engine.tasks import Tasks
from bot.engine.terminals import OpenTerminals
from bot.engine.worker import Worker
from bot.kube.clusters import Clusters as KubeClusters
from bot.kube.watch import WatchHub
from bot.oncall.providers import Providers
from bot.service.audit import Ledger
from bot.service.cluster import Clusters
from bot.service.codes import OneTimeCodes
from bot.service.in_force import InForce
from bot.service.keeping import Keeping
from bot.service.locks import LockBook
from bot.service.oncall import OnCallBook
from bot.service.policy import Policy
from bot.settings import Address, Settings, fingerprint, read_config, require_tokens
from bot.slack.app import make_app
from bot.slack.budget import Pace
from bot.slack.directory import SlackDirectory
from bot.slack.doors import MOST_BYTES, SocketDoor, http_routes, team_of
from bot.slack.outbound import SlackNotifier
from bot.store.audit import AuditTable
from bot.store.choices import Choices
from bot.store.codes import CodeTable, Enrolments
from bot.store.db import Database
from bot.store.kept import KeptTable
from bot.store.locks import LockTable
from bot.store.notices import NoticeTable
from bot.store.operations import Operations
from bot.store.policies import Policies
from bot.store.secrets import Sealer
from bot.store.threads import Threads
from bot.web.health import health_routes
from commands import COMMANDS

log = logging.getLogger(__name__)

_RELOAD_SECONDS = 0.25
_AGAIN_SECONDS = 1.0
"""After a policy could not be kept."""
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class _Store:
    database: Database
    operations: Operations
    sealer: Sealer


class Bot:
    """One running bot. `async with Bot(settings) as bot:` serves until it is left.

    Wrong settings end it at once. A Slack that does not answer does not: health is served, and the doors
    open as soon as Slack knows who we are.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        commands: tuple[Command, ...] = COMMANDS,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._commands = commands
        self._clock = clock
        self._pace = pace
        self._stack = AsyncExitStack()
        self._tasks = Tasks()
        self._app: AsyncApp | None = None
        self._socket: SocketDoor | None = None
        self._opening: asyncio.Task[None] | None = None
        self.listen: Address = settings.listen
        self.admin_listen: Address = settings.admin_listen

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._app = None
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        await self._stack.aclose()

    async def _start(self) -> None:
        settings = self._settings
        in_force = self._read(settings.config) if settings.config else InForce.nothing()
        store = await self._store()
        clusters = await KubeClusters.load(kubeconfig=settings.kubeconfig, in_cluster=settings.cluster_name)
        self._stack.push_async_callback(clusters.close)
        await self._serve(health_routes({"slack": self._slack_is_up, "database": store.database.ready}))
        self._stack.push_async_callback(self._tasks.drain, 0.0)
        if settings.config:
            reloading = partial(self._reload_forever, settings.config, in_force, Policies(store.database))
            self._tasks.keep(reloading, "configuration")
        self._opening = self._tasks.start(self._open(in_force, store, clusters), "opening", endless=True)
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)

    async def _store(self) -> _Store:
        """The database, and the key to what is under way in it."""
        settings = self._settings
        sealer = Sealer.of(settings.secret_key, settings.data_dir)
        database = await Database.open(settings.database_url)
        self._stack.push_async_callback(database.close)
        holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        operations = Operations(database, holder, sealer)
        await operations.check_key()
        await operations.free_all()
        return _Store(database, operations, sealer)

    async def _open(self, in_force: InForce, store: _Store, clusters: KubeClusters) -> None:
        """Know who we are, carry on what was under way, then let new lines in."""
        settings, stack = self._settings, self._stack
        await self._keep(in_force.policy, Policies(store.database))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = AsyncWebClient(token=settings.bot_token, base_url=settings.slack_api_url, session=session)
        team = await team_of(client)
        notifier, directory, hub = (
            SlackNotifier(client, session, pace=self._pace),
            SlackDirectory(client, team),
            WatchHub(clusters),
        )
        providers = Providers(
            self._clock, pagerduty_token=settings.pagerduty_token, opsgenie_token=settings.opsgenie_token
        )
        oncall = OnCallBook(providers, in_force, self._clock)
        for close in (notifier.close, directory.close, hub.close, providers.close, oncall.close):
            stack.push_async_callback(close)
        ledger = Ledger(AuditTable(store.database), self._clock)
        worker = Worker(store.operations, self._clock, self._tasks)
        rooms = Rooms(
            registry=Registry(self._commands),
            in_force=in_force,
            clusters=Clusters(clusters),
            directory=directory,
            notifier=notifier,
            ledger=ledger,
            locks=LockBook(
                (LockTable(store.database), NoticeTable(store.database)),
                store.database,
                ledger,
                in_force,
                self._clock,
            ),
            oncall=oncall,
            codes=OneTimeCodes(Enrolments(settings.data_dir), store.sealer, CodeTable(store.database)),
            keeping=Keeping(KeptTable(store.database, store.sealer), store.sealer, in_force, self._clock),
            database=store.database,
            operations=store.operations,
            threads=Threads(store.database),
            choices=Choices(store.database),
            sealer=store.sealer,
            worker=worker,
            terminals=OpenTerminals(worker.hasten, self._clock),
            clock=self._clock,
        )
        engine = Engine(rooms, hub, self._tasks)
        engine.start()
        stack.push_async_callback(rooms.terminals.close)
        stack.push_async_callback(engine.close)
        app = make_app(engine, client, settings.signing_secret)
        if settings.socket_mode:
            self._socket = SocketDoor(app, settings.app_token)
            stack.push_async_callback(self._socket.close)
            self._socket.open()
        self._app = app
        log.info("ready: %s", "Socket Mode" if self._socket else f"HTTP on {self.listen}")

    async def _keep(self, policy: Policy, policies: Policies) -> None:
        """Nothing is let in under a policy that nobody could read again."""
        while True:
            try:
                await policies.keep(policy.hash, policy.text, self._clock())
            except AuditUnavailableError as error:
                log.error("the policy cannot be kept, so no line is taken: %s", error.message)  # noqa: TRY400 - the sentence is enough
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def until_ready(self) -> None:
        """Wait until lines from Slack are taken."""
        while not await self._slack_is_up():  # noqa: ASYNC110 - the socket comes up in its own time
            await asyncio.sleep(_LOOK_SECONDS)

    async def _slack_is_up(self) -> bool:
        return self._app is not None and (self._socket is None or await self._socket.is_up())

    async def _serve(self, admin: list[web.RouteDef]) -> None:
        """Slack's deliveries on one address, health on the same or on another."""
        public = (
            []
            if self._settings.socket_mode
            else http_routes(lambda: self._app, self._settings.signing_secret)
        )
        together = self._settings.listen == self._settings.admin_listen
        self.listen = await self._listen(self._settings.listen, public + admin if together else public)
        self.admin_listen = (
            self.listen if together else await self._listen(self._settings.admin_listen, admin)
        )

    async def _listen(self, address: Address, routes: list[web.RouteDef]) -> Address:
        app = web.Application(client_max_size=MOST_BYTES)
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            raise SettingsError((f"cannot listen on {address}: {error.strerror}",)) from error
        port: int = runner.addresses[0][1]
        return Address(host=address.host, port=port)

    def _read(self, path: Path) -> InForce:
        """Raises `SettingsError` for what cannot be in force here."""
        found = read_config(path, verb_names(self._commands))
        require_tokens(self._settings, found.oncall)
        return found

    async def _reload_forever(self, path: Path, in_force: InForce, policies: Policies) -> None:
        """Put a changed file in force; a broken one is refused aloud, and the old one stays.

        So it does while the new policy cannot be kept, which is tried again.
        """
        seen = fingerprint(path)
        while True:
            await asyncio.sleep(_RELOAD_SECONDS)
            now = fingerprint(path)
            if now == seen:
                continue
            try:
                found = self._read(path)
                await policies.keep(found.policy.hash, found.policy.text, self._clock())
                in_force.replace(found)
            except AuditUnavailableError as error:
                log.error("the changed policy cannot be kept, so the old one stays: %s", error.message)  # noqa: TRY400 - the sentence is enough
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            except SettingsError as error:
                log.error("the changed configuration is refused, the old one stays: %s", error.message)  # noqa: TRY400 - the sentence is enough
            else:
                log.info("the changed configuration is in force, policy %s", in_force.policy.hash[:12])
            seen = now
