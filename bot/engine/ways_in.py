"""The ways in that are no slash command: a mention, the bot's own tab, a shortcut on a message."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.domain.errors import BotError, DeliveryError
from bot.domain.invocation import Invocation, beside
from bot.domain.message import Message, code, text
from bot.domain.resources import ObjectRef
from bot.domain.typed import join, split
from bot.engine import cards
from bot.engine.answering import Answering
from bot.engine.arguments import Positional
from bot.engine.grammar import declared, understood
from bot.engine.registry import Registry
from bot.engine.rooms import Rooms

log = logging.getLogger(__name__)


class Making(Protocol):
    """Makes an invocation; see `Engine.invocation`."""

    def __call__(
        self, *, user: str, user_name: str, team: str, channel: str, channel_name: str, text: str,
        reply: str, private: bool, thread: str = "",
    ) -> Invocation: ...  # fmt: skip


class WaysIn:
    """Turns each of them into an ordinary line, or into the tab."""

    def __init__(self, rooms: Rooms, make: Making, accept: Callable[..., Awaitable[bool]]) -> None:
        self._rooms = rooms
        self._make = make
        self._accept = accept

    async def mention(
        self, *, user: str, team: str, channel: str, thread: str, line: str, delivery: str
    ) -> None:
        """A line said to the bot in a channel. In a thread of ours it need not name what it is about."""
        about = await self._rooms.threads.about(channel, thread) if thread else None
        invocation = self._make(
            user=user, user_name=await self._name(team, user), team=team, channel=channel, channel_name="",
            text=meant(self._rooms.registry, line, about), reply=beside(channel, thread, user), private=False,
            thread=thread,
        )  # fmt: skip
        await self._accept(invocation, delivery=delivery)

    async def why(self, by: Invocation, *, message: str, delivery: str) -> Message | None:
        """`why` of what a message of ours is about; what to say where it is about nothing."""
        about = await self._rooms.threads.about(by.place.channel, message)
        if about is None:
            said = text(
                "This message is about nothing that I know. {} asks about anything.", code("/k8s why NAME")
            )
            return Message(headline=said)
        line = meant(self._rooms.registry, "why", about)
        await self._accept(by.model_copy(update={"text": line}), delivery=delivery)
        return None

    async def home(self, by: Invocation) -> None:
        """Bring somebody's tab to what it would say now."""
        try:
            message = await self._home(by)
        except BotError as error:
            message = cards.refused(error)
        message, offer = self._rooms.offers(message, owner=by.user)
        if offer:
            await self._rooms.operations.add(offer)
        try:
            await self._rooms.notifier.home(by.user, message)
        except DeliveryError as error:
            log.warning("the tab of %s was not brought up to date: %s", by.user, error.reason)

    async def _home(self, by: Invocation) -> Message:
        command, args = self._rooms.registry.read(("home",))
        return await Answering(self._rooms).about_home(by, command, args)

    async def _name(self, team: str, user: str) -> str:
        try:
            return (await self._rooms.directory.actor(team, user, groups=frozenset())).name
        except BotError:
            return user


def meant(registry: Registry, line: str, about: ObjectRef | None) -> str:
    """The line, with what its thread is about where it does not say so itself; alone, it asks why."""
    if about is None:
        return line
    try:
        words = split(line) or ("why",)
        command, rest = registry.find(words)
    except BotError:
        return line
    given = understood(command.args, rest)
    for key, mark, _ in declared(command.args):
        if isinstance(mark, Positional) and about.type.plural in mark.of and key not in given:
            there = ["--context", about.cluster] if "context" not in given else []
            there += ["-n", about.namespace] if about.namespace and "namespace" not in given else []
            one = about.type.singular or about.type.plural
            return join([*command.name.split(), f"{one}/{about.name}", *rest, *there])
    return line
