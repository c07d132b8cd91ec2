"""Which kinds have words of their own, and what is read around each of them."""

from __future__ import annotations

from bot.domain.access import ANY
from bot.domain.describe.anything import anything
from bot.domain.describe.around import Teller, Want
from bot.domain.describe.config import configmap, secret, serviceaccount
from bot.domain.describe.deployments import deployment
from bot.domain.describe.jobs import cronjob, job
from bot.domain.describe.limits import autoscaler, budget, limitrange, quota
from bot.domain.describe.namespaces import namespace
from bot.domain.describe.networks import ingress
from bot.domain.describe.nodes import node
from bot.domain.describe.pods import pod
from bot.domain.describe.services import service
from bot.domain.describe.storage import claim, volume, with_claims
from bot.domain.describe.workloads import daemonset, replicaset, statefulset
from bot.domain.happenings import fields_of
from bot.domain.model import Json
from bot.domain.resources import (
    ENDPOINTSLICES,
    EVENTS,
    PODS,
    REPLICASETS,
    SERVICES,
    ObjectRef,
    ResourceType,
)
from bot.domain.selectors import selector


def _type(group: str, plural: str, kind: str) -> ResourceType:
    return ResourceType(group=group, version="v1", plural=plural, kind=kind, namespaced=True)


JOBS = _type("batch", "jobs", "Job")
QUOTAS = _type("", "resourcequotas", "ResourceQuota")
RANGES = _type("", "limitranges", "LimitRange")

READS = (REPLICASETS, PODS, EVENTS, ENDPOINTSLICES, SERVICES, JOBS, QUOTAS, RANGES)
"""Whatever is read around an object of some kind."""


def _selected(_ref: ObjectRef, found: Json) -> tuple[Want, ...]:
    return (Want(type=PODS, labels=selector(found["spec"]["selector"])),)


def _owned(ref: ObjectRef, found: Json) -> tuple[Want, ...]:
    return (*_selected(ref, found), Want(type=REPLICASETS, labels=selector(found["spec"]["selector"])))


def _behind(ref: ObjectRef, _found: Json) -> tuple[Want, ...]:
    return (Want(type=ENDPOINTSLICES, labels=f"kubernetes.io/service-name={ref.name}"),)


def _on_it(ref: ObjectRef, _found: Json) -> tuple[Want, ...]:
    return (Want(type=PODS, fields=f"spec.nodeName={ref.name}", namespace=ANY),)


def _in_it(ref: ObjectRef, _found: Json) -> tuple[Want, ...]:
    return (Want(type=QUOTAS, namespace=ref.name), Want(type=RANGES, namespace=ref.name))


def _users(_ref: ObjectRef, _found: Json) -> tuple[Want, ...]:
    return (Want(type=PODS, keep=with_claims),)


def _all(*types: ResourceType) -> tuple[Want, ...]:
    return tuple(Want(type=kind) for kind in types)


KINDS: dict[str, Teller] = {
    "deployments.apps": Teller(
        lambda ref, found, around, now: deployment(
            ref, found, around.happenings, now, sets=around.of("replicasets"), pods=around.pods
        ),
        _owned,
    ),
    "replicasets.apps": Teller(replicaset, _selected),
    "statefulsets.apps": Teller(statefulset, _selected),
    "daemonsets.apps": Teller(daemonset, _selected),
    "pods": Teller(lambda ref, found, around, now: pod(ref, found, around.happenings, now)),
    "services": Teller(
        lambda ref, found, around, now: service(
            ref, found, around.of("endpointslices"), around.happenings, now
        ),
        _behind,
    ),
    "nodes": Teller(
        lambda ref, found, around, now: node(ref, found, around.pods, around.happenings, now), _on_it
    ),
    "jobs.batch": Teller(job, _selected),
    "cronjobs.batch": Teller(cronjob, lambda _ref, _found: _all(JOBS)),
    "namespaces": Teller(namespace, _in_it),
    "ingresses.networking.k8s.io": Teller(ingress, lambda _ref, _found: _all(SERVICES)),
    "configmaps": Teller(configmap, eventful=False),
    "secrets": Teller(secret, eventful=False),
    "serviceaccounts": Teller(serviceaccount, eventful=False),
    "persistentvolumeclaims": Teller(claim, _users),
    "persistentvolumes": Teller(volume),
    "horizontalpodautoscalers.autoscaling": Teller(autoscaler),
    "poddisruptionbudgets.policy": Teller(budget),
    "resourcequotas": Teller(quota),
    "limitranges": Teller(limitrange, eventful=False),
}
_ANY = Teller(anything)


def teller(kind: ResourceType) -> Teller:
    """How a kind is told; one that is not known here by all that it holds."""
    return KINDS.get(f"{kind.plural}.{kind.group}" if kind.group else kind.plural, _ANY)


def wants(ref: ObjectRef, found: Json) -> tuple[Want, ...]:
    """What is to be read around an object, its events among it."""
    one = teller(ref.type)
    events = (Want(type=EVENTS, fields=fields_of(ref)),) if one.eventful else ()
    return (*one.wants(ref, found), *events)
