"""A line as somebody would type it, as questions to a policy: what the commands of `policy` share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bot.domain import typed
from bot.domain.access import ANY, Actor, Ask, Facts, Permission, Place, Scope
from bot.domain.errors import SettingsError, UsageError
from bot.engine import asking
from bot.engine.command import ChangeCommand, Command
from bot.engine.registry import Registry, verb_names
from bot.service.contexts import Contexts, read_contexts
from bot.service.in_force import InForce
from bot.service.rules import NOWHERE
from bot.settings import read_config
from commands import COMMANDS

VERBS = verb_names(COMMANDS)
_REGISTRY = Registry(COMMANDS)


def chosen(path: str | None) -> Path:
    """The configuration that is meant. Raises `SettingsError` where none is."""
    found = path or os.environ.get("BOT_CONFIG", "")
    if not found:
        raise SettingsError(("name a file, or set BOT_CONFIG",))
    return Path(found)


def loaded(path: str | None) -> InForce:
    """Raises `SettingsError` with every problem of the file."""
    return read_config(chosen(path), VERBS)


@dataclass(frozen=True)
class There:
    """Where a line is meant that does not say so itself: as is usual in the channel, or by the kubeconfig."""

    found: InForce
    contexts: Contexts
    context: str = ""
    namespace: str = ""

    def settle(self, channel: str, context: str, namespace: str) -> tuple[str, str]:
        usual = self.found.channels.get(channel)
        cluster = context or self.context or (usual.context if usual else "") or self.contexts.default
        if not cluster:
            raise UsageError("Which cluster? Name it by --context, or set KUBECONFIG.")
        of_channel = usual.namespace if usual and cluster == (usual.context or cluster) else ""
        place = namespace or self.namespace or of_channel or self.contexts.namespaces.get(cluster, "default")
        return cluster, place


def contexts() -> Contexts:
    """Those of KUBECONFIG, where it is set."""
    return read_contexts(os.environ.get("KUBECONFIG", "").strip())


@dataclass(frozen=True)
class Line:
    """What a line asks of the policy."""

    command: Command
    questions: tuple[tuple[Ask, ...], ...]
    """Empty for what is open to every full member."""

    @property
    def is_open_to_all(self) -> bool:
        return self.command.permission is Permission.BOT_ASK

    @property
    def is_change(self) -> bool:
        return isinstance(self.command, ChangeCommand)


def of_text(text: str, actor: Actor, place: Place, there: There, facts: Facts | None = None) -> Line:
    """A line as the bot reads it. Raises `UsageError` for one that it would not understand."""
    command, args = _REGISTRY.read(typed.split(text))
    if command.permission is Permission.BOT_ASK:
        return Line(command, ())
    cluster, namespace = there.settle(place.channel, args.context, args.namespace)
    args = args.model_copy(update={"context": cluster, "namespace": namespace})
    return Line(command, _with(asking.of_line(actor, place, command, args), _known(command, facts)))


def of_verb(verb: str, actor: Actor, place: Place, there: There, *, kind: str, facts: Facts | None) -> Line:
    """A verb with what it would act on; without a kind, with what it mostly acts on."""
    command = _REGISTRY.named(verb)
    if command is None:
        raise UsageError(f"There is no verb `{verb[:40]}`.")
    if command.permission is Permission.BOT_ASK:
        return Line(command, ())
    cluster, namespace = there.settle(place.channel, "", "")
    what = kind or command.mostly
    ask = Ask(
        actor=actor,
        place=place,
        verb=command.name,
        permission=command.permission,
        risk=command.risk,
        scope=Scope(cluster=cluster, namespace=ANY if what in NOWHERE else namespace, kind=what),
    )
    return Line(command, _with(((ask,),), _known(command, facts)))


def _known(command: Command, facts: Facts | None) -> Facts | None:
    if facts is not None and not isinstance(command, ChangeCommand):
        raise UsageError(f"`{command.name}` changes nothing, so there are no facts of a change.")
    return facts


def _with(questions: tuple[tuple[Ask, ...], ...], facts: Facts | None) -> tuple[tuple[Ask, ...], ...]:
    if facts is None:
        return questions
    return tuple(tuple(one.model_copy(update={"facts": facts}) for one in readings) for readings in questions)
