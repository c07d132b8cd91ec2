"""The policy: deny by default, deny wins, and every answer says which rule gave it.

A rule names people (users or user groups, by id, the name beside it), channels, verbs, clusters,
namespaces and kinds; what it leaves out it does not narrow. `*` is needed to cover all namespaces at
once and kinds that live in none: no list of namespaces ever does. The other way round, what is refused or
to be confirmed in one namespace is so for all of them at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from bot.domain.access import ANY, Allowance, Ask, Decision, Effect, Permission, Program, Risk, Standing
from bot.domain.changes import canonical
from bot.domain.errors import SettingsError
from bot.domain.model import Frozen
from bot.domain.resources import BUILT_IN, nearest
from bot.service.profiles import Profile

UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{2,20}$")]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{2,20}$")]
ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
Globs = Annotated[tuple[str, ...], Field(min_length=1)]

_FLOOR = {
    Risk.READ: Effect.ALLOW,
    Risk.REVERSIBLE: Effect.ALLOW,
    Risk.DISRUPTIVE: Effect.CONFIRM,
    Risk.DESTRUCTIVE: Effect.CONFIRM,
}
_STANDING = {
    Standing.GUEST: "Guests of this workspace cannot use it.",
    Standing.STRANGER: "People of other workspaces cannot use it.",
    Standing.BOT: "Other bots cannot use it.",
    Standing.DEACTIVATED: "This account is deactivated.",
    Standing.UNKNOWN: "Slack does not say who this is.",
}


_NOWHERE = frozenset(kind.plural for kind in BUILT_IN if not kind.namespaced)
"""Kinds that live in no namespace: `*` is all there is to say of where they are."""


_BY_NAME = frozenset({("delete", "namespaces")})
"""What only a rule allows that names the kind itself: no `*` ever meant everything in a namespace."""


class Rule(Frozen):
    """One line of the policy."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    users: dict[UserId, str] = Field(default_factory=dict)
    groups: dict[GroupId, str] = Field(default_factory=dict)
    channels: dict[ChannelId, str] = Field(default_factory=dict)
    verbs: Globs
    clusters: Globs = (ANY,)
    namespaces: Globs = (ANY,)
    kinds: Globs = (ANY,)
    exec: tuple[str, ...] = ()
    """The profiles by which it lets programs run; a rule without any lets none."""
    effect: Effect

    @field_validator("verbs", "clusters", "namespaces", "kinds", "exec", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def misses(self, ask: Ask) -> list[str]:
        """The fields by which this rule does not fit; empty when it applies."""
        fields = self._fields(ask, _covers)
        if (ask.verb, ask.scope.kind) in _BY_NAME and self.effect is not Effect.DENY:
            fields["kind"] = ask.scope.kind in self.kinds
        return [name for name, fits in fields.items() if not fits]

    def tightens(self, ask: Ask) -> bool:
        """Whether it refuses, or wants confirmed, any part of what is asked for at once."""
        return self.effect is not Effect.ALLOW and all(self._fields(ask, _touches).values())

    def _fields(self, ask: Ask, fits: Callable[[tuple[str, ...], str], bool]) -> dict[str, bool]:
        place = _covers if ask.scope.kind in _NOWHERE else fits
        anybody = not self.users and not self.groups
        return {
            "person": anybody or ask.actor.id in self.users or not ask.actor.groups.isdisjoint(self.groups),
            "channel": not self.channels or ask.place.channel in self.channels,
            "verb": _covers(self.verbs, ask.verb),
            "cluster": fits(self.clusters, ask.scope.cluster),
            "namespace": place(self.namespaces, ask.scope.namespace),
            "kind": fits(self.kinds, ask.scope.kind),
        }

    @property
    def people(self) -> str:
        """Who it speaks of, for a sentence."""
        names = [f"@{name}" for name in (*self.groups.values(), *self.users.values())]
        return ", ".join(names[:4]) or "anybody"


class Policy(Frozen):
    """All rules of one version of the file."""

    rules: tuple[Rule, ...] = ()
    exec: dict[ProfileName, Profile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_once(self) -> Policy:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are called {twice[0]}")
        return self

    @property
    def types_to_programs(self) -> bool:
        """Whether some rule lets people type to a program, so that the bot needs to hear threads."""
        named = {name for rule in self.rules if rule.effect is not Effect.DENY for name in rule.exec}
        return any(profile.interactive for name, profile in self.exec.items() if name in named)

    @property
    def groups(self) -> frozenset[str]:
        """Every user group that some rule names."""
        return frozenset(group for rule in self.rules for group in rule.groups)

    @property
    def handles(self) -> dict[str, str]:
        """What those groups are called, by their ids."""
        return {group: name for rule in self.rules for group, name in rule.groups.items()}

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode()).hexdigest()

    def decide(self, ask: Ask) -> Decision:
        """The answer to one question; pure, so that it can be asked three times for nothing."""
        version = self.hash[:12]
        if ask.actor.standing is not Standing.MEMBER:
            return Decision(effect=Effect.DENY, reason=_STANDING[ask.actor.standing], policy=version)
        if ask.actor.team != ask.place.team:
            return Decision(effect=Effect.DENY, reason=_STANDING[Standing.STRANGER], policy=version)
        tight = [rule for rule in self.rules if rule.tightens(ask)]
        denying = next((rule for rule in tight if rule.effect is Effect.DENY), None)
        if denying:
            return Decision(
                effect=Effect.DENY,
                rule=denying.name,
                reason=f"Rule {denying.name} forbids it.",
                policy=version,
            )
        fitting = [rule for rule in self.rules if not self._misses(rule, ask)]
        if not fitting:
            return Decision(
                effect=Effect.DENY, reason="No rule allows it.", near_miss=self._near(ask), policy=version
            )
        strict = tight[0] if tight else fitting[0]
        effect = max(strict.effect, _FLOOR[ask.risk], key=(Effect.ALLOW, Effect.CONFIRM).index)
        allowance = next((found for rule in fitting if (found := self._allowance(rule, ask))), None)
        return Decision(effect=effect, rule=strict.name, policy=version, allowance=allowance)

    def _misses(self, rule: Rule, ask: Ask) -> list[str]:
        """As the rule says, and for what runs programs by its profiles, too."""
        missing = rule.misses(ask)
        if ask.program is None and ask.permission is not Permission.PROGRAM_RUN:
            return missing
        if rule.effect is Effect.DENY or (self._allowance(rule, ask) if ask.program else rule.exec):
            return missing
        return [*missing, "program"]

    def _allowance(self, rule: Rule, ask: Ask) -> Allowance | None:
        """By the first of a rule's profiles that lets the program run."""
        if ask.program is None:
            return None
        profiles = ((name, self.exec[name]) for name in rule.exec if name in self.exec)
        return next((found for name, one in profiles if (found := one.allowance(name, ask.program))), None)

    def _near(self, ask: Ask) -> str:
        """The rules that fail by one field only: first who may and where, last what else one may do."""
        sentences: list[tuple[bool, str]] = []
        for rule in self.rules:
            missing = self._misses(rule, ask)
            if rule.effect is Effect.DENY or len(missing) != 1:
                continue
            said = self._programs(rule, ask) if missing == ["program"] else _SENTENCES[missing[0]](rule, ask)
            sentences.append((missing == ["verb"], said))
        sentences.sort(key=lambda found: found[0])
        return " ".join(sentence for _, sentence in sentences[:2])

    def _programs(self, rule: Rule, ask: Ask) -> str:
        """Why none of a rule's profiles lets the program run."""
        if not rule.exec:
            return f"Rule {rule.name} names no exec profile, so it lets no program run."
        program = ask.program or Program(argv=())
        known = [(name, self.exec[name]) for name in rule.exec if name in self.exec]
        whys = [f"profile {name} {profile.misses(program)}" for name, profile in known[:3]]
        return f"By rule {rule.name}, {', '.join(whys)}."


_SENTENCES: dict[str, Callable[[Rule, Ask], str]] = {
    "person": lambda rule, _: f"{rule.people} can do it (rule {rule.name}).",
    "channel": lambda rule, _: (
        f"Rule {rule.name} would allow you in {', '.join('#' + name for name in rule.channels.values())}."
    ),
    "verb": lambda rule, ask: f"Rule {rule.name} lets you use {', '.join(rule.verbs[:6])}, not {ask.verb}.",
    "cluster": lambda rule, _: f"Rule {rule.name} would allow it on {', '.join(rule.clusters)}.",
    "namespace": lambda rule, ask: (
        f"Rule {rule.name} covers {', '.join(rule.namespaces)}, not {_place(ask)}."
    ),
    "kind": lambda rule, ask: f"Rule {rule.name} covers {', '.join(rule.kinds)}, not {ask.scope.kind}.",
}


def _place(ask: Ask) -> str:
    return "all namespaces" if ask.scope.namespace == ANY else ask.scope.namespace


def _covers(patterns: tuple[str, ...], value: str) -> bool:
    if value == ANY:
        return ANY in patterns
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _touches(patterns: tuple[str, ...], value: str) -> bool:
    return value == ANY or _covers(patterns, value)


def load_policy(raw: Any, verbs: Mapping[str, str]) -> Policy:
    """Validate the `policy` part of the file. `verbs` gives each verb's name by every name it has.

    Raises `SettingsError` with all problems at once.
    """
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(tuple(_problem(item) for item in error.errors(include_url=False))) from error
    problems = []
    rules = []
    for rule in policy.rules:
        known = []
        for verb in rule.verbs:
            if verb in verbs:
                known.append(verbs[verb])
            elif any(fnmatchcase(name, verb) for name in verbs.values()):
                known.append(verb)
            else:
                near = nearest(verb, verbs)
                problems.append(
                    f"rule {rule.name}: there is no verb {verb!r}"
                    + (f", did you mean {near[0]!r}?" if near else "")
                )
        problems += _profiles(rule, policy)
        rules.append(rule.model_copy(update={"verbs": tuple(known) or rule.verbs}))
    if problems:
        raise SettingsError(tuple(problems))
    return Policy(rules=tuple(rules), exec=policy.exec)


def _profiles(rule: Rule, policy: Policy) -> list[str]:
    """What is wrong with the profiles that a rule names."""
    if rule.exec and rule.effect is Effect.DENY:
        return [f"rule {rule.name}: a rule that denies refuses every program, and takes no exec profile"]
    problems = []
    for name in rule.exec:
        if name not in policy.exec:
            near = nearest(name, policy.exec)
            problems.append(
                f"rule {rule.name}: there is no exec profile {name!r}"
                + (f", did you mean {near[0]!r}?" if near else "")
            )
    return problems


def _problem(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    return f"policy.{where}: {item['msg']}"
