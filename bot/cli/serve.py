"""`serve`: one bot until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Protocol

from bot.domain.errors import SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings

_SETTINGS_WRONG = 2


class JsonLines(logging.Formatter):
    """One JSON object a line; never more of an exception than its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "room": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def set_up_logging(*, quiet: bool = False) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING if quiet else logging.INFO, handlers=[handler], force=True)
    for chatty in ("slack_bolt", "slack_sdk", "aiohttp", "httpx", "httpcore", "kubernetes"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Refused(Protocol):
    """An error that knows everything that is wrong."""

    @property
    def problems(self) -> tuple[str, ...]: ...


def complain(error: Refused) -> int:
    """Every problem on its own line, and the exit code for wrong settings."""
    for problem in error.problems:
        print(f"k8s-bot: {problem}", file=sys.stderr)
    return _SETTINGS_WRONG


def serve() -> int:
    """Serve until SIGTERM or SIGINT; 2 when the settings are wrong."""
    from bot.settings import read_settings

    set_up_logging()
    try:
        settings = read_settings(os.environ)
        asyncio.run(serve_until_stopped(settings))
    except SettingsError as error:
        return complain(error)
    return 0


async def serve_until_stopped(settings: Settings) -> None:
    from bot.wiring import Bot

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with Bot(settings):
        await stopped.wait()
