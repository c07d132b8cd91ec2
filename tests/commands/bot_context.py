"""What a verb about the bot itself is given in a test: the real policy and the real record."""

from __future__ import annotations

from typing import Any

from bot.domain.access import Actor, Decision, Place, Standing
from bot.engine.asking import ask
from bot.engine.command import BotContext, Command, Waiting
from bot.service.audit import Ledger
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


def bot_context(
    database: Database,
    *,
    rules: Any = RULES,
    profiles: Any = None,
    waiting: tuple[Waiting, ...] = (),
    **parts: Any,
) -> BotContext:
    """Ana in #shop, under `RULES` or others."""
    policy = Policy.model_validate({"rules": rules, "exec": profiles or {}})
    given = {"actor": ANA, "cluster": "demo", "namespace": "shop", "clusters": ("demo",)} | parts

    def may(command: Command) -> Decision:
        args = command.args.model_construct(namespace=given["namespace"], context=given["cluster"])
        return policy.decide(ask(given["actor"], SHOP, command, args, command.mostly))

    return BotContext(
        place=SHOP,
        commands=COMMANDS,
        records=Ledger(AuditTable(database), lambda: NOW),
        waiting=waiting,
        may=may,
        now=lambda: NOW,
        **given,
    )
