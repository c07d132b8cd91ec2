"""What was deleted and does not go: a finalizer holds it, or its node does not answer."""

from __future__ import annotations

from bot.domain.ages import parse_time
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import CLAIMS, PODS
from bot.domain.rollouts.snapshot import is_overdue
from bot.domain.why.evidence import Snapshot
from bot.domain.why.findings import Fact, Finding, Rank, button, describe_pod, nowhere
from bot.domain.why.nodes import is_down


def analyze(seen: Snapshot) -> list[Finding]:
    late = [pod for pod in seen.pods if is_overdue(pod, seen.now)]
    return [*(() if seen.ref.type == PODS else target(seen)), *(_pods(seen, late) if late else ())]


def target(seen: Snapshot) -> list[Finding]:
    """The object itself, where it was deleted and is still there."""
    if not is_overdue(seen.target, seen.now):
        return []
    holders = seen.target["metadata"].get("finalizers") or []
    step = "What set the finalizer has to take it away."
    if seen.ref.type == CLAIMS and seen.pods:
        names = ", ".join(pod["metadata"]["name"] for pod in seen.pods[:3])
        step = f"It goes when no pod mounts it any more: {names}."
    kind = seen.ref.type.singular
    return [
        Finding(
            rank=Rank.TERMINATING,
            cause=_held(holders),
            facts=(_deleted(seen.target, f"{kind} {seen.ref.name}"),),
            step=text("{}", step),
            buttons=(button("Events", f"events --for {kind}/{seen.ref.name}", seen.ref),),
        )
    ]


def _pods(seen: Snapshot, late: list[Json]) -> list[Finding]:
    first = late[0]
    name, node = first["metadata"]["name"], first["spec"].get("nodeName", "")
    holders = first["metadata"].get("finalizers") or []
    down = any(one["metadata"]["name"] == node and is_down(one) for one in seen.nodes)
    many = text("{}: ", plural(len(late), "pod")) if len(late) > 1 else text("{}: ", code(name))
    if holders:
        cause, step = _held(holders), "What set the finalizer has to take it away."
    elif down:
        cause = text("its node {} is down and cannot end it ({})", code(node), code("Terminating"))
        step = "It goes when the node is back, or is deleted from the cluster."
    else:
        cause = text("it was deleted, and its node {} has not ended it ({})", code(node), code("Terminating"))
        step = "Look whether its program ends when it is asked to, and at its node."
    shows = (button("Describe the node", f"describe node {node}", nowhere(seen.ref)),) if node else ()
    return [
        Finding(
            rank=Rank.TERMINATING,
            cause=many + cause,
            facts=(_deleted(first, f"pod {name}"),),
            step=text(step),
            buttons=(*shows, describe_pod(name, seen.ref)),
            pods=len(late),
        )
    ]


def _held(holders: list[str]) -> Text:
    if not holders:
        return text("it was deleted and does not go ({})", code("Terminating"))
    shown = code(", ".join(str(one) for one in holders[:3]))
    return text("it was deleted, and the finalizer {} holds it ({})", shown, code("Terminating"))


def _deleted(item: Json, source: str) -> Fact:
    return Fact(text=text("it should have gone"), source=source,
                at=parse_time(item["metadata"]["deletionTimestamp"]))  # fmt: skip
