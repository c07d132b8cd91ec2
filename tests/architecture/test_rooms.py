"""No room outside the plan, and none without a word on why it is there."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BESIDE = {"bot.__init__", "bot.__main__", "bot.settings", "bot.demo"}
"""What contracts of their own hold apart, or what holds nothing."""

LONG = {
    "bot/engine/confirmed.py": "the one way of a confirmed plan, read from its top to its bottom",
    "commands/logs.py": "every flag of the verb that has the most; its sense is in domain/logs",
}
"""Files over 300 lines, each with its reason."""

SOURCES = sorted(path for room in ("bot", "commands") for path in (ROOT / room).rglob("*.py"))


def layers() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layered = next(contract for contract in contracts if contract["type"] == "layers")
    return {room.strip() for layer in layered["layers"] for room in layer.split("|")}


def test_every_room_has_its_layer():
    rooms = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or list(path.glob("*.py"))
    }
    assert rooms - BESIDE == layers() - {"commands"}


@pytest.mark.parametrize(
    "room", sorted({path.parent for path in SOURCES}), ids=lambda room: str(room.relative_to(ROOT))
)
def test_every_file_says_why_it_is_there(room):
    silent = [
        path.name
        for path in sorted(room.glob("*.py"))
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_no_file_is_long_without_a_reason():
    over = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > 300
    }
    assert over <= LONG.keys()
