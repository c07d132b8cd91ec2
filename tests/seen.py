"""A message as people see it: its words and its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_FLOWING = {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}
"""Blocks whose elements stand on one line."""
_HANDLES = {"S0SRE": "@sre", "U0ANA": "@ana", "U0BEN": "@ben", "U0CHO": "@cho"}
"""Who is called stands there by their id alone; a reader sees the handle."""


@dataclass
class Seen:
    """A message as somebody in the channel sees it."""

    raw: dict[str, Any]

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def text(self) -> str:
        """Every word of it."""
        return "\n".join([self.raw.get("text", ""), *_words(self.raw.get("blocks", []))])

    @property
    def plain(self) -> str:
        """Every word of it, without the signs of code and bold type."""
        return self.text.replace("`", "").replace("*", "")

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.raw.get("ephemeral"))

    @property
    def thread(self) -> str:
        return str(self.raw.get("thread_ts") or "")

    @property
    def buttons(self) -> dict[str, dict[str, str]]:
        """Label to what a press needs."""
        return {
            element["text"]["text"]: {
                "block_id": block.get("block_id", ""),
                "action_id": element["action_id"],
            }
            for block in self.raw.get("blocks", [])
            if block["type"] == "actions"
            for element in block["elements"]
        }

    def value(self, label: str) -> str:
        """What the button with this label would send."""
        rows = [block["elements"] for block in self.raw.get("blocks", []) if block["type"] == "actions"]
        return next(str(e["value"]) for row in rows for e in row if e["text"]["text"] == label)


def _words(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for item in node for word in _words(item)]
    if not isinstance(node, dict):
        return []
    if node.get("type") in _FLOWING:
        return ["".join(_words(node["elements"]))]
    if node.get("type") in {"user", "usergroup"}:
        return [_HANDLES[node[f"{node['type']}_id"]]]
    own = [node["text"]] if isinstance(node.get("text"), str) else []
    return own + [word for key, value in node.items() if key != "text" or not own for word in _words(value)]
