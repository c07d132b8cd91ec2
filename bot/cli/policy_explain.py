"""`policy explain`: what each rule says to one line, and what comes of it."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass

from bot.cli.policy_check import slack_url
from bot.cli.policy_lines import Line, There, contexts, loaded, of_text
from bot.cli.serve import complain
from bot.domain.access import Actor, Ask, Facts, Place, Standing
from bot.domain.errors import BotError, SettingsError, UsageError
from bot.service import explaining
from bot.service.lines import decide_line
from bot.service.policy import Policy

_TEAM = "T0HERE"


@dataclass(frozen=True)
class Told:
    """What is said of the person and of the change, instead of asking Slack and the cluster."""

    user: str
    channel: str = ""
    groups: tuple[str, ...] = ()
    domain: str = ""
    oncall: tuple[str, ...] = ()
    replicas: str = ""
    images: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    service_type: str = ""


def explain(command: str, told: Told, *, config: str | None, context: str, namespace: str) -> int:
    """0 with the explanation, 2 for what cannot be explained."""
    try:
        found = loaded(config)
        there = There(found, contexts(), context, namespace)
        actor = _actor(told, found.policy)
        place = Place(team=actor.team, channel=told.channel)
        line = of_text(command, actor, place, there, facts(told))
    except SettingsError as error:
        return complain(error)
    except BotError as error:
        print(f"k8s-bot: {error.message} {error.hint}".rstrip(), file=sys.stderr)
        return 2
    print("\n".join(_said(found.policy, line, actor)))
    return 0


def facts(told: Told) -> Facts | None:
    """None where nothing is said of the change. Raises `UsageError` for what cannot be read."""
    if not (told.replicas or told.images or told.labels or told.service_type):
        return None
    labels = dict(_pair(one) for one in told.labels)
    return Facts(
        labels=(labels,) if told.labels else (),
        replicas=_replicas(told.replicas) if told.replicas else None,
        images=told.images,
        service_type=told.service_type,
    )


def _pair(label: str) -> tuple[str, str]:
    key, equals, value = label.partition("=")
    if not key or not equals:
        raise UsageError(f"`{label[:80]}` is no KEY=VALUE.")
    return key, value


def _replicas(typed: str) -> tuple[int | None, int]:
    before, colon, after = typed.rpartition(":")
    if not after.isascii() or not after.isdigit() or (colon and not (before.isascii() and before.isdigit())):
        raise UsageError(f"`{typed[:40]}` is no BEFORE:AFTER, nor the number of what is made.")
    return (int(before) if colon else None), int(after)


def _actor(told: Told, policy: Policy) -> Actor:
    """As Slack knows them, where it can be asked and nothing is said instead."""
    token = os.environ.get("SLACK_BOT_TOKEN", "").strip()
    asks_slack = bool(token) and not told.groups
    known = asyncio.run(_asked(token, told.user, policy)) if asks_slack else Actor(
        id=told.user, team=_TEAM, name=told.user, standing=Standing.MEMBER, groups=frozenset(told.groups)
    )  # fmt: skip
    email = f"somebody@{told.domain.lower()}" if told.domain else known.email
    return known.model_copy(update={"oncall": frozenset(told.oncall), "email": email})


async def _asked(token: str, user: str, policy: Policy) -> Actor:
    from bot.slack.drift import workspace

    async with workspace(token, slack_url()) as slack:
        return await slack.person(user, policy.groups)


def _said(policy: Policy, line: Line, actor: Actor) -> list[str]:
    handles = [f"@{policy.handles.get(one, one)}" for one in sorted(actor.groups)]
    who = f"{actor.name} ({actor.id}), {actor.standing.value}" if actor.name != actor.id else actor.id
    said = [
        f"{who}; groups: {', '.join(handles) or 'none'}; on call: {', '.join(sorted(actor.oncall)) or 'no'}"
    ]
    if line.is_open_to_all:
        return [*said, f"`{line.command.name}` is open to every full member, whatever a policy says."]
    for readings in line.questions:
        for ask in readings:
            said += ["", *_of_ask(policy, ask)]
    if len(line.questions) > 1 or len(line.questions[0]) > 1:
        decision = decide_line(policy, line.questions)
        said += ["", "together", *(f"  {one}" for one in explaining.answer(decision))]
    return said


def _of_ask(policy: Policy, ask: Ask) -> list[str]:
    """One question: what each rule says to it, what the risk asks for, and the answer."""
    program = f": {' '.join(ask.program.argv)}" if ask.program else ""
    rows = explaining.by_rule(policy, ask)
    width = max((len(name) for name, _, _ in rows), default=0)
    decision = policy.decide(ask)
    said = [
        f"{explaining.where(ask)}{program}",
        *(f"  {name:{width}}  {effect:7}  {fit}" for name, effect, fit in rows),
        f"  risk: {explaining.floor(policy, ask)}",
        *(f"  {'→ ' if place == 0 else '  '}{one}" for place, one in enumerate(explaining.answer(decision))),
    ]
    if decision.is_open:
        said.append("  It is decided again on the plan: what it changes may decide otherwise.")
    elif decision.allowed and explaining.is_looked_at_again(ask):
        said.append("  It is decided again on the plan and at the act; no rule here asks what it changes.")
    return said
