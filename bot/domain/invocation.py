"""One use of a command, as it was asked."""

from __future__ import annotations

from bot.domain.access import Place
from bot.domain.model import Frozen


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
    """The sealed response address: only the room that stores secrets can open it."""
    private: bool = True
    """The address belongs to a command or to a message that this person alone sees. That of a press on a
    public message does not: what replaced that message would be shown to everybody."""
    confirmed: bool = False
    """A question was answered with yes: what runs only after a confirm may run."""
    at: float
