"""A rollout that does not go on: it is paused, or its deadline has passed; or nothing is asked for."""

from __future__ import annotations

from bot.domain.message import Button, code, text
from bot.domain.resources import DEPLOYMENTS, STATEFULSETS
from bot.domain.why.evidence import Snapshot, at, condition, desired
from bot.domain.why.findings import Fact, Finding, Rank, back_or, button, describe_pod, quoted, rollback


def analyze(seen: Snapshot) -> list[Finding]:
    found = [_off(seen)]
    if seen.ref.type == DEPLOYMENTS:
        found += [_paused(seen), _exceeded(seen)]
    if seen.ref.type == STATEFULSETS:
        found.append(_blocked(seen))
    return [one for one in found if one]


def _paused(seen: Snapshot) -> Finding | None:
    if not seen.target["spec"].get("paused"):
        return None
    progress = seen.progress
    waits = progress.updated < progress.desired
    turned = condition(seen.target, "Progressing")
    is_pause = turned.get("reason") == "DeploymentPaused"
    count = text("{} of {} pods have the newest template", progress.updated, progress.desired)
    said = (
        "its rollout is paused: a change is stored, and no pod follows it"
        if waits
        else "its rollout is paused"
    )
    return Finding(
        rank=Rank.PAUSED if waits else Rank.REMARK,
        cause=text("{} ({})", said, code("DeploymentPaused")),
        facts=(Fact(text=count, source=f"deployment {seen.ref.name}", at=at(turned) if is_pause else None),),
        step=text("It goes on once it is resumed."),
        buttons=(_status(seen), *rollback(seen)),
    )


def _exceeded(seen: Snapshot) -> Finding | None:
    turned = condition(seen.target, "Progressing")
    if turned.get("reason") != "ProgressDeadlineExceeded":
        return None
    seconds = seen.target["spec"].get("progressDeadlineSeconds", 600)
    return Finding(
        rank=Rank.DEADLINE,
        cause=text("its new pods did not become available within {} s ({})", seconds,
                   code("ProgressDeadlineExceeded")),
        facts=(quoted(turned.get("message", ""), f"deployment {seen.ref.name}", at(turned)),),
        step=back_or(seen, "see why its new pods do not come up."),
        buttons=(*rollback(seen), _status(seen)),
    )  # fmt: skip


def _blocked(seen: Snapshot) -> Finding | None:
    pod = seen.progress.blocked
    if not pod:
        return None
    return Finding(
        rank=Rank.BLOCKED,
        cause=text(
            "it keeps its order and waits for {}, which is broken and has an older template", code(pod)
        ),
        facts=(Fact(text=text("{}", seen.progress.sentence), source=f"statefulset {seen.ref.name}"),),
        step=text("Delete that pod: it comes back with the newest template."),
        buttons=(button(f"Delete {pod}", f"delete pod/{pod}", seen.ref), describe_pod(pod, seen.ref)),
        pods=1,
    )


def _off(seen: Snapshot) -> Finding | None:
    if desired(seen) != 0:
        return None
    if "desiredNumberScheduled" in seen.target.get("status", {}):
        cause, step = text("no node matches it, so it has no pods"), "Correct its selector, or label a node."
        count = Fact(text=text("wanted on 0 nodes"), source=f"daemonset {seen.ref.name}")
        return Finding(rank=Rank.OFF, cause=cause, step=text(step), facts=(count,))
    kind = seen.ref.type.singular
    return Finding(
        rank=Rank.OFF,
        cause=text("it is scaled to 0, so nothing runs"),
        facts=(Fact(text=text("{} is 0", code("spec.replicas")), source=f"{kind} {seen.ref.name}"),),
        step=text("Scale it up when it is wanted."),
        buttons=(button("Scale to 1", f"scale {kind}/{seen.ref.name} 1", seen.ref),),
    )


def _status(seen: Snapshot) -> Button:
    return button("Rollout status", f"rollout status {seen.ref.name}", seen.ref)
