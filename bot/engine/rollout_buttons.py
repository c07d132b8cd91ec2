"""The buttons under a rollout's card and in its thread: the lines of other verbs, for the same workload."""

from __future__ import annotations

from bot.domain.changes import Plan
from bot.domain.message import Button
from bot.domain.resources import DEPLOYMENTS, REPLICASETS, ObjectRef
from bot.domain.rollouts.snapshot import PodTrouble, Trouble
from bot.domain.workloads import called, where


def replaces_pods(plan: Plan) -> bool:
    """Whether it changes a pod template."""
    return any(change.path.startswith("spec.template") for step in plan.steps for change in step.changes)


def way_back(plan: Plan) -> tuple[Button, ...]:
    """While it runs, back to what ran before; what changes no template has nothing to stop."""
    if not plan.inverse.startswith("rollback"):
        return ()
    return (Button(label="Stop and roll back…", command=plan.inverse),)


def pause(plan: Plan, ref: ObjectRef) -> tuple[Button, ...]:
    """Where pods are replaced that can be held, which Kubernetes has for Deployments alone; what changes no
    template goes on in spite of a pause.
    """
    lets_go = any(change.path == "spec.paused" for step in plan.steps for change in step.changes)
    if ref.type != DEPLOYMENTS or not (lets_go or replaces_pods(plan)):
        return ()
    return (Button(label="Pause", command=f"pause {ref.name} {where(ref)}"),)


def resume(ref: ObjectRef) -> Button:
    return Button(label="Resume", command=f"resume {ref.name} {where(ref)}")


def status(ref: ObjectRef) -> Button:
    """How far it is; a ReplicaSet has no rollout."""
    if ref.type == REPLICASETS:
        return Button(label="Describe", command=f"describe {called(ref)} {where(ref)}")
    return Button(label="Rollout status", command=f"rollout status {_typed(ref)} {where(ref)}")


def why(ref: ObjectRef, pod: str = "") -> Button:
    return Button(label="Why", command=f"why {f'pod/{pod}' if pod else _typed(ref)} {where(ref)}")


def all_logs(ref: ObjectRef) -> Button:
    return Button(label="Logs", command=f"logs {_typed(ref)} {where(ref)}")


def logs(ref: ObjectRef, bad: PodTrouble) -> Button:
    flag = " --previous" if bad.kind is Trouble.CRASH and bad.restarts else ""
    return Button(
        label="Logs before the crash" if flag else "Logs", command=f"logs {bad.pod}{flag} {where(ref)}"
    )


def delete_pod(ref: ObjectRef, pod: str) -> Button:
    return Button(label=f"Delete {pod}…"[:75], command=f"delete pod/{pod} {where(ref)}", style="danger")


def _typed(ref: ObjectRef) -> str:
    return f"{ref.type.singular}/{ref.name}"
