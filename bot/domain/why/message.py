"""A verdict as people read it: the cause, its evidence, the next step, what still works, what changed."""

from __future__ import annotations

from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Text,
    bold,
    code,
    text,
)
from bot.domain.resources import DEPLOYMENTS, SERVICES
from bot.domain.why import changed
from bot.domain.why.findings import Finding, Rank, button, told
from bot.domain.why.verdict import Verdict

_FACTS = 3
_ALSO = 3
_BUTTONS = 5
_WAITING = (Rank.PAUSED, Rank.OFF)


def render(verdict: Verdict) -> Message:
    first = next(iter(verdict.troubles), None)
    return _healthy(verdict) if first is None else _troubled(verdict, first)


def _troubled(verdict: Verdict, first: Finding) -> Message:
    facts = tuple(told(fact, verdict.now) for fact in first.facts[:_FACTS])
    parts: list[Part] = [Bullets(items=facts)] if facts else []
    if first.words and first.words.text:
        parts.append(Paragraph(text=text("Last words of {}:", code(first.words.pod))))
        parts.append(Output(text=first.words.text, name=f"{first.words.pod}.log"))
    if first.step:
        parts.append(Paragraph(text=text("{} {}", bold("Next:"), first.step)))
    others = [one for one in verdict.findings if one is not first]
    return Message(
        icon=_icon(verdict, first),
        headline=text("{}: {}.", _whose(verdict), first.cause),
        parts=(*parts, *_works(verdict), *_also(others), *_changes(verdict)),
        buttons=_buttons(verdict, [first, *others]),
        footer=_footer(verdict),
    )


def _healthy(verdict: Verdict) -> Message:
    if verdict.moving:
        headline = text("{} is on its way, and nothing is found wrong with it.", _whose(verdict))
        said: tuple[Part, ...] = (Paragraph(text=text("{}", verdict.moving)),)
    else:
        headline, said = text("{} is healthy: nothing found.", _whose(verdict)), ()
    if verdict.unseen:
        headline = text("{}: nothing found, but not everything could be looked at.", _whose(verdict))
    icon = Icon.UNDER_WAY if verdict.moving else Icon.WARNING if verdict.unseen else Icon.DONE
    return Message(
        icon=icon,
        headline=headline,
        parts=(*said, *_works(verdict), *_also(verdict.findings), *_changes(verdict)),
        buttons=_buttons(verdict, verdict.findings),
        footer=_footer(verdict),
    )


def _icon(verdict: Verdict, first: Finding) -> Icon:
    if first.rank in _WAITING:
        return Icon.WAITING
    return Icon.FAILED if verdict.serves == 0 else Icon.WARNING


def _whose(verdict: Verdict) -> Text:
    """`shop/web on prod`; of anything but a deployment also the kind."""
    ref = verdict.ref
    kind = "" if ref.type == DEPLOYMENTS else f"{ref.type.singular} "
    return text("{}{} on {}", kind, code(ref), code(ref.cluster))


def _works(verdict: Verdict) -> tuple[Part, ...]:
    return (Paragraph(text=verdict.works),) if verdict.works else ()


def _also(others: list[Finding] | tuple[Finding, ...]) -> tuple[Part, ...]:
    if not others:
        return ()
    left = len(others) - _ALSO
    items = [text("{}.", one.cause) for one in others[:_ALSO]]
    if left > 0:
        items.append(text("and {} more.", left))
    return (Paragraph(text=text("{}", bold("Also:"))), Bullets(items=tuple(items)))


def _changes(verdict: Verdict) -> tuple[Part, ...]:
    if not verdict.changes:
        return ()
    items = tuple(changed.told(one, verdict.now) for one in verdict.changes)
    return (Paragraph(text=text("{}", bold("What changed:"))), Bullets(items=items))


def _buttons(verdict: Verdict, findings: list[Finding] | tuple[Finding, ...]) -> tuple[Button, ...]:
    """The steps of the cause, then those of the others; and the whole picture at the end."""
    ref = verdict.ref
    described = ref.type.singular if ref.type in (DEPLOYMENTS, SERVICES) else ""
    whole = (button("Describe", f"describe {described} {ref.name}", ref),) if described else ()
    every = [one for finding in findings for one in finding.buttons]
    unique = {one.command: one for one in (*every, *whole)}
    return tuple(unique.values())[:_BUTTONS]


def _footer(verdict: Verdict) -> Text:
    looked = text("Looked at {}.", ", ".join(verdict.looked)) if verdict.looked else Text()
    if not verdict.unseen:
        return looked
    blind = ", ".join(f"{one.what} ({one.why})" for one in verdict.unseen)
    return text("{} Could not look at {}.", looked, blind)
