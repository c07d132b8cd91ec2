"""What a message may say: the rules on text, blocks and attachments that every way of posting keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.slack import typed_text
from bot.demo.slack.blockkit import check, walk
from bot.demo.slack.blockkit.objects import METADATA
from bot.demo.slack.blockkit.schema import Report, string
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.wire import Args, Json
    from bot.demo.slack.workspace import Workspace

TRUNCATED_AT = 40_000
EDIT_TEXT = 4_000
MARKDOWN_TEXT = 12_000
MOST_ATTACHMENTS = 100
FOOTER = string(300)
METADATA_BYTES = 16_000  # unpublished


@dataclass
class Content:
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] | None = None
    metadata: Json | None = None
    warnings: tuple[str, ...] = ()


def read(args: Args, workspace: Workspace, *, most_bytes: int | None = None) -> Content:
    """Read and judge a message's content; a text over `most_bytes` is refused, else a long one is cut."""
    if args.has("markdown_text"):
        return _markdown(args)
    blocks = _array(args, "blocks", "invalid_blocks_format")
    attachments = _array(args, "attachments", "invalid_attachments")
    text = args.text("text")
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if most_bytes is not None and len(text.encode()) > most_bytes:
        raise SlackError("msg_too_long")
    if args.flag("link_names") or args.text("parse") == "full":  # else bare @names stay what they are
        text = typed_text.alive(text, workspace)
    kept = judged(blocks or [])
    typed_text.alive_in_blocks(kept, workspace)
    warnings = ("message_truncated",) if len(text) > TRUNCATED_AT else ()
    return Content(
        text=text[:TRUNCATED_AT],
        blocks=kept,
        attachments=_attachments(attachments),
        metadata=_metadata(args),
        warnings=warnings,
    )


def judged(blocks: list[Any]) -> list[Json]:
    """Refuse blocks that break a limit; give the others as Slack stores them."""
    problems = check.message_problems(blocks)
    if problems:
        worded = [problem.worded() for problem in problems]
        raise SlackError("invalid_blocks", messages=worded, errors=worded)
    if check.has_second_table(blocks):
        worded = ["only_one_table_allowed"]
        raise SlackError("invalid_attachments", messages=worded, errors=worded)
    if check.is_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return walk.stored(blocks)


def _markdown(args: Args) -> Content:
    text = args.text("markdown_text")
    if args.has("text") or args.has("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(text) > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return Content(
        text=text, blocks=walk.stored([{"type": "markdown", "text": text}]), metadata=_metadata(args)
    )


def _array(args: Args, name: str, error: str) -> list[Any] | None:
    value = args.document(name, error)
    if value is None:
        return None
    if not isinstance(value, list):
        raise SlackError(error)
    return value


def _attachments(attachments: list[Any] | None) -> list[Json] | None:
    if attachments is None:
        return None
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for index, one in enumerate(attachments):
        if not isinstance(one, dict):
            raise SlackError("invalid_attachments")
        blocks, report = one.get("blocks"), Report()
        FOOTER(one.get("footer", ""), f"/attachments/{index}/footer", report)
        if isinstance(blocks, list):
            report.problems += check.message_problems(blocks, f"/attachments/{index}/blocks")
        if report.problems:
            worded = [problem.worded() for problem in report.problems]
            raise SlackError("invalid_attachments", messages=worded, errors=worded)
        if isinstance(blocks, list):
            one["blocks"] = walk.stored(blocks)
    return attachments


def _metadata(args: Args) -> Json | None:
    value = args.document("metadata", "invalid_metadata_format")
    if value is None:
        return None
    report = Report()
    METADATA(value, "/metadata", report)
    if report.problems or not isinstance(value.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(str(value)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return dict(value)
