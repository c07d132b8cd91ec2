"""What the tree never holds: promises of work, doubles of the real thing, the address of an index."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BINARY = {".png", ".gz", ".woff2", ".ico"}


def tracked(*under: str) -> list[Path]:
    """The files that Git knows, so that what is only lying about is left out."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *under],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in _BINARY]


def found(pattern: str, *under: str) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked(*under)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]


def test_nothing_is_left_for_later():
    later = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"))
    assert (
        found(rf"\b({later})\b", "bot", "commands", "tests", "helm", "docs", "benchmarks", "*.md", "Makefile")
        == []
    )


@pytest.mark.parametrize(
    "pattern",
    [
        r"unittest[.]mock|import [m]ock\b|[M]agicMock|\b[m]ocker\b",
        r"monkeypatch[.]set(attr|item)",
        r"pytest[.]skip\(|mark[.]skip|pytest[.]importorskip|mark[.]xfail",
    ],
    ids=["doubles", "patches", "skips"],
)
def test_tests_drive_the_real_thing_all_of_it(pattern):
    assert found(pattern, "tests") == []


def test_requirements_are_pinned_by_hash_and_name_no_index():
    assert found(r"://|^\s*--(extra-)?index-url|^\s*-i\s|--find-links|--trusted-host", "requirements") == []
    for path in tracked("requirements"):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        unpinned = [
            line for line in text.splitlines() if re.match(r"\w", line) and "--hash=sha256:" not in line
        ]
        assert unpinned == [], path.name
