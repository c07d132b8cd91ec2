"""A message of the page, as somebody at a terminal reads it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_CALLED = re.compile(r"<[@#!]([^|>]*)(?:\|([^>]*))?>")
_ENDS = ("✅", "❌", "↩️")


@dataclass(frozen=True)
class Button:
    label: str
    style: str
    block_id: str
    action_id: str


@dataclass(frozen=True)
class Said:
    raw: dict[str, Any]

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def channel(self) -> str:
        return str(self.raw.get("channel", ""))

    @property
    def is_whisper(self) -> bool:
        return bool(self.raw.get("ephemeral"))

    @property
    def is_bots(self) -> bool:
        return bool(self.raw.get("bot_id"))

    @property
    def files(self) -> list[str]:
        """By their names."""
        return [str(file["name"]) for file in self.raw.get("files") or []]

    @property
    def thread(self) -> str:
        """The message it replies to, if any."""
        parent = str(self.raw.get("thread_ts") or "")
        return "" if parent == self.ts else parent

    @property
    def headline(self) -> str:
        """What the lock screen shows."""
        return str(self.raw.get("text", ""))

    @property
    def has_ended(self) -> bool:
        """A card that will not be edited any more."""
        return self.headline.startswith(_ENDS)

    @property
    def lines(self) -> list[str]:
        """All that stands in it, buttons left out."""
        blocks = self.raw.get("blocks") or [{"type": "section", "text": {"text": self.headline}}]
        return [line for block in blocks for line in _lines(block)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def buttons(self) -> list[Button]:
        return [
            Button(element["text"]["text"], element.get("style", ""), block["block_id"], element["action_id"])
            for block in self.raw.get("blocks") or []
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "button"
        ]

    @property
    def affirmative(self) -> Button | None:
        """The one button that says yes."""
        return next((button for button in self.buttons if button.style in {"primary", "danger"}), None)


@dataclass(frozen=True)
class Form:
    """A modal, as it stands open before somebody."""

    raw: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def title(self) -> str:
        return str(self.raw["title"]["text"])

    @property
    def labels(self) -> list[str]:
        """Of its fields, in their order."""
        return [block["label"]["text"] for block in self.raw["blocks"] if block["type"] == "input"]


def _lines(block: dict[str, Any]) -> list[str]:
    match block["type"]:
        case "section" | "header":
            return _plain(block.get("text", {}).get("text", "")).splitlines()
        case "context":
            return ["  ".join(_plain(one.get("text", "")) for one in block["elements"])]
        case "rich_text":
            return [line for element in block["elements"] for line in _rich(element)]
        case "table":
            return _table([[_cell(cell) for cell in row] for row in block["rows"]])
        case _:
            return []


def _plain(words: str) -> str:
    words = _CALLED.sub(lambda called: called[2] or called[1], _DATE.sub(r"\1", words))
    return html.unescape(words)


def _rich(element: dict[str, Any]) -> list[str]:
    if element["type"] == "rich_text_list":
        return ["• " + line for one in element["elements"] for line in _rich(one)]
    lines = "".join(
        one.get("text") or one.get("url") or _called(one) for one in element["elements"]
    ).splitlines()
    return ["  " + line for line in lines] if element["type"] == "rich_text_preformatted" else lines


def _cell(cell: dict[str, Any]) -> str:
    return str(cell["text"]) if "text" in cell else " ".join(_rich({"type": "", **cell}))


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _called(element: dict[str, Any]) -> str:
    """Whoever, or whichever channel, stands there by its id alone."""
    keys = ("usergroup_id", "user_id", "channel_id")
    return next((str(element[key]) for key in keys if key in element), "")
