"""Jobs and CronJobs: whether they came to their end, when, and when next."""

from __future__ import annotations

from bot.domain.ages import parse_time, spell
from bot.domain.describe.answer import Described, age_of, ago, conditions, owner, some
from bot.domain.describe.around import Around
from bot.domain.describe.templates import containers, images, own, wrong
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place, where

_BAD = {"Failed": "True"}
_LAST = 5


def job(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    wanted = spec.get("completions", spec.get("parallelism", 1))
    done, failed = status.get("succeeded", 0), status.get("failed", 0)
    state = state_of(found)
    template = spec["template"]["spec"]
    running = wrong(own(found, around.pods), now) if state == "running" else ()
    deadline = spec.get("activeDeadlineSeconds")
    return Described(
        headline=text("Job {} · {} · {} of {} done · {}", place(ref), code(state), done, wanted,
                      code(images(template))),
        wrong=(*conditions(found, bad=_BAD), *running),
        facts=(
            ("pods", f"{status.get('active', 0)} active, {done} succeeded, {failed} failed"),
            ("at once", str(spec.get("parallelism", ""))),
            ("tries", f"{failed} failed of {spec.get('backoffLimit', 6)} allowed" if failed else ""),
            ("deadline", spell(deadline) if deadline else ""),
            ("started", ago(status.get("startTime"), now)),
            ("took", _took(status)),
            ("owner", owner(found)),
            *containers(template),
            ("age", age_of(found, now)),
        ),
        buttons=(
            Button(label="Pods", command=f"get pods -l job-name={ref.name} {where(ref)}"),
            Button(label="Logs", command=f"logs job/{ref.name} {where(ref)}"),
        ),
        happenings=around.happenings,
    )  # fmt: skip


def cronjob(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    jobs = sorted(own(found, around.of("jobs")), key=_born, reverse=True)
    template = spec["jobTemplate"]["spec"]["template"]["spec"]
    paused = ", suspended" if spec.get("suspend") else ""
    zone = f" {spec['timeZone']}" if spec.get("timeZone") else ""
    return Described(
        headline=text("CronJob {} · {}{}{} · {}", place(ref), code(spec.get("schedule", "?")), zone, paused,
                      code(images(template))),
        wrong=_failed(jobs, now),
        facts=(
            ("last run", ago(status.get("lastScheduleTime"), now) or "never"),
            ("last success", ago(status.get("lastSuccessfulTime"), now)),
            ("active", some(one.get("name", "") for one in status.get("active") or ())),
            ("jobs", some((f"{one['metadata']['name']} {state_of(one)}" for one in jobs), _LAST)),
            ("when one still runs", _concurrency(spec)),
            *containers(template),
            ("age", age_of(found, now)),
        ),
        buttons=(Button(label="Jobs", command=f"get jobs {where(ref)}"),),
        happenings=around.happenings,
    )  # fmt: skip


def state_of(found: Json) -> str:
    """`complete`, `failed`, `suspended` or `running`."""
    held = {c["type"] for c in found.get("status", {}).get("conditions") or () if c.get("status") == "True"}
    for kind, word in (("Failed", "failed"), ("Complete", "complete"), ("Suspended", "suspended")):
        if kind in held:
            return word
    return "running"


def _failed(jobs: list[Json], now: float) -> tuple[Text, ...]:
    """The newest, if it failed: what came after an older one is better news."""
    if not jobs or state_of(jobs[0]) != "failed":
        return ()
    name, when = jobs[0]["metadata"]["name"], age_of(jobs[0], now)
    return (text("Its last job {} failed ({} old).", code(name), when), *conditions(jobs[0], bad=_BAD))


def _born(found: Json) -> str:
    return str(found["metadata"].get("creationTimestamp", ""))


def _took(status: Json) -> str:
    start, end = parse_time(status.get("startTime")), parse_time(status.get("completionTime"))
    return spell(end - start) if start and end else ""


def _concurrency(spec: Json) -> str:
    policy = spec.get("concurrencyPolicy", "Allow")
    said = {"Allow": "both run", "Forbid": "the new one is left out", "Replace": "the old one is ended"}
    return f"{said.get(policy, '')} ({policy})"
