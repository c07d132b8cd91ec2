"""A person's hands in modals: submitting, cancelling, and what the app's answer does to the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.slack import choices, payloads
from bot.demo.slack.blockkit import walk
from bot.demo.slack.delivery import Parcel
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.people import Person
    from bot.demo.slack.views import View
    from bot.demo.slack.wire import Json

BANNER = "We had some trouble connecting. Try again?"


class Modals:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._views = backend.views

    async def submit(self, person: Person, view: View, given: Json) -> Json:
        """Press submit on the top view, with what was typed into it."""
        if self._views.stack(person.id)[-1:] != [view]:
            raise SlackError("not_found")
        if not view.document.get("submit"):
            raise SlackError("nothing_to_submit")
        self._type(view, given)
        view.errors, view.banner = self._complaints(view), ""
        if view.errors:  # the client keeps it; the app never hears of it
            self._views.tell("view", view)
            return {"ok": False, "error": "validation", "errors": view.errors}
        trigger = self._backend.triggers.issue(person.id, view.id)
        payload = payloads.on_view(self._backend.workspace, person, self._views, view, kind="view_submission")
        payload |= {"trigger_id": trigger, "response_urls": self._response_urls(person, view)}
        ack = await self._backend.delivery.send(Parcel("interactive", payload))
        if not ack.ok:
            return self._troubled(view, ack.error)
        try:
            return self._apply(view, ack.body)
        except SlackError as refused:
            return self._troubled(view, refused.error, refused.messages)

    async def close(self, person: Person, view: View, *, everything: bool) -> Json:
        """Cancel the top view, or close all of them with the cross."""
        stack = self._views.stack(person.id)
        if view not in stack:
            raise SlackError("not_found")
        told = stack[0] if everything else stack[-1]
        payload = payloads.on_view(self._backend.workspace, person, self._views, told, kind="view_closed")
        payload["is_cleared"] = everything
        if everything:
            self._views.clear(person.id)
        else:
            self._views.close(stack[-1])
        if told.document.get("notify_on_close"):
            await self._backend.delivery.send(Parcel("interactive", payload))
        return {"ok": True}

    def _type(self, view: View, given: Json) -> None:
        for block_id, actions in given.items():
            for action_id, entry in actions.items():
                found = walk.locate(view.blocks, block_id, action_id)
                if found is None:
                    raise SlackError("no_such_element")
                _, element = found
                chosen = choices.pick(element, entry if isinstance(entry, dict) else {"value": entry})
                view.typed.setdefault(block_id, {})[action_id] = {"type": element["type"], **chosen}

    def _complaints(self, view: View) -> dict[str, str]:
        state = walk.values(view.blocks, view.typed)
        complaints = {}
        for block in view.blocks:
            if block["type"] == "input":
                entry = state.get(block["block_id"], {}).get(block["element"]["action_id"], {})
                complaint = choices.faults_in(block, entry)
                if complaint:
                    complaints[block["block_id"]] = complaint
        return complaints

    def _response_urls(self, person: Person, view: View) -> list[Json]:
        state, urls = walk.values(view.blocks, view.typed), []
        for block in view.blocks:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            entry = state[block["block_id"]][element["action_id"]]
            channel = entry.get("selected_conversation") or entry.get("selected_channel")
            if channel:
                address = self._backend.responses.for_message(channel, person.id)
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self._backend.responses.issue(address),
                    }
                )
        return urls

    def _apply(self, view: View, answer: Json) -> Json:
        """Do what the acknowledgement says; an empty one closes the view."""
        action: Any = answer.get("response_action")
        if action == "errors":
            return self._errors(view, answer.get("errors"))
        if action == "update":
            self._views.update(view, answer.get("view"))
        elif action == "push":
            self._views.push(view.user, answer.get("view"))
        elif action == "clear":
            self._views.clear(view.user)
        elif action is None:
            self._views.close(view)
        else:
            raise SlackError("invalid_response_action")
        return {"ok": True, "response_action": action or "close"}

    def _errors(self, view: View, errors: Any) -> Json:
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            raise SlackError("invalid_errors", messages=["errors may only name input blocks of the view"])
        view.errors = {str(name): str(text) for name, text in errors.items()}
        self._views.tell("view", view)
        return {"ok": False, "error": "validation", "errors": view.errors}

    def _troubled(self, view: View, error: str, messages: list[str] | None = None) -> Json:
        view.banner = BANNER
        self._views.tell("view", view)
        return {"ok": False, "error": error, "messages": messages or []}
