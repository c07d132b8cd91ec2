"""What programs print, as people can read it: decoded, as a terminal would leave it, without secrets."""

from __future__ import annotations

import re

from bot.domain.redaction import redact

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b[\]PX^_]|[\x9d\x90])[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)"  # titles, hyperlinks, strings
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n])")
_BACKED = re.compile(r"[^\n\x08]\x08")
_MOST_UNREADABLE = 0.1
"""Of a text's characters; more, and it is none."""
_BACKS = 200


def readable(content: bytes) -> str | None:
    """Text without colour codes and without secrets; None for what is no text."""
    if b"\x00" in content:
        return None
    text = content.decode(errors="replace").replace("\r\n", "\n")
    shown = _ANSI.sub("", text)
    odd = shown.count("\ufffd") + len(_CONTROL.findall(shown.replace("\r", "").replace("\b", "")))
    if odd > len(shown) * _MOST_UNREADABLE:
        return None
    return redact(_CONTROL.sub("", _as_left(shown)))


def lines(text: str) -> tuple[str, ...]:
    return tuple(text.rstrip("\n").split("\n")) if text.strip() else ()


def _as_left(text: str) -> str:
    """As a terminal leaves it: what a carriage return begins anew is gone, and so is what was rubbed out."""
    text = _OVERWRITTEN.sub("", text)
    for _ in range(_BACKS):
        shorter = _BACKED.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text
