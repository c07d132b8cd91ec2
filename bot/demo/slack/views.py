"""Modals and Home tabs: what is open in front of whom, at most three deep, and under which hash."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.slack.blockkit import check, walk
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.feed import Feed
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace

MOST_DEEP = 3


@dataclass
class View:
    id: str
    user: str
    document: Json
    hash: str
    root_id: str
    previous_id: str = ""
    typed: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    banner: str = ""
    failed_actions: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.document["blocks"]
        return blocks

    @property
    def type(self) -> str:
        return str(self.document["type"])

    def text(self, name: str) -> str:
        return str(self.document.get(name) or "")


def judged(view: Any) -> Json:
    """Refuse a view that breaks a limit; give the others as Slack stores them."""
    if isinstance(view, dict) and check.is_view_too_large(view):
        raise SlackError("view_too_large")
    problems = check.view_problems(view)
    if problems:
        raise SlackError("invalid_arguments", messages=[problem.worded() for problem in problems])
    return {**view, "blocks": walk.stored(view["blocks"])}


class Views:
    def __init__(self, workspace: Workspace, feed: Feed, timing: Timing) -> None:
        self._workspace = workspace
        self._feed = feed
        self._timing = timing
        self._all: dict[str, View] = {}
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def find(self, view_id: str) -> View | None:
        return self._all.get(view_id)

    def by_external_id(self, name: str) -> View | None:
        return next((one for one in self._all.values() if one.text("external_id") == name), None)

    def stack(self, user: str) -> list[View]:
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def open(self, user: str, view: Any) -> View:
        document = self._modal(view)
        self.clear(user)
        return self._show(user, document, "")

    def push(self, user: str, view: Any) -> View:
        document = self._modal(view)
        stack = self._stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_DEEP:
            raise SlackError("push_limit_reached")
        return self._show(user, document, stack[-1].id)

    def update(self, view: View, document: Any, given_hash: str = "") -> View:
        """Replace a view's content; what was typed stays under the same block and action ids."""
        judged_document = judged(document)
        if judged_document["type"] != view.type:
            raise SlackError(
                "invalid_arguments", messages=["view type cannot be changed [json-pointer:/view/type]"]
            )
        self._unique(judged_document, view)
        if given_hash and given_hash != view.hash:
            raise SlackError("hash_conflict")
        view.document, view.hash = judged_document, self._hash()
        view.errors, view.banner, view.failed_actions = {}, "", []
        self.tell("home" if view.type == "home" else "view", view)
        return view

    def publish(self, user: str, document: Any, given_hash: str = "") -> View:
        home = self._homes.get(user)
        if home:
            return self.update(home, document, given_hash)
        judged_document = judged(document)
        if judged_document["type"] != "home":
            raise SlackError("invalid_arguments", messages=["must be a home view [json-pointer:/view/type]"])
        view_id = self._workspace.serial("V")
        view = View(view_id, user, judged_document, self._hash(), view_id)
        self._homes[user] = self._all[view_id] = view
        self.tell("home", view)
        return view

    def close(self, view: View) -> None:
        """Close the top view; the one below comes to light again."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self._all.pop(view.id, None)
            self.tell("view_closed", view)

    def clear(self, user: str) -> None:
        for view in reversed(self.stack(user)):
            self.close(view)

    def _modal(self, view: Any) -> Json:
        document = judged(view)
        if document["type"] != "modal":
            raise SlackError("invalid_arguments", messages=["must be a modal view [json-pointer:/view/type]"])
        self._unique(document, None)
        return document

    def _unique(self, document: Json, own: View | None) -> None:
        name = document.get("external_id")
        other = self.by_external_id(name) if name else None
        if other and other is not own:
            raise SlackError("duplicate_external_id")

    def _show(self, user: str, document: Json, previous_id: str) -> View:
        stack = self._stacks.setdefault(user, [])
        view_id = self._workspace.serial("V")
        root_id = stack[0].id if stack else view_id
        view = View(view_id, user, document, self._hash(), root_id, previous_id)
        stack.append(view)
        self._all[view_id] = view
        self.tell("view", view)
        return view

    def _hash(self) -> str:
        return f"{int(self._timing.now())}.{secrets.token_hex(4)}"

    def tell(self, kind: str, view: View) -> None:
        self._feed.publish(kind, self.on_page(view), lambda person: person == view.user)

    def as_view(self, view: View) -> Json:
        """Tell a view as methods and payloads do."""
        app = self._workspace.app
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            **(
                {"title": {"type": "plain_text", "text": "View Title", "emoji": True}}
                if view.type == "home"
                else {}
            ),
            **copy.deepcopy(view.document),
            "id": view.id,
            "team_id": self._workspace.team_id,
            "state": {"values": walk.values(view.blocks, view.typed)},
            "hash": view.hash,
            "previous_view_id": view.previous_id or None,
            "root_view_id": view.root_id,
            "app_id": app.id,
            "app_installed_team_id": self._workspace.team_id,
            "bot_id": app.bot_id,
        }

    def on_page(self, view: View) -> Json:
        return self.as_view(view) | {
            "errors": dict(view.errors),
            "banner": view.banner,
            "failed_actions": list(view.failed_actions),
        }
