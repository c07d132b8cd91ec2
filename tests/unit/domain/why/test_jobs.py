"""Jobs that gave up, and CronJobs that start none."""

from __future__ import annotations

import pytest

from bot.domain.resources import CRONJOBS, JOBS
from tests.factories import condition, container, owner, stamp
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    named,
    seen,
)


def job(*conditions, **spec):
    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": "uid-pi"}}
    usual = {"backoffLimit": 3, "selector": selector, "template": {"spec": {"containers": [{"name": "pi"}]}}}
    return named("Job", "pi", spec=usual | spec, status={"failed": 4, "conditions": list(conditions)})


def failed(reason="BackoffLimitExceeded"):
    return condition("Failed", "True", reason, message="Job has reached the specified backoff limit", ago=120)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("BackoffLimitExceeded", "it failed more often than it may"),
        ("DeadlineExceeded", "it ran longer than it may"),
        ("PodFailurePolicy", "it failed in a way after which it is not tried again"),
    ],
)
def test_a_job_that_gave_up(reason, said):
    told = lines(seen(job(failed(reason)), JOBS))
    assert told[:3] == [
        f"⚠️ job shop/pi on prod: {said} ({reason}).",
        "• Job has reached the specified backoff limit · job pi, 2 min ago",
        "• 4 pods failed, backoffLimit 3 · job pi",
    ]
    assert "0 done, 0 active, 4 failed." in told


def test_what_its_pods_fail_at_comes_first():
    crashed = broken("pi-x", container("pi", ended=1, ready=False), of="uid-pi", phase="Failed")
    told = lines(seen(job(failed()), JOBS, pods=(crashed,)))
    assert told[0] == "⚠️ job shop/pi on prod: web:1.0 crashes with exit code 1 (Error)."
    assert "• it failed more often than it may (BackoffLimitExceeded)." in told


def test_a_job_that_succeeded_at_last_is_well():
    crashed = broken("pi-x", container("pi", ended=1, ready=False), of="uid-pi", phase="Failed")
    found = seen(job(condition("Complete", "True", "CompletionsReached")), JOBS, pods=(crashed,))
    assert headline(found) == "✅ job shop/pi on prod is healthy: nothing found."


def test_a_job_that_is_suspended():
    assert headline(seen(job(suspend=True), JOBS)) == (
        "⏸ job shop/pi on prod: it is suspended, so it runs no pods."
    )


def cronjob(**spec):
    usual = {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": {"spec": {"containers": []}}}}}
    return named("CronJob", "nightly", spec=usual | spec, status={"lastScheduleTime": stamp(3600)})


def test_a_cronjob_that_is_suspended():
    told = lines(seen(cronjob(suspend=True), CRONJOBS))
    assert told[:3] == [
        "⏸ cronjob shop/nightly on prod: it is suspended, so it starts no jobs.",
        "• spec.suspend is true · cronjob nightly",
        "• last started a job · cronjob nightly, 1 h ago",
    ]


def test_the_newest_job_of_a_cronjob():
    one = job(failed())
    one["metadata"]["ownerReferences"] = [owner("CronJob", "uid-nightly")]
    stray = named("Job", "other", metadata={"creationTimestamp": stamp()}, spec={}, status={})
    found = seen(cronjob(), CRONJOBS, jobs=(stray, one))
    assert headline(found) == (
        "⚠️ cronjob shop/nightly on prod: its newest job pi failed more often than it may"
        " (BackoffLimitExceeded)."
    )


def test_a_schedule_that_starts_nothing():
    late = event("CronJob/nightly", "TooManyMissedTimes", "too many missed start times")
    assert "its schedule */5 * * * * starts nothing (TooManyMissedTimes)" in headline(
        seen(cronjob(), CRONJOBS, events=(late,))
    )
