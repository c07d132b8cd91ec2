"""A policy of ours in Cedar, so that a second engine can be asked the same.

There is one action for each effect: whether that much ceremony is enough for what is asked. Who asks and what
is asked stand in the context; the principal is somebody who would say yes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.domain.access import ANY, Actor, Ask, Effect, Facts, Permission, Risk
from bot.service.limits import Limits
from bot.service.policy import Policy, Raise
from bot.service.profiles import Profile
from bot.service.rules import Rule

CEREMONIES = (Effect.ALLOW, Effect.CONFIRM, Effect.REVIEW, Effect.APPROVE)
"""From the mildest to the strictest."""
_NOWHERE = '["nodes", "namespaces"].contains(context.kind)'
_IS_MEMBER = 'context.standing == "member" && context.team == context.here'
_STOPS = '["disruptive", "destructive"].contains(context.risk)'


def translated(policy: Policy) -> str:
    """All of a policy as Cedar's text."""
    review = some(
        f"({covers(rule, policy)} && {'context.planned' if rule.asks_for_facts else 'true'})"
        for rule in policy.rules
        if rule.effect is Effect.REVIEW
    )
    lines = [
        f"forbid(principal, action, resource) unless {{{_IS_MEMBER}}};",
        f'forbid(principal, action == Action::"allow", resource) when {{{_STOPS}}};',
        f"forbid(principal, action in {_below(Effect.REVIEW)}, resource) when {{{review}}};",
        'permit(principal, action == Action::"uncoded", resource);',
    ]
    lines += [_raised(one) for one in policy.risks if one.risk in {Risk.DISRUPTIVE, Risk.DESTRUCTIVE}]
    for rule in policy.rules:
        lines += _of(rule, policy, review)
    return "\n".join(lines)


def _of(rule: Rule, policy: Policy, review: str) -> list[str]:
    covered, touched = covers(rule, policy), touches(rule, policy)
    if rule.effect is Effect.DENY:
        return [f"forbid(principal, action, resource) when {{{touched}}};"]
    enough = CEREMONIES[CEREMONIES.index(rule.effect) :]
    lines = [f"permit(principal, action in {_actions(enough)}, resource) when {{{covered}}};"]
    binds = covered if rule.effect is Effect.REVIEW else touched
    if rule.effect in {Effect.CONFIRM, Effect.APPROVE}:
        instead = f" unless {{{review}}}" if rule.effect is Effect.APPROVE else ""
        lines.append(
            f"forbid(principal, action in {_below(rule.effect)}, resource) when {{{touched}}}{instead};"
        )
    if rule.code:
        lines.append(f'forbid(principal, action == Action::"uncoded", resource) when {{{binds}}};')
    if rule.by:
        asked = some(
            [f"{_ids(rule.by.users)}.contains(context.answers.id)",
             f"context.answers.groups.containsAny({_ids(rule.by.groups)})",
             f"context.answers.oncall.containsAny({_ids(rule.by.oncall)})"]
        )  # fmt: skip
        instead = f" unless {{{review}}}" if rule.effect is Effect.APPROVE else ""
        lines.append(
            f'permit(principal, action == Action::"answer", resource) when {{{binds} && {asked}}}{instead};'
        )
    return lines


def covers(rule: Rule, policy: Policy) -> str:
    by_name = "true" if "namespaces" in rule.kinds else "false"
    named = f'(if context.verb == "delete" && context.kind == "namespaces" then {by_name} else true)'
    exceeded, past = _exceeded(rule.limits), _exceeded(rule.beyond)
    facts = every(
        [_bears(rule, every), f"!{exceeded}" if rule.limits else "true", past if rule.beyond else "true"]
    )
    runs = some(_runs(policy.exec[name]) for name in rule.exec)
    any_program = "true" if rule.exec else "false"
    program = f"(if context has program then {runs} else (!context.runs || {any_program}))"
    return every([*_where(rule, all_at_once=False), _person(rule, sure=True), named, program,
                  f"(!context.planned || {facts})"])  # fmt: skip


