"""The order that `--sort-by` asks for: numbers and amounts by size, words with their numbers by value."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from bot.domain.printing.jsonpath import as_text

Key: TypeAlias = tuple[Any, ...]

_UNITS = {
    "": 1.0, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_AMOUNT = re.compile(r"([+-]?\d{1,18}(?:\.\d{1,9})?)(n|u|m|k|[MGTPE]|[KMGTPE]i)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
_DURATION = re.compile(r"(?:\d{1,9}[smhdy])+")
_AGES = {"AGE", "LAST SEEN", "FIRST SEEN", "LAST SCHEDULE", "DURATION"}
_NOTE = re.compile(r" \(.*\)$")
_LONGEST = 300


def order(value: Any) -> Key:
    """Where a value stands: what is missing first, then numbers and amounts, then words."""
    if value is None or value in ("", "<none>"):
        return (0,)
    if isinstance(value, int | float):
        return (1, float(value))
    words = as_text(value)[:_LONGEST]
    if amount := _AMOUNT.fullmatch(words):
        return (1, float(amount[1]) * _UNITS[amount[2] or ""])
    pieces = re.findall(r"\d+|\D+", words)
    return (2, *((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces))


def order_of_cell(head: str, cell: str) -> Key:
    """The same for what a table shows: `3 (5m ago)` restarts are three, an age is as long as it is."""
    if head in _AGES and _DURATION.fullmatch(cell):
        return (1, float(sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"(\d+)([smhdy])", cell))))
    return order(_NOTE.sub("", cell))
