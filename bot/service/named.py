"""Everybody and everything that a configuration names by id, with the names beside. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.model import Frozen
from bot.service.in_force import InForce


class Named(Frozen):
    """Names by ids."""

    users: dict[str, str]
    groups: dict[str, str]
    channels: dict[str, str]
    asked: dict[str, int]
    """Of groups that alone are asked for a yes: how many of them."""


def named_in(found: InForce) -> Named:
    users: dict[str, str] = {}
    channels = {one: there.name for one, there in found.channels.items()}
    asked: dict[str, int] = {}
    for rule in found.policy.rules:
        users |= rule.users
        channels |= rule.channels
        if rule.by:
            users |= rule.by.users
            channels |= rule.by.channel
            asked |= _alone(rule.by.groups, rule.by.count, others=bool(rule.by.users or rule.by.oncall))
    for schedule in found.oncall.values():
        users = (schedule.rota.users if schedule.rota else {}) | users
    return Named(users=users, groups=dict(found.policy.handles), channels=channels, asked=asked)


def _alone(groups: Mapping[str, str], count: int, *, others: bool) -> dict[str, int]:
    return dict.fromkeys(groups, count) if len(groups) == 1 and not others else {}
