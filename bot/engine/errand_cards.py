"""What is said where a refused person asks others: the button below the refusal, the message, its end."""

from __future__ import annotations

from bot.domain.access import Need
from bot.domain.invocation import Invocation
from bot.domain.message import Button, Icon, Message, Paragraph, Text, channel, code, instant, person, text
from bot.domain.typed import clean
from bot.engine.approval_cards import cut
from bot.engine.directory import Channel

ASK, TAKE = "ask", "take"
_LABEL = 75
_VERBS = {"rollback": "Roll back"}


def label_of(verb: str, place: str) -> str:
    """`Roll back shop/web…`, as much of it as a button holds."""
    words = f"{_VERBS.get(verb, verb.capitalize())} {place}".strip()
    return f"{words[: _LABEL - 1]}…"


def offer(need: Need, errand: str) -> Button:
    """Below the refusal."""
    return Button(label=cut(f"Ask {need.people} to do it"), press=f"{errand}:{ASK}")


def sent(need: Need, place: Channel, line: str, until: float) -> Message:
    """What the refused person sees once others are asked."""
    return Message(
        icon=Icon.WAITING,
        headline=text("Asked {} to do it, in {}: {}", need.people, channel(place.id, place.name or "there"),
                      _echo(line)),
        footer=text("Nothing was changed. Until {}", instant(until, "later")),
    )  # fmt: skip


def asks(by: Invocation, called: Text, line: str, button: Button, until: float) -> Message:
    """The message that calls them, once."""
    return Message(
        icon=Icon.WAITING,
        headline=text("{} asks {}: {}", person(by.user, by.user_name), called, _echo(line)),
        parts=(
            Paragraph(
                text=text("The policy does not let them. Whoever takes it does it as themselves, after a "
                          "plan of their own.")
            ),
        ),
        buttons=(button,),
        footer=text("Nothing was changed. Until {}", instant(until, "later")),
    )  # fmt: skip


def unasked(need: Need, place: str) -> Message:
    """What the refused person is told where the message could not be posted after all."""
    return Message(
        icon=Icon.WARNING,
        headline=text("I cannot post in {} now, so {} was not asked. Nothing was changed.",
                      channel(place, "the channel"), need.people),
    )  # fmt: skip


def taken(by: Invocation, who: tuple[str, str], line: str) -> Message:
    """The same message once somebody took it; what comes of it has a card of its own."""
    return Message(
        headline=text("{} took it · {} asked: {}", person(*who), person(by.user, by.user_name), _echo(line))
    )


def lapsed(by: Invocation, need: Need, line: str) -> Message:
    return Message(
        icon=Icon.FAILED,
        headline=text("Nobody took it in time · {} asked {}: {}", person(by.user, by.user_name), need.people,
                      _echo(line)),
        footer=text("Nothing was changed."),
    )  # fmt: skip


def _echo(line: str) -> Text:
    return text("{}", code(f"/k8s {clean(line)}"))
