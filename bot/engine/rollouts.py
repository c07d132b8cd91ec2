"""Following a rollout: one card edited in place, and a thread for what is worth a line.

The bot reads, as itself, because one watch serves all; what it shows is what its asker may see (`sights`).

Level, not edge: each round reads the workload and what it owns, judges that one snapshot, and brings the
card to it. The watch only says when to look; a round every few seconds is the net under it. What was told
already is in the row, so another process goes on with the same card and says nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Protocol

from bot.domain.errors import (
    BotError,
    ClusterUnavailableError,
    ClusterUnknownError,
    DeliveryError,
)  # fmt: skip
from bot.domain.message import Message
from bot.domain.operation import State
from bot.domain.records import Entry, RecordKind
from bot.domain.resources import PODS, ObjectRef, ResourceType
from bot.domain.rollouts import assess
from bot.domain.rollouts.pace import Mark, reached, timed
from bot.domain.rollouts.snapshot import Phase, Progress
from bot.engine.following import Following, newer_than, unseen
from bot.engine.ports import ClusterReader
from bot.engine.rollout_cards import rolling, thread_line
from bot.engine.rollout_ends import locked, lost, overtaken, unanswered
from bot.engine.rooms import Rooms
from bot.engine.sights import Sights
from bot.engine.snapshots import last_words, looked_at, snapshot
from bot.engine.worker import Hold
from bot.service.gate import FollowGate

log = logging.getLogger(__name__)

_NET_SECONDS = 5.0
_PACE_SECONDS = 0.5
"""Rounds are at least this far apart, however much the cluster moves."""
_PAUSED_SECONDS = 600.0
_GIVE_UP_SECONDS = 3600.0
_CARD_SECONDS = 24 * 3600.0
"""For so long a card's end is tried to be shown."""
_PASSES = ("█", "░", "no step further")
"""Signs of a part that tells how much time has passed."""
_MOST_LINES = 12
"""Lines a thread gets from one rollout at most; the card says the rest."""


class Watching(Protocol):
    """The hub of watches: one for each cluster and kind, whoever listens."""

    def subscribe(
        self, cluster: str, types: tuple[ResourceType, ...], namespace: str, names: Callable[[str], bool],
        wake: Callable[[], None],
    ) -> Callable[[], None]: ...  # fmt: skip