def touches(rule: Rule, policy: Policy) -> str:
    exceeded, past = _exceeded(rule.limits), _exceeded(rule.beyond)
    facts = every(
        [_bears(rule, some), f"!{exceeded}" if rule.limits else "true", past if rule.beyond else "true"]
    )
    known = f"(context.planned && {facts})" if rule.asks_for_facts else "true"
    runs = some(_runs(policy.exec[name]) for name in rule.exec)
    program = f"(if context has program then {runs} else true)" if rule.exec else "true"
    return every([*_where(rule, all_at_once=True), _person(rule, sure=False), known, program])


def _raised(one: Raise) -> str:
    at_once, each = (_within(one.namespaces, "namespace", all_at_once=found) for found in (True, False))
    where = every(
        [
            _within(one.verbs, "verb", all_at_once=False),
            _within(one.clusters, "cluster", all_at_once=True),
            f"(if {_NOWHERE} then {each} else {at_once})",
        ]
    )
    return f'forbid(principal, action == Action::"allow", resource) when {{{where}}};'


def _where(rule: Rule, *, all_at_once: bool) -> list[str]:
    covered, wide = (
        _within(rule.namespaces, "namespace", all_at_once=found) for found in (False, all_at_once)
    )
    return [
        f"{_ids(rule.channels)}.contains(context.channel)" if rule.channels else "true",
        _within(rule.verbs, "verb", all_at_once=False),
        _within(rule.clusters, "cluster", all_at_once=all_at_once),
        f"(if {_NOWHERE} then {covered} else {wide})",
        _within(rule.kinds, "kind", all_at_once=all_at_once),
    ]


def _within(patterns: tuple[str, ...], field: str, *, all_at_once: bool) -> str:
    star = "true" if all_at_once or ANY in patterns else "false"
    return f'(if context.{field} == "*" then {star} else {_like(f"context.{field}", patterns)})'


def _person(rule: Rule, *, sure: bool) -> str:
    if not (rule.users or rule.groups or rule.domains or rule.oncall or rule.break_glass):
        return "true"
    is_meant = [
        f"{_ids(rule.users)}.contains(context.user)",
        f"context.groups.containsAny({_ids({**rule.groups, **rule.break_glass})})",
        f"context.oncall.containsAny({_ids(rule.oncall)})",
        f"(context has domain && {_ids(rule.domains)}.contains(context.domain))",
    ]
    if not sure:
        is_meant.append(f"context.unsure.containsAny({_ids(rule.oncall)})")
        is_meant.append("!(context has domain)" if rule.domains else "false")
    return some(is_meant)


def _bears(rule: Rule, joined: Any) -> str:
    """By `every` of the object's sets of labels, or by `some`."""
    if not rule.labels:
        return "true"
    sets = ("before", "after")
    bears = {
        one: every(
            f'(context.{one} has "{key}" && context.{one}["{key}"] like {json.dumps(glob)})'
            for key, glob in rule.labels.items()
        )
        for one in sets
    }
    if joined is every:
        there = "(context has before || context has after)"
        return every([there, *(f"(!(context has {one}) || {bears[one]})" for one in sets)])
    return some(f"(context has {one} && {bears[one]})" for one in sets)


def _exceeded(limits: Limits | None) -> str:
    if limits is None:
        return "false"
    over = []
    if limits.replicas is not None:
        over.append(f"(context has replicas && context.replicas > {limits.replicas})")
    if limits.step is not None:
        up, down = "context.replicas - context.replicasBefore", "context.replicasBefore - context.replicas"
        over.append(f"(context has replicasBefore && ({up} > {limits.step} || {down} > {limits.step}))")
    over += [f"(context has {one} && {_refused(limits, f'context.{one}')})" for one in ("image0", "image1")]
    if limits.services is not None:
        over.append(f"(context has service && !{_ids(limits.services)}.contains(context.service))")
    return some(over)


