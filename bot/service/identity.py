"""How a person is called in a cluster: made from Slack's id or e-mail address and the policy's groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pydantic import Field, ValidationError, field_validator

from bot.domain.access import ANY, Actor
from bot.domain.errors import AccessDeniedError
from bot.domain.identity import EMAIL, HANDLE, PREFIX, Identity
from bot.domain.model import Frozen

_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_EMAIL = re.compile(EMAIL)
_HANDLE = re.compile(HANDLE)
_TEMPLATE = re.compile(rf"(?:{PREFIX})?[A-Za-z0-9._+-]{{0,40}}\{{(?:id|email)\}}[A-Za-z0-9._+@-]{{0,40}}")


class Impersonation(Frozen):
    """Which clusters are told on whose behalf they are asked, and by which name of the person."""

    clusters: tuple[str, ...] = (ANY,)
    exempt: tuple[str, ...] = Field(default=(), alias="except")
    user: str = PREFIX + "{id}"
    """With `{id}` or `{email}` in it, once. The prefix is put before it, whether it is written or not."""

    @field_validator("clusters", "exempt", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("user")
    @classmethod
    def _names_a_person(cls, value: str) -> str:
        if not _TEMPLATE.fullmatch(value):
            raise ValueError(
                "it has `{id}` or `{email}` in it once, and beside that letters, digits, . _ + - @"
            )
        return value

    @property
    def by_email(self) -> bool:
        """Whether people are told apart by what Slack gives out only with a scope of its own."""
        return bool(self.clusters) and "{email}" in self.user

    def covers(self, cluster: str) -> bool:
        return _fits(self.clusters, cluster) and not _fits(self.exempt, cluster)

    def identity(
        self, actor: Actor, handles: Mapping[str, str], cluster: str, record: str
    ) -> Identity | None:
        """Who the cluster is told that this is; None where it is told nothing, and the bot asks as itself.

        Raises `AccessDeniedError` for whoever cannot be named safely: they are not let in under another name.
        """
        if not self.covers(cluster):
            return None
        groups = [handles[group] for group in actor.groups if group in handles]
        for handle in groups:
            if not is_handle(handle):
                raise _nameless(
                    cluster, "one of your groups", "Its handle in the policy has to be corrected."
                )
        try:
            return Identity(
                user=self._user(actor, cluster),
                groups=tuple(sorted(PREFIX + handle for handle in groups)),
                record=record,
            )
        except ValidationError as error:
            raise _nameless(cluster, "you", "An operator has to look at `impersonate`.") from error

    def _user(self, actor: Actor, cluster: str) -> str:
        template = PREFIX + self.user.removeprefix(PREFIX)
        if "{email}" not in template:
            if not _USER.fullmatch(actor.id):
                raise _nameless(cluster, "you", "What stands for you is no id of Slack's.")
            return template.replace("{id}", actor.id)
        if not _EMAIL.fullmatch(actor.email):
            raise _nameless(cluster, "you", "It knows people by their e-mail address, and Slack tells none.")
        return template.replace("{email}", actor.email)


OFF = Impersonation(clusters=())
"""Every cluster is asked as the bot itself."""


def is_handle(name: str) -> bool:
    """Whether a user group's handle can be told to a cluster as it is."""
    return _HANDLE.fullmatch(name) is not None


def problems(named: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """What keeps the groups of a policy, by id and handle rule by rule, from being told to a cluster."""
    pairs = sorted({pair for groups in named for pair in groups.items()})
    wrong = [
        f"{group}: {name!r} is no handle of a user group (letters, digits, dots, dashes, underscores)"
        for group, name in pairs
        if not is_handle(name)
    ]
    ids, names = [group for group, _ in pairs], [name for _, name in pairs]
    wrong += [
        f"{group} is called {name!r} and something else" for group, name in pairs if ids.count(group) > 1
    ]
    wrong += [f"{name!r} is {group} and another group" for group, name in pairs if names.count(name) > 1]
    return tuple(f"impersonate: the policy's group {problem}" for problem in wrong)


def _fits(patterns: tuple[str, ...], cluster: str) -> bool:
    return any(fnmatchcase(cluster, pattern) for pattern in patterns)


def _nameless(cluster: str, whom: str, why: str) -> AccessDeniedError:
    return AccessDeniedError(f"Cluster `{cluster}` cannot be told of {whom}, so it was not asked.", hint=why)
