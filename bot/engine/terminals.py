"""The terminals that are open in this process. They are connections: none outlives it."""

from __future__ import annotations

import asyncio

from bot.domain.cluster import Terminal


class OpenTerminals:
    """Implements `bot.engine.ports.Terminals`."""

    def __init__(self) -> None:
        self._open: dict[str, Terminal] = {}

    def find(self, session: str) -> Terminal | None:
        return self._open.get(session)

    def keep(self, session: str, terminal: Terminal) -> None:
        self._open[session] = terminal

    async def end(self, session: str) -> None:
        """Close the session's terminal, where it has one."""
        terminal = self._open.pop(session, None)
        if terminal is not None:
            await terminal.close()

    async def close(self) -> None:
        await asyncio.gather(*(self.end(session) for session in tuple(self._open)))
