"""chat.*: posting, editing and deleting, with what each refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.demo.slack import content
from bot.demo.slack.messages import Message
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.people import Channel
    from bot.demo.slack.wire import Json

_TS = re.compile(r"^\d+\.\d{6}$")


def _destination(call: Call) -> Channel:
    """Find where to post: a channel, its #name, or a person's DM with the bot."""
    name, workspace = call.args.required("channel"), call.workspace
    if name in workspace.people:
        direct = workspace.direct_channel(name)
        if direct is None:
            raise SlackError("channel_not_found")
        name = direct.id
    if name.startswith("#"):
        name = next((one.id for one in workspace.channels.values() if one.name == name[1:]), name)
    channel = workspace.for_bot(name)
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_im and not workspace.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _thread(call: Call, channel: Channel) -> str:
    thread_ts = call.args.text("thread_ts")
    if not thread_ts:
        return ""
    if not _TS.match(thread_ts):
        raise SlackError("invalid_thread_ts")
    parent = call.workspace.find(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply or not parent.lasts:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _by_bot(call: Call, channel: Channel, given: content.Content, thread_ts: str) -> Message:
    app = call.workspace.app
    custom = call.args.text("username") if "chat:write.customize" in app.scopes else ""
    return Message(
        ts=call.next_ts(),
        channel=channel.id,
        user=app.user_id,
        bot_id=app.bot_id,
        username=custom,
        text=given.text,
        blocks=given.blocks,
        attachments=given.attachments or [],
        metadata=given.metadata,
        thread_ts=thread_ts,
    )


def _warned(reply: Json, given: content.Content) -> Json:
    if given.warnings:
        reply |= {
            "warning": ",".join(given.warnings),
            "response_metadata": {"warnings": list(given.warnings)},
        }
    return reply


def post_message(call: Call) -> Json:
    channel = _destination(call)
    if not call.workspace.bot_is_member(channel) and "chat:write.public" not in call.workspace.app.scopes:
        raise SlackError("not_in_channel")
    thread_ts = _thread(call, channel)
    given = content.read(call.args, call.workspace)
    call.posts_to(channel)
    message = _by_bot(call, channel, given, thread_ts)
    if thread_ts and call.args.flag("reply_broadcast"):
        message.subtype = "thread_broadcast"
    call.workspace.post(message)
    told = call.workspace.own_fields(message)
    return _warned({"channel": channel.id, "ts": message.ts, "message": told}, given)


def post_ephemeral(call: Call) -> Json:
    channel = _destination(call)
    user = call.args.required("user")
    if not call.workspace.bot_is_member(channel) and "chat:write.public" not in call.workspace.app.scopes:
        raise SlackError("not_in_channel")
    if user not in channel.members or call.workspace.people[user].deleted:
        raise SlackError("user_not_in_channel")
    thread_ts = _thread(call, channel)
    given = content.read(call.args, call.workspace, most_bytes=content.TRUNCATED_AT)
    call.posts_to(channel)
    message = _by_bot(call, channel, given, thread_ts)
    message.ephemeral_to = user
    call.workspace.post(message)
    return {"message_ts": message.ts}


def _own(call: Call, channel: Channel, refusal: str) -> Message:
    """Find one of the bot's own lasting messages; ephemeral ones are beyond the API."""
    message = call.workspace.find(channel.id, call.args.required("ts"))
    if message is None or not message.lasts or message.deleted:
        raise SlackError("message_not_found")
    if message.bot_id != call.workspace.app.bot_id:
        raise SlackError(refusal)
    return message


def update(call: Call) -> Json:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = _own(call, channel, "cant_update_message")
    given = content.read(call.args, call.workspace, most_bytes=content.EDIT_TEXT)
    before = message.snapshot()
    message.text, message.blocks = given.text, given.blocks
    if given.attachments is not None:
        message.attachments = given.attachments
    if given.metadata is not None:
        message.metadata = given.metadata
    if given.text:  # an edit of blocks alone bears no mark
        message.edited = {"user": message.user, "ts": call.next_ts()}
    message.typed, message.failed_actions = {}, []
    call.workspace.changed(message, before)
    told = call.workspace.own_fields(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.workspace.find(channel.id, call.args.required("message_ts"))
    if message is None or not message.lasts:
        raise SlackError("message_not_found")
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {
        "channel": channel.id,
        "permalink": f"{call.base}/archives/{channel.id}/p{message.ts.replace('.', '')}{thread}",
    }


METHODS = {
    "chat.postMessage": Method(post_message, "S", "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "T4", "chat:write"),
    "chat.update": Method(update, "T3", "chat:write"),
    "chat.delete": Method(delete, "T3", "chat:write"),
    "chat.getPermalink": Method(get_permalink, "S"),
}
