"""What tests of changes share: a plan carried out as it was stored, and what of it reached the server."""

from __future__ import annotations

from typing import Any

from bot.domain.changes import Plan
from bot.service.cluster import GuardedCluster

WORKLOADS = "/apis/apps/v1/namespaces/shop/deployments"
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}


async def carry_out(cluster: GuardedCluster, plan: Plan, change: str = "change-1") -> list[Any]:
    """The objects as they are after each write of the stored plan."""
    stored = Plan.model_validate_json(plan.model_dump_json())
    assert stored == plan
    return [(await cluster.apply(step, change)).after for step in stored.steps]


async def writes(kube: Any) -> set[tuple[str, str]]:
    """What was really written since `kube.forget()`: a set, for one that met a moved status is sent again."""
    seen = [asked for asked in await kube.requests() if asked["method"] != "GET" and not asked["dryRun"]]
    return {(asked["method"], asked["path"]) for asked in seen}


async def patch(kube: Any, name: str, body: Any) -> Any:
    """Somebody else changes a deployment."""
    return await kube.call("PATCH", f"{WORKLOADS}/{name}", body, **STRATEGIC)


async def add_sidecar(kube: Any, name: str, image: str = "proxy:2.0") -> None:
    containers = [{"name": "proxy", "image": image}]
    await patch(kube, name, {"spec": {"template": {"spec": {"containers": containers}}}})


def said(plan: Plan) -> list[str]:
    """The lines under its title: each field that changes, then each warning."""
    fields = [
        f"{change.path}: {change.before} → {change.after}" for step in plan.steps for change in step.changes
    ]
    return [*fields, *lines(plan)]


def lines(plan: Plan) -> list[str]:
    """Its warnings alone."""
    return [warning.plain() for warning in plan.warnings]
