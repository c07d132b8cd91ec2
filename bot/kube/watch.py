"""Wakes whoever waits for something to change, over one watch for each cluster and resource type.

A watch here is a signal and nothing more: it says "look again", and what is then read counts. So a lost,
doubled or late event can cost time but never truth, and the events may be as small as metadata.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.kube.signals import Rhythm, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.resources import ResourceType
    from bot.kube.clusters import Clusters
    from bot.kube.transport import Transport

logger = logging.getLogger(__name__)


class WatchHub:
    """All watches of the process."""

    def __init__(self, clusters: Clusters, *, rhythm: Rhythm | None = None, grace: float = 5.0) -> None:
        self._clusters = clusters
        self._rhythm = rhythm or Rhythm()
        self._grace = grace
        self._feeds: dict[tuple[str, str], _Feed] = {}

    @property
    def open(self) -> int:
        """How many watches run."""
        return sum(feed.open for feed in self._feeds.values())

    def subscribe(
        self,
        cluster: str,
        types: tuple[ResourceType, ...],
        namespace: str,
        names: Callable[[str], bool],
        wake: Callable[[], None],
    ) -> Callable[[], None]:
        """Call `wake` when an object changes whose name `names` accepts, and after each (re)connect.

        What is returned ends the subscription. Subscribe first and read then, and nothing is missed.
        An empty namespace means all of them; objects that live in no namespace are told of in any case.
        """
        transport = self._clusters.cluster(cluster).transport
        subscription = _Subscription(namespace, names, wake)
        feeds = [self._feed(transport, kind) for kind in types]
        for feed in feeds:
            feed.add(subscription)

        def unsubscribe() -> None:
            for feed in feeds:
                feed.remove(subscription)

        return unsubscribe

    async def close(self) -> None:
        await asyncio.gather(*(feed.close() for feed in self._feeds.values()))

    def _feed(self, transport: Transport, kind: ResourceType) -> _Feed:
        key = transport.cluster, kind.path(None)
        if key not in self._feeds:
            self._feeds[key] = _Feed(transport, kind, self._rhythm, self._grace)
        return self._feeds[key]


class _Subscription:
    """Who wants to be woken by what. Two alike are still two."""

    def __init__(self, namespace: str, names: Callable[[str], bool], wake: Callable[[], None]) -> None:
        self.namespace = namespace
        self.names = names
        self.wake = wake

    def covers(self, namespace: str, name: str) -> bool:
        return (not namespace or self.namespace in {"", namespace}) and self.names(name)


class _Feed:
    """The watch of one type in one cluster. Where that is forbidden, one for each namespace asked for."""

    def __init__(self, transport: Transport, kind: ResourceType, rhythm: Rhythm, grace: float) -> None:
        self._transport = transport
        self._kind = kind
        self._rhythm = rhythm
        self._grace = grace
        self._subscriptions: set[_Subscription] = set()
        self._is_narrow = False
        self._running: dict[str | None, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """The running ones and those still ending."""

    @property
    def open(self) -> int:
        return len(self._running)

    def add(self, subscription: _Subscription) -> None:
        self._subscriptions.add(subscription)
        self._adjust()

    def remove(self, subscription: _Subscription) -> None:
        """The watch outlives its last subscriber a little: often the next one is on the way."""
        self._subscriptions.discard(subscription)
        asyncio.get_running_loop().call_later(self._grace, self._adjust)

    async def close(self) -> None:
        self._subscriptions.clear()
        self._adjust()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _adjust(self) -> None:
        """Start what is wanted and end what is not. Once nothing runs, a later grant is noticed anew."""
        wanted: set[str | None] = set()
        if self._subscriptions:
            wanted = {s.namespace for s in self._subscriptions} if self._is_narrow else {None}
        for namespace in wanted - self._running.keys():
            where = f" in {namespace}" if namespace else ""
            name = f"watch of {self._transport.cluster} {self._kind.plural}{where}"
            task = asyncio.create_task(self._run(namespace), name=name)
            self._running[namespace] = task
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        for namespace in self._running.keys() - wanted:
            self._running.pop(namespace).cancel()
        self._is_narrow = self._is_narrow and bool(self._running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A watch never ends by itself: one that did met a bug, which must not leave the others deaf."""
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()):
            logger.error("%s broke", task.get_name(), exc_info=bug)
            self._running = {place: other for place, other in self._running.items() if other is not task}
            asyncio.get_running_loop().call_later(self._rhythm.longest, self._adjust)

    async def _run(self, namespace: str | None) -> None:
        def connected() -> None:
            for subscription in tuple(self._subscriptions):
                if namespace is None or subscription.namespace == namespace:
                    subscription.wake()

        signal = Signal(
            self._transport,
            self._kind,
            namespace or None,
            rhythm=self._rhythm,
            connected=connected,
            changed=self._changed,
        )
        while True:
            await signal.follow()
            if namespace is None and self._kind.namespaced:
                logger.info(
                    "%s: no watch of all %s; now by namespace", self._transport.cluster, self._kind.plural
                )
                self._is_narrow = True
                self._adjust()  # which ends this task, too
            else:
                where = f" in {namespace}" if namespace else ""
                logger.warning(
                    "%s: %s%s may not be watched", self._transport.cluster, self._kind.plural, where
                )
            await asyncio.sleep(self._rhythm.longest)

    def _changed(self, namespace: str, name: str) -> None:
        for subscription in tuple(self._subscriptions):
            if subscription.covers(namespace, name):
                subscription.wake()
