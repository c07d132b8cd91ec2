"""What programs print, as people can read it: decoded, as a terminal would leave it, without secrets.

They print what they like, so the time grows with the text and not with its square.
"""

from __future__ import annotations

import re

from bot.domain.redaction import redact

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b[\]PX^_]|[\x9d\x90])[^\x07\x1b\x90\x9c\x9d]{0,4096}(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MOST_UNREADABLE = 0.1
"""Of a text's characters; more, and it is none."""


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
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    if "\b" in text:
        text = "\n".join(_rubbed(line) if "\b" in line else line for line in text.split("\n"))
    return text


def _rubbed(line: str) -> str:
    """Each backspace takes the character before it."""
    left: list[str] = []
    for character in line:
        if character != "\b":
            left.append(character)
        elif left:
            left.pop()
    return "".join(left)
