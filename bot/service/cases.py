"""A table of cases for a policy: who asks for what, where, and what should come of it. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Actor, Decision, Effect, Facts, Place, Standing
from bot.domain.model import Frozen
from bot.domain.oncall import ScheduleName
from bot.domain.people import UserId
from bot.service.rules import ChannelId, Domain, GroupId

TEAM = "T0CASES"
"""The workspace that every case plays in."""


class Person(Frozen):
    """Somebody who asks, by what rules know people by."""

    id: UserId = "U0SOMEBODY"
    groups: tuple[GroupId, ...] = ()
    oncall: tuple[ScheduleName, ...] = ()
    unsure: tuple[ScheduleName, ...] = ()
    domain: Domain | Literal[""] = ""
    standing: Standing = Standing.MEMBER

    @field_validator("groups", "oncall", "unsure", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def actor(self, name: str) -> Actor:
        return Actor(
            id=self.id, team=TEAM, name=name, standing=self.standing, groups=frozenset(self.groups),
            oncall=frozenset(self.oncall), unsure=frozenset(self.unsure),
            email=f"somebody@{self.domain}" if self.domain else "",
        )  # fmt: skip


class Planned(Frozen):
    """What the change would do, where that is to be decided on too."""

    replicas: tuple[int | None, int] | None = None
    images: tuple[str, ...] = ()
    labels: dict[str, str] | None = None
    service_type: str = ""

    @field_validator("images", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def facts(self) -> Facts:
        labels = () if self.labels is None else (self.labels,)
        return Facts(
            labels=labels, replicas=self.replicas, images=self.images, service_type=self.service_type
        )


class Case(Frozen):
    """One row. It is a line of the bot's as it is typed, or a verb with what it would act on."""

    who: str
    channel: ChannelId = "C0SOMEWHERE"
    command: str = ""
    verb: str = ""
    cluster: str = ""
    namespace: str = ""
    kind: str = ""
    facts: Planned | None = None
    effect: Effect
    rule: str = ""
    near_miss: str = ""
    """Words of the near miss."""
    by: tuple[str, ...] | None = None
    """The rules whose people say yes."""
    code: bool | None = None
    open: bool | None = None
    """Whether it depends on what the change does."""

    @field_validator("by", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> Case:
        if bool(self.command) == bool(self.verb):
            raise ValueError("a case has a command, or a verb")
        return self

    @property
    def what(self) -> str:
        return self.command or f"{self.verb} {self.kind}".strip()

    def place(self) -> Place:
        return Place(team=TEAM, channel=self.channel)


class Table(Frozen):
    """The file."""

    policy: str = ""
    """The configuration file, seen from the table's own folder."""
    people: dict[str, Person] = Field(default_factory=dict)
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _everybody_is_known(self) -> Table:
        strangers = sorted({case.who for case in self.cases} - self.people.keys())
        if strangers:
            raise ValueError(f"people has nobody called {', '.join(strangers)}")
        return self


def differs(case: Case, decision: Decision) -> str:
    """What is not as it should be, in a line; empty where all of it is."""
    by = tuple(sorted(need.rule for need in decision.needs))
    wanted: tuple[tuple[str, Any, Any], ...] = (
        ("effect", case.effect.value, decision.effect.value),
        ("rule", case.rule or None, decision.rule),
        ("by", None if case.by is None else tuple(sorted(case.by)), by),
        ("code", case.code, decision.code),
        ("open", case.open, decision.is_open),
    )
    said = [f"{field} is {_said(found)}, not {_said(want)}" for field, want, found in wanted
            if want is not None and want != found]  # fmt: skip
    if case.near_miss not in decision.near_miss:
        said.append(f"the near miss is {decision.near_miss or 'nothing'!r}, without {case.near_miss!r}")
    why = decision.rule or decision.reason
    return f"{'; '.join(said)} ({why})" if said and why else "; ".join(said)


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "nobody"
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"
