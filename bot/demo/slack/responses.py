"""Response addresses: five posts within thirty minutes, in any channel, and the power to replace."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.slack import content
from bot.demo.slack.messages import Message
from bot.demo.slack.wire import Args, SlackError

if TYPE_CHECKING:
    from bot.demo.slack.limits import Limits
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace

MOST_USES = 5
KEPT = 5000
# Slack never published what it answers to a used-up address; callers rely on the status and `ok: false`.
USED_UP = "used_url"
EXPIRED = "expired_url"


@dataclass
class Address:
    """One response_url; `message_ts` is the message that it may replace or delete."""

    channel: str
    user: str
    issued: float
    message_ts: str = ""
    is_command: bool = False
    typed: str = ""  # the command line, which the first in_channel answer shows above itself
    uses: int = 0


class Responses:
    def __init__(self, workspace: Workspace, limits: Limits, timing: Timing) -> None:
        self._workspace = workspace
        self._limits = limits
        self._timing = timing
        self._addresses: OrderedDict[str, Address] = OrderedDict()
        self.base = ""

    def issue(self, address: Address) -> str:
        name = f"{self._workspace.team_id}/{secrets.randbelow(10**12):012d}/{secrets.token_urlsafe(18)}"
        self._addresses[name] = address
        while len(self._addresses) > KEPT:
            self._addresses.popitem(last=False)
        return f"{self.base}/actions/{name}"

    def for_command(self, channel: str, user: str, typed: str) -> Address:
        return Address(channel, user, self._timing.now(), is_command=True, typed=typed)

    def for_message(self, channel: str, user: str, message_ts: str = "") -> Address:
        return Address(channel, user, self._timing.now(), message_ts)

    def use(self, name: str, body: Json) -> None:
        """Answer one post to a response address, or refuse it."""
        address = self._addresses.get(name)
        if address is None:
            raise SlackError("invalid_url")
        if self._timing.now() - address.issued > self._timing.response_url:
            raise SlackError(EXPIRED)
        if address.uses >= MOST_USES:
            raise SlackError(USED_UP)
        wait = self._limits.refuse_post(address.channel)
        if wait:
            raise SlackError("rate_limited", retry_after=wait)
        self.answer(address, body)
        address.uses += 1

    def answer(self, address: Address, body: Json) -> None:
        """Post, replace or delete; also how the body of an acknowledgement is shown."""
        args = Args(body)
        original = self._workspace.find(address.channel, address.message_ts)
        if args.flag("delete_original"):
            if original:
                self._workspace.remove(original)
            return
        given = content.read(args, self._workspace)
        if args.flag("replace_original") and original:
            self._replace(original, given)
            return
        self._post(address, args, given)

    def _replace(self, message: Message, given: content.Content) -> None:
        before = message.snapshot()
        message.text, message.blocks = given.text, given.blocks
        if given.attachments is not None:
            message.attachments = given.attachments
        message.typed, message.failed_actions = {}, []
        self._workspace.changed(message, before)

    def _post(self, address: Address, args: Args, given: content.Content) -> None:
        app, now = self._workspace.app, self._timing.now()
        shown_to_all = args.text("response_type", "ephemeral") == "in_channel"
        if shown_to_all and address.typed:
            ts = self._workspace.next_ts(now)
            self._workspace.post(Message(ts, address.channel, address.user, address.typed, is_command=True))
            address.typed = ""
        message = Message(
            ts=self._workspace.next_ts(now),
            channel=address.channel,
            user=app.user_id,
            bot_id=app.bot_id,
            text=given.text,
            blocks=given.blocks,
            attachments=given.attachments or [],
            thread_ts=args.text("thread_ts") if shown_to_all else "",
            ephemeral_to="" if shown_to_all else address.user,
        )
        self._workspace.post(message)
        if address.is_command:
            address.message_ts = message.ts
