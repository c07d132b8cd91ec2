"""Pods that are not even made: a quota, a LimitRange, a webhook or a policy refuses them."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.message import Text, code, text
from bot.domain.resources import NAME
from bot.domain.why.evidence import Snapshot, at, condition, desired
from bot.domain.why.findings import Fact, Finding, Rank, back_or, button, quoted, rollback

_LATELY = 3600.0
_QUOTA = re.compile(
    r"exceeded quota: (\S{1,253}?), requested: (\S{1,200}), used: (\S{1,200}), limited: (\S{1,200})"
)
_UNSAID = re.compile(r"failed quota: (\S{1,253}?): must specify ([\w.,/-]{1,200})")
_RANGE = re.compile(
    r"(maximum|minimum) (\S+) usage per (\w+) is (\S+?)[,.]"
    r"(?: *but (\w+) is (\S+?)[.,\]]*(?:\s|$)| *No (\w+) is)"
)
_DENIED = re.compile(r'(?:admission webhook|[vV]alidatingAdmissionPolicy) ["\'](\S{1,253}?)["\']')
_CALLING = re.compile(r'failed calling webhook "(\S{1,253}?)"')
_SECURITY = re.compile(r'violates PodSecurity "([\w:.-]{1,100})"')
_ACCOUNT = re.compile(r'serviceaccount "(\S{1,253}?)" not found')

_Told = tuple[Text, str, str]
"""The cause, the step, and the line that shows what refuses."""


def analyze(seen: Snapshot) -> list[Finding]:
    found = _refusal(seen)
    if found is None:
        return []
    fact, message = found
    cause, step, line = _meaning(message)
    shows = (button("What refuses", line, seen.ref),) if line else ()
    kind = seen.ref.type.singular
    return [
        Finding(
            rank=Rank.REFUSED,
            cause=text("new pods are refused: {} ({})", cause, code("FailedCreate")),
            facts=(fact, *_missing(seen), *_quota(seen, message)),
            step=back_or(seen, step),
            buttons=(
                *shows,
                *rollback(seen),
                button("Events", f"events --for {kind}/{seen.ref.name}", seen.ref),
            ),
            pods=max((desired(seen) or 0) - len(seen.pods), 0),
        )
    ]


def _refusal(seen: Snapshot) -> tuple[Fact, str] | None:
    """Where it stands and what it says: the condition holds as long as it is so, an event may be old."""
    for item in (seen.target, *seen.sets):
        failure = condition(item, "ReplicaFailure")
        if failure.get("status") == "True":
            source = f"{item.get('kind', seen.ref.type.kind)} {item['metadata']['name']}"
            message = str(failure.get("message", ""))
            return quoted(message, source, at(failure)), message
    wanted = desired(seen)
    if "pods" in seen.unread or (wanted is not None and len(seen.pods) >= wanted):
        return None
    kind = seen.ref.type.kind.lower()
    names = [f"{kind}/{seen.ref.name}", *(f"job/{job['metadata']['name']}" for job in seen.jobs[:1])]
    event = next(seen.about(*names, reason="FailedCreate"), None)
    if event is None or seen.now - event.last > _LATELY:
        return None
    return quoted(event.message, f"event on {event.object}", event.last), event.message


def _missing(seen: Snapshot) -> tuple[Fact, ...]:
    wanted = desired(seen)
    if wanted is None or "pods" in seen.unread:
        return ()
    line = text("{} of {} pods are there", len(seen.pods), wanted)
    return (Fact(text=line, source=seen.ref.type.singular),)


def _quota(seen: Snapshot, message: str) -> tuple[Fact, ...]:
    """How full the quota is now."""
    named = _QUOTA.search(message)
    quota = next((one for one in seen.quotas if named and one["metadata"]["name"] == named[1]), None)
    if quota is None:
        return ()
    status = quota.get("status", {})
    used = status.get("used") or {}
    full = [f"{name} {used.get(name, 0)} of {hard}" for name, hard in (status.get("hard") or {}).items()]
    return (Fact(text=text("{}", ", ".join(full)), source=f"quota {named[1] if named else ''}"),)


def _meaning(message: str) -> _Told:
    for tell in _TELLERS:
        if told := tell(message):
            return told
    return text("the API server does not have them"), "mend what the message says.", ""


def _exceeded(message: str) -> _Told | None:
    found = _QUOTA.search(message)
    if not found:
        return None
    name = found[1]
    cause = text(
        "quota {} is used up: {} more asked for, {} of {} used", code(name), found[2], found[3], found[4]
    )
    line = f"get quota {name}" if NAME.fullmatch(name) else "get quota"
    return cause, "scale something down, ask for less, or raise the quota.", line


def _unsaid(message: str) -> _Told | None:
    found = _UNSAID.search(message)
    if not found:
        return None
    cause = text("quota {} wants every pod to say its {}", code(found[1]), found[2].replace(",", ", "))
    line = f"get quota {found[1]}" if NAME.fullmatch(found[1]) else "get quota"
    return cause, "set them in the pod template.", line


def _out_of_range(message: str) -> _Told | None:
    found = _RANGE.search(message)
    if not found:
        return None
    side = "allows at most" if found[1] == "maximum" else "asks for at least"
    asked = f", and its {found[5]} is {found[6]}" if found[5] else f", and it has no {found[7]}"
    cause = text("a LimitRange {} {} of {} for each {}{}", side, found[4], found[2], found[3].lower(), asked)
    return cause, "ask for what the LimitRange allows.", "get limitranges"


def _webhook(message: str) -> _Told | None:
    if found := _CALLING.search(message):
        return (text("the webhook {} does not answer", code(found[1])),
                "look at the service behind the webhook.", "")  # fmt: skip
    if found := _DENIED.search(message):
        return text("{} denies them", code(found[1])), "change the template as it asks.", ""
    return None


def _security(message: str) -> _Told | None:
    if found := _SECURITY.search(message):
        cause = text("the namespace's Pod Security level {} forbids them", code(found[1]))
        return cause, "change the template's security context.", ""
    if found := _ACCOUNT.search(message):
        cause = text("there is no service account {}", code(found[1]))
        return cause, "create it, or name one that exists.", "get serviceaccounts"
    return None


_TELLERS: tuple[Callable[[str], _Told | None], ...] = (_exceeded, _unsaid, _out_of_range, _webhook, _security)
