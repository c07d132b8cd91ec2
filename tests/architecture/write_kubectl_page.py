"""`python -m tests.architecture.write_kubectl_page`: docs/kubectl.md, from the lines that a test tries."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.kubectl_lines import LINES

PAGE = Path(__file__).parents[2] / "docs" / "kubectl.md"
_INTRODUCTION = """# kubectl's lines, after /k8s

kubectl's spelling works where the verb does: short names and plurals, `TYPE/NAME`, `TYPE NAME NAME`,
`-n=shop`, `-nshop`, `--flag=false`, `kubectl` typed in front by habit. A line that is not run says why, and
what comes nearest. These lines are from kubectl's own quick reference, some for other kinds too; a test types
each of them.

| Line | What becomes of it |
| --- | --- |
"""


def written() -> str:
    rows = []
    for line, runs, refused in LINES:
        became = f"`{runs}`" if runs else f"not run: “{refused} …”"
        rows.append(f"| `{_cell(line)}` | {_cell(became)} |")
    return _INTRODUCTION + "\n".join(rows) + "\n"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
