"""Watches: from a version, filtered and formed like a list, until the caller or the time is up."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from json import dumps

from bot.demo.kubernetes.api import represent
from bot.demo.kubernetes.api.represent import Form
from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.errors import ApiError, bad_request, expired, timed_out, too_large_version
from bot.demo.kubernetes.objects import Obj, namespace_of
from bot.demo.kubernetes.selectors import Test, test_of
from bot.demo.kubernetes.store import Event, Store

_BOOKMARK_SECONDS = 60.0
_BEHIND = 20_000  # events a slow reader may be behind before it is cut off
_INITIAL_END = {"k8s.io/initial-events-end": "true"}


class Watch:
    """One watcher: what it wants, and what waits to be sent to it."""

    def __init__(self, store: Store, request: Request, form: Form) -> None:
        self._store, self._request, self._form = store, request, form
        query = request.query
        self._test = test_of(query.get("labelSelector", ""), query.get("fieldSelector", ""), request.resource)
        self._bookmarks = request.flag("allowWatchBookmarks")
        self._initial = _initial_wish(request)
        asked = request.number("timeoutSeconds")
        self._seconds = float(asked) if asked else random.uniform(1800, 3600)
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self._headed = False

    def close(self) -> None:
        """End the stream, as a server that goes away does."""
        self._closed = True
        self._news.set()

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield the events, each a line of JSON."""
        unsubscribe = self._begin()
        loop = asyncio.get_running_loop()
        end, bookmark = loop.time() + self._seconds, loop.time() + _BOOKMARK_SECONDS
        try:
            while not self._closed and loop.time() < end:
                while self._waiting:
                    yield self._waiting.popleft()
                self._news.clear()
                if self._waiting or self._closed:
                    continue
                until = min(end, bookmark) if self._bookmarks else end
                try:
                    await asyncio.wait_for(self._news.wait(), max(0.0, until - loop.time()))
                except TimeoutError:
                    if self._bookmarks:
                        bookmark = loop.time() + _BOOKMARK_SECONDS
                        yield self._bookmark()
            while self._waiting:
                yield self._waiting.popleft()
        finally:
            unsubscribe()

    def _begin(self) -> Callable[[], None]:
        """Queue what has happened since the version asked for, and listen from here on."""
        try:
            self._catch_up()
        except ApiError as error:
            self._waiting.append(_line("ERROR", error.status()))
            self._closed = True
            return lambda: None
        return self._store.subscribe(self._hear)

    def _catch_up(self) -> None:
        wanted = self._request.query.get("resourceVersion", "")
        if wanted and not wanted.isdigit():
            raise bad_request(
                f'Invalid value: "{wanted}": strconv.ParseUint: parsing "{wanted}": invalid syntax'
            )
        if self._initial and not wanted:
            # A consistent stream of the present needs storage that reports its progress; this one, like the
            # cluster it was modelled on, has none: clients fall back to a list, or ask from version 0.
            raise timed_out()
        if wanted in ("", "0") or self._initial:
            self._show_present()
            return
        version, history = int(wanted), self._store.history(self._request.resource)
        if version < history.floor:
            raise expired(f"too old resource version: {version} ({history.floor})")
        if version > self._store.version:
            raise too_large_version(version, self._store.version)
        for event in history.since(version):
            self._hear(event)

    def _show_present(self) -> None:
        if self._initial is not False:
            for obj in self._store.sorted(self._request.resource, self._request.namespace or None):
                if self._suits(obj):
                    self._queue("ADDED", obj)
        if self._initial and self._bookmarks:
            self._waiting.append(self._bookmark(_INITIAL_END))

    def _hear(self, event: Event) -> None:
        if event.resource != self._request.resource:
            return
        if self._request.namespace and namespace_of(event.obj) != self._request.namespace:
            return
        kind = _seen_as(event, self._test)
        if kind is None:
            return
        if kind == event.type and not self._form.shape and not self._request.view:
            self._waiting.append(event.line)
        else:
            self._queue(kind, event.obj)
        if len(self._waiting) > _BEHIND:
            self._closed = True
        self._news.set()

    def _suits(self, obj: Obj) -> bool:
        return self._test is None or self._test(obj)

    def _queue(self, kind: str, obj: Obj) -> None:
        self._waiting.append(_line(kind, self._formed(obj)))

    def _formed(self, obj: Obj) -> Obj:
        if self._form.shape == "Table":
            headed, self._headed = not self._headed, True
            metadata = {"resourceVersion": obj["metadata"]["resourceVersion"]}
            return represent.table(self._form, self._request.resource, [obj], metadata, headed=headed)
        return represent.one(self._form, self._request.resource, obj, self._request.view)

    def _bookmark(self, annotations: Obj | None = None) -> bytes:
        metadata: Obj = {"resourceVersion": str(self._store.version), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        resource = self._request.asked
        marker = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        if self._form.shape == "Table":
            marker = represent.table(self._form, resource, [], metadata, headed=False)
        elif self._form.shape:
            marker = represent.partial(marker)
        return _line("BOOKMARK", marker)


def _initial_wish(request: Request) -> bool | None:
    if "sendInitialEvents" not in request.query:
        return None
    if request.query.get("resourceVersionMatch") != "NotOlderThan":
        why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        raise ApiError(
            422,
            "Invalid",
            f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: {why}',
            {},
        )
    return request.flag("sendInitialEvents")


def _seen_as(event: Event, test: Test | None) -> str | None:
    """Tell what an event is to a watcher with a selector: objects enter and leave its view by changing."""
    if test is None:
        return event.type
    before = event.old is not None and test(event.old)
    after = event.type != "DELETED" and test(event.obj)
    if before and after:
        return "MODIFIED"
    if after:
        return "ADDED"
    return "DELETED" if before else None


def _line(kind: str, obj: Obj) -> bytes:
    return dumps({"type": kind, "object": obj}, separators=(",", ":")).encode() + b"\n"
