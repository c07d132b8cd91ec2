"""conversations.*: finding, reading and entering channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.methods.call import LARGEST_PAGE, Call, Method, page
from bot.demo.slack.people import Channel
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.messages import Message
    from bot.demo.slack.wire import Json

_FAMILY = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
LARGEST_LIST = 999


def _readable(call: Call, purpose: str = "read") -> Channel:
    channel = call.channel()
    call.needs(f"{_FAMILY[channel.kind]}:{purpose}")
    return channel


def _told(call: Call, channel: Channel) -> Json:
    return channel.as_conversation(call.workspace.app.user_id)


def info(call: Call) -> Json:
    told = _told(call, _readable(call))
    if not call.args.flag("include_num_members"):
        told.pop("num_members", None)
    return {"channel": told}


def list_channels(call: Call) -> Json:
    types = call.args.words("types") or ["public_channel"]
    if not set(types) <= set(_TYPES):
        raise SlackError("invalid_types")
    for one in types:
        call.needs(f"{_TYPES[one]}:read")
    unarchived = call.args.flag("exclude_archived")
    channels = [
        _told(call, channel)
        for channel in call.workspace.channels.values()
        if channel.type_word in types
        and (channel.kind == "channel" or call.workspace.bot_is_member(channel))
        and not (unarchived and channel.is_archived)
    ]
    cut, metadata = page(channels, call.args, most=LARGEST_LIST)
    return {"channels": cut, "response_metadata": metadata}


def of_the_bot(call: Call) -> Json:
    """List the channels that the bot is in, of the types asked for."""
    told = list_channels(call)
    own = [one for one in told["channels"] if one.get("is_member") or one.get("is_im")]
    return told | {"channels": own}


def members(call: Call) -> Json:
    channel = _readable(call)
    cut, metadata = page([{"id": one} for one in channel.members], call.args)
    return {"members": [one["id"] for one in cut], "response_metadata": metadata}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.workspace.bot_is_member(channel):
        warning = "already_in_channel"
        return {
            "channel": _told(call, channel),
            "warning": warning,
            "response_metadata": {"warnings": [warning]},
        }
    channel.members.append(call.workspace.app.user_id)
    call.backend.people_changed()
    return {"channel": _told(call, channel)}


def open_direct(call: Call) -> Json:
    if call.args.has("channel"):
        channel = call.channel()
        return {"no_op": True, "already_open": True, "channel": _told(call, channel)}
    users = call.args.words("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if any(one not in call.workspace.people for one in users):
        raise SlackError("user_not_found")
    if len(users) > 1:
        call.needs("mpim:write")
    person = call.workspace.people[users[0]]
    if person.deleted:
        raise SlackError("user_disabled")
    if person.id == call.workspace.app.user_id:
        raise SlackError("cannot_dm_bot")
    existing = call.workspace.direct_channel(person.id)
    channel = existing or Channel(
        call.workspace.serial("D"), members=[person.id, call.workspace.app.user_id], is_im=True
    )
    call.workspace.channels[channel.id] = channel
    if existing is None:
        call.backend.people_changed()
    told = _told(call, channel) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": told} | ({"no_op": True, "already_open": True} if existing else {})


def _member_only(call: Call) -> Channel:
    channel = _readable(call, "history")
    if not call.workspace.bot_is_member(channel):
        raise SlackError("not_in_channel")
    return channel


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """Keep what lies between `oldest` and `latest`, the ends only with `inclusive`."""
    bounds = {}
    for name, error in (("oldest", "invalid_ts_oldest"), ("latest", "invalid_ts_latest")):
        try:
            bounds[name] = float(call.args.text(name) or ("0" if name == "oldest" else "inf"))
        except ValueError:
            raise SlackError(error) from None
    ends = call.args.flag("inclusive")

    def lies_within(message: Message) -> bool:
        at = float(message.ts)
        if at in bounds.values():
            return ends
        return bounds["oldest"] < at < bounds["latest"]

    return [one for one in messages if lies_within(one)]


def history(call: Call) -> Json:
    channel = _member_only(call)
    shown = [
        one
        for one in call.workspace.lasting(channel.id)
        if not one.is_reply or one.subtype == "thread_broadcast"
    ]
    told = [call.workspace.as_message(one, call.base) for one in reversed(_within(call, shown))]
    cut, metadata = page(told, call.args, most=LARGEST_LIST)
    more = bool(metadata["next_cursor"])
    return {"messages": cut, "has_more": more, "pin_count": 0, "response_metadata": metadata}


def replies(call: Call) -> Json:
    channel = _member_only(call)
    parent = call.workspace.find(channel.id, call.args.required("ts"))
    if parent is None or not parent.lasts:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        parent = call.workspace.find(channel.id, parent.thread_ts) or parent
    thread = [parent, *_within(call, call.workspace.replies(parent))]
    told = [call.workspace.as_message(one, call.base) for one in thread]
    cut, metadata = page(told, call.args, default=LARGEST_PAGE)
    return {"messages": cut, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


METHODS = {
    "conversations.info": Method(info, "T3"),
    "conversations.list": Method(list_channels, "T2"),
    "users.conversations": Method(of_the_bot, "T3"),
    "conversations.members": Method(members, "T4"),
    "conversations.join": Method(join, "T3", "channels:join"),
    "conversations.open": Method(open_direct, "T3", "im:write"),
    "conversations.history": Method(history, "T3"),
    "conversations.replies": Method(replies, "T3"),
}
