"""Text by others, made harmless: what a pod printed or a person typed is shown, and never obeyed.

A `Text` has two forms in Slack. In rich text every word is literal, so whatever stands in a message's body
goes that way. A section and a context block know only mrkdwn, which has no escape for its marks; there a
word joiner (U+2060, without width) beside a mark keeps it from forming a pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.message import Span, Text
from bot.domain.model import Json

ELLIPSIS = "…"
INSTANT = "{time} {date_short_pretty}"
"""Such as "10:26 PM today": with the date, since it is read tomorrow, too; last, where it is no capital."""

_JOINER = "\N{WORD JOINER}"
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"  # window titles, hyperlinks
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters other than tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi: shows words in another order than they have
    "\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f"  # without width: two names that look alike
    "\ud800-\udfff]"  # half a character, which no JSON parser takes
)
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_CALL = re.compile(r"(?<![^\W_])@(?=here|channel|everyone|\Z)", re.IGNORECASE)
_FENCE = re.compile(r"``(?=`)")
_MARK = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`|(?m:^)>|:(?=[\w+'-]+:)")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,20}")
_CALLED = re.compile(r"[SUW][A-Z0-9]{2,20}")
_SECONDS = re.compile(r"[0-9]{1,11}")


def clean(text: str) -> str:
    """What a terminal would show of it: no colour codes, no control or direction characters, calls broken."""
    seen = _UNSEEN.sub("", _BREAK.sub("\n", _ANSI.sub("", text)))
    return _FENCE.sub("``" + _JOINER, _CALL.sub("@" + _JOINER, seen))


def clean_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """The three characters that begin something in Slack; it decodes no others, so no others are encoded."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_size(text: str) -> int:
    return len(escape(text))


def escaped_bytes(text: str) -> int:
    return len(escape(text).encode())


def cut(text: str, room: int, size: Callable[[str], int] = len) -> str:
    """The text, or as much of its start as fits together with an ellipsis.

    It is cut before it is escaped, and measured as if after: so no entity is ever halved.
    """
    if size(text) <= room:
        return text
    return _start(text, room - size(ELLIPSIS), size) + ELLIPSIS if room >= size(ELLIPSIS) else ""


def plain(text: str, room: int) -> str:
    """One line for a message's `text`, at most `room` bytes, for lock screens and screen readers."""
    return escape(cut(clean_line(text), room, escaped_bytes))


def mrkdwn(text: Text, room: int) -> str:
    """The text for a section or a context block, at most `room` characters as Slack counts them."""
    pieces = [_frame(span) for span in text.spans]
    if sum(len(before) + escaped_size(words) + len(after) for before, words, after in pieces) <= room:
        return "".join(before + escape(words) + after for before, words, after in pieces)
    said = ""
    for before, words, after in pieces:
        left = room - len(ELLIPSIS) - len(said) - len(before) - len(after)
        kept = words if escaped_size(words) <= left else _start(words, left, escaped_size)
        is_whole = kept == words
        if kept and (is_whole or after != ">"):  # half a date or a channel would be none
            said += before + escape(kept) + after
        if not is_whole:
            break
    return said + ELLIPSIS


def rich(text: Text, room: int) -> list[Json]:
    """The text as elements of a rich text section, with at most `room` characters in all."""
    elements = [element for element in map(_element, text.spans) if shown(element)]
    if sum(len(shown(element)) for element in elements) <= room:
        return elements
    kept: list[Json] = []
    left = room - len(ELLIPSIS)
    for element in elements:
        if len(shown(element)) > left:
            kept.append(_words(shown(element)[:left] + ELLIPSIS, **element.get("style", {})))
            break
        kept.append(element)
        left -= len(shown(element))
    return kept


def shown(element: Json) -> str:
    """The words of an element of rich text, or what stands for them."""
    named = ("text", "fallback", "channel_id", "usergroup_id", "user_id")
    return next((str(element[name]) for name in named if element.get(name)), "")


def _start(text: str, room: int, size: Callable[[str], int]) -> str:
    for index, character in enumerate(text):
        room -= size(character)
        if room < 0:
            return text[:index]
    return text


def _frame(span: Span) -> tuple[str, str, str]:
    """What stands before, the words, what stands after. Only the words are escaped."""
    line = clean_line(span.text)
    match span.kind:
        case "code" if line:
            # A code span has no way to hold a backtick; this is the nearest that looks like one.
            return "`", line.replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}"), "`"
        case "bold" | "person" if line:
            return "*", _unmarked(line), "*"
        case "instant" if _SECONDS.fullmatch(span.id):
            return f"<!date^{span.id}^{INSTANT}|", line.replace("|", "/") or span.id, ">"
        case "channel" if _CHANNEL.fullmatch(span.id):
            return "<#", span.id, ">"
        case "channel":
            return "", _unmarked("#" + line), ""
        case "call" if _CALLED.fullmatch(span.id):
            return ("<!subteam^" if span.id.startswith("S") else "<@"), span.id, ">"
        case "call":
            return "", _unmarked("@" + line), ""
        case "plain":
            return "", _unmarked(clean(span.text)), ""
        case _:
            return "", _unmarked(line), ""


def _unmarked(text: str) -> str:
    return _MARK.sub(lambda mark: _JOINER + mark[0] + _JOINER, text)


def _element(span: Span) -> Json:
    match span.kind:
        case "plain":
            return _words(clean(span.text))
        case "code":
            return _words(clean_line(span.text), code=True)
        case "bold" | "person":
            return _words(clean_line(span.text), bold=True)
        case "instant" if _SECONDS.fullmatch(span.id):
            fallback = clean_line(span.text) or span.id
            return {"type": "date", "timestamp": int(span.id), "format": INSTANT, "fallback": fallback}
        case "channel":
            return _channel(span)
        case "call":
            return _call(span)
        case _:
            return _words(clean_line(span.text))


def _channel(span: Span) -> Json:
    if not _CHANNEL.fullmatch(span.id):
        return _words("#" + clean_line(span.text))
    return {"type": "channel", "channel_id": span.id}


def _call(span: Span) -> Json:
    if not _CALLED.fullmatch(span.id):
        return _words("@" + clean_line(span.text))
    if span.id.startswith("S"):
        return {"type": "usergroup", "usergroup_id": span.id}
    return {"type": "user", "user_id": span.id}


def _words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}
