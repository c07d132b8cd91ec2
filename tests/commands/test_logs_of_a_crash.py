"""logs of what crashes: its last words, wherever they are at the moment."""

from __future__ import annotations

import re

import pytest

from tests.commands.printing_pods import as_people_see_it, is_in, statuses

said = pytest.fixture(as_people_see_it)


async def test_the_last_words_of_a_crash_between_two_starts(kube, said):
    await kube.pod("job", "crash:1")
    between = re.compile(r"⚠️ 2 lines of shop/job on demo\nIt ended with exit 3 \(Error\) \d+s ago")

    async def ended():
        found = await said("job")
        return found if between.search(found) else None

    found = await kube.until(ended)
    assert "FATAL cannot reach database" in found
    assert "unable to retrieve" not in found


# Slow enough for a loaded machine to look while it lasts.
@pytest.mark.parametrize(
    ("state", "kubelets"),
    [("waiting", {"pace": 0.1, "older_kubelets": True}), ("terminated", {"pace": 0.1})],
    ids=["waiting", "terminated"],
)
@pytest.mark.parametrize("line", ["job", "job --previous", "-l app=job", "-l app=job -p"])
async def test_both_ways_of_a_kubelet_between_two_starts_have_its_last_words(kube, said, line, state):
    await kube.pod("job", "crash:1", labels={"app": "job"})
    await kube.pod("other", "crash:1", labels={"app": "job"})

    async def last_words():
        moment = await statuses(kube, "job")
        if not await is_in(kube, "job", state) or not await _has_ended(kube, "job", before="-p" in line):
            return None
        found = await said(line)
        if await statuses(kube, "job") != moment:  # it went on meanwhile: that was another moment
            return None
        assert "unable to retrieve" not in found
        assert "FATAL cannot reach database" in found
        return found

    await kube.until(last_words)


async def test_a_run_after_a_crash_comes_with_the_last_words_of_the_one_before(kube, said):
    probe = {"httpGet": {"path": "/", "port": 9}, "periodSeconds": 60, "failureThreshold": 1}
    await kube.deploy("web", replicas=2, ready=False, livenessProbe=probe)
    name = (await kube.until(lambda: kube.pods("app=web")))[0]["metadata"]["name"]

    async def within_one_run():
        runs = await _runs_again(kube, "app=web", 2)
        found = [await said(line) for line in (name, f"{name} --previous", "deploy/web")] if runs else []
        return found if runs and runs == await _runs_again(kube, "app=web", 2) else None

    found, previous, every = await kube.until(within_one_run)
    assert re.match(
        rf"⚠️ \d+ lines? of shop/{name} on demo\n"
        r"The run before ended with exit \d+ \(Error\) \d+s ago. Its last words:\n> .*INFO[\s\S]*"
        r"\nSince then:\n> .*INFO starting web",
        found,
    )
    assert f"[Logs before the crash] logs {name} -c web --previous -n shop --context demo" in found
    assert " before its last restart\n" in previous
    assert f"• {name} runs again after exit " in every
    assert "[Logs before the crash] logs web-" in every


async def _has_ended(kube, name, *, before=False):
    """Whether it has ended once, or, with `before`, a run earlier than the one that its state tells of."""
    for status in await statuses(kube, name):
        return ("terminated" in status["state"] and not before) or bool(status["lastState"])
    return False


async def _runs_again(kube, labels, count):
    """The containers that run after a restart, once there are so many of them."""
    states = [one for pod in await kube.pods(labels) for one in pod["status"].get("containerStatuses", [])]
    again = [one["containerID"] for one in states if "running" in one["state"] and one["restartCount"] > 0]
    return again if len(again) == count else []
