"""`python -m tests.architecture.write_commands_page`: the verbs in docs/commands.md, from their declarations.

The page says what help says; a test compares the two, so that neither is ahead of the other.
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.engine.command import BotCommand, ChangeCommand, Command, ReadCommand, RunCommand
from bot.engine.grammar import flags, usage
from commands import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
START, END = "<!-- verbs: written by tests.architecture.write_commands_page -->", "<!-- end of verbs -->"
_EVERYWHERE = 2
"""The flags that every verb has, told of once above the verbs."""

_KINDS: tuple[tuple[type, str], ...] = (
    (ReadCommand, "Verbs that look"),
    (ChangeCommand, "Verbs that change"),
    (RunCommand, "Verbs that run something"),
    (BotCommand, "Verbs about the bot"),
)


def render() -> str:
    """Everything between the two marks."""
    known = tuple(kind for kind, _ in _KINDS)
    rest = [command for command in COMMANDS if not isinstance(command, known)]
    sections = [(title, [c for c in COMMANDS if isinstance(c, kind)]) for kind, title in _KINDS]
    sections.append(("Verbs that go on", rest))
    parts = [f"## {title}\n\n" + "\n\n".join(map(_verb, verbs)) for title, verbs in sections if verbs]
    return "\n\n".join(parts)


def _verb(command: Command) -> str:
    also = f" Also written `{'`, `'.join(command.aliases)}`." if command.aliases else ""
    lines = [f"### {command.name}", "", f"{command.summary}{also}", "", "```"]
    lines += [usage(command.name, command.args), "```", ""]
    own = flags(command.args)[_EVERYWHERE:]
    if own:
        lines += [
            "| Flag | |",
            "| --- | --- |",
            *(f"| `{_cell(flag)}` | {_cell(said)} |" for flag, said in own),
        ]
        lines.append("")
    lines.append("Such as " + ", ".join(f"`/k8s {example}`" for example in command.examples) + ".")
    return "\n".join(lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def written(page: str) -> str:
    """The page with its verbs as they are declared now."""
    body = re.compile(re.escape(START) + r".*" + re.escape(END), re.DOTALL)
    if not body.search(page):
        raise ValueError(f"{PAGE} lacks its marks")
    return body.sub(lambda _: f"{START}\n\n{render()}\n\n{END}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
