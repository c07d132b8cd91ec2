"""Schedules, and the jobs that are started by them: here a minute takes a tenth of a second."""

from datetime import UTC, datetime

import pytest

from bot.demo.kubernetes.cron import parse_schedule

CRON_JOBS = "/apis/batch/v1/namespaces/default/cronjobs"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
FAST = pytest.mark.parametrize("sim", [{"pace": 0.002}], indirect=True)


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("* * * * *", "2026-03-14T15:10"),
        ("*/15 * * * *", "2026-03-14T15:15"),
        ("0 0 1 * *", "2026-04-01T00:00"),
        ("30 9-17/4 * * mon-fri", "2026-03-16T09:30"),
        ("0 12 13 * fri", "2026-03-20T12:00"),
        ("5 4 * jan,jul 7", "2026-07-05T04:05"),
        ("@hourly", "2026-03-14T16:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
    ],
)
def test_when_a_schedule_is_due_next(schedule, due):
    moment = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)  # a Saturday
    found = parse_schedule(schedule).next_after(moment)
    assert found == datetime.fromisoformat(f"{due}:00+00:00")


def test_a_day_that_never_comes():
    assert parse_schedule("0 0 31 2 *").next_after(datetime(2026, 1, 1, tzinfo=UTC)) is None


async def schedule(api, image="hello:1", **spec):
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}
    job = {"metadata": {"labels": {"kind": "report"}}, "spec": {"template": {"spec": pod}}}
    wanted = {"schedule": "* * * * *", "jobTemplate": job, **spec}
    return await api.post(CRON_JOBS, {"metadata": {"name": "report"}, "spec": wanted})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"schedule": "soon"},
            'spec.schedule: Invalid value: "soon": expected exactly 5 fields, found 1: [soon]',
        ),
        ({"schedule": "61 * * * *"}, "end of range (61) above maximum (59): 61"),
        ({"timeZone": "Mars/Base"}, 'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'),
        ({"concurrencyPolicy": "Maybe"}, 'supported values: "Allow", "Forbid", "Replace"'),
    ],
)
async def test_a_schedule_that_cannot_be(api, change, said):
    refused = await schedule(api, **change)
    assert (refused.status, refused["reason"]) == (422, "Invalid")
    assert said in refused["message"]


@FAST
async def test_jobs_run_and_only_the_latest_are_kept(api):
    assert (await schedule(api, successfulJobsHistoryLimit=2)).status == 201
    told = "Deleted job report-"
    events = await api.until(api.events, lambda e: any(told in one["message"] for one in e["items"]))
    messages = [one["message"] for one in events["items"] if one["involvedObject"]["kind"] == "CronJob"]
    assert any(said.startswith("Created job report-") for said in messages)
    assert any(said.startswith("Saw completed job: report-") for said in messages)
    await api.patch(f"{CRON_JOBS}/report", {"spec": {"suspend": True}})
    kept = await api.until(JOBS, lambda jobs: len(jobs["items"]) == 2)
    job = kept["items"][0]
    assert job["metadata"]["labels"] == {"kind": "report"}
    assert job["metadata"]["ownerReferences"][0]["kind"] == "CronJob"
    status = (await api.get(f"{CRON_JOBS}/report"))["status"]
    assert status.keys() >= {"lastScheduleTime", "lastSuccessfulTime"}


@FAST
async def test_a_job_that_still_runs_forbids_the_next(api):
    await schedule(api, image="web:1.0", concurrencyPolicy="Forbid")
    said = "Not starting job because prior execution is running and concurrency policy is Forbid"
    await api.until(api.events, lambda e: said in [one["message"] for one in e["items"]])
    assert len((await api.get(JOBS))["items"]) == 1
    assert len((await api.get(f"{CRON_JOBS}/report"))["status"]["active"]) == 1


@FAST
async def test_a_job_that_still_runs_is_replaced(api):
    await schedule(api, image="web:1.0", concurrencyPolicy="Replace")
    first = (await api.until(JOBS, lambda jobs: jobs["items"]))["items"][0]["metadata"]["name"]
    await api.until(
        JOBS, lambda jobs: [one["metadata"]["name"] for one in jobs["items"]] not in ([first], [])
    )
