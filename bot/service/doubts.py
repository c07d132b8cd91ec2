"""What in a policy can never do what it seems to be there for: no mistake, a doubt. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from bot.domain.access import ANY, STRICTNESS, Effect
from bot.domain.resources import BUILT_IN
from bot.service.limits import Limits
from bot.service.loading import Verb
from bot.service.policy import Policy
from bot.service.reach import within
from bot.service.rules import NOWHERE, Rule

_OTHER_WORDS = {word: kind.plural for kind in BUILT_IN for word in kind.words if word != kind.plural}


def doubts(policy: Policy, verbs: Mapping[str, Verb], contexts: tuple[str, ...] = ()) -> list[str]:
    """A sentence each. Without contexts nothing is said of clusters."""
    known = {verb.name: verb for verb in verbs.values()}
    said = [f"rule {rule.name}: {one}" for rule in policy.rules for one in _of_rule(rule, known)]
    said += [f"rule {rule.name}: {one}" for rule in policy.rules for one in _idle(rule, policy, known)]
    if contexts:
        named = [(f"rule {rule.name}", rule.clusters) for rule in policy.rules]
        named += [(f"risks.{place}", one.clusters) for place, one in enumerate(policy.risks)]
        said += [
            f"{where}: no context of the kubeconfig is called {glob}"
            for where, globs in named
            for glob in globs
            if glob != ANY and not any(fnmatchcase(name, glob) for name in contexts)
        ]
    return said


def _of_rule(rule: Rule, verbs: Mapping[str, Verb]) -> Iterator[str]:
    """What a rule says against itself."""
    for field in ("users", "groups", "domains", "oncall", "break_glass"):
        if field in rule.model_fields_set and not getattr(rule, field):
            others = rule.users or rule.groups or rule.domains or rule.oncall or rule.break_glass
            is_so = (
                "leave it out" if others else "so it is for anybody: leave the rule out if it is for nobody"
            )
            yield f"{field} names nobody, {is_so}"
    if "channels" in rule.model_fields_set and not rule.channels:
        yield "channels names none, so it holds in every one: leave it out"
    for kind in rule.kinds:
        if kind in _OTHER_WORDS:
            yield f"it never meets the kind {kind}: kinds are called by their plurals, {_OTHER_WORDS[kind]}"
    if all(kind in NOWHERE for kind in rule.kinds) and ANY not in rule.namespaces:
        yield f'{", ".join(rule.kinds)} live in no namespace: only namespaces: "*" covers them'
    kinds = {verbs[name].kind for name in _named(rule, verbs)}
    if "exec" in _named(rule, verbs) and not rule.exec and rule.effect is Effect.ALLOW and kinds == {"run"}:
        yield "without an exec profile it lets no program run"
    if rule.exec and "run" not in kinds:
        yield "it names exec profiles, and no verb that runs a program"
    yield from _never_met(rule)
    for limits in (rule.limits, rule.beyond):
        yield from _odd_images(limits)


def _never_met(rule: Rule) -> Iterator[str]:
    """Nobody says yes to what they asked for themselves."""
    by = rule.by
    if by is None or by.groups or by.oncall:
        return
    for user, name in rule.users.items():
        if len(by.users.keys() - {user}) < by.count:
            yield f"@{name} could never have it approved: nobody says yes to what they asked for"


def _odd_images(limits: Limits | None) -> Iterator[str]:
    for glob in (limits.images or ()) if limits else ():
        if "/" not in glob and "*" not in glob:
            yield f"images are called by registry and repository, and {glob} has no registry"
        elif glob != ANY and "/" not in glob.partition("*")[0]:
            yield f"the images {glob} are of other registries too: end the registry's name with a /"


def _idle(rule: Rule, policy: Policy, verbs: Mapping[str, Verb]) -> Iterator[str]:
    """What another rule leaves it nothing to decide of."""
    place = policy.rules.index(rule)
    for at, other in enumerate(policy.rules):
        if other is rule or other.asks_for_facts or other.effect is Effect.REVIEW:
            continue
        if not _within_reach(rule, other, verbs):
            continue
        if other.effect is Effect.DENY and rule.effect is not Effect.DENY:
            yield f"it can never decide: rule {other.name} forbids all of it"
            return
        if other.effect is Effect.DENY and (at < place or not _within_reach(other, rule, verbs)):
            yield f"rule {other.name} forbids all of it already"
            return
        if _asks_for_more(rule, other):
            yield f"it makes no difference: rule {other.name} lets the same through, and asks for more"
            return


def _asks_for_more(rule: Rule, other: Rule) -> bool:
    stricter = STRICTNESS.index(other.effect) > STRICTNESS.index(rule.effect)
    return stricter and rule.effect in {Effect.ALLOW, Effect.CONFIRM} and not rule.exec and not rule.code


def _within_reach(rule: Rule, other: Rule, verbs: Mapping[str, Verb]) -> bool:
    """Whether all that a rule is for is what another is for too."""
    return (
        _is_for_all_of(rule, other)
        and (not other.channels or (bool(rule.channels) and rule.channels.keys() <= other.channels.keys()))
        and _named(rule, verbs) <= _named(other, verbs)
        and within(rule.clusters, other.clusters)
        and within(rule.namespaces, other.namespaces)
        and within(rule.kinds, other.kinds)
    )


def _is_for_all_of(rule: Rule, other: Rule) -> bool:
    if other.is_for_anybody:
        return True
    groups, of_other = ({**one.groups, **one.break_glass}.keys() for one in (rule, other))
    return (
        not rule.is_for_anybody
        and rule.users.keys() <= other.users.keys()
        and groups <= of_other
        and set(rule.domains) <= set(other.domains)
        and set(rule.oncall) <= set(other.oncall)
    )


def _named(rule: Rule, verbs: Mapping[str, Verb]) -> set[str]:
    return {name for name in verbs if any(fnmatchcase(name, glob) for glob in rule.verbs)}
