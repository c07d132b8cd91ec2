"""A log as the server gives it, made into lines: each with its time, and without its secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from bot.domain.redaction import placeholder, redact_lines

LONGEST_KEY = 120
"""Lines; the largest RSA keys in use have some hundred."""

_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)(?: |\Z)")
_NO_LOG = re.compile(r"unable to retrieve container logs for \S+")
"""How a kubelet says, as if it were a line, that a log is gone. It never has a time in front."""
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)?"  # window titles, links
    r"|\x1b[ -/]*[0-~]?"  # the short ones
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_BREAK = re.compile("[\n\v\f\r\x85\u2028\u2029]+")
_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_END = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")
_BODY = re.compile(r"[A-Za-z0-9+/=]{0,80}|[A-Za-z-]{2,20}: .{0,80}")


class Line(NamedTuple):
    at: str
    """When it was printed, UTC, without the final `Z`: so times of any precision compare as text."""
    text: str


def parse(said: str) -> list[Line]:
    """The lines of a log that was asked for with times.

    One without a time, such as the rest of a broken one, keeps that of the line before. The server's own
    sentence about a log that is gone is no line.
    """
    lines: list[Line] = []
    at = ""
    for raw in said.removesuffix("\n").split("\n") if said else ():
        if stamp := _STAMP.match(raw):
            at = _utc(stamp)
            lines.append(Line(at, visible(raw[stamp.end() :])))
        elif not _NO_LOG.fullmatch(raw):
            lines.append(Line(at, visible(raw)))
    return lines


def visible(text: str) -> str:
    """What a terminal would show of a line: no colour codes, no control or direction characters."""
    if text.isprintable():
        return text
    plain = _SEQUENCE.sub("", text)
    return _UNSEEN.sub("", _BREAK.sub(" ", plain)).rstrip()


def redacted(lines: Sequence[Line], *, inside: bool = False) -> tuple[list[Line], bool]:
    """The lines without secrets; and whether they end inside a private key that goes on.

    `inside` says that the text before these ended so. The rest of a key whose start was not read is known by
    its foot.
    """
    rest, open_still = _rest_of_key(lines, inside=inside)
    kept = lines[rest:]
    found = [Line(kept[number].at, text) for number, text in redact_lines([line.text for line in kept])]
    if rest:
        found.insert(0, Line(lines[0].at, placeholder("\n".join(line.text for line in lines[:rest]))))
    return found, open_still if rest == len(lines) else _ends_inside(kept)


def _rest_of_key(lines: Sequence[Line], *, inside: bool) -> tuple[int, bool]:
    """How many lines at the start are the rest of a key, and whether it goes on behind them."""
    count = 0
    for line in lines[:LONGEST_KEY]:
        if _END.search(line.text) and not _BEGIN.search(line.text):
            return count + 1, False
        if not _BODY.fullmatch(line.text.strip()):
            return count if inside else 0, False
        count += 1
    return (count, count < LONGEST_KEY) if inside else (0, False)


def _ends_inside(lines: Sequence[Line]) -> bool:
    for line in reversed(lines[-LONGEST_KEY:]):
        begun, ended = (
            max((m.end() for m in mark.finditer(line.text)), default=-1) for mark in (_BEGIN, _END)
        )
        if begun != ended:
            return begun > ended
    return False


def _utc(stamp: re.Match[str]) -> str:
    """Nodes in other zones write their own time."""
    second, fraction, zone = stamp[1], stamp[2] or "", stamp[3]
    if zone != "Z":
        try:
            moment = datetime.fromisoformat(second + zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return second + fraction
        second = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return second + fraction
