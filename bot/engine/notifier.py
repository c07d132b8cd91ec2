"""The door out, as the engine sees it: say, edit in place, and know beforehand whether one may."""

from __future__ import annotations

from typing import Protocol

from bot.domain.form import Form
from bot.domain.message import File, Message


class Notifier(Protocol):
    """Everything shown to people passes here. Messages come with every `Button.press` filled in.

    All methods raise `DeliveryError` when Slack finally did not take the message: after retries for
    what passes by itself (rate limits, 5xx, no connection), at once for what does not.
    """

    async def answer(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Show something to one person: through the response address of their command or click, or at one of
        the addresses of `domain/invocation.py`, where nothing can be replaced.

        With `replace` it takes the place of the message that the address belongs to.
        """

    async def post(self, channel: str, message: Message, *, thread: str = "", key: str = "") -> str:
        """Post to a channel, or into a thread, and give the message's `ts`; `key` names it for the log."""

    async def edit(self, channel: str, ts: str, message: Message, *, final: bool = False) -> None:
        """Bring a posted message to this state. Edits of one message are coalesced: the call returns when
        this state, or a newer one asked for since, is shown. A `final` one is never dropped for a newer one
        and goes ahead of others that wait.
        """

    async def open(self, trigger: str, form: Form, key: str) -> None:
        """Show a form to whoever made the trigger, within 3 s; `key` comes back with the answers."""

    async def direct(self, user: str) -> str:
        """The channel of somebody's direct messages with the bot."""

    async def home(self, user: str, message: Message) -> None:
        """What somebody sees in the bot's own tab."""

    async def send(
        self, files: tuple[File, ...], *, user: str = "", channel: str = "", thread: str = ""
    ) -> None:
        """Files to one person's direct messages with the bot, or into a channel or thread."""
