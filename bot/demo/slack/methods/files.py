"""files.*: an upload in three steps, and the message that shows it."""

from __future__ import annotations

import mimetypes
import secrets
from typing import TYPE_CHECKING

from bot.demo.slack.messages import File, Message
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.wire import SlackError, missing

if TYPE_CHECKING:
    from bot.demo.slack.people import Channel
    from bot.demo.slack.wire import Json

SNIPPET_BYTES = 1_000_000
ALT_TEXT = 1000
MOST_CHANNELS = 100
_TEXT = (".log", ".txt", ".yaml", ".yml", ".diff", ".patch")


def get_upload_url(call: Call) -> Json:
    name, length = call.args.text("filename"), call.args.number("length", 0)
    if not name or length <= 0:
        raise missing("filename" if not name else "length", "missing_argument")
    if call.args.has("snippet_type") and length > SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
    if len(call.args.text("alt_txt")) > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(
        id=call.workspace.serial("F"),
        name=name,
        size=length,
        user=call.workspace.app.user_id,
        mimetype="text/plain" if name.lower().endswith(_TEXT) else guessed,
        alt_txt=call.args.text("alt_txt"),
    )
    call.workspace.files[file.id] = file
    ticket = secrets.token_urlsafe(24)
    call.workspace.uploads[ticket] = file
    return {"upload_url": f"{call.base}/upload/v1/{ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    files = _named_files(call)
    channels = _channels(call)
    for file in files:
        file.completed = True
        file.channels = [channel.id for channel in channels]
    for channel in channels:
        _share(call, channel, files)
    return {"files": [file.as_file(call.base) for file in files]}


def _named_files(call: Call) -> list[File]:
    entries = call.args.document("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise missing("files")
    files = []
    for entry in entries:
        file = call.workspace.files.get(entry.get("id", "")) if isinstance(entry, dict) else None
        if file is None or file.completed:
            raise SlackError("file_not_found")
        if not file.uploaded or len(file.content) != file.size:
            raise SlackError("file_update_failed")
        file.title = str(entry.get("title") or file.name)
        files.append(file)
    return files


def _channels(call: Call) -> list[Channel]:
    names = [call.args.text("channel_id")] if call.args.has("channel_id") else call.args.words("channels")
    if len(names) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    channels = [call.workspace.for_bot(name) for name in names]
    if not all(call.workspace.bot_is_member(channel) for channel in channels):
        raise SlackError("not_in_channel")
    return channels


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    app, thread_ts = call.workspace.app, call.args.text("thread_ts")
    if thread_ts and call.workspace.find(channel.id, thread_ts) is None:
        raise SlackError("thread_not_found")
    message = Message(
        ts=call.next_ts(),
        channel=channel.id,
        user=app.user_id,
        bot_id=app.bot_id,
        text=call.args.text("initial_comment"),
        thread_ts=thread_ts,
        files=files,
    )
    call.workspace.post(message)


def info(call: Call) -> Json:
    file = call.workspace.files.get(call.args.required("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": file.as_file(call.base)}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, "T4", "files:write"),
    "files.completeUploadExternal": Method(complete_upload, "T4", "files:write"),
    "files.info": Method(info, "T4", "files:read"),
}
