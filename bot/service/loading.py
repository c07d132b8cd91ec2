"""The policy as its file has it, validated with all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import ValidationError

from bot.domain.access import Effect
from bot.domain.errors import SettingsError
from bot.domain.model import Frozen
from bot.domain.resources import nearest
from bot.service.policy import Policy
from bot.service.rules import Rule


class Verb(Frozen):
    """What a policy may speak of."""

    name: str
    kind: Literal["bot", "change", "read", "run"] = "read"


_CLASSES = {"@changes": "change", "@reads": "read", "@runs": "run"}
"""Words for all verbs of a kind."""


def load_policy(raw: Any, verbs: Mapping[str, Verb]) -> Policy:
    """Validate the `policy` part of the file. `verbs` gives each verb by every name it has.

    Raises `SettingsError` with all problems at once.
    """
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(tuple(_problem(item) for item in error.errors(include_url=False))) from error
    problems: list[str] = []
    rules = []
    for rule in policy.rules:
        where = f"rule {rule.name}"
        known = _verbs(rule.verbs, verbs, where, problems)
        rules.append(rule.model_copy(update={"verbs": known}))
        problems += [f"{where}: {said}" for said in (*_profiles(rule, policy), *_sense(rules[-1], verbs))]
    raises = tuple(
        one.model_copy(update={"verbs": _verbs(one.verbs, verbs, f"risks.{place}", problems)})
        for place, one in enumerate(policy.risks)
    )
    if problems:
        raise SettingsError(tuple(problems))
    return policy.model_copy(update={"rules": tuple(rules), "risks": raises})


def _verbs(
    named: tuple[str, ...], verbs: Mapping[str, Verb], where: str, problems: list[str]
) -> tuple[str, ...]:
    """The verbs by the names that they go by here."""
    known: list[str] = []
    for verb in named:
        if verb in _CLASSES:
            known += [one.name for one in verbs.values() if one.kind == _CLASSES[verb]]
        elif verb in verbs:
            known.append(verbs[verb].name)
        elif any(fnmatchcase(one.name, verb) for one in verbs.values()):
            known.append(verb)
        else:
            near = nearest(verb, [*verbs, *_CLASSES])
            problems.append(
                f"{where}: there is no verb {verb!r}" + (f", did you mean {near[0]!r}?" if near else "")
            )
    return tuple(dict.fromkeys(known)) or named


def _profiles(rule: Rule, policy: Policy) -> list[str]:
    """What is wrong with the profiles that a rule names."""
    if rule.exec and rule.effect is Effect.DENY:
        return ["a rule that denies refuses every program, and takes no exec profile"]
    problems = []
    for name in rule.exec:
        if name not in policy.exec:
            near = nearest(name, policy.exec)
            problems.append(
                f"there is no exec profile {name!r}" + (f", did you mean {near[0]!r}?" if near else "")
            )
    return problems


def _sense(rule: Rule, verbs: Mapping[str, Verb]) -> list[str]:
    """What contradicts itself in a rule."""
    return [said for is_wrong, said in _CONTRADICTIONS if is_wrong(rule, verbs)]


def _not_of_changes(rule: Rule, verbs: Mapping[str, Verb]) -> bool:
    return bool(_kinds(rule, verbs) - {"change"})


def _of_neither(rule: Rule, verbs: Mapping[str, Verb]) -> bool:
    return bool(_kinds(rule, verbs) - {"change", "run"})


def _kinds(rule: Rule, verbs: Mapping[str, Verb]) -> set[str]:
    """Of the verbs that it speaks of."""
    return {one.kind for one in verbs.values() if any(fnmatchcase(one.name, verb) for verb in rule.verbs)}


_BOTH = 'name these, or write verbs: ["@changes", "@runs"]'
_ASKS_OTHERS = frozenset({Effect.APPROVE, Effect.REVIEW})
_CONTRADICTIONS: tuple[tuple[Callable[[Rule, Mapping[str, Verb]], bool], str], ...] = (
    (
        lambda rule, verbs: rule.asks_for_facts and _not_of_changes(rule, verbs),
        'labels, limits and beyond are known of changes alone: name these, or write verbs: "@changes"',
    ),
    (
        lambda rule, verbs: rule.effect in _ASKS_OTHERS and _of_neither(rule, verbs),
        f"approve and review are for what changes or runs something: {_BOTH}",
    ),
    (
        lambda rule, _: rule.effect in _ASKS_OTHERS and rule.by is None,
        "who approves, or signs it off? Say so with by:",
    ),
    (
        lambda rule, _: rule.by is not None and rule.effect not in _ASKS_OTHERS,
        "by: is for approve and review alone",
    ),
    (
        lambda rule, _: rule.by is not None and not (rule.by.users or rule.by.groups or rule.by.oncall),
        "by: names nobody",
    ),
    (
        lambda rule, _: (
            rule.by is not None
            and not (rule.by.groups or rule.by.oncall)
            and 0 < len(rule.by.users) < rule.by.count
        ),
        "by: asks for more people than it names",
    ),
    (
        lambda rule, _: rule.effect is Effect.REVIEW and rule.by is not None and rule.by.count > 1,
        "one person signs a change off: leave count out",
    ),
    (
        lambda rule, _: rule.effect is Effect.REVIEW and not (rule.oncall or rule.break_glass),
        "acting first and being reviewed after is for who is on call, or of a break_glass group",
    ),
    (
        lambda rule, _: rule.effect is Effect.REVIEW and bool(rule.users or rule.groups or rule.domains),
        "a review rule names people by oncall and break_glass alone",
    ),
    (
        lambda rule, _: rule.effect is Effect.DENY and rule.limits is not None,
        "a rule that denies what keeps within limits? Write beyond: for what goes past them",
    ),
    (
        lambda rule, _: rule.effect is Effect.ALLOW and rule.beyond is not None,
        "a rule that allows only what goes beyond limits? Write limits:",
    ),
    (
        lambda rule, _: rule.code and rule.effect in {Effect.ALLOW, Effect.DENY},
        "a code goes with a yes: it is for confirm, approve and review",
    ),
    (
        lambda rule, verbs: rule.code and _of_neither(rule, verbs),
        f"a code is for what changes or runs something: {_BOTH}",
    ),
)


def _problem(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    return f"policy.{where}: {item['msg']}"
