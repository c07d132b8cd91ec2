"""The terminals that are open in this process. They are connections: none outlives it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.domain.cluster import ExecRequest, Terminal
from bot.domain.model import Frozen

_QUIET_SECONDS = 0.1
"""Without a word more, what a program had to say is taken to be said."""
_SETTLE_SECONDS = 0.6
_ORDER_SECONDS = 0.03
"""What was typed at once may come in any order, and is waited for so long."""


class Reply(Frozen):
    """What somebody wrote in the thread of an open terminal."""

    channel: str
    thread: str
    user: str
    ts: str
    text: str
    is_whole: bool = True
    """There was no more of it than is read."""


@dataclass
class Opened:
    """One terminal, whose it is, and what was typed to it."""

    terminal: Terminal
    request: ExecRequest
    at: float
    """When it was last typed to, or opened."""
    user: str = ""
    typed: int = 0
    seen: set[str] = field(default_factory=set)
    pending: list[tuple[str, str]] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class OpenTerminals:
    """Implements `bot.engine.ports.Terminals`. `hasten` has a session stepped soon."""

    def __init__(self, hasten: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._hasten = hasten
        self._clock = clock
        self._open: dict[str, Opened] = {}
        self._threads: dict[tuple[str, str], str] = {}

    def find(self, session: str) -> Opened | None:
        return self._open.get(session)

    def keep(self, session: str, terminal: Terminal, request: ExecRequest) -> Opened:
        opened = self._open[session] = Opened(terminal, request, self._clock())
        terminal.notify(partial(self._hasten, session))
        return opened

    def listen(self, session: str, channel: str, thread: str, user: str) -> None:
        """From now on this person's replies in this thread are typed."""
        if opened := self._open.get(session):
            opened.user = user
            self._threads[channel, thread] = session

    def session_of(self, channel: str, thread: str) -> str:
        """Whose thread this is; empty for every thread that is none of ours."""
        return self._threads.get((channel, thread), "")

    def take(self, reply: Reply) -> Opened | None:
        """Queue a reply, once; None where it is nobody's, somebody else's, or was taken before."""
        opened = self._open.get(self.session_of(reply.channel, reply.thread))
        if opened is None or opened.user != reply.user or reply.ts in opened.seen:
            return None
        opened.seen.add(reply.ts)
        heapq.heappush(opened.pending, (reply.ts, reply.text))
        return opened

    async def type(self, opened: Opened, may: Callable[[], object]) -> None:
        """Type what is queued, in the order in which it was written; `may` raises when it may not be."""
        async with opened.turn:
            await asyncio.sleep(_ORDER_SECONDS)
            while opened.pending:
                _, text = heapq.heappop(opened.pending)
                may()
                for line in text.split("\n"):
                    await opened.terminal.type(line)
                    opened.typed += 1
                opened.at = self._clock()

    async def settle(self, session: str) -> None:
        """Wait a moment for a program to finish what it is saying, so that it is shown at once."""
        opened = self._open.get(session)
        end = asyncio.get_running_loop().time() + _SETTLE_SECONDS
        before = -1
        while opened and asyncio.get_running_loop().time() < end:
            now = len(opened.terminal.output) + opened.terminal.dropped
            if now == before or opened.terminal.ran:
                return
            before = now
            await asyncio.sleep(_QUIET_SECONDS)

    async def end(self, session: str) -> None:
        """Close the session's terminal, where it has one, and hear its thread no more."""
        self._threads = {thread: owner for thread, owner in self._threads.items() if owner != session}
        opened = self._open.pop(session, None)
        if opened is not None:
            await opened.terminal.close()

    async def close(self) -> None:
        await asyncio.gather(*(self.end(session) for session in tuple(self._open)))
