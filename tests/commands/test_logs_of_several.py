"""logs of several pods at once: those of a workload, of a service or of labels."""

from __future__ import annotations

import pytest

from bot.domain.errors import ClusterRejectedError
from commands import logs
from tests.commands.printing_pods import as_people_see_it, is_in, started

said = pytest.fixture(as_people_see_it)


@pytest.mark.parametrize("line", ["deploy/web", "-l app=web"])
async def test_its_permission_is_for_pods_however_they_are_named(kube, narrow, line):
    await kube.deploy("web", replicas=1)
    assert (await narrow(logs.COMMAND, line)).headline


async def test_a_pod_that_goes_away_meanwhile_has_no_say(kube, said):
    await kube.deploy("web", replicas=2)
    await kube.fault(fault="status", status=404, next=1, path=".*/log$")
    assert " of 1 pod of shop/web on demo" in await said("deploy/web")


@pytest.mark.parametrize("line", ["deploy/web", "-l app=web"])
async def test_a_refusal_is_not_silence(kube, ask, line):
    await kube.deploy("web", replicas=2)
    await kube.fault(fault="status", status=422, next=1, path=".*/log$")
    with pytest.raises(ClusterRejectedError):
        await ask(logs.COMMAND, line)


async def test_a_deployments_pods_by_time(kube, ask):
    await kube.deploy("web", replicas=2)
    found = await ask(logs.COMMAND, "deploy/web --tail 4 --timestamps")
    assert found.headline.plain() == "Last 4 lines of 2 pods of shop/web on demo"
    lines = [line.split(" | ") for line in found.lines]
    ends = {pod["metadata"]["name"].rpartition("-")[2] for pod in await kube.pods("app=web")}
    assert {name for name, _ in lines} <= ends
    times = [line.split(" ")[0] for _, line in lines]
    assert times == sorted(times)
    assert [(button.label, button.command) for button in found.buttons] == [
        ("Why", "why deployment/web -n shop --context demo"),
        ("Follow", "logs deploy/web --timestamps -f -n shop --context demo"),
    ]


async def test_more_pods_than_are_read_at_once_are_said(kube, said):
    await kube.deploy("web", replicas=4)
    found = await said("deploy/web --max-log-requests=3")
    assert " of 3 pods of shop/web on demo" in found
    assert found.endswith("1 more pod not read: those in trouble and the newest come first.")


async def test_a_job_and_the_newest_job_of_a_cron_job(kube, said):
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "hello:1"}]}
    job = {"template": {"spec": pod}}
    await kube.create("jobs", {"metadata": {"name": "seed"}, "spec": job}, group="/apis/batch/v1")
    nightly = {"schedule": "* * * * *", "jobTemplate": {"spec": job}}
    await kube.create("cronjobs", {"metadata": {"name": "nightly"}, "spec": nightly}, group="/apis/batch/v1")
    for line in ("job/seed", "cronjob/nightly"):

        async def spoke(line=line):
            found = await said(line)
            return found if "INFO done, goodbye" in found else None

        await kube.until(spoke, seconds=20)


async def test_a_cron_job_that_has_not_run_has_no_pods(kube, said):
    job = {
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "hello:1"}]}}
    }
    spec = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job}}
    await kube.create("cronjobs", {"metadata": {"name": "yearly"}, "spec": spec}, group="/apis/batch/v1")
    await started(kube, "web-0", "web:1.0")
    assert await said("cj/yearly") == "There are no pods of shop/yearly on demo."


async def test_the_pods_of_a_service(kube, said):
    await kube.deploy("web", replicas=2)
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    await kube.create("services", {"metadata": {"name": "front"}, "spec": spec})
    assert " of 2 pods of shop/front on demo" in await said("svc/front")
    await kube.create("services", {"metadata": {"name": "bare"}, "spec": {"ports": [{"port": 80}]}})
    assert await said("svc/bare") == "There are no pods of shop/bare on demo."


async def test_pods_without_lines_say_why(kube, said):
    await kube.deploy("bad", "web:missing", ready=False)
    await kube.until(lambda: _all_wait(kube, "app=bad", 2))
    found = await said("-l app=bad")
    assert found.startswith("No lines of 2 pods of app=bad in shop on demo.\n")
    assert found.count("It waits to start: ") == 2


async def test_no_pods_at_all(said):
    assert await said("-l app=none") == "There are no pods of app=none in shop on demo."


async def _all_wait(kube, labels, count):
    pods = await kube.pods(labels)
    waits = [await is_in(kube, one["metadata"]["name"], "waiting", "ImagePullBackOff") for one in pods]
    return len(waits) == count and all(waits)
