"""Which verb a line means. Registration is an explicit list; nothing is found by magic."""

from __future__ import annotations

from itertools import takewhile
from typing import Literal

from bot.domain.errors import UnknownVerbError, UsageError
from bot.domain.habits import NOT_HERE
from bot.domain.resources import nearest
from bot.domain.typed import join
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, ChangeCommand, Command, RunCommand
from bot.engine.grammar import parse
from bot.service.loading import Verb

_HABITS = {"kubectl", "k8s", "/k8s", "k"}
"""Words that fingers type in front without being asked."""


_OF_A_SHELL = frozenset({"|", "||", "&&", ">", ">>", "<", ";", "&"})


class Registry:
    """The verbs, looked up by their first one or two words."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self.commands = commands
        self._by_name: dict[tuple[str, ...], Command] = {}
        for command in commands:
            for name in command.names:
                key = tuple(name.split())
                if key in self._by_name:
                    raise ValueError(f"two verbs are called {name!r}")
                self._by_name[key] = command

    def named(self, name: str) -> Command | None:
        return self._by_name.get(tuple(name.split()))

    def read(self, words: tuple[str, ...]) -> tuple[Command, Args]:
        """The verb and its validated arguments. Raises `UnknownVerbError` or `UsageError`."""
        command, rest = self.find(words)
        own = rest[: rest.index("--")] if "--" in rest else rest
        if sign := next((word for word in own if word in _OF_A_SHELL), ""):
            before = takewhile(lambda word: word not in _OF_A_SHELL, own)
            raise UsageError(
                f"`{sign}` is a shell's, and there is none here.",
                hint="A result has Filter… and As file below it; `logs` has --grep.",
                suggestions=(join((*command.name.split(), *before)),),
            )
        if not {"--help", "-h"}.isdisjoint(own):
            return self.read(("help", *command.name.split()))
        try:
            return command, parse(command.args, rest, name=command.name)
        except UsageError as error:
            error.form = join((*command.name.split(), *rest))
            raise

    def find(self, words: tuple[str, ...]) -> tuple[Command, tuple[str, ...]]:
        """The verb, and what is left of the words."""
        while words and words[0].lower() in _HABITS:
            words = words[1:]
        if not words:
            words = ("home",)
        verb = tuple(word.lower() for word in words[:2])
        for length in (2, 1):
            if len(verb) >= length and verb[:length] in self._by_name:
                return self._by_name[verb[:length]], words[length:]
        raise self._unknown(words)

    def _knows(self, line: str) -> bool:
        """Whether a line, or what it asks help for, begins with a verb that is here."""
        words = tuple(line.removeprefix("help ").split())
        return words in self._by_name or words[:1] in self._by_name

    def _unknown(self, words: tuple[str, ...]) -> UnknownVerbError:
        first = words[0]
        seconds = [name[1] for name in self._by_name if len(name) > 1 and name[0] == first.lower()]
        if seconds:
            typed = words[1] if len(words) > 1 else ""
            near = nearest(typed.lower(), seconds) or sorted(seconds)
            said = f"`{first}` needs one of: {', '.join(sorted(seconds))}."
            lines = tuple(join((first.lower(), name, *words[2:])) for name in near[:3])
            return UnknownVerbError(
                said, hint=f"Usage: `/k8s {first.lower()} {'|'.join(sorted(seconds))} …`", suggestions=lines
            )
        if instead := NOT_HERE.get(first.lower()):
            known = tuple(line for line in instead.lines if self._knows(line))
            return UnknownVerbError(
                f"`{first.lower()}` is not run from here.", hint=instead.why, suggestions=known
            )
        near = nearest(first.lower(), [" ".join(name) for name in self._by_name])[:3]
        whole = [name for name in near if self._reads((*name.split(), *words[1:]))] or near[:1]
        hint = f"Did you mean `{whole[0]}`?" if whole else "`/k8s help` lists what there is."
        offered = dict.fromkeys([*(join((*name.split(), *words[1:])) for name in whole), "help"])
        return UnknownVerbError(f"There is no verb `{first[:40]}`.", hint=hint, suggestions=tuple(offered))

    def _reads(self, words: tuple[str, ...]) -> bool:
        try:
            self.read(words)
        except UsageError:
            return False
        return True


def verb_names(commands: tuple[Command, ...]) -> dict[str, Verb]:
    """Each verb, by every name it has: what a policy may speak of."""
    return {name: Verb(name=one.name, kind=_kind(one)) for one in commands for name in one.names}


def _kind(command: Command) -> Literal["bot", "change", "read", "run"]:
    if isinstance(command, ChangeCommand):
        return "change"
    if isinstance(command, RunCommand):
        return "run"
    return "bot" if isinstance(command, BotCommand) else "read"
