"""What is owed to one channel, and what may go next: posts in order, of many edits the newest.

Pure but for the futures of those who wait, which are only handed on here.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from bot.slack.budget import Bucket, Budget, Pace

if TYPE_CHECKING:
    import asyncio

    from bot.slack.blocks import Rendered

POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"


@dataclass(eq=False)
class Call:
    """One call of the Web API that is owed."""

    method: Literal["chat.postMessage", "chat.update"]
    rendered: Rendered
    asked: float
    ts: str = ""
    """The message that is edited."""
    thread: str = ""
    key: str = ""
    final: bool = False
    waiters: list[asyncio.Future[str]] = field(default_factory=list)
    attempts: int = 0
    not_before: float = 0.0
    is_sent: bool = False
    """It is on its way, so it can no longer be replaced."""

    def tell(self, ts: str) -> None:
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(ts)

    def refuse(self, error: Exception) -> None:
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_exception(error)

    @property
    def is_abandoned(self) -> bool:
        return all(waiter.done() for waiter in self.waiters)


class Outbox:
    def __init__(self, pace: Pace, budget: Budget) -> None:
        self._pace = pace
        self._budget = budget
        self._bucket = Bucket(rate=pace.posts_per_second, size=pace.posts_at_once)
        self._posts: deque[Call] = deque()
        self._edits: dict[str, deque[Call]] = {}
        self._edited: dict[str, float] = {}
        self._failing_since = math.inf

    def __bool__(self) -> bool:
        return bool(self._posts or self._edits)

    def add(self, call: Call) -> None:
        if call.method == POST:
            self._posts.append(call)
            return
        line = self._edits.setdefault(call.ts, deque())
        if line and not line[-1].final and not line[-1].is_sent:
            _supersede(line.pop(), call)
        line.append(call)

    def next(self, now: float) -> tuple[Call | None, float]:
        """The call that may go now; else None, and the seconds until one may."""
        while self._posts and self._posts[0].is_abandoned:
            self._posts.popleft()  # nobody would learn its ts, so nobody could ever edit it
        heads = [line[0] for line in self._edits.values()] + [*self._posts][:1]
        heads.sort(key=lambda call: (not call.final, call.method != POST, call.asked))
        shortest = math.inf
        for call in heads:
            wait = self._wait(call, now)
            if wait <= 0:
                return call, 0.0
            shortest = min(shortest, wait)
        return None, shortest

    def begin(self, call: Call, now: float) -> None:
        call.is_sent = True
        if call.method == POST:
            self._bucket.take(now)
        else:
            self._budget.take_edit(now)

    def done(self, call: Call, now: float) -> None:
        """Slack took it."""
        self._failing_since = math.inf
        if call.method == UPDATE:
            self._edited[call.ts] = now
        self.drop(call)

    def drop(self, call: Call) -> None:
        line = self._posts if call.method == POST else self._edits[call.ts]
        line.remove(call)
        if call.method == UPDATE and not line:
            del self._edits[call.ts]

    def again(self, call: Call, now: float, delay: float) -> bool:
        """Try it once more after a while; or, with its patience at an end, give it up and say False."""
        self._failing_since = min(self._failing_since, now)
        if now + delay - max(call.asked, self._failing_since) > self._pace.patience:
            self.drop(call)
            return False
        call.is_sent = False
        call.attempts += 1
        call.not_before = now + delay
        newer = [later for later in self._edits.get(call.ts, ()) if later is not call]
        if newer and not call.final:
            _supersede(call, newer[0])
            self.drop(call)
        return True

    def is_at_rest(self, now: float) -> bool:
        """Nothing is owed, and nothing must be remembered to keep the pace."""
        quiet = all(now - at >= self._pace.edit_gap for at in self._edited.values())
        return not self and quiet and self._bucket.is_full(now)

    def leave(self, *, routine: bool) -> list[Call]:
        """Give up what is owed (the routine edits alone, or everything), for those who wait to be told."""
        calls = [*self._posts, *(call for line in self._edits.values() for call in line)]
        left = [call for call in calls if not call.is_sent and call.method == UPDATE and not call.final]
        left = left if routine else calls
        for call in left:
            self.drop(call)
        return left

    def _wait(self, call: Call, now: float) -> float:
        waits = [call.not_before - now, self._budget.wait_for(call.method, now)]
        if call.method == POST:
            waits.append(self._bucket.wait(now))
        else:
            waits.append(self._budget.wait_to_edit(now, final=call.final))
            if not call.final:
                waits.append(self._edited.get(call.ts, -math.inf) + self._pace.edit_gap - now)
        return max(waits)


def _supersede(older: Call, newer: Call) -> None:
    """The newer state is shown instead, and whoever waits for the older is content with it."""
    newer.waiters[:0] = older.waiters
    newer.asked = min(older.asked, newer.asked)
    newer.attempts = older.attempts
    newer.not_before = older.not_before
