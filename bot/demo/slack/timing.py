"""Every waiting time of the platform, in one place, so that tests may shorten them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Timing:
    """Seconds, as Slack publishes or shows them; `now` may be set by hand."""

    now: Callable[[], float] = time.time
    ack: float = 3.0
    trigger: float = 3.0
    response_url: float = 1800.0
    event_retries: tuple[float, ...] = (0.5, 60.0, 300.0)
    socket_retry: float = 0.5  # on top of the missed ack: about 3 to 4 s after the first
    ticket: float = 30.0
    connection: float = 3600.0
    debug_connection: float = 360.0
    warning: float = 10.0
