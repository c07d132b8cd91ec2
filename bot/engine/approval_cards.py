"""What is said where others have a say: the question that names them, the message that asks them, its end."""

from __future__ import annotations

from typing import Literal

from bot.domain.access import Need
from bot.domain.approvals import Vote, counted, people
from bot.domain.message import (
    Button,
    Icon,
    Message,
    Paragraph,
    Part,
    Text,
    call,
    channel,
    code,
    instant,
    joined,
    marked,
    person,
    text,
)
from bot.engine.cards import Asks, field_rows, warnings, what
from bot.engine.diffs import DIFF
from bot.engine.planned import Planned

_LABEL = 75
_LINE = 400
"""Characters that are read in a list."""
_OUTCOMES = {
    Icon.UNDER_WAY: "Approved",
    Icon.DONE: "Done",
    Icon.FAILED: "Not done",
    Icon.WARNING: "Outcome not known",
}
"""In a word, for whoever sees the first line only."""


def asks(planned: Planned) -> Asks:
    """What the requester's own question says of it."""
    destroys = bool(planned.to_type)
    if planned.needs:
        note = text("Rule {} wants a yes from {} first.", code(planned.rule), wanted(planned.needs))
        return Asks(label=cut(f"Ask {people(planned.needs)}…"), note=note, destroys=destroys)
    if planned.review:
        note = text(
            "Rule {} lets you act first; {} signs it off afterwards.",
            code(planned.rule),
            planned.review.people,
        )
        return Asks(label=cut(f"{planned.plan.button}…"), note=note, destroys=destroys)
    more = "…" if destroys or planned.code else ""
    note = text("Rule {} wants a one-time code with it.", code(planned.rule)) if planned.code else Text()
    return Asks(label=cut(f"{planned.plan.button}{more}"), note=note, destroys=destroys)


def waits(planned: Planned, plan_id: str, until: float) -> Message:
    """What the requester sees while others are asked."""
    return Message(
        icon=Icon.WAITING,
        headline=text("{} Waiting for a yes from {}.", planned.plan.title, people(planned.needs)),
        buttons=(Button(label="Withdraw", press=f"{plan_id}:cancel"),),
        footer=text("{} Asked in {}, until {}", planned.plan.not_yet, _places(planned),
                    instant(until, "later")),
    )  # fmt: skip


def unreached(planned: Planned, plan_id: str, until: float, place: str) -> Message:
    """What the requester sees once those who are asked cannot be asked where they should be."""
    who = people(planned.needs_in(place))
    way = (
        text("{} can say yes in this app's Home tab.", who)
        if in_a_line(planned)
        else text("It is too long for the Home tab, so nobody can say yes until I can.")
    )
    said = text("I cannot post in {} now, so nobody was called there. {}", channel(place, "there"), way)
    return Message(
        icon=Icon.WARNING,
        headline=text("{} Waiting for a yes from {}.", planned.plan.title, people(planned.needs)),
        parts=(Paragraph(text=said),),
        buttons=(Button(label="Withdraw", press=f"{plan_id}:cancel"),),
        footer=text("{} Until {}", planned.plan.not_yet, instant(until, "later")),
    )  # fmt: skip


def asked(planned: Planned, plan_id: str, until: float, place: str) -> Message:
    """The message that asks them in one channel, as far as it is."""
    who = planned.invocation
    far = so_far(planned.needs, planned.votes, planned.needs_in(place))
    return Message(
        icon=Icon.WAITING,
        headline=text("{} asks: {}", person(who.user, who.user_name), planned.plan.title),
        parts=(
            *_what(planned),
            *warnings(planned.plan),
            Paragraph(text=text("Approvals: {}", far)),
        ),
        buttons=(*answers(planned, plan_id), *looks(planned, plan_id)),
        footer=text("{} Until {} · rule {} · plan {}", planned.plan.not_yet,
                    instant(until, "later"), code(planned.rule), code(plan_id[:6])),
    )  # fmt: skip


def in_a_line(planned: Planned) -> Text | None:
    """All that whoever says yes to it has to know; None where that takes the message which asks."""
    plan = planned.plan
    rows = field_rows(plan, in_public=True)
    said = text("{}{}", plan.title, f" {'; '.join(' '.join(row) for row in rows)}." if rows else "")
    is_all = plan.is_told_by_its_title and not plan.warnings and "…" not in said.plain()
    return said if is_all and len(said.plain()) <= _LINE else None


def reminder(planned: Planned, until: float, place: str) -> Message:
    """The one line that calls them a second time."""
    return Message(
        icon=Icon.WAITING,
        headline=text("Still waiting, until {}: {}", instant(until, "later"),
                      so_far(planned.needs, planned.votes, planned.needs_in(place))),
    )  # fmt: skip


