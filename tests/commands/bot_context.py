"""What a verb about the bot itself is given in a test: the real policy and the real record."""

from __future__ import annotations

from typing import Any

from bot.domain.access import Actor, Decision, Effect, Place, Standing
from bot.domain.locks import Lock
from bot.domain.verdicts import Verdict
from bot.domain.whereabouts import Because, Sighting, Usual
from bot.engine.asking import ask
from bot.engine.command import BotContext, Command, UnderWay, Waiting
from bot.engine.judging import Question, is_open_to_all, judge
from bot.engine.registry import Registry
from bot.service.audit import Ledger
from bot.service.in_force import ChannelDefault, InForce
from bot.service.policy import Policy
from bot.store.audit import AuditTable
from bot.store.db import Database
from commands import COMMANDS
from tests.factories import NOW

ANA = Actor(id="U0ANA", team="T0SHOP", name="ana", standing=Standing.MEMBER)
SHOP = Place(team="T0SHOP", channel="C0SHOP", channel_name="shop")
RULES = (
    {"name": "looks", "verbs": ["get", "events", "logs"], "effect": "allow"},
    {"name": "changes", "namespaces": ["shop"], "verbs": ["deploy", "scale"], "effect": "confirm"},
    {"name": "no-labels", "verbs": ["label"], "effect": "deny"},
    {"name": "auditors", "users": {"U0BEN": "ben"}, "verbs": ["audit"], "effect": "allow"},
)


class NoLocks:
    """Nothing is locked, and nothing can be."""

    async def all(self) -> tuple[Lock, ...]:
        return ()

    async def set(self, lock: Lock) -> None:
        raise AssertionError(lock)

    async def lift(self, lock: Lock) -> bool:
        raise AssertionError(lock)


async def _answers(name: str) -> Sighting:
    return Sighting(cluster=name, took=0.012, version="v1.36.2", nodes=3, ready=3)


async def _chosen(name: str) -> Usual:
    because = Because.YOURS if name else Because.CONTEXT
    return Usual(cluster=name or "demo", namespace="shop", because=because)


def bot_context(
    database: Database,
    *,
    rules: Any = RULES,
    profiles: Any = None,
    waiting: tuple[Waiting, ...] = (),
    reviews: tuple[Waiting, ...] = (),
    under_way: tuple[UnderWay, ...] = (),
    **parts: Any,
) -> BotContext:
    """Ana in #shop, under `RULES` or others."""
    policy = Policy.model_validate({"rules": rules, "exec": profiles or {}})
    given = {"actor": ANA, "cluster": "demo", "namespace": "shop", "clusters": ("demo",)} | parts
    usual = Usual(cluster=given["cluster"], namespace=given["namespace"], because=Because.CONTEXT)
    given = {"visible": given["clusters"], "usual": usual, "look": _answers, "choose": _chosen} | given

    def may_at(cluster: str, namespace: str) -> Decision:
        return Decision(effect=Effect.DENY, reason=f"No rule allows it in {namespace} on {cluster}.")

    def may(command: Command) -> Decision:
        args = command.args.model_construct(namespace=given["namespace"], context=given["cluster"])
        return policy.decide(ask(given["actor"], SHOP, command, args, command.mostly))

    in_force = InForce(policy, {SHOP.channel: ChannelDefault(name=SHOP.channel_name)})

    def judged(words: tuple[str, ...]) -> Verdict | None:
        question = Question(Registry(COMMANDS), words)
        cluster, namespace = question.context or given["cluster"], question.namespace or given["namespace"]
        if is_open_to_all(question):
            return None
        return judge(in_force, question, given["actor"], SHOP, cluster=cluster, namespace=namespace)

    return BotContext(
        place=SHOP,
        commands=COMMANDS,
        records=Ledger(AuditTable(database), lambda: NOW),
        waiting=waiting,
        reviews=reviews,
        under_way=under_way,
        may=may,
        may_at=may_at,
        judge=judged,
        locks=NoLocks(),
        **{"now": lambda: NOW} | given,
    )
