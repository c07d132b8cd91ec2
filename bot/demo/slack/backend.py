"""Everything the simulated platform is made of; the Web API, the sockets and the page are its doors."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from bot.demo.slack.delivery import Delivery
from bot.demo.slack.events import Events
from bot.demo.slack.faults import Faults
from bot.demo.slack.feed import Feed
from bot.demo.slack.limits import Limits
from bot.demo.slack.messages import Message
from bot.demo.slack.responses import Responses
from bot.demo.slack.signin import SignIn
from bot.demo.slack.sockets import Sockets
from bot.demo.slack.tasks import Tasks
from bot.demo.slack.triggers import Triggers
from bot.demo.slack.views import Views

if TYPE_CHECKING:
    from bot.demo.slack.app import Credentials
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Change, Workspace

CALLS_KEPT = 5000
SLACKBOT = "USLACKBOT"


class Backend:
    def __init__(self, workspace: Workspace, timing: Timing, credentials: Credentials) -> None:
        self.workspace = workspace
        self.credentials = credentials
        self.timing = timing
        self.tasks = Tasks()
        self.faults = Faults(timing)
        self.limits = Limits(timing)
        self.feed = Feed()
        self.calls: deque[Json] = deque(maxlen=CALLS_KEPT)
        self.sockets = Sockets(workspace.app.id, self.faults, self.tasks, timing)
        secret = credentials.signing_secret
        self.delivery = Delivery(self.sockets, self.faults, self.tasks, timing, secret)
        self.triggers = Triggers(timing)
        self.responses = Responses(workspace, self.limits, timing)
        self.views = Views(workspace, self.feed, timing)
        self.events = Events(workspace, self.delivery, self.tasks, timing)
        self.sign_in = SignIn(self)
        self.base = ""
        workspace.watchers.append(self._show)

    def listens_at(self, base: str) -> None:
        self.base = self.responses.base = self.events.base = base

    def _show(self, change: Change, message: Message, _before: Message | None) -> None:
        """Show a change on every open page that may see it."""
        channel = self.workspace.channels[message.channel]
        self.feed.publish(
            change,
            self.workspace.on_page(message),
            lambda person: self.workspace.sees(person, channel) and message.seen_by(person),
        )

    def notice(self, person: str, channel: str, text: str) -> None:
        """Say something to one person in Slack's own voice."""
        ts = self.workspace.next_ts(self.timing.now())
        self.workspace.post(Message(ts, channel, SLACKBOT, text, ephemeral_to=person, notice=True))

    def people_changed(self) -> None:
        self.feed.publish("people", {}, lambda _person: True)
