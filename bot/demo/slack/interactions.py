"""A person's hands in channels: commands, messages, clicks, menus, and what they see without an answer."""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.slack import choices, payloads, typed_text
from bot.demo.slack.blockkit import walk
from bot.demo.slack.blockkit.objects import SUGGESTIONS
from bot.demo.slack.blockkit.schema import Report
from bot.demo.slack.delivery import Parcel
from bot.demo.slack.messages import Message
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.people import Channel, Person
    from bot.demo.slack.views import View
    from bot.demo.slack.wire import Json

_LOG = logging.getLogger(__name__)
OFFERED_KEPT = 1000


@dataclass
class Target:
    """The element a person acts on, and what it stands in."""

    block: Json
    element: Json
    typed: Json
    blocks: list[Json]
    failed: list[str]


class Interactions:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._workspace = backend.workspace
        self._offered: dict[
            tuple[str, str, str], list[Json]
        ] = {}  # what each person's menus were answered with

    async def command(self, person: Person, channel: Channel, typed: str, thread_ts: str = "") -> Json:
        backend, workspace = self._backend, self._workspace
        name, *_ = typed.split() or [""]
        rest = typed.lstrip().removeprefix(name)
        known = workspace.app.command(name)
        if known is None:
            return self._told(person, channel, "unknown_command", f"{name} is not a valid command.")
        if thread_ts:
            text = f"{name} is not supported in threads. Sorry!"
            return self._told(person, channel, "not_supported_in_threads", text)
        address = backend.responses.for_command(channel.id, person.id, typed)
        payload = payloads.command(
            workspace,
            person,
            channel,
            name=name,
            text=typed_text.as_command(rest, workspace, should_escape=known.should_escape).strip(" "),
            trigger=backend.triggers.issue(person.id),
            response_url=backend.responses.issue(address),
        )
        began = time.perf_counter()
        ack = await backend.delivery.send(Parcel("slash_commands", payload))
        error = ack.error
        if ack.ok and ack.body:
            try:
                backend.responses.answer(address, ack.body)
            except SlackError as refused:
                error = refused.error
        if error:
            return self._told(person, channel, error, f'{name} failed with the error "{error}"')
        return {"ok": True, "ack_ms": round((time.perf_counter() - began) * 1000)}

    def _told(self, person: Person, channel: Channel, error: str, text: str) -> Json:
        """Tell the person in Slack's own voice why nothing came of it."""
        self._backend.notice(person.id, channel.id, text)
        return {"ok": False, "error": error, "text": text}

    def say(self, person: Person, channel: Channel, text: str, thread_ts: str = "") -> Message:
        """Post what a person typed."""
        stored = typed_text.as_message(text, self._workspace)
        message = Message(
            ts=self._workspace.next_ts(self._backend.timing.now()),
            channel=channel.id,
            user=person.id,
            text=stored,
            thread_ts=thread_ts,
            client_msg_id=str(uuid.uuid4()),
            blocks=[typed_text.as_rich_text(stored, uuid.uuid4().hex[:5])],
        )
        return self._workspace.post(message)

    async def shortcut(self, person: Person, callback_id: str, message: Message | None) -> Json:
        """Use one of the app's shortcuts, anywhere or on a message."""
        known = {(one.callback_id, one.on_messages) for one in self._workspace.app.shortcuts}
        if (callback_id, message is not None) not in known:
            raise SlackError("unknown_shortcut")
        backend, workspace = self._backend, self._workspace
        if message is None:
            payload = payloads.interaction(workspace, person, "shortcut")
        else:
            channel = workspace.channels[message.channel]
            payload = payloads.on_message(
                workspace, person, channel, message, kind="message_action", base=backend.base
            )
            address = backend.responses.for_message(channel.id, person.id, message.ts)
            payload |= {"message_ts": message.ts, "response_url": backend.responses.issue(address)}
        payload |= {
            "callback_id": callback_id,
            "trigger_id": backend.triggers.issue(person.id),
            "action_ts": workspace.next_ts(backend.timing.now()),
        }
        ack = await backend.delivery.send(Parcel("interactive", payload))
        return {"ok": True} if ack.ok else {"ok": False, "error": ack.error}

    async def act_on_message(self, person: Person, message: Message, asked: Json) -> Json:
        """Use an element of a message."""
        channel = self._workspace.channels[message.channel]
        typed = message.typed.setdefault(person.id, {})
        target = self._target(message.blocks, typed, message.failed_actions, asked)
        payload = payloads.on_message(
            self._workspace, person, channel, message, kind="block_actions", base=self._backend.base
        )
        address = self._backend.responses.for_message(channel.id, person.id, message.ts)
        payload["response_url"] = self._backend.responses.issue(address)
        had_failed = bool(message.failed_actions)
        told = await self._use(person, target, asked, payload, view_id="")
        still_there = self._workspace.find(channel.id, message.ts) is message
        if still_there and (had_failed or message.failed_actions or message.typed.get(person.id)):
            self._workspace.changed(message)
        return told

    async def act_on_view(self, person: Person, view: View, asked: Json) -> Json:
        """Use an element of a modal or of the Home tab."""
        backend = self._backend
        target = self._target(view.blocks, view.typed, view.failed_actions, asked)
        payload = payloads.on_view(self._workspace, person, backend.views, view, kind="block_actions")
        told = await self._use(person, target, asked, payload, view_id=view.id)
        if not told["ok"]:
            backend.views.tell("home" if view.type == "home" else "view", view)
        return told

    def _target(self, blocks: list[Json], typed: Json, failed: list[str], asked: Json) -> Target:
        found = walk.locate(blocks, str(asked.get("block_id") or ""), str(asked.get("action_id") or ""))
        if found is None:
            raise SlackError("no_such_element")
        return Target(found[0], found[1], typed, blocks, failed)

    async def _use(self, person: Person, target: Target, asked: Json, payload: Json, *, view_id: str) -> Json:
        block, element = target.block, target.element
        place = (str(block["block_id"]), str(element["action_id"]))
        chosen = choices.pick(element, asked, self._offered.get((person.id, *place)))
        if walk.held(element) is not None:
            target.typed.setdefault(place[0], {})[place[1]] = {"type": element["type"], **chosen}
        if block["type"] == "input" and not block.get("dispatch_action"):
            return {"ok": True, "delivered": False}
        backend = self._backend
        state = {"values": walk.values(target.blocks, target.typed)}
        if "view" in payload:
            payload["view"]["state"] = state
            payload["hash"] = payload["view"]["hash"]
        when = self._workspace.next_ts(backend.timing.now())
        action = {
            "type": element["type"],
            "block_id": place[0],
            "action_id": place[1],
            "action_ts": when,
            **chosen,
        }
        payload |= {
            "state": state,
            "actions": [action],
            "trigger_id": backend.triggers.issue(person.id, view_id),
        }
        ack = await backend.delivery.send(Parcel("interactive", payload))
        if place[1] in target.failed:
            target.failed.remove(place[1])
        if not ack.ok:
            target.failed.append(place[1])
            return {"ok": False, "error": ack.error}
        return {"ok": True, "delivered": True}

    async def options(self, person: Person, where: Message | View, asked: Json) -> Json:
        """Ask the app what an external menu offers."""
        found = walk.locate(where.blocks, str(asked.get("block_id") or ""), str(asked.get("action_id") or ""))
        if found is None:
            raise SlackError("no_such_element")
        block, element = found
        if isinstance(where, Message):
            channel = self._workspace.channels[where.channel]
            payload = payloads.on_message(
                self._workspace, person, channel, where, kind="block_suggestion", base=self._backend.base
            )
        else:
            payload = payloads.on_view(
                self._workspace, person, self._backend.views, where, kind="block_suggestion"
            )
        value = str(asked.get("value") or "")
        payload |= {"block_id": block["block_id"], "action_id": element["action_id"], "value": value}
        ack = await self._backend.delivery.send(Parcel("interactive", payload))
        if not ack.ok:
            return {"ok": False, "error": ack.error, "options": []}
        report = Report()
        SUGGESTIONS(ack.body, "", report)
        if report.problems:
            why = [problem.worded() for problem in report.problems]
            _LOG.warning("a menu stays empty, since the app's options are refused: %s", "; ".join(why))
            return {"ok": False, "error": "invalid_options", "messages": why, "options": []}
        groups = ack.body.get("option_groups") or [{"options": ack.body.get("options", [])}]
        offered = [one for each in groups for one in each["options"]]
        place = (person.id, str(block["block_id"]), str(element["action_id"]))
        # Several may be chosen one after another, each found by another query.
        self._offered[place] = (offered + self._offered.get(place, []))[:OFFERED_KEPT]
        return {"ok": True, **ack.body}