def _refused(limits: Limits, image: str) -> str:
    why = []
    if limits.images is not None:
        why.append(f"!{_like(f'{image}.name', limits.images)}")
    if limits.digest:
        why.append(f"!{image}.digest")
    tag = f"{image}.tag"
    tagged = []
    if limits.tags is not None:
        tagged.append(f"!{_like(tag, limits.tags)}")
    if limits.not_tags is not None:
        tagged.append(_like(tag, limits.not_tags))
    return some([*why, f'(!({image}.digest && {tag} == "") && {some(tagged)})'])


def _runs(profile: Profile) -> str:
    """Of programs with one word or two, no shell but `sh`."""
    fits = []
    for pattern in profile.programs:
        fixed, more = (pattern[:-1], True) if pattern[-1] == ANY else (pattern, False)
        words = f"context.program.words {'>=' if more else '=='} {len(fixed)}"
        places = zip(fixed, ("first", "second"), strict=False)
        fits.append(every([words, *(_like(f"context.program.{place}", (glob,)) for glob, place in places)]))
    shell = "true" if profile.shell else 'context.program.first != "sh"'
    typed = "true" if profile.interactive else "!context.program.interactive"
    return every([some(fits), shell, typed])


def _like(value: str, patterns: Iterable[str]) -> str:
    return some(f"{value} like {json.dumps(pattern)}" for pattern in patterns)


def _ids(found: Iterable[str]) -> str:
    return json.dumps(list(found))


def _actions(effects: Iterable[Effect]) -> str:
    return "[" + ", ".join(f'Action::"{effect.value}"' for effect in effects) + "]"


def _below(effect: Effect) -> str:
    return _actions(CEREMONIES[: CEREMONIES.index(effect)])


def some(conditions: Iterable[str]) -> str:
    return "(" + (" || ".join(conditions) or "false") + ")"


def every(conditions: Iterable[str]) -> str:
    return "(" + (" && ".join(conditions) or "true") + ")"


def context(asked: Ask, images: dict[str, tuple[str, str, bool]], answers: Actor) -> dict[str, Any]:
    """What is asked, for Cedar. `images` gives each image's name in full, tag, and if it has a digest."""
    who, scope = asked.actor, asked.scope
    found: dict[str, Any] = {
        "user": who.id, "team": who.team, "here": asked.place.team, "standing": who.standing.value,
        "groups": sorted(who.groups), "oncall": sorted(who.oncall), "unsure": sorted(who.unsure),
        "channel": asked.place.channel, "verb": asked.verb, "cluster": scope.cluster,
        "namespace": scope.namespace, "kind": scope.kind, "risk": asked.risk.value,
        "planned": asked.facts is not None, "runs": asked.permission is Permission.PROGRAM_RUN,
        "answers": {"id": answers.id, "groups": sorted(answers.groups), "oncall": sorted(answers.oncall)},
    }  # fmt: skip
    if who.email:
        found["domain"] = who.email.rpartition("@")[2]
    if asked.program:
        first, second = (*asked.program.argv, "")[:2]
        found["program"] = {"words": len(asked.program.argv), "first": first, "second": second,
                            "interactive": asked.program.interactive}  # fmt: skip
    return found | (_told(asked.facts, images) if asked.facts else {})


def _told(facts: Facts, images: dict[str, tuple[str, str, bool]]) -> dict[str, Any]:
    found: dict[str, Any] = dict(zip(("before", "after"), facts.labels, strict=False))
    if facts.replicas:
        before, after = facts.replicas
        found |= {"replicas": after} | ({} if before is None else {"replicasBefore": before})
    for place, image in enumerate(facts.images):
        name, tag, digest = images[image]
        found[f"image{place}"] = {"name": name, "tag": tag, "digest": digest}
    return found | ({"service": facts.service_type} if facts.service_type else {})
