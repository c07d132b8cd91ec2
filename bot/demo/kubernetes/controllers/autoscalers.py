"""HorizontalPodAutoscalers: they keep a workload within its bounds.

There are no metrics here, so that between the bounds they say, as real ones do, that they have nothing
to go by, and leave the workload alone.
"""

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS
from bot.demo.kubernetes.objects import Obj, condition_of, name_of, namespace_of
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "horizontal-pod-autoscaler"
_MANAGER = "kube-controller-manager"
_PERIOD = 15.0  # seconds from a change to the look at it
_TARGETS = {resource.kind: resource for resource in (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS)}
_ABLE = "the HPA controller was able to get the target's current scale"
_NO_METRICS = (
    "the HPA was unable to compute the replica count: failed to get {metric} utilization: unable to get "
    "metrics for resource {metric}: unable to fetch metrics from resource metrics API: the server could not "
    "find the requested resource (get pods.metrics.k8s.io)"
)


class Autoscalers:
    """The autoscaling controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder
        self.worker = Worker(COMPONENT, clock, self.reconcile, _PERIOD)

    def hear(self, event: Event) -> None:
        if event.resource is AUTOSCALERS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource.kind in _TARGETS and event.type == "MODIFIED":
            for scaler in self._store.each(AUTOSCALERS, namespace_of(event.obj)):
                target = scaler["spec"]["scaleTargetRef"]
                if (target["kind"], target["name"]) == (event.resource.kind, name_of(event.obj)):
                    self.worker.add((namespace_of(scaler), name_of(scaler)))

    def reconcile(self, key: Key) -> None:
        scaler = self._store.get(AUTOSCALERS, *key)
        if scaler is None:
            return
        target = scaler["spec"]["scaleTargetRef"]
        resource = _TARGETS.get(target["kind"])
        workload = self._store.get(resource, key[0], target["name"]) if resource else None
        if resource is None or workload is None:
            what = f'{str(target["kind"]).lower()}s "{target["name"]}" not found'
            said = f"the HPA controller was unable to get the target's current scale: {what}"
            self._write(scaler, {}, [("AbleToScale", "False", "FailedGetScale", said)])
            return
        has = workload["spec"].get("replicas", 0)
        wanted, why = _wanted(scaler["spec"], has)
        if wanted != has:
            self._store.update(
                resource, {**workload, "spec": {**workload["spec"], "replicas": wanted}}, _MANAGER
            )
            said = f"New size: {wanted}; reason: {why}"
            self._recorder.note(scaler, "SuccessfulRescale", said, component=COMPONENT)
        counts = {"currentReplicas": has, "desiredReplicas": wanted}
        self._write(scaler, counts, _conditions(scaler, has, wanted, why))

    def _write(self, scaler: Obj, counts: Obj, told: list[tuple[str, str, str, str]]) -> None:
        conditions = []
        for kind, state, reason, message in told:
            old = condition_of(scaler, kind)
            since = old["lastTransitionTime"] if old and old["status"] == state else stamp()
            made = {"type": kind, "status": state, "lastTransitionTime": since}
            conditions.append(made | {"reason": reason, "message": message})
        status = {**(scaler.get("status") or {}), **counts, "conditions": conditions}
        self._store.update(AUTOSCALERS, {**scaler, "status": status}, _MANAGER, "status")


def _wanted(spec: Obj, has: int) -> tuple[int, str]:
    """Tell the size within the bounds, and why it is not what it was; zero switches an autoscaler off."""
    if has == 0:
        return 0, ""
    if has > spec["maxReplicas"]:
        return int(spec["maxReplicas"]), "Current number of replicas above Spec.MaxReplicas"
    if has < spec.get("minReplicas", 1):
        return int(spec["minReplicas"]), "Current number of replicas below Spec.MinReplicas"
    return has, ""


def _conditions(scaler: Obj, has: int, wanted: int, why: str) -> list[tuple[str, str, str, str]]:
    able = ("AbleToScale", "True", "SucceededGetScale", _ABLE)
    if has == 0:
        said = "scaling is disabled since the replica count of the target is zero"
        return [able, ("ScalingActive", "False", "ScalingDisabled", said)]
    if why:
        said = f"the HPA controller was able to update the target scale to {wanted}"
        return [("AbleToScale", "True", "SucceededRescale", said)]
    resources = (
        one["resource"]["name"] for one in scaler["spec"].get("metrics") or () if one.get("resource")
    )
    metric = next(resources, "cpu")
    return [able, ("ScalingActive", "False", "FailedGetResourceMetric", _NO_METRICS.format(metric=metric))]
