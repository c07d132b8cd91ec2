"""What of that which was read belongs to the object, and what of it makes more worth reading."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.resources import CLAIMS, CRONJOBS, DEPLOYMENTS, NODES, PODS, SERVICES
from bot.domain.selectors import selects
from bot.domain.why.evidence import Snapshot, born, claim_names, condition, owned, template


def own(seen: Snapshot) -> Snapshot:
    """Without what was read along with it and belongs to others."""
    kind, target = seen.ref.type, seen.target
    sets, jobs, pods = owned(seen.sets, [target]), owned(seen.jobs, [target]), seen.pods
    jobs = tuple(sorted(jobs, key=lambda job: born(job) or 0.0, reverse=True))
    if kind == PODS:
        pods = (target,)
    elif kind == CLAIMS:
        pods = tuple(pod for pod in pods if seen.ref.name in claim_names([pod]))
    elif kind == DEPLOYMENTS:
        pods = owned(pods, sets) if sets else pods
    elif kind == CRONJOBS:
        pods = owned(pods, jobs[:1])
    elif kind not in (SERVICES, NODES):
        pods = owned(pods, [target])
    guarded = pods if kind == NODES else [target]
    scaled = (kind.kind, seen.ref.name)
    return seen.model_copy(update={
        "sets": sets,
        "jobs": jobs,
        "pods": pods,
        "revisions": owned(seen.revisions, [target]),
        "autoscalers": tuple(one for one in seen.autoscalers if _scales(one) == scaled),
        "budgets": tuple(one for one in seen.budgets if any(guards(one, each) for each in guarded)),
    })  # fmt: skip


def _scales(scaler: Json) -> tuple[str, str]:
    target = scaler["spec"]["scaleTargetRef"]
    return str(target.get("kind")), str(target.get("name"))


def guards(budget: Json, target: Json) -> bool:
    """Whether a disruption budget is about a workload, or about a pod."""
    if budget["metadata"].get("namespace") != target["metadata"].get("namespace"):
        return False
    labels: Json = template(target).get("metadata", {}).get("labels") or {}
    return selects(budget["spec"].get("selector") or {}, labels)


def over_quota(seen: Snapshot) -> bool:
    """Whether pods are refused for a quota's sake."""
    said = (str(condition(item, "ReplicaFailure").get("message", "")) for item in (seen.target, *seen.sets))
    return any("quota" in message for message in said) or any(
        one.reason == "FailedCreate" and "quota" in one.message and one.object.endswith(f"/{seen.ref.name}")
        for one in seen.events
    )


def pending_claims(seen: Snapshot) -> bool:
    names = claim_names(seen.pods)
    return any(
        claim["metadata"]["name"] in names and claim.get("status", {}).get("phase") != "Bound"
        for claim in seen.claims or ()
    )


def holds_evictions(seen: Snapshot) -> bool:
    """Whether a budget lets none of its pods be evicted now."""
    statuses = (budget.get("status", {}) for budget in seen.budgets)
    return any(one.get("expectedPods") and not one.get("disruptionsAllowed") for one in statuses)
