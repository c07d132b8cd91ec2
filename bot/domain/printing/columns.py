"""`-o custom-columns=NAME:.metadata.name,…`: columns of one's own, each a path."""

from __future__ import annotations

from bot.domain.errors import UsageError
from bot.domain.model import Json
from bot.domain.printing.jsonpath import JsonPath, as_text

_MOST = 20
_CELL = 500
_OPENS, _CLOSES = "[({", "])}"


class Columns:
    """Heads with their paths."""

    def __init__(self, columns: tuple[tuple[str, JsonPath], ...]) -> None:
        self._columns = columns

    @classmethod
    def read(cls, text: str) -> Columns:
        """Raises `UsageError` for what is no list of `HEAD:.path`."""
        pieces = _split(text)
        if len(pieces) > _MOST:
            raise UsageError(f"{_MOST} columns at most.")
        columns = []
        for piece in pieces:
            head, colon, path = piece.partition(":")
            if not (head.strip() and colon and path.strip()):
                said = f"`{piece[:60].replace('`', '')}` is no column"
                raise UsageError(said, hint="Write custom-columns=NAME:.metadata.name,NODE:.spec.nodeName")
            try:
                columns.append((head.strip(), JsonPath.read(path)))
            except UsageError as error:
                raise UsageError(f"Column `{head.strip()[:40]}`. {error.message}", hint=error.hint) from error
        return cls(tuple(columns))

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(head for head, _ in self._columns)

    def cells(self, found: Json) -> tuple[str, ...]:
        """One row; where a path finds nothing stands `<none>`."""
        return tuple(_cell(path.values(found)) for _, path in self._columns)


def _cell(values: list[object]) -> str:
    said = ",".join("<none>" if value is None else as_text(value) for value in values) or "<none>"
    return said if len(said) <= _CELL else said[: _CELL - 1] + "…"


def _split(text: str) -> list[str]:
    """At the commas that stand in no bracket and no quotes."""
    pieces, depth, mark = [""], 0, ""
    for sign in text:
        if mark:
            mark = "" if sign == mark else mark
        elif sign in "\"'":
            mark = sign
        else:
            depth += (sign in _OPENS) - (sign in _CLOSES)
        if sign == "," and not depth and not mark:
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces
