"""Jobs: pods that run to their end, until enough have ended well or too many have not."""

from collections.abc import Sequence

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.indexes import free_indexes, indexed, indexes_of, is_indexed, spoken
from bot.demo.kubernetes.controllers.podmaking import MANAGER, make_pod
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import JOBS, PODS
from bot.demo.kubernetes.objects import (
    Obj,
    condition_of,
    controller_of,
    is_ready,
    is_terminating,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "job-controller"
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 10.0, 600.0


class Jobs:
    """The job controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._clock, self._recorder = store, clock, recorder
        self._next_try: dict[str, tuple[int, float]] = {}  # after how many failures, and when
        self._begun: dict[str, float] = {}
        self._expiry: dict[str, float] = {}
        self.worker = Worker(COMPONENT, clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is JOBS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
            if event.type == "DELETED":
                for memory in (self._next_try, self._begun, self._expiry):
                    memory.pop(uid_of(event.obj), None)
        elif event.resource is PODS:
            owner = controller_of(event.obj)
            if owner and owner["kind"] == "Job":
                self.worker.add((namespace_of(event.obj), owner["name"]))

    def reconcile(self, key: Key) -> None:
        job = self._store.get(JOBS, *key)
        if job is None or is_terminating(job):
            return
        if _is_over(job):
            self._expire(job)
            return
        pods = [pod for resource, pod in self._store.dependents(uid_of(job)) if resource is PODS]
        by_phase = {
            phase: [pod for pod in pods if pod["status"].get("phase") == phase]
            for phase in ("Succeeded", "Failed")
        }
        active = [
            pod
            for pod in pods
            if pod["status"].get("phase") in ("Pending", "Running") and not is_terminating(pod)
        ]
        succeeded, failed = len(by_phase["Succeeded"]), len(by_phase["Failed"])
        failed = max(failed, sum(_restarts(pod) for pod in active))
        verdict = self._verdict(job, succeeded, failed, active)
        if verdict is not None or job["spec"].get("suspend"):
            for pod in active:
                delete(self._store, PODS, pod, {})
            active = []
        else:
            taken = indexes_of([*by_phase["Succeeded"], *active])
            active += self._create_missing(job, succeeded, failed, (len(active), taken))
        self._write_status(job, active, (succeeded, failed), verdict, indexes_of(by_phase["Succeeded"]))

    def _verdict(
        self, job: Obj, succeeded: int, failed: int, active: list[Obj]
    ) -> tuple[str, str, str] | None:
        spec = job["spec"]
        wanted = spec.get("completions")
        if succeeded and not active and wanted is None:
            return "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
        if wanted is not None and succeeded >= wanted:
            return "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
        if failed > spec["backoffLimit"]:
            return "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
        deadline = spec.get("activeDeadlineSeconds")
        if deadline is not None:
            left = (
                self._begun.setdefault(uid_of(job), self._clock.monotonic())
                + deadline
                - self._clock.monotonic()
            )
            if left <= 0:
                return "Failed", "DeadlineExceeded", "Job was active longer than specified deadline"
            self.worker.add_after((namespace_of(job), name_of(job)), left)
        return None

    def _create_missing(
        self, job: Obj, succeeded: int, failed: int, there: tuple[int, set[int]]
    ) -> list[Obj]:
        """Make the pods that are missing; `there`: how many are at work, and which numbers are taken."""
        spec, (active, taken) = job["spec"], there
        wanted = spec.get("completions")
        most = spec["parallelism"] if wanted is None else min(spec["parallelism"], wanted - succeeded)
        if wanted is None and succeeded:
            most = 0
        if most <= active:
            return []
        if failed and (wait := self._wait(job, failed)) > 0:
            self.worker.add_after((namespace_of(job), name_of(job)), wait)
            return []
        made = [self._make(job, number) for number in self._numbers(job, most - active, taken)]
        if any(isinstance(pod, ApiError) for pod in made):
            self.worker.add_after((namespace_of(job), name_of(job)), _FIRST_BACK_OFF)
        return [pod for pod in made if not isinstance(pod, ApiError)]

    def _numbers(self, job: Obj, count: int, taken: set[int]) -> Sequence[int | None]:
        return free_indexes(job, taken)[:count] if is_indexed(job) else [None] * count

    def _make(self, job: Obj, number: int | None) -> Obj | ApiError:
        template = job["spec"]["template"] if number is None else indexed(job, number)
        stem = name_of(job) if number is None else f"{name_of(job)}-{number}"
        return make_pod(self._store, self._recorder, job, template, component=COMPONENT, stem=stem)

    def _wait(self, job: Obj, failed: int) -> float:
        """Tell how long until the next try: longer after every failure."""
        uid, moment = uid_of(job), self._clock.monotonic()
        if self._next_try.get(uid, (0, 0.0))[0] != failed:
            seconds = min(_FIRST_BACK_OFF * 2 ** (failed - 1), _LONGEST_BACK_OFF)
            self._next_try[uid] = failed, moment + seconds
        return self._next_try[uid][1] - moment

    def _write_status(
        self,
        job: Obj,
        active: list[Obj],
        counts: tuple[int, int],
        verdict: tuple[str, str, str] | None,
        done: set[int],
    ) -> None:
        before = job.get("status") or {}
        numbers = {"active": len(active), "succeeded": counts[0], "failed": counts[1]}
        status: Obj = {"startTime": before.get("startTime") or stamp()}
        status |= {key: value for key, value in numbers.items() if value}
        status |= {
            "ready": sum(1 for pod in active if is_ready(pod)),
            "terminating": 0,
            "uncountedTerminatedPods": {},
        } | ({"completedIndexes": spoken(done)} if done else {})
        if verdict is not None:
            kind, reason, message = verdict
            first = "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
            moment = {
                "lastProbeTime": stamp(),
                "lastTransitionTime": stamp(),
                "reason": reason,
                "message": message,
            }
            status["conditions"] = [{"type": one, "status": "True", **moment} for one in (first, kind)]
            if kind == "Complete":
                status["completionTime"] = stamp()
                self._recorder.note(job, "Completed", "Job completed", component=COMPONENT)
            else:
                self._recorder.note(job, reason, message, component=COMPONENT, warning=True)
        self._store.update(JOBS, {**job, "status": status}, MANAGER, "status")

    def _expire(self, job: Obj) -> None:
        """Delete a finished job when its time to live is over."""
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None:
            return
        ended = self._expiry.setdefault(uid_of(job), self._clock.monotonic() + seconds)
        if ended <= self._clock.monotonic():
            delete(self._store, JOBS, job, {})
        else:
            self.worker.add_after((namespace_of(job), name_of(job)), ended - self._clock.monotonic())


def _is_over(job: Obj) -> bool:
    ends = (condition_of(job, kind) for kind in ("Complete", "Failed"))
    return any(one is not None and one["status"] == "True" for one in ends)


def _restarts(pod: Obj) -> int:
    return sum(one["restartCount"] for one in pod["status"].get("containerStatuses") or ())
