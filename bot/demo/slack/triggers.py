"""Trigger ids: the short, single-use right to open a modal in front of the person who just did something."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.timing import Timing

_FORM = re.compile(r"^\d+\.\d+\.[0-9a-f]+$")
KEPT = 5000


@dataclass
class Trigger:
    user: str
    view_id: str  # the modal in which the person acted, empty elsewhere
    issued: float
    exchanged: bool = False


class Triggers:
    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._issued: OrderedDict[str, Trigger] = OrderedDict()

    def issue(self, user: str, view_id: str = "") -> str:
        now = self._timing.now()
        name = f"{int(now * 1000)}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._issued[name] = Trigger(user, view_id, now)
        while len(self._issued) > KEPT:
            self._issued.popitem(last=False)
        return name

    def exchange(self, name: str) -> Trigger:
        trigger = self._issued.get(name)
        if not _FORM.match(name) or trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._timing.now() - trigger.issued > self._timing.trigger:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger
