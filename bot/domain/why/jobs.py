"""Jobs that gave up, and CronJobs that do not start any."""

from __future__ import annotations

from bot.domain.ages import parse_time
from bot.domain.message import code, plural, text
from bot.domain.model import Json
from bot.domain.resources import CRONJOBS, JOBS
from bot.domain.why.evidence import Snapshot, at, condition
from bot.domain.why.findings import Fact, Finding, Rank, button, quoted

_REASONS = {
    "BackoffLimitExceeded": "failed more often than it may",
    "DeadlineExceeded": "ran longer than it may",
    "PodFailurePolicy": "failed in a way after which it is not tried again",
}


def analyze(seen: Snapshot) -> list[Finding]:
    found: list[Finding | None] = []
    if seen.ref.type == JOBS:
        found = [_failed(seen, seen.target), _suspended(seen)]
    if seen.ref.type == CRONJOBS:
        found = [*(_failed(seen, job) for job in seen.jobs[:1]), _suspended(seen), _unscheduled(seen)]
    return [one for one in found if one]


def is_complete(job: Json) -> bool:
    """Then what went wrong on the way is over."""
    return condition(job, "Complete").get("status") == "True"


def _failed(seen: Snapshot, job: Json) -> Finding | None:
    turned = condition(job, "Failed")
    if turned.get("status") != "True":
        return None
    name, reason = job["metadata"]["name"], str(turned.get("reason", ""))
    whose = text("it") if seen.ref.type == JOBS else text("its newest job {}", code(name))
    failed, limit = job.get("status", {}).get("failed", 0), job.get("spec", {}).get("backoffLimit", 6)
    tries = text("{} failed, {} {}", plural(failed, "pod"), code("backoffLimit"), limit)
    return Finding(
        rank=Rank.JOB,
        cause=text("{} {} ({})", whose, _REASONS.get(reason, "failed"), code(reason)),
        facts=(quoted(turned.get("message", ""), f"job {name}", at(turned)),
               Fact(text=tries, source=f"job {name}")),
        step=text("Mend what its pods fail at, and make the job anew: a failed job is not tried again."),
        buttons=(button("Logs", f"logs -l batch.kubernetes.io/job-name={name}", seen.ref),
                 button("Events", f"events --for job/{name}", seen.ref)),
    )  # fmt: skip


def _suspended(seen: Snapshot) -> Finding | None:
    if not seen.target["spec"].get("suspend"):
        return None
    kind = seen.ref.type.singular
    last = parse_time(seen.target.get("status", {}).get("lastScheduleTime"))
    ran = Fact(text=text("last started a job"), source=f"cronjob {seen.ref.name}", at=last)
    flag = Fact(text=text("{} is true", code("spec.suspend")), source=f"{kind} {seen.ref.name}")
    what = "it starts no jobs" if seen.ref.type == CRONJOBS else "it runs no pods"
    return Finding(
        rank=Rank.OFF,
        cause=text("it is suspended, so {}", what),
        facts=(flag, *((ran,) if last else ())),
        step=text("It goes on once {} is false.", code("spec.suspend")),
        buttons=(button("Events", f"events --for {kind}/{seen.ref.name}", seen.ref),),
    )


def _unscheduled(seen: Snapshot) -> Finding | None:
    """The controller cannot make sense of the schedule, or has missed too much of it."""
    for reason in ("UnparseableCronJobSchedule", "InvalidSchedule", "UnknownTimeZone", "TooManyMissedTimes",
                   "FailedNeedsStart"):  # fmt: skip
        event = next(seen.about(f"cronjob/{seen.ref.name}", reason=reason), None)
        if event:
            return Finding(
                rank=Rank.JOB,
                cause=text("its schedule {} starts nothing ({})",
                           code(seen.target["spec"].get("schedule", "")), code(reason)),
                facts=(quoted(event.message, "event", event.last),),
                step=text("Correct the schedule, or its deadline for starting."),
                buttons=(button("Events", f"events --for cronjob/{seen.ref.name}", seen.ref),),
            )  # fmt: skip
    return None
