"""Settings that are not there: a ConfigMap, a Secret or a key that a pod waits for; a volume not mounted."""

from __future__ import annotations

import re

from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import NAME
from bot.domain.rollouts.snapshot import PodTrouble, Trouble, is_ready
from bot.domain.why.evidence import Snapshot, grouped, since
from bot.domain.why.findings import Fact, Finding, Rank, back_or, button, describe_pod, quoted, rollback

_MISSING = re.compile(r'\b(configmap|secret) "([^"]{1,253})" not found')
_NO_KEY = re.compile(r"find key (\S{1,253}) in (ConfigMap|Secret) (?:[^/\s]{1,63}/)?(\S{1,253})")
_NO_KEY_IN_VOLUME = re.compile(
    r'volume "([^"]{1,253})" : references non-existent (?:config|secret) key: (\S+)'
)
_KINDS = {"configmap": "ConfigMap", "secret": "Secret"}
_UNMOUNTED = ("FailedMount", "FailedAttachVolume")


def analyze(seen: Snapshot) -> list[Finding]:
    found = [_waiting(seen, group) for group in grouped(seen.troubles, Trouble.CONFIG)]
    return found or _unmounted(seen)


def _waiting(seen: Snapshot, group: tuple[PodTrouble, ...]) -> Finding:
    bad = group[0]
    fact = quoted(bad.message, f"pod {bad.pod}", since(seen.pod(bad.pod)))
    return _finding(seen, seen.pod(bad.pod), bad.message, bad.reason, fact).model_copy(
        update={"pods": len(group), "old": not bad.new}
    )


def _unmounted(seen: Snapshot) -> list[Finding]:
    """Pods that wait for a volume say so in events alone."""
    found: dict[Text, Finding] = {}
    for pod in seen.pods:
        name = pod["metadata"]["name"]
        if pod.get("status", {}).get("phase") != "Pending" or is_ready(pod):
            continue
        for reason in _UNMOUNTED:
            event = seen.about_pod(name, reason)
            if event is None:
                continue
            fact = quoted(event.message, f"event on pod {name}", event.last)
            one = _finding(seen, pod, event.message, reason, fact)
            before = found.get(one.cause)
            found[one.cause] = one.model_copy(update={"pods": before.pods + 1 if before else 1})
            break
    return list(found.values())


def _finding(seen: Snapshot, pod: Json, message: str, reason: str, fact: Fact) -> Finding:
    cause, step, rank, line = _meaning(seen, pod, message, reason)
    shows = (button("What there is", line, seen.ref),) if line else ()
    return Finding(
        rank=rank,
        cause=cause,
        facts=(fact, *_keys(seen, pod, message)),
        step=back_or(seen, step),
        buttons=(*rollback(seen), *shows, describe_pod(pod["metadata"]["name"], seen.ref)),
    )


def _meaning(seen: Snapshot, pod: Json, message: str, reason: str) -> tuple[Text, str, Rank, str]:
    """The cause, the step, its rank, and the line that shows what there is instead."""
    why = code(reason)
    if missing := _MISSING.search(message):
        kind = _KINDS[missing[1]]
        cause = text("it needs {} {}, and there is none in {} ({})", kind, code(missing[2]),
                     code(seen.ref.namespace), why)  # fmt: skip
        return cause, f"create the {kind}, or name one that exists.", Rank.CONFIG, f"get {missing[1]}s"
    if key := _key(pod, message):
        kind, name, wanted = key
        cause = text("it needs the key {} of {} {}, which has no such key ({})", code(wanted), kind,
                     code(name), why)  # fmt: skip
        line = f"get {kind.lower()} {name}" if NAME.fullmatch(name) else ""
        return cause, f"add the key to the {kind}, or name one that it has.", Rank.CONFIG, line
    if reason in _UNMOUNTED:
        cause = text("a volume of its pod cannot be mounted ({})", why)
        return cause, "look at the volume and its node.", Rank.VOLUME, "get pvc"
    return text("its container cannot be made ({})", why), "mend what the message says.", Rank.START, ""


def _key(pod: Json, message: str) -> tuple[str, str, str] | None:
    """Kind and name of what lacks a key, and the key."""
    if found := _NO_KEY.search(message):
        return found[2], found[3], found[1]
    if found := _NO_KEY_IN_VOLUME.search(message):
        volumes = pod.get("spec", {}).get("volumes") or ()
        volume: Json = next((one for one in volumes if one["name"] == found[1]), {})
        if "configMap" in volume:
            return "ConfigMap", str(volume["configMap"].get("name", "")), found[2]
        if "secret" in volume:
            return "Secret", str(volume["secret"].get("secretName", "")), found[2]
    return None


def _keys(seen: Snapshot, pod: Json, message: str) -> tuple[Fact, ...]:
    """Where a key is missing: those that are there."""
    key = _key(pod, message)
    known = next((c for c in seen.configs if key and (c.kind, c.name) == key[:2] and c.exists), None)
    if known is None:
        return ()
    shown = code(", ".join(known.keys[:10])) if known.keys else "no keys at all"
    return (Fact(text=text("it has {}", shown), source=f"{known.kind} {known.name}", at=known.at),)
