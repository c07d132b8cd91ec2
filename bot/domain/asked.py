"""What the policy was asked, as a record keeps it: enough to ask it again, long after. Pure."""

from __future__ import annotations

from typing import Any

from bot.domain.access import Actor, Ask, Facts, Permission, Place, Program, Risk, Scope, Standing
from bot.domain.model import Json
from bot.domain.typed import clean_word

_MOST = 60
"""Of one line; a line that reaches further is kept as far as that, and says so."""


def kept(asks: tuple[Ask, ...]) -> Json:
    """Of the person what rules ask for: no name, and of the e-mail address its domain alone."""
    if not asks:
        return {}
    first = asks[0]
    actor = first.actor
    return {
        "verb": first.verb,
        "permission": first.permission.value,
        "risk": first.risk.value,
        "team": first.place.team,
        "actor": {
            "id": actor.id,
            "team": actor.team,
            "standing": actor.standing.value,
            "groups": sorted(actor.groups),
            "oncall": sorted(actor.oncall),
            "unsure": sorted(actor.unsure),
            "domain": actor.email.rpartition("@")[2],
        },
        "channel": first.place.channel,
        "asks": [_kept(ask) for ask in asks[:_MOST]],
        **({"more": len(asks) - _MOST} if len(asks) > _MOST else {}),
    }


def _kept(ask: Ask) -> Json:
    scope = ask.scope
    one: Json = {"scope": [scope.cluster, scope.namespace, scope.kind]}
    if ask.facts is not None:
        one["facts"] = ask.facts.model_dump(mode="json", exclude_defaults=True)
    if ask.program is not None:
        one["program"] = [clean_word(word) for word in ask.program.argv]
        one |= {"interactive": True} if ask.program.interactive else {}
    return one


def again(question: Json) -> tuple[Ask, ...]:
    """The same questions. Raises `ValueError` for what is none; a secret among a program's words is gone."""
    try:
        return tuple(_again(question, one) for one in question.get("asks", ()))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a question that was kept: {error}") from error


def _again(question: Json, one: dict[str, Any]) -> Ask:
    who, (cluster, namespace, kind) = question["actor"], one["scope"]
    domain = who.get("domain", "")
    program = (
        Program(argv=tuple(one["program"]), interactive=one.get("interactive", False))
        if "program" in one
        else None
    )
    return Ask(
        actor=Actor(
            id=who["id"], team=who["team"], name="", standing=Standing(who["standing"]),
            groups=frozenset(who["groups"]), oncall=frozenset(who.get("oncall", ())),
            unsure=frozenset(who.get("unsure", ())), email=f"somebody@{domain}" if domain else "",
        ),
        place=Place(team=question["team"], channel=question["channel"]),
        verb=question["verb"],
        permission=Permission(question["permission"]),
        risk=Risk(question["risk"]),
        scope=Scope(cluster=cluster, namespace=namespace, kind=kind),
        program=program,
        facts=Facts.model_validate(one["facts"]) if "facts" in one else None,
    )  # fmt: skip
