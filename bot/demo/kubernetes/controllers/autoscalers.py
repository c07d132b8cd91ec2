"""HorizontalPodAutoscalers: they keep a workload within its bounds, and its pods as busy as is wanted."""

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.recommending import NoMetricError, Reading, Recommender
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS
from bot.demo.kubernetes.metrics import Metrics
from bot.demo.kubernetes.objects import Obj, condition_of, name_of, namespace_of, uid_of
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "horizontal-pod-autoscaler"
_MANAGER = "kube-controller-manager"
_PERIOD = 15.0  # seconds from a change to the look at it
_STABLE = 300.0  # seconds for which a higher recommendation holds, unless the autoscaler says otherwise
_TARGETS = {resource.kind: resource for resource in (DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS)}

Told = tuple[str, str, str, str]

_ABLE: Told = (
    "AbleToScale",
    "True",
    "SucceededGetScale",
    "the HPA controller was able to get the target's current scale",
)
_READY: Told = (
    "AbleToScale",
    "True",
    "ReadyForNewScale",
    "recommended size matches current size",
)
_HELD: Told = (
    "AbleToScale",
    "True",
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
_DISABLED: Told = (
    "ScalingActive",
    "False",
    "ScalingDisabled",
    "scaling is disabled since the replica count of the target is zero",
)
_WITHIN: Told = (
    "ScalingLimited",
    "False",
    "DesiredWithinRange",
    "the desired count is within the acceptable range",
)


class Autoscalers:
    """The autoscaling controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, metrics: Metrics) -> None:
        self._store, self._clock, self._recorder = store, clock, recorder
        self._recommender = Recommender(store, metrics)
        self._recent: dict[str, list[tuple[float, int]]] = {}  # by uid: when, and how many
        self.worker = Worker(COMPONENT, clock, self.reconcile, _PERIOD)

    def hear(self, event: Event) -> None:
        if event.resource is AUTOSCALERS:
            if event.type == "DELETED":
                self._recent.pop(uid_of(event.obj), None)
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource.kind in _TARGETS and event.type == "MODIFIED":
            for scaler in self._store.each(AUTOSCALERS, namespace_of(event.obj)):
                target = scaler["spec"]["scaleTargetRef"]
                if (target["kind"], target["name"]) == (event.resource.kind, name_of(event.obj)):
                    self.worker.add((namespace_of(scaler), name_of(scaler)))

    def wake(self) -> None:
        """Look at every autoscaler: the load may have changed."""
        for scaler in self._store.each(AUTOSCALERS):
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
        wanted, why, told, current = self._decide(scaler, workload, has)
        if wanted != has:
            changed = {**workload, "spec": {**workload["spec"], "replicas": wanted}}
            self._store.update(resource, changed, _MANAGER)
            said = f"New size: {wanted}; reason: {why}"
            self._recorder.note(scaler, "SuccessfulRescale", said, component=COMPONENT)
        counts: Obj = {"currentReplicas": has, "desiredReplicas": wanted}
        counts |= {"currentMetrics": current or None}
        self._write(scaler, counts | ({"lastScaleTime": stamp()} if wanted != has else {}), told)

    def _decide(self, scaler: Obj, workload: Obj, has: int) -> tuple[int, str, list[Told], list[Obj]]:
        """Tell the size that is wanted, why, the conditions, and the metrics as they stand."""
        if has == 0:
            return 0, "", [_ABLE, _DISABLED], []
        bound, why = _bounded(scaler["spec"], has)
        if why:
            return bound, why, [_rescaled(bound)], []
        try:
            readings = self._recommender.readings(scaler, workload)
        except NoMetricError as error:
            said = f"the HPA was unable to compute the replica count: {error}"
            failed = ("ScalingActive", "False", "FailedGetResourceMetric", said)
            self._recorder.note(scaler, failed[2], str(error), component=COMPONENT, warning=True)
            return has, "", [_ABLE, failed], []
        if not readings:
            return has, "", [_ABLE], []
        best = max(readings, key=lambda one: one.replicas)
        return *self._settle(scaler, has, best), [one.current for one in readings]

    def _settle(self, scaler: Obj, has: int, best: Reading) -> tuple[int, str, list[Told]]:
        """Hold a recommendation against what was recommended lately, and against the bounds."""
        said = f"the HPA was able to successfully calculate a replica count from {best.described}"
        active = ("ScalingActive", "True", "ValidMetricFound", said)
        stable = self._stabilized(scaler, has, best.replicas)
        most_at_once = max(2 * has, has + 4)
        wanted, _ = _bounded(scaler["spec"], min(stable, most_at_once))
        limited = _limited(scaler["spec"], stable)
        if wanted != has:
            above = f"{best.described} above target"
            return (
                wanted,
                above if wanted > has else "All metrics below target",
                [_rescaled(wanted), active, limited],
            )
        return has, "", [_READY if stable == best.replicas else _HELD, active, limited]

    def _stabilized(self, scaler: Obj, has: int, wanted: int) -> int:
        """Do not go down before nothing higher has been recommended for a while."""
        down = (scaler["spec"].get("behavior") or {}).get("scaleDown") or {}
        window = float(down.get("stabilizationWindowSeconds", _STABLE))
        moment = self._clock.monotonic()
        before = self._recent.setdefault(uid_of(scaler), [(moment, has)])
        recent = [(at, count) for at, count in before if at > moment - window]
        self._recent[uid_of(scaler)] = [*recent[-100:], (moment, wanted)]
        highest = max((count for _, count in recent), default=wanted)
        if wanted < has and highest > wanted:
            latest = max(at for at, count in recent if count > wanted)
            self.worker.add_after((namespace_of(scaler), name_of(scaler)), latest + window - moment)
        return max(wanted, min(has, highest))

    def _write(self, scaler: Obj, counts: Obj, told: list[Told]) -> None:
        conditions = []
        for kind, state, reason, message in told:
            old = condition_of(scaler, kind)
            since = old["lastTransitionTime"] if old and old["status"] == state else stamp()
            made = {"type": kind, "status": state, "lastTransitionTime": since}
            conditions.append(made | {"reason": reason, "message": message})
        status = {**(scaler.get("status") or {}), **counts, "conditions": conditions}
        self._store.update(AUTOSCALERS, {**scaler, "status": status}, _MANAGER, "status")


def _bounded(spec: Obj, size: int) -> tuple[int, str]:
    """Bring a size within the bounds, and tell which of them it was beyond."""
    if size > spec["maxReplicas"]:
        return int(spec["maxReplicas"]), "Current number of replicas above Spec.MaxReplicas"
    if size < spec.get("minReplicas", 1):
        return int(spec["minReplicas"]), "Current number of replicas below Spec.MinReplicas"
    return size, ""


def _limited(spec: Obj, size: int) -> Told:
    if size > spec["maxReplicas"]:
        said = "the desired replica count is more than the maximum replica count"
        return "ScalingLimited", "True", "TooManyReplicas", said
    if size < spec.get("minReplicas", 1):
        said = "the desired replica count is less than the minimum replica count"
        return "ScalingLimited", "True", "TooFewReplicas", said
    return _WITHIN


def _rescaled(size: int) -> Told:
    said = f"the HPA controller was able to update the target scale to {size}"
    return "AbleToScale", "True", "SucceededRescale", said
