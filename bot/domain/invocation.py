"""One use of a command, as it was asked."""

from __future__ import annotations

from bot.domain.access import Place
from bot.domain.model import Frozen


def direct(user: str) -> str:
    """The address of what is answered in somebody's direct messages with the bot."""
    return f"direct:{user}"


def beside(channel: str, thread: str, user: str) -> str:
    """The address of what one person alone sees in a channel, or in a thread of it."""
    return f"beside:{channel}:{thread}:{user}"


class Invocation(Frozen):
    """What somebody typed or pressed, free of Slack's wire format."""

    id: str
    """The operation that carries it."""
    user: str
    user_name: str
    team: str
    place: Place
    text: str
    """The line after the slash command, or the command of the button that was pressed."""
    reply: str
    """The sealed address to answer at: Slack's response address, or one of the two above."""
    private: bool = True
    """The address belongs to a command or to a message that this person alone sees. That of a press on a
    public message does not: what replaced that message would be shown to everybody."""
    thread: str = ""
    """Where it was asked, should that be a thread: its first message's `ts`."""
    sent_by: tuple[str, str] = ("", "")
    """Whom it is done for, by id and name, where somebody may not do it themselves and asked others to."""
    confirmed: bool = False
    """A question was answered with yes: what runs only after a confirm may run."""
    at: float
