"""Deployments: from one template to the next, without losing more pods than allowed.

The steps, their order, their conditions and their sentences are those of the real controller, because
what a person or a bot reads off a rollout is exactly these.
"""

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.progress import Progress
from bot.demo.kubernetes.controllers.rollout import (
    DESIRED,
    HASH,
    HISTORY,
    MAXIMUM,
    REVISION,
    counted,
    fences,
    new_size,
    proportions,
    replicas_of,
    revision_of,
    same_template,
    template_hash,
)
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import DEPLOYMENTS, PODS, REPLICA_SETS
from bot.demo.kubernetes.objects import (
    Obj,
    annotations_of,
    clone,
    controlled_by,
    controller_of,
    is_terminating,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.selectors import selects
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "deployment-controller"
_MANAGER = "kube-controller-manager"
_NOT_COPIED = (REVISION, HISTORY, DESIRED, MAXIMUM, "kubectl.kubernetes.io/last-applied-configuration")


class Deployments:
    """The deployment controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder
        self.worker = Worker(COMPONENT, clock, self.reconcile)
        self._progress = Progress(store, clock, self.worker)
        self._strays: dict[Key, None] = {}

    def hear(self, event: Event) -> None:
        if event.resource is DEPLOYMENTS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
            if event.type == "DELETED":
                self._progress.forget(uid_of(event.obj))
        elif event.resource is REPLICA_SETS:
            self._wake_owner(event.obj)
            self._strays.pop(key_of(event.obj), None)
            if controller_of(event.obj) is None and event.type != "DELETED":
                self._strays[key_of(event.obj)] = None
        elif event.resource is PODS and event.type == "DELETED":
            owner = controller_of(event.obj)
            if owner and owner["kind"] == "ReplicaSet":
                replica_set = self._store.get(REPLICA_SETS, namespace_of(event.obj), owner["name"])
                if replica_set is not None:
                    self._wake_owner(replica_set)

    def _wake_owner(self, replica_set: Obj) -> None:
        owner = controller_of(replica_set)
        if owner and owner["kind"] == "Deployment":
            self.worker.add((namespace_of(replica_set), owner["name"]))

    def reconcile(self, key: Key) -> None:
        deployment = self._store.get(DEPLOYMENTS, *key)
        if deployment is None or not deployment["spec"].get("selector"):
            return
        sets = self._sets(deployment)
        if is_terminating(deployment):
            self._progress.sync(deployment, sets, self._new_of(deployment, sets))
            return
        deployment = self._progress.mark_pause(deployment)
        if deployment["spec"].get("paused") or self._is_scaling(deployment, sets):
            self._scale_only(deployment, sets)
        elif deployment["spec"]["strategy"]["type"] == "Recreate":
            self._recreate(deployment)
        else:
            self._roll(deployment)

    # which replica sets there are

    def _sets(self, deployment: Obj) -> list[Obj]:
        """Find the replica sets, oldest first; those that match and have no owner are adopted."""
        for stray in self._unowned(namespace_of(deployment)):
            if selects(deployment["spec"]["selector"], labels_of(stray)):
                owners = [*(stray["metadata"].get("ownerReferences") or ()), controlled_by(deployment)]
                self._store.update(
                    REPLICA_SETS, {**stray, "metadata": {**stray["metadata"], "ownerReferences": owners}}
                )
        found = [
            obj for resource, obj in self._store.dependents(uid_of(deployment)) if resource is REPLICA_SETS
        ]
        return sorted(
            found, key=lambda one: (one["metadata"]["creationTimestamp"], revision_of(one), name_of(one))
        )

    def _unowned(self, namespace: str) -> list[Obj]:
        found = (self._store.get(REPLICA_SETS, *key) for key in list(self._strays) if key[0] == namespace)
        return [replica_set for replica_set in found if replica_set is not None]

    def _new_of(self, deployment: Obj, sets: list[Obj]) -> Obj | None:
        return next((one for one in sets if same_template(deployment, one)), None)

    def _is_scaling(self, deployment: Obj, sets: list[Obj]) -> bool:
        wanted = str(deployment["spec"]["replicas"])
        active = [one for one in sets if one["spec"].get("replicas", 0) > 0]
        return any(annotations_of(one).get(DESIRED, wanted) != wanted for one in active)

    def _current(self, deployment: Obj, *, create: bool) -> tuple[Obj, Obj | None, list[Obj]]:
        """Return the deployment, its new replica set and the old ones, their revisions up to date."""
        sets = self._sets(deployment)
        new = self._new_of(deployment, sets)
        old = [one for one in sets if one is not new]
        revision = max((revision_of(one) for one in old), default=0) + 1
        if new is not None:
            new = self._revise(deployment, new, revision)
            deployment = self._progress.found(deployment, new, revision_of(new))
        elif create:
            new = self._create(deployment, old, revision)
            deployment = self._progress.created(deployment, new, revision)
        return deployment, new, old

    def _revise(self, deployment: Obj, new: Obj, revision: int) -> Obj:
        notes = dict(annotations_of(new))
        copied = {key: value for key, value in annotations_of(deployment).items() if key not in _NOT_COPIED}
        was = revision_of(new)
        if was < revision:
            if REVISION in notes:
                notes[HISTORY] = ",".join(filter(None, (notes.get(HISTORY, ""), str(was))))
            notes[REVISION] = str(revision)
        spec, wait = dict(new["spec"]), deployment["spec"].get("minReadySeconds", 0)
        if spec.get("minReadySeconds", 0) != wait:
            spec["minReadySeconds"] = wait
        metadata = {**new["metadata"], "annotations": {**notes, **copied}}
        return self._store.update(REPLICA_SETS, {**new, "metadata": metadata, "spec": spec}, _MANAGER)

    def _create(self, deployment: Obj, old: list[Obj], revision: int) -> Obj:
        template = clone(deployment["spec"]["template"])
        digest = template_hash(deployment["spec"]["template"])
        template["metadata"]["labels"] = {**template["metadata"].get("labels", {}), HASH: digest}
        selector = clone(deployment["spec"]["selector"])
        selector["matchLabels"] = {**selector.get("matchLabels", {}), HASH: digest}
        wanted, (surge, _) = deployment["spec"]["replicas"], fences(deployment)
        copied = {key: value for key, value in annotations_of(deployment).items() if key not in _NOT_COPIED}
        numbers = {DESIRED: str(wanted), MAXIMUM: str(wanted + surge), REVISION: str(revision)}
        made: Obj = {
            "metadata": {
                "name": f"{name_of(deployment)}-{digest}",
                "namespace": namespace_of(deployment),
                "labels": dict(template["metadata"]["labels"]),
                "annotations": {**copied, **numbers},
                "ownerReferences": [controlled_by(deployment)],
            },
            "spec": {"replicas": 0, "selector": selector, "template": template},
            "status": {"replicas": 0},
        }
        if deployment["spec"].get("minReadySeconds"):
            made["spec"]["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
        made["spec"]["replicas"] = size = new_size(deployment, [*old, made], made)
        new = self._store.create(REPLICA_SETS, made, _MANAGER)
        if size:
            self._say(deployment, f"Scaled up replica set {name_of(new)} from 0 to {size}")
        return new

    # the ways on

    def _roll(self, deployment: Obj) -> None:
        deployment, new, old = self._current(deployment, create=True)
        if new is None:
            return
        everything = [*old, new]
        wanted = deployment["spec"]["replicas"]
        target = wanted if replicas_of(new) > wanted else new_size(deployment, everything, new)
        if target != replicas_of(new):
            self._scale(deployment, new, target)
        elif not self._shrink_old(deployment, old, new) and self._progress.is_complete(deployment):
            self._forget_old(deployment, old)
        self._progress.sync(deployment, self._sets(deployment), self._store.get(REPLICA_SETS, *_place(new)))

    def _shrink_old(self, deployment: Obj, old: list[Obj], new: Obj) -> bool:
        """Scale old replica sets down as far as availability allows, unhealthy pods first."""
        if not replicas_of(*old):
            return False
        _, missing = fences(deployment)
        least = deployment["spec"]["replicas"] - missing
        starting = replicas_of(new) - counted("availableReplicas", new)
        may = replicas_of(*old, new) - least - starting
        if may <= 0:
            return False
        sizes = {name_of(one): replicas_of(one) for one in old}
        for one in old:
            sick = replicas_of(one) - counted("availableReplicas", one)
            less = max(0, min(may, sick))
            sizes[name_of(one)] -= less
            may -= less
        spare = counted("availableReplicas", *old, new) - least
        for one in old:
            less = max(0, min(spare, sizes[name_of(one)]))
            sizes[name_of(one)] -= less
            spare -= less
        changed = [one for one in old if sizes[name_of(one)] != replicas_of(one)]
        for one in changed:
            self._scale(deployment, one, sizes[name_of(one)])
        return bool(changed)

    def _recreate(self, deployment: Obj) -> None:
        deployment, new, old = self._current(deployment, create=False)
        active = [one for one in old if replicas_of(one)]
        for one in active:
            self._scale(deployment, one, 0)
        if not active and not any(self._has_pods(one) for one in old):
            if new is None:
                deployment, new, old = self._current(deployment, create=True)
            if new is not None and replicas_of(new) != deployment["spec"]["replicas"]:
                self._scale(deployment, new, deployment["spec"]["replicas"])
            if self._progress.is_complete(deployment):
                self._forget_old(deployment, old)
        sets = self._sets(deployment)
        self._progress.sync(deployment, sets, self._new_of(deployment, sets))

    def _has_pods(self, replica_set: Obj) -> bool:
        pods = (obj for resource, obj in self._store.dependents(uid_of(replica_set)) if resource is PODS)
        return any(pod["status"].get("phase") not in ("Succeeded", "Failed") for pod in pods)

    def _scale_only(self, deployment: Obj, sets: list[Obj]) -> None:
        """Bring a rollout that rests, or is under way, to another scale without moving it on."""
        deployment, new, old = self._current(deployment, create=False)
        active = [one for one in self._sets(deployment) if replicas_of(one)]
        wanted = deployment["spec"]["replicas"]
        if len(active) <= 1:
            latest = active[0] if active else new or (sets[-1] if sets else None)
            if latest is not None:
                self._scale(deployment, latest, wanted)
        elif new is not None and counted("availableReplicas", new) == replicas_of(new) == wanted:
            for one in old:
                if replicas_of(one):
                    self._scale(deployment, one, 0)
        elif deployment["spec"]["strategy"]["type"] == "RollingUpdate":
            sizes = proportions(deployment, active)
            for one in active:
                self._scale(deployment, one, sizes[name_of(one)])
        if deployment["spec"].get("paused"):
            self._forget_old(deployment, old)
        sets = self._sets(deployment)
        self._progress.sync_counts(deployment, sets, self._new_of(deployment, sets))

    def _scale(self, deployment: Obj, replica_set: Obj, size: int) -> None:
        wanted, (surge, _) = deployment["spec"]["replicas"], fences(deployment)
        was = replicas_of(replica_set)
        notes = {**annotations_of(replica_set), DESIRED: str(wanted), MAXIMUM: str(wanted + surge)}
        metadata = {**replica_set["metadata"], "annotations": notes}
        changed = {**replica_set, "metadata": metadata, "spec": {**replica_set["spec"], "replicas": size}}
        self._store.update(REPLICA_SETS, changed, _MANAGER)
        if size != was:
            way = "up" if size > was else "down"
            self._say(deployment, f"Scaled {way} replica set {name_of(replica_set)} from {was} to {size}")

    def _forget_old(self, deployment: Obj, old: list[Obj]) -> None:
        """Delete the oldest replica sets beyond the history limit."""
        limit = deployment["spec"].get("revisionHistoryLimit")
        idle = [
            one
            for one in old
            if not replicas_of(one) and not counted("replicas", one) and not is_terminating(one)
        ]
        if limit is None or len(old) <= limit:
            return
        for one in sorted(idle, key=revision_of)[: len(old) - limit]:
            self._store.remove(REPLICA_SETS, *_place(one))

    def _say(self, deployment: Obj, message: str) -> None:
        self._recorder.note(deployment, "ScalingReplicaSet", message, component=COMPONENT)


def _place(obj: Obj) -> tuple[str, str]:
    return namespace_of(obj), name_of(obj)