class Rollouts:
    """Follows the workload of one change until it is done, stuck or gone."""

    def __init__(self, rooms: Rooms, watching: Watching) -> None:
        self._rooms = rooms
        self._watching = watching

    async def step(self, hold: Hold) -> None:
        following = Following.model_validate(hold.data)
        ref = following.plan.follow
        if ref is None or ref.namespace is None:
            await hold.save(State.DONE, {}, release=True)
            return
        stirred = asyncio.Event()
        name = ref.name
        with ExitStack() as stack:
            with suppress(ClusterUnknownError):  # the first look says so
                leave = self._watching.subscribe(
                    ref.cluster, (ref.type, PODS), ref.namespace,
                    lambda seen: seen == name or seen.startswith(f"{name}-"), stirred.set,
                )  # fmt: skip
                stack.callback(leave)
            await self._follow(hold, following, ref, stirred)

    async def _follow(self, hold: Hold, following: Following, ref: ObjectRef, stirred: asyncio.Event) -> None:
        kinds = frozenset(kind.plural for kind in looked_at(ref.type))
        gate = FollowGate(ref.cluster, ref.namespace or "", kinds)
        shown: Message | None = None
        card: Message | None = None
        began, seen_at = following.asked.started, self._rooms.clock()
        sights = Sights(self._rooms, following.asked, following.place, ref, following.operation)
        while True:
            stirred.clear()
            now = self._rooms.clock()
            view = await sights.now()
            try:
                view.check()
                door = self._rooms.clusters.behind(ref.cluster, gate, None)
                seen = await snapshot(door, ref, with_pods=view.sight.pods)
            except BotError as error:
                if isinstance(error, ClusterUnavailableError) and now - seen_at < _GIVE_UP_SECONDS:
                    following = unseen(following, now)
                    silent = card and unanswered(card, ref, seen_at, now)
                    shown = await self._redated(following, silent, shown)
                    await self._wait(stirred)
                    continue
                card = locked(lost(following.plan, ref, following.asked, error), following.lock)
                shown = await self._show(following, card, shown, final=True)
                if shown is None and now - began < _CARD_SECONDS:
                    await self._wait(stirred)
                    continue
                await self._finish(
                    hold, following, "unreadable", Progress(phase=Phase.GONE, sentence=error.message)
                )
                return
            seen_at, progress = now, assess(seen, now, uid=following.uid)
            following, mark = await self._marked(hold, following, progress, now)
            progress = timed(seen, progress, mark, now)
            newer = newer_than(following, seen) if progress.phase is not Phase.GONE else ()
            ended = bool(newer) or _ended(following, progress, mark, now)
            if newer:
                card = overtaken(following.plan, ref, following.asked, progress, newer)
            else:
                card = view.noted(rolling(following.plan, ref, following.asked, progress, now))
            card = locked(card, following.lock) if ended else card
            if ended or shown is None or _state(card) != _state(shown):
                shown = await self._show(following, card, shown, final=ended)
            if not newer:
                following = await self._tell(
                    hold, following, door if view.sight.logs else None, ref, progress
                )
            if ended and (shown is not None or now - began > _CARD_SECONDS):
                phase = "overtaken" if newer else progress.phase.value
                if newer:
                    progress = progress.model_copy(update={"sentence": "; ".join(newer)})
                await self._finish(hold, following, phase, progress)
                return
            await self._wait(stirred)

    async def _marked(
        self, hold: Hold, following: Following, progress: Progress, now: float
    ) -> tuple[Following, Mark]:
        """Keep how far it is, so that whoever goes on with it knows since when it stands still."""
        mark = reached(following.mark, progress, now)
        if mark != following.mark:
            following = following.model_copy(update={"mark": mark})
            await hold.save(State.MOVING, following.model_dump(mode="json"), wake_at=now)
        return following, mark

    async def _wait(self, stirred: asyncio.Event) -> None:
        await asyncio.sleep(_PACE_SECONDS)
        try:
            async with asyncio.timeout(_NET_SECONDS):
                await stirred.wait()
        except TimeoutError:
            return

    async def _redated(
        self, following: Following, silent: Message | None, shown: Message | None
    ) -> Message | None:
        """Have the card say of when it is: once, for that stays the same."""
        if silent is None or (shown is not None and _state(silent) == _state(shown)):
            return shown
        return await self._show(following, silent, shown, final=False)

    async def _show(
        self, following: Following, card: Message, shown: Message | None, *, final: bool
    ) -> Message | None:
        """Bring the card to this state; None when Slack is away, and it is to be shown again."""
        message = _pressable(card, shown)
        if message is None:
            message, offer = self._rooms.offers(card)
            if offer:
                await self._rooms.operations.add(offer)
        try:
            await self._rooms.notifier.edit(following.channel, following.ts, message, final=final)
        except DeliveryError as error:
            log.warning("the card of %s could not be edited: %s", following.operation, error.reason)
            return None if error.retryable else message
        return message

    async def _tell(
        self,
        hold: Hold,
        following: Following,
        door: ClusterReader | None,
        ref: ObjectRef,
        progress: Progress,
    ) -> Following:
        """A line in the thread for each trouble that it does not have yet; without a door, no last words."""
        for trouble in progress.troubles:
            if trouble.key in following.told or len(following.told) >= _MOST_LINES:
                continue
            words = await last_words(door, ref, trouble) if door else ""
            message, offer = self._rooms.offers(thread_line(trouble, ref, words))
            if offer:
                await self._rooms.operations.add(offer)
            following = following.model_copy(update={"told": (*following.told, trouble.key)})
            await hold.save(State.MOVING, following.model_dump(mode="json"), wake_at=self._rooms.clock())
            try:
                await self._rooms.notifier.post(
                    following.channel, message, thread=following.ts, key=trouble.key
                )
            except DeliveryError as error:
                log.warning("a line in the thread of %s was lost: %s", following.operation, error.reason)
        return following

    async def _finish(self, hold: Hold, following: Following, phase: str, progress: Progress) -> None:
        plan, asked, ref = following.plan, following.asked, following.plan.follow
        entry = Entry(
            kind=RecordKind.FOLLOWED, operation=following.operation, actor=asked.user, actor_name=asked.name,
            channel=following.channel, verb=plan.verb, cluster=ref.cluster if ref else "",
            namespace=(ref.namespace or "") if ref else "", target=ref.name if ref else "",
            detail={
                "phase": phase, "sentence": progress.sentence, "available": progress.available,
                "desired": progress.desired, "took_s": round(self._rooms.clock() - asked.started),
                "troubles": [f"{t.pod}: {t.reason}" for t in progress.troubles[:10]],
            },
        )  # fmt: skip
        async with self._rooms.database.write() as transaction:
            await self._rooms.ledger.append(transaction, entry)
            await hold.save(State.DONE, {}, release=True, transaction=transaction)


def _pressable(card: Message, shown: Message | None) -> Message | None:
    """The card with the buttons that are already on show, where they are the same: no row for each edit."""
    if shown is None or [b.command for b in card.buttons] != [b.command for b in shown.buttons]:
        return None
    return card.model_copy(update={"buttons": shown.buttons})


def _ended(following: Following, progress: Progress, mark: Mark, now: float) -> bool:
    if progress.phase is Phase.PAUSED:
        return now - following.asked.started > _PAUSED_SECONDS
    if progress.phase is Phase.STUCK and (progress.blocked or progress.lingering):
        return now - mark.at > _GIVE_UP_SECONDS  # it goes on without a further change, once that pod is gone
    return progress.phase is not Phase.MOVING or now - mark.at > _GIVE_UP_SECONDS


def _state(card: Message) -> object:
    """What makes two cards worth an edit; the seconds that passed alone do not."""
    return (
        card.icon,
        card.headline,
        [part for part in card.parts if not any(sign in str(part) for sign in _PASSES)],
    )
