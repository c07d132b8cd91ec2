"""An image that does not arrive: it is not there, may not be had, or its name can be none."""

from __future__ import annotations

import re

from bot.domain.message import Text, code, text
from bot.domain.rollouts.snapshot import PodTrouble, Trouble, short_image
from bot.domain.why.evidence import Snapshot, grouped, since
from bot.domain.why.findings import Fact, Finding, Rank, back_or, describe_pod, quoted, rollback

_REASONS: tuple[tuple[str, str, str], ...] = (
    # what the message has, what it means, what is to be done
    (r"InvalidImageName|couldn't parse image|invalid reference format", "its name can be no image's",
     "correct the image's name."),
    (r"ErrImageNeverPull|pull policy of Never", "it is not on the node, and its pull policy is `Never`",
     "let the kubelet pull it."),
    (r"toomanyrequests|429 Too Many", "the registry allows no more pulls for now",
     "wait, or give the pods credentials of the registry."),
    (r"repository does not exist or may require", "it is not there, or the node may not have it",
     "correct the name, or give the pods a pull secret."),
    (r"unauthorized|authentication required|access denied|forbidden|insufficient_scope|no basic auth|denied:",
     "the registry does not let the node have it", "give the pods a pull secret that may read it."),
    (r"no match for platform|no matching manifest", "it is not made for the node's platform",
     "build it for the platform of the nodes."),
    (r"no such host|i/o timeout|connection refused|x509:|tls: |dial tcp|deadline exceeded|Unavailable",
     "the registry cannot be reached from the node", "look at the node's way to the registry."),
    (r"not found|manifest unknown|name unknown", "not found in registry",
     "deploy an image that the registry has."),
)  # fmt: skip


def analyze(seen: Snapshot) -> list[Finding]:
    return [_finding(seen, group) for group in grouped(seen.troubles, Trouble.IMAGE)]


def _finding(seen: Snapshot, group: tuple[PodTrouble, ...]) -> Finding:
    bad = group[0]
    event = seen.about_pod(bad.pod, "Failed", "pull image")
    said = event.message if event else bad.message
    meaning, step = _meaning(f"{bad.reason} {bad.message} {said}")
    facts = [quoted(bad.message or said, f"pod {bad.pod}", since(seen.pod(bad.pod)))]
    if event and event.count > 1:
        facts.append(Fact(text=text("tried in vain {} times", event.count), source="event", at=event.last))
    if unread := seen.about_pod(bad.pod, "FailedToRetrieveImagePullSecret"):
        facts.append(quoted(unread.message, "event", unread.last))
    return Finding(
        rank=Rank.IMAGE,
        cause=text("{} cannot be pulled{} ({})", code(short_image(bad.image)), meaning, code(bad.reason)),
        facts=tuple(facts),
        step=back_or(seen, step),
        buttons=(*rollback(seen), describe_pod(bad.pod, seen.ref)),
        pods=len(group),
        old=not bad.new,
    )


def _meaning(said: str) -> tuple[Text, str]:
    for pattern, meaning, step in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return text(": {}", meaning), step
    return Text(), "look at what the registry answers."
