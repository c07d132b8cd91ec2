"""What is to be read for a verdict: first what belongs to the object, then what that points to."""

from __future__ import annotations

from typing import Literal, TypeAlias

from bot.domain import resources as kinds
from bot.domain.access import ANY
from bot.domain.happenings import fields_of
from bot.domain.model import Frozen, Json
from bot.domain.resources import ResourceType
from bot.domain.selectors import selector
from bot.domain.why.belonging import holds_evictions, over_quota, pending_claims
from bot.domain.why.evidence import Snapshot, claim_names, sick_nodes, template
from bot.domain.workloads import references

WORKLOADS = (kinds.DEPLOYMENTS, kinds.STATEFULSETS, kinds.DAEMONSETS, kinds.REPLICASETS)
_MOST_CONFIGS = 4
_MOST_NODES = 3
_JOB_NAME = "batch.kubernetes.io/job-name"

Part: TypeAlias = Literal[
    "sets", "jobs", "pods", "revisions", "events", "autoscalers", "budgets", "nodes", "claims", "quotas",
    "slices", "neighbours", "configs",
]  # fmt: skip


class Wanted(Frozen):
    """One list, or with `names` a few objects each by itself, for one part of the snapshot."""

    part: Part
    kind: ResourceType
    noun: str = ""
    """What one of the list is called, where that is not its kind."""
    namespace: str = ""
    """Empty: the object's own; `*`: all."""
    labels: str = ""
    fields: str = ""
    names: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        return self.noun or self.kind.singular


def first(seen: Snapshot) -> tuple[Wanted, ...]:
    """What belongs to an object of its kind."""
    kind, ref = seen.ref.type, seen.ref
    if kind in WORKLOADS:
        return _of_workload(seen)
    if kind == kinds.SERVICES:
        return _of_service(seen)
    if kind == kinds.JOBS:
        return _WARNINGS, _pods(seen), *_settings(seen)
    about = Wanted(part="events", kind=kinds.EVENTS, fields=fields_of(ref), namespace=ref.namespace or ANY)
    if kind == kinds.NODES:
        return about, *_of_node(seen)
    if kind == kinds.CLAIMS:
        return about, Wanted(part="pods", kind=kinds.PODS)
    if kind == kinds.CRONJOBS:
        return about, Wanted(part="jobs", kind=kinds.JOBS)
    return about, *_settings(seen)


_WARNINGS = Wanted(part="events", kind=kinds.EVENTS, noun="warning", fields="type=Warning")


def _pods(seen: Snapshot) -> Wanted:
    labels = selector(seen.target["spec"].get("selector") or {})
    return Wanted(part="pods", kind=kinds.PODS, labels=labels)


def _of_workload(seen: Snapshot) -> tuple[Wanted, ...]:
    kind, pods = seen.ref.type, _pods(seen)
    wanted = [_WARNINGS, pods, Wanted(part="budgets", kind=kinds.BUDGETS, noun="disruption budget")]
    if kind == kinds.DEPLOYMENTS:
        wanted.append(Wanted(part="sets", kind=kinds.REPLICASETS, labels=pods.labels))
    if kind in (kinds.STATEFULSETS, kinds.DAEMONSETS):
        wanted.append(Wanted(part="revisions", kind=kinds.REVISIONS, noun="revision", labels=pods.labels))
    if kind != kinds.DAEMONSETS:
        wanted.append(Wanted(part="autoscalers", kind=kinds.AUTOSCALERS, noun="autoscaler"))
    return (*wanted, *_settings(seen))


def _of_service(seen: Snapshot) -> tuple[Wanted, ...]:
    chosen = seen.target["spec"].get("selector") or {}
    labels = ",".join(f"{key}={value}" for key, value in chosen.items())
    own = f"kubernetes.io/service-name={seen.ref.name}"
    slices = Wanted(part="slices", kind=kinds.ENDPOINTSLICES, labels=own)
    return _WARNINGS, slices, *((Wanted(part="pods", kind=kinds.PODS, labels=labels),) if labels else ())


def _of_node(seen: Snapshot) -> tuple[Wanted, ...]:
    on_it = f"spec.nodeName={seen.ref.name}"
    pods = Wanted(part="pods", kind=kinds.PODS, fields=on_it, namespace=ANY)
    if not seen.target.get("spec", {}).get("unschedulable"):
        return (pods,)
    return pods, Wanted(part="budgets", kind=kinds.BUDGETS, noun="disruption budget", namespace=ANY)


def _settings(seen: Snapshot) -> tuple[Wanted, ...]:
    """The claims and the settings that a pod template names."""
    found: Json = template(seen.target)
    named = [reference.split(" ", 1) for reference in references(found)[:_MOST_CONFIGS]]
    wanted = []
    for kind in (kinds.CONFIGMAPS, kinds.SECRETS):
        names = tuple(name for word, name in named if word == kind.kind)
        wanted += [Wanted(part="configs", kind=kind, names=names)] if names else []
    if claim_names([found]) or seen.target["spec"].get("volumeClaimTemplates"):
        wanted.append(Wanted(part="claims", kind=kinds.CLAIMS, noun="claim"))
    return tuple(wanted)


def then(seen: Snapshot) -> tuple[Wanted, ...]:
    """What the first look makes worth a second one."""
    kind, wanted = seen.ref.type, []
    if kind != kinds.NODES:
        if sick := sick_nodes(seen)[:_MOST_NODES]:
            wanted.append(Wanted(part="nodes", kind=kinds.NODES, names=sick))
        if holds_evictions(seen):
            cordoned = "spec.unschedulable=true"
            wanted.append(
                Wanted(part="nodes", kind=kinds.NODES, noun="cordoned node", fields=cordoned, namespace=ANY)
            )
    if over_quota(seen):
        wanted.append(Wanted(part="quotas", kind=kinds.QUOTAS, noun="quota"))
    if pending_claims(seen):
        about = f"involvedObject.kind={kinds.CLAIMS.kind}"
        wanted.append(Wanted(part="events", kind=kinds.EVENTS, noun="event of claims", fields=about))
    if kind == kinds.SERVICES and not seen.pods and seen.target["spec"].get("selector"):
        wanted.append(Wanted(part="neighbours", kind=kinds.DEPLOYMENTS))
    if kind == kinds.CRONJOBS and seen.jobs:
        newest = f"{_JOB_NAME}={seen.jobs[0]['metadata']['name']}"
        wanted.append(Wanted(part="pods", kind=kinds.PODS, labels=newest))
    return tuple(wanted)