def ended(planned: Planned, icon: Icon, said: Text) -> Message:
    """The same message at its end, or while what was approved is done: no buttons, and what came of it."""
    who = planned.invocation
    return Message(
        icon=icon,
        headline=text(
            "{} · {} asked: {}", _OUTCOMES[icon], person(who.user, who.user_name), planned.plan.title
        ),
        parts=(*_what(planned), Paragraph(text=said)),
    )


def agreed(planned: Planned) -> Text:
    """Who said yes."""
    names = joined((text("{}", person(user, name)) for user, name in planned.agreed_by), " and ")
    return text("Approved by {}.", names)


def looks(planned: Planned, plan_id: str) -> tuple[Button, ...]:
    """What shows more of it; of a run and of a deletion all stands in the message."""
    changes = any(step.changes for step in planned.plan.steps)
    return (Button(label="Diff", press=f"{plan_id}:{DIFF}"),) if changes else ()


def answers(planned: Planned, plan_id: str) -> tuple[Button, ...]:
    """What whoever is asked may press."""
    style: Literal["danger", "primary"] = "danger" if planned.to_type else "primary"
    return (
        Button(label=cut(f"Approve: {planned.plan.button}"), press=f"{plan_id}:approve", style=style),
        Button(label="Deny…", press=f"{plan_id}:deny"),
    )


def acted_first(planned: Planned, review: Need, review_id: str, outcome: str) -> Message:
    """What is announced of a change that nobody approved beforehand."""
    who = planned.invocation
    return Message(
        icon=Icon.WARNING,
        headline=text("{} acted without waiting: {}", person(who.user, who.user_name), planned.became),
        parts=(
            *_what(planned),
            Paragraph(text=text("Rule {} lets them act first. {}: another of you signs it off.",
                                code(planned.rule), called((review,)))),
        ),
        buttons=(Button(label="Sign off…", press=f"{review_id}:sign", style="primary"),),
        footer=text("{} · {}", outcome, planned.receipt),
    )  # fmt: skip


def signed(planned: Planned, by: tuple[str, str], note: str, receipt: str) -> Message:
    """The same message once somebody has signed it off."""
    who = planned.invocation
    return Message(
        icon=Icon.DONE,
        headline=text(
            "Signed off · {} acted without waiting: {}", person(who.user, who.user_name), planned.became
        ),
        parts=(
            *_what(planned),
            Paragraph(text=text("Signed off by {}: {}", person(*by), marked(note))),
        ),
        footer=text("{} · {}", planned.receipt, receipt),
    )


def wanted(needs: tuple[Need, ...]) -> Text:
    """How many of whom say yes, and where."""
    places = {need.channel: need.channel_name for need in needs}
    said = []
    for place, name in places.items():
        there = [need for need in needs if need.channel == place]
        counts = (f"{need.count} of {need.people}" if need.count > 1 else need.people for need in there)
        who = text("{}", "; ".join(dict.fromkeys(counts)))
        said.append(text("{} in {}", who, channel(place, name)) if place else who)
    return joined(said, " and ")


def called(needs: tuple[Need, ...]) -> Text:
    """Whoever is asked, called by name: rung once by the message, and once by the reminder."""
    found: dict[str, Text] = {}
    for need in needs:
        named = (*need.groups.items(), *need.users.items())
        found |= {one: text("{}", call(one, name)) for one, name in named}
        found |= {name: text("whoever is on call ({})", name) for name in need.oncall}
    return joined(found.values(), " or ")


def so_far(needs: tuple[Need, ...], votes: tuple[Vote, ...], calls: tuple[Need, ...] = ()) -> Text:
    """How far it is: `1 of 2 from @sre`, and by whom. Whom `calls` asks are called by it."""
    found = counted(needs, votes)
    who = {need.rule: called((need,)) if need in calls else need.people for need in needs}
    counts = [text("{} of {} from {}", found[need.rule], need.count, who[need.rule]) for need in needs]
    names = ", ".join(f"{vote.name} ✓" for vote in votes)
    return text("{}{}", joined(counts, "; "), f" · {names}" if names else "")


def _places(planned: Planned) -> Text:
    found = planned.places.items()
    return joined((text("{}", channel(place, name or "there")) for place, name in found), " and ")


def stopped(reason: str) -> str:
    """What somebody wrote, so that another sentence may follow it."""
    return reason if reason.endswith((".", "?", "!")) else f"{reason}."


def cut(label: str) -> str:
    """As much as a button holds."""
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _what(planned: Planned) -> tuple[Part, ...]:
    return what(planned.plan, in_public=True, beside=(("reason", planned.reason),) if planned.reason else ())
