"""How the workload itself stands to a rollout: paused, still busy with the last one, or without a pod."""

from __future__ import annotations

from bot.domain.ages import parse_time, spell
from bot.domain.message import Span, Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Change, Obstacle
from bot.domain.redaction import redact
from bot.domain.resources import ROLLED, STATEFULSETS
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import CAUSE, Phase, Progress, Snapshot

_OURS = "k8s-bot"
_LONGEST = 80


def rolling(change: Change, now: float) -> tuple[Obstacle, ...]:
    """What becomes of new pods, each in one line."""
    if change.found is None or not change.rolls:
        return ()
    found = change.found
    said = (_paused(found), _on_delete(found), _without_pods(change), _in_order(change), _busy(change, now))
    return tuple(Obstacle(said=line) for line in said if line)


def _paused(found: Json) -> Text:
    if not found["spec"].get("paused"):
        return Text()
    return text("It is paused: the change is stored, and no pod follows it until it is resumed.")


def _on_delete(found: Json) -> Text:
    """The update strategies of stateful sets and daemon sets that hold pods back."""
    strategy = found["spec"].get("updateStrategy") or {}
    first = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    if strategy.get("type") == "OnDelete":
        return text("Its update strategy is OnDelete: each pod follows only once it is deleted.")
    return text("Its partition is {}: pods numbered below that stay as they are.", first) if first else Text()


def _without_pods(change: Change) -> Text:
    if change.replicas or change.ref.type.plural == "daemonsets":
        return Text()
    return text("It has no pod (0 replicas): nothing runs this until it is scaled up.")


def _in_order(change: Change) -> Text:
    """A stateful set that keeps its order does nothing while one of its pods is not ready."""
    spec = (change.found or {}).get("spec", {})
    replaces = (spec.get("updateStrategy") or {}).get("type") != "OnDelete"
    if change.ref.type != STATEFULSETS or spec.get("podManagementPolicy") == "Parallel" or not replaces:
        return Text()
    missing = change.before - (change.found or {}).get("status", {}).get("readyReplicas", 0)
    if missing <= 0:
        return Text()
    return text(
        "{} not ready, and it keeps its order: no pod is replaced until all are. A broken one must go.",
        "1 pod is" if missing == 1 else f"{missing} pods are",
    )


def _busy(change: Change, now: float) -> Text:
    """The last rollout is not over: how far it is, whose it is and since when."""
    found, kind = change.found, change.ref.type
    if found is None or kind not in ROLLED or not change.before:
        return Text()
    progress = assess(Snapshot(workload=found, kind=kind), now)
    if progress.phase is Phase.STUCK:
        return text("Its last rollout{} is stuck: this takes its place.", _begun(found, now))
    if progress.phase is not Phase.MOVING or not _moves(change, progress):
        return Text()
    return text(
        "A rollout{} is still under way ({}): this takes its place.", _begun(found, now), _far(progress)
    )


def _far(progress: Progress) -> str:
    due = progress.desired - progress.held
    if progress.updated < due:
        return f"{progress.updated} of {due} updated"
    if progress.available < progress.desired:
        return f"{progress.available} of {progress.desired} available"
    return "old pods still go"


def _moves(change: Change, progress: Progress) -> bool:
    """Pods are still to be replaced: it is not only scaled, and not only has one that has become unready."""
    said = (change.found or {}).get("status", {}).get("conditions") or ()
    progressing = [c for c in said if c.get("type") == "Progressing"]
    if progressing:
        return bool(progressing[0].get("reason") != "NewReplicaSetAvailable")
    return change.pods > progress.updated + progress.held


def _begun(found: Json, now: float) -> Text:
    """` begun 40 s ago by …`: by the bot's own line where it wrote last, else by the writer's name."""
    entry = _last_writer(found["metadata"])
    since = parse_time(entry.get("time"))
    if since is None:
        return Text()
    return text(" begun {} ago by {}", spell(now - since), _who(entry, found["metadata"]))


def _who(entry: Json, metadata: Json) -> Span:
    manager = str(entry.get("manager", "")) or "somebody"
    cause = redact(str((metadata.get("annotations") or {}).get(CAUSE, "")))
    said = cause if cause and manager.startswith(_OURS) else manager
    return code(said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…")


def _last_writer(metadata: Json) -> Json:
    """Who last wrote to the pod template, as the managed fields tell."""
    wrote = [e for e in metadata.get("managedFields") or () if _holds_template(e)]
    return max(wrote, key=lambda entry: parse_time(entry.get("time")) or 0.0, default={})


def _holds_template(entry: Json) -> bool:
    spec = (entry.get("fieldsV1") or {}).get("f:spec") or {}
    return not entry.get("subresource") and "f:template" in spec
