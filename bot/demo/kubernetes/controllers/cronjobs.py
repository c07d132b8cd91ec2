"""CronJobs: a job whenever one is due, as many kept as wanted; time goes by at the cluster's pace."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.demo.kubernetes.admission import defaulted
from bot.demo.kubernetes.admission.quotas import check_quotas
from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, now, stamp
from bot.demo.kubernetes.controllers.podmaking import MANAGER
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.cron import parse_schedule
from bot.demo.kubernetes.kinds import CRON_JOBS, JOBS
from bot.demo.kubernetes.objects import (
    Obj,
    clone,
    condition_of,
    controlled_by,
    controller_of,
    is_terminating,
    name_of,
    namespace_of,
    new_uid,
    reference_to,
    uid_of,
)
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "cronjob-controller"
_SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CronJobs:
    """The cron job controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._clock, self._recorder = store, clock, recorder
        self._began = now() - timedelta(seconds=clock.monotonic())
        self._due: dict[str, tuple[str, datetime | None]] = {}  # by uid: the schedule, and when it is due
        self._seen: set[str] = set()  # jobs whose end has been noted
        self.worker = Worker(COMPONENT, clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is CRON_JOBS:
            if event.type == "DELETED":
                self._due.pop(uid_of(event.obj), None)
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is JOBS:
            if event.type == "DELETED":
                self._seen.discard(uid_of(event.obj))
            owner = controller_of(event.obj)
            if owner and owner["kind"] == "CronJob":
                self.worker.add((namespace_of(event.obj), owner["name"]))

    def _now(self) -> datetime:
        """Tell the time by which schedules go: it passes as fast as everything else in the cluster."""
        return self._began + timedelta(seconds=self._clock.monotonic())

    def reconcile(self, key: Key) -> None:
        cron = self._store.get(CRON_JOBS, *key)
        if cron is None or is_terminating(cron):
            return
        jobs = [job for resource, job in self._store.dependents(uid_of(cron)) if resource is JOBS]
        self._note_ends(cron, jobs)
        active = [job for job in jobs if _end_of(job) is None and not is_terminating(job)]
        due = None if cron["spec"].get("suspend") else self._next(cron)
        started = False
        if due is not None and due <= self._now():
            active, started = self._run(cron, active, due)
            due = self._advance(cron)
        if due is not None:
            self.worker.add_after(key, max(0.01, (due - self._now()).total_seconds()))
        self._keep(cron, jobs)
        self._write_status(cron, active, jobs, started=started)

    def _next(self, cron: Obj) -> datetime | None:
        schedule = f"{cron['spec']['schedule']} {cron['spec'].get('timeZone', '')}"
        known = self._due.get(uid_of(cron))
        if known is None or known[0] != schedule:
            return self._advance(cron)
        return known[1]

    def _advance(self, cron: Obj) -> datetime | None:
        spec = cron["spec"]
        zone = ZoneInfo(spec["timeZone"]) if spec.get("timeZone") else UTC
        due = parse_schedule(spec["schedule"]).next_after(self._now().astimezone(zone))
        self._due[uid_of(cron)] = (f"{spec['schedule']} {spec.get('timeZone', '')}", due)
        return due

    def _run(self, cron: Obj, active: list[Obj], due: datetime) -> tuple[list[Obj], bool]:
        """Start the job that is due, as far as those that still run allow it."""
        policy = cron["spec"]["concurrencyPolicy"]
        if active and policy == "Forbid":
            said = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._recorder.note(cron, "JobAlreadyActive", said, component=COMPONENT)
            return active, False
        if active and policy == "Replace":
            for job in active:
                delete(self._store, JOBS, job, {})
                said = f"Deleted job {name_of(job)}"
                self._recorder.note(cron, "SuccessfulDelete", said, component=COMPONENT)
            active = []
        return [*active, self._create(cron, due)], True

    def _create(self, cron: Obj, due: datetime) -> Obj:
        template = clone(cron["spec"]["jobTemplate"])
        told = template.get("metadata") or {}
        metadata = {
            "name": f"{name_of(cron)}-{int((due - _EPOCH).total_seconds()) // 60}",
            "namespace": namespace_of(cron),
            "uid": new_uid(),
            "annotations": {**(told.get("annotations") or {}), _SCHEDULED: stamp(due)},
            "ownerReferences": [controlled_by(cron)],
        }
        if told.get("labels"):
            metadata["labels"] = told["labels"]
        job = defaulted(JOBS, {"metadata": metadata, "spec": template["spec"]}, creating=True)
        check_quotas(self._store, JOBS, job)
        made = self._store.create(JOBS, job, MANAGER)
        said = f"Created job {name_of(made)}"
        self._recorder.note(cron, "SuccessfulCreate", said, component=COMPONENT)
        return made

    def _note_ends(self, cron: Obj, jobs: list[Obj]) -> None:
        for job in jobs:
            end = _end_of(job)
            if end is not None and uid_of(job) not in self._seen:
                self._seen.add(uid_of(job))
                said = f"Saw completed job: {name_of(job)}, condition: {end}"
                self._recorder.note(cron, "SawCompletedJob", said, component=COMPONENT)

    def _keep(self, cron: Obj, jobs: list[Obj]) -> None:
        """Delete the oldest of the jobs that have ended, beyond how many are to be kept."""
        limits = {"Complete": "successfulJobsHistoryLimit", "Failed": "failedJobsHistoryLimit"}
        for end, limit in limits.items():
            ended = sorted((job for job in jobs if _end_of(job) == end), key=name_of)
            for job in ended[: max(0, len(ended) - cron["spec"][limit])]:
                delete(self._store, JOBS, job, {})
                said = f"Deleted job {name_of(job)}"
                self._recorder.note(cron, "SuccessfulDelete", said, component=COMPONENT)

    def _write_status(self, cron: Obj, active: list[Obj], jobs: list[Obj], *, started: bool) -> None:
        status = {key: value for key, value in (cron.get("status") or {}).items() if key != "active"}
        if active:
            status["active"] = [reference_to(job) for job in active]
        if started:
            status["lastScheduleTime"] = stamp()
        ends = [job["status"]["completionTime"] for job in jobs if _end_of(job) == "Complete"]
        if ends:
            status["lastSuccessfulTime"] = max(ends)
        current = self._store.get(CRON_JOBS, namespace_of(cron), name_of(cron))
        if current is not None:
            self._store.update(CRON_JOBS, {**current, "status": status}, MANAGER, "status")


def _end_of(job: Obj) -> str | None:
    ends = (
        kind for kind in ("Complete", "Failed") if (condition_of(job, kind) or {}).get("status") == "True"
    )
    return next(ends, None)
