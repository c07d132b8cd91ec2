"""What the policy would say to a line, without anything of it being done: for `can-i`."""

from __future__ import annotations

from bot.domain.access import ANY, Actor, Ask, Permission, Place, Scope
from bot.domain.errors import TargetNotFoundError, UnknownVerbError, UsageError
from bot.domain.resources import BUILT_IN, find_type
from bot.domain.verdicts import Verdict
from bot.engine import asking
from bot.engine.arguments import Args
from bot.engine.command import Command
from bot.engine.grammar import understood
from bot.engine.registry import Registry
from bot.engine.whereabouts import channels
from bot.service.in_force import InForce
from bot.service.lines import decide_line
from bot.service.rules import NOWHERE

_KUBECTLS = {"list": "get", "watch": "get"}
_CREATES = {"deployments": "deploy", "services": "expose", "horizontalpodautoscalers": "autoscale"}
"""What kubectl's `create` of a kind is here."""


class Question:
    """A line that is asked about: its verb, and its arguments as far as they can be read.

    Made of words that begin with a verb; raises `UnknownVerbError` for others.
    """

    def __init__(self, registry: Registry, words: tuple[str, ...]) -> None:
        words = _ours(words)
        self.command: Command
        self.command, rest = registry.find(words)
        self.args: Args | None = None
        self.kind = self.command.mostly
        try:
            self.command, self.args = registry.read(words)
            self.context, self.namespace = self.args.context, self.args.namespace
        except UnknownVerbError:
            raise
        except UsageError:  # what is not whole is asked about by its verb
            found = understood(self.command.args, rest)
            self.context, self.namespace = found.get("context", ""), found.get("namespace", "")
            self.kind = _kind(rest) or self.kind

    def asks(self, actor: Actor, place: Place, cluster: str, namespace: str) -> tuple[tuple[Ask, ...], ...]:
        command = self.command
        if self.args is not None:
            args = self.args.model_copy(update={"context": cluster, "namespace": namespace})
            return asking.of_line(actor, place, command, args)
        within = ANY if self.kind in NOWHERE else namespace
        scope = Scope(cluster=cluster, namespace=within, kind=self.kind)
        ask = Ask(
            actor=actor, place=place, verb=command.name, permission=command.permission, risk=command.risk,
            scope=scope,
        )  # fmt: skip
        return ((ask,),)


def judge(
    in_force: InForce, question: Question, actor: Actor, place: Place, *, cluster: str, namespace: str
) -> Verdict:
    """The answer here, and where it is no, the channels in which it would be yes."""
    asks = question.asks(actor, place, cluster, namespace)
    verdict = Verdict(
        verb=question.command.name,
        namespace=asks[0][0].scope.namespace if asks else namespace,
        cluster=cluster,
        decision=decide_line(in_force.policy, asks),
        whole=question.args is not None,
    )
    if verdict.decision.allowed:
        return verdict
    elsewhere = []
    for channel, name in channels(in_force).items():
        there = place.model_copy(update={"channel": channel})
        moved = question.asks(actor, there, cluster, namespace)
        if channel != place.channel and decide_line(in_force.policy, moved).allowed:
            elsewhere.append(name or channel)
    return verdict.model_copy(update={"elsewhere": tuple(elsewhere)})


def is_open_to_all(question: Question) -> bool:
    return question.command.permission is Permission.BOT_ASK


def _ours(words: tuple[str, ...]) -> tuple[str, ...]:
    """What kubectl asks about, as the verb that it is here."""
    first = words[0].lower() if words else ""
    if first == "create" and (made := _CREATES.get(_kind(words[1:]))):
        return (made, *words[2:])
    return (_KUBECTLS[first], *words[1:]) if first in _KUBECTLS else words


def _kind(words: tuple[str, ...]) -> str:
    """The kind that a word names; empty where it names none."""
    if not words:
        return ""
    try:
        return find_type(words[0].partition("/")[0], BUILT_IN).plural
    except TargetNotFoundError:
        return ""
