"""reactions.*: one emoji per message and person, and only emoji that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack import emoji
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.messages import Message
    from bot.demo.slack.wire import Json

MOST_PER_MESSAGE = 23


def _target(call: Call) -> tuple[Message, str]:
    name = call.args.required("name").partition("::")[0]
    if not call.args.has("channel") or not call.args.has("timestamp"):
        raise SlackError("no_item_specified")
    if name not in emoji.NAMES:
        raise SlackError("invalid_name")
    channel = call.channel()
    timestamp = call.args.text("timestamp")
    if not timestamp.replace(".", "", 1).isdigit():
        raise SlackError("bad_timestamp")
    message = call.workspace.find(channel.id, timestamp)
    if message is None or not message.lasts:
        raise SlackError("message_not_found")
    if not call.workspace.bot_is_member(channel):
        raise SlackError("not_in_channel")
    return message, name


def add(call: Call) -> Json:
    message, name = _target(call)
    users = message.reactions.get(name, [])
    if call.workspace.app.user_id in users:
        raise SlackError("already_reacted")
    if not users and len(message.reactions) >= MOST_PER_MESSAGE:
        raise SlackError("too_many_emoji")
    message.reactions[name] = [*users, call.workspace.app.user_id]
    call.workspace.changed(message)
    return {}


def remove(call: Call) -> Json:
    message, name = _target(call)
    users = message.reactions.get(name, [])
    if call.workspace.app.user_id not in users:
        raise SlackError("no_reaction")
    message.reactions[name] = [one for one in users if one != call.workspace.app.user_id]
    if not message.reactions[name]:
        del message.reactions[name]
    call.workspace.changed(message)
    return {}


METHODS = {
    "reactions.add": Method(add, "T3", "reactions:write"),
    "reactions.remove": Method(remove, "T2", "reactions:write"),
}
