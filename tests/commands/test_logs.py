"""logs: lines of one container or of several pods, and a crash's last words wherever they are."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from bot.domain import views
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError, UsageError
from bot.domain.resources import CRONJOBS, DEPLOYMENTS, JOBS, PODS, SERVICES
from bot.domain.results import Lines, bounded
from bot.domain.typed import split
from bot.domain.views import Kept
from bot.engine.grammar import parse
from commands import logs
from commands.logs import LogsArgs

MIB = 1 << 20
NEW_YEAR = "2026-01-01T00:00:00Z"


@pytest.fixture
def said(ask, shown):
    """What the verb answers to a line, as people see it; of its buttons those that are commands."""

    async def said(line):
        found = await ask(logs.COMMAND, line)
        message = views.shown(Kept(result=found)) if isinstance(found, Lines) else found
        steps = tuple(button for button in message.buttons if button.command)
        return shown(message.model_copy(update={"buttons": steps}))

    return said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web-0", LogsArgs(target=("web-0",))),
        ("web-0 app", LogsArgs(target=("web-0", "app"))),
        ("web-0 -c app", LogsArgs(target=("web-0",), container="app")),
        ("deploy/web -n shop", LogsArgs(target=("deploy/web",), namespace="shop")),
        ("-l app=web", LogsArgs(selector="app=web")),
        ("web-0 --tail 20 --since=5m", LogsArgs(target=("web-0",), tail=20, since="5m")),
        ("web-0 -p --timestamps", LogsArgs(target=("web-0",), previous=True, timestamps=True)),
        ("deploy/web -f --tail=0", LogsArgs(target=("deploy/web",), follow=True, tail=0)),
        ("a --all-containers=true --prefix", LogsArgs(target=("a",), every=True, prefix=True)),
        ("a --grep 'x y' -C 2", LogsArgs(target=("a",), grep="x y", around=2)),
        ("a --max-log-requests=7 --limit-bytes 9", LogsArgs(target=("a",), places=7, limit_bytes=9)),
        (
            "a --since-time=2026-01-01T02:00:00+02:00",
            LogsArgs(target=("a",), since_time="2026-01-01T00:00:00Z"),
        ),
    ],
)
def test_grammar(line, expected):
    assert parse(LogsArgs, split(line)) == expected


@pytest.mark.parametrize(
    ("line", "kind", "name", "container"),
    [
        ("web-0", PODS, "web-0", ""),
        ("web-0 app", PODS, "web-0", "app"),
        ("pod/web-0 app", PODS, "web-0", "app"),
        ("pod web-0", PODS, "web-0", ""),
        ("deployment web app", DEPLOYMENTS, "web", "app"),
        ("deploy/web -c app", DEPLOYMENTS, "web", "app"),
        ("-l app=web -c app", PODS, "", "app"),
        ("job", PODS, "job", ""),
        ("job/seed", JOBS, "seed", ""),
        ("cj nightly", CRONJOBS, "nightly", ""),
        ("svc/web", SERVICES, "web", ""),
    ],
)
def test_what_is_wanted(line, kind, name, container):
    assert parse(LogsArgs, tuple(line.split())).wanted == (kind, name, container)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Of which pod?"),
        ("web-0 -l app=web", "Of which pod?"),
        ("web-0 app -c app", "One container at a time"),
        ("web-0 app app", "One container at a time"),
        ("cm/web", "Not for "),
        ("web-0 app --all-containers", "or --all-containers"),
        ("web-0 -f -p", "Not with -f"),
        ("web-0 -f --limit-bytes 3", "Not with -f"),
        ("web-0 -C 2", "-C goes with --grep"),
        ("web-0 --grep (", "no expression that can be read"),
        ("web-0 --since 5m --since-time 2026-01-01T00:00:00Z", "Either --since or --since-time"),
        ("web-0 --since-time yesterday", "is no point in time"),
        ("web-0 --since-time 2026-01-01T00:00:00", "is no point in time"),
        ("web-0 --max-log-requests 21", "max-log-requests"),
        ("web-0 --max-log-requests 0", "max-log-requests"),
        ("web-0 --limit-bytes 0", "limit-bytes"),
        ("web-0 -A", "name one namespace"),
        ("web-0 --all-pods", "all pods of a workload are read"),
        ("web-0 --ignore-errors", "the others are shown"),
        ("web-0 --ignore-errors=true", "the others are shown"),
        ("web-0 --pod-running-timeout=20s", "-f waits"),
        ("web-0 --insecure-skip-tls-verify-backend", "always checked"),
        ("web-0 --tail 0", "how many lines"),
        ("web-0 --since 0s", "how long ago"),
        ("web-0 --since yesterday", "is not a duration"),
        ("Web_0", "cannot be a name"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        parse(LogsArgs, tuple(line.split()), name="logs")
    assert refused.value.hint or "only for" in refused.value.message


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("a", 100),
        ("a --tail 7", 7),
        ("a --tail -1", 10_000),
        ("a --since 1h", 10_000),
        ("a --since-time 2026-01-01T00:00:00Z", 10_000),
        ("a --grep x", 10_000),
        ("a --grep x --tail 20", 20),
        ("a --tail 90000", 10_000),
        ("a -f", 10),
        ("a -f --tail 0", 0),
    ],
)
def test_how_many_lines(line, lines):
    assert parse(LogsArgs, tuple(line.split())).lines == lines


async def test_one_pod_costs_two_reads(kube, ask, only_reads):
    await _started(kube, "web-0", "web:1.0")
    await kube.forget()
    await ask(logs.COMMAND, "web-0 --tail 5")
    await only_reads()
    asked = [(request["path"], request["query"]) for request in await kube.requests()]
    assert [path for path, _ in asked] == [
        "/api/v1/namespaces/shop/pods/web-0",
        "/api/v1/namespaces/shop/pods/web-0/log",
    ]
    wanted = str(asked[1][1]).replace("': '", "=")
    assert "tailLines=125" in wanted  # more, so that a key is seen whole before it is cut
    assert "timestamps=true" in wanted


@pytest.mark.parametrize("line", ["deploy/web", "-l app=web"])
async def test_its_permission_is_for_pods_however_they_are_named(kube, narrow, line):
    await kube.deploy("web", replicas=1)
    assert (await narrow(logs.COMMAND, line)).headline


async def test_what_it_printed_without_its_secrets(kube, said):
    await _started(kube, "web-0", "web:1.0")
    await kube.until(lambda: _printed(kube, "web-0", "password="))
    found = await said("web-0")
    assert re.match(
        r"\d+ lines of shop/web-0 on demo\n> \S+Z INFO starting web version 1.0 on web-0\n", found
    )
    assert "password=[redacted:" in found
    assert "hunter2" not in found
    assert found.endswith(
        "[Why] why pod/web-0 -n shop --context demo\n[Follow] logs web-0 -c a -f -n shop --context demo"
    )


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
        moment = await _statuses(kube, "job")
        if not await _is(kube, "job", state) or not await _has_ended(kube, "job", before="-p" in line):
            return None
        found = await said(line)
        if await _statuses(kube, "job") != moment:  # it went on meanwhile: that was another moment
            return None
        assert "unable to retrieve" not in found
        assert "FATAL cannot reach database" in found
        return found

    await kube.until(last_words)


async def test_an_image_that_cannot_be_pulled_has_printed_nothing(kube, said):
    await kube.pod("bad", "web:missing")
    await kube.until(lambda: _is(kube, "bad", "waiting", "ImagePullBackOff"))
    start = "shop/bad on demo has printed nothing yet. It waits to start: "
    assert re.match(start + "(ErrImagePull|ImagePullBackOff): .*web:missing", await said("bad"))


async def test_no_earlier_run(kube, said):
    await _started(kube, "web-0", "web:1.0")
    assert (await said("web-0 -p")).startswith("shop/web-0 on demo has no log of an earlier run.")


async def test_several_containers_are_a_press_away(kube, ask, said):
    await _started(kube, "pair", "web:1.0", "web:1.1")
    assert await said("pair --since 5m -p") == (
        "shop/pair on demo has 2 containers: a, b.\n"
        "Say which with -c NAME.\n"
        "[Logs of a] logs pair -c a --since=5m --previous -n shop --context demo\n"
        "[Logs of b] logs pair -c b --since=5m --previous -n shop --context demo\n"
        "[Logs of all] logs pair --all-containers --since=5m --previous -n shop --context demo"
    )
    found = await said("pair b --since 5m")
    assert re.match(r"\d+ lines? of container b of shop/pair on demo in the last 5 min\n", found)
    assert "version 1.1" in found
    every = await said("pair --all-containers")
    assert re.search(r"> pair/a \| .*starting web version 1\.0", every)
    assert re.search(r"> pair/b \| .*starting web version 1\.1", every)
    with pytest.raises(TargetNotFoundError, match="has no container `c`") as missing:
        await ask(logs.COMMAND, "pair -c c")
    assert missing.value.hint == "It has `a`, `b`."


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


async def test_only_what_an_expression_fits_with_the_lines_around(kube, said):
    await _script(kube, "talk", "echo one; echo two; echo ERROR three; echo four; echo five; sleep 900")
    await kube.until(lambda: _printed(kube, "talk", "five"))
    found = await said("talk --grep 'error t' -C 1")
    assert found.startswith(
        "1 line with error t among the 5 lines of shop/talk on demo\n> two\n> ERROR three\n> four\n[Why]"
    )
    assert "0 lines with zero among the 5 lines" in await said("talk --grep zero")


async def test_kubectls_own_prefix_and_a_bound_of_bytes(kube, said):
    await _script(kube, "talk", "echo one; echo two; sleep 900")
    await kube.until(lambda: _printed(kube, "talk", "two"))
    assert "> pod/talk/main | one\n> pod/talk/main | two" in await said("talk --prefix")
    assert (await said("talk --limit-bytes 6")).startswith("2 lines of shop/talk on demo\n> one\n> tw\n")


async def test_what_is_said_again_and_again_is_said_once(kube, said):
    await _script(kube, "talk", "echo start; echo no; echo no; echo no; echo end; sleep 900")
    await kube.until(lambda: _printed(kube, "talk", "end"))
    assert re.match(
        r"5 lines of shop/talk on demo\n> start\n> no  \(× 3, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d\)\n> end\n",
        await said("talk"),
    )


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
    await _started(kube, "web-0", "web:1.0")
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


async def test_ten_megabytes_of_log_cost_bounded_memory_and_end_with_the_newest_line(kube, ask):
    """Measured: 20 MiB, most of it the simulated server, which is in this process and renders the whole."""
    many = "echo $BIG; " * 100
    await _script(kube, "loud", f"{many}echo the newest; sleep 900", BIG="long words " * 9_000)
    await kube.until(lambda: _printed(kube, "loud", "the newest"))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    found = bounded(await ask(logs.COMMAND, "loud --tail=-1"))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert found.lines[-1] == "the newest"
    assert 1 < len(found.lines) < 100
    assert peak < 30 * MIB, f"{peak / MIB:.1f} MiB"


async def _has_ended(kube, name, *, before=False):
    """Whether it has ended once, or, with `before`, a run earlier than the one that its state tells of."""
    for status in await _statuses(kube, name):
        return ("terminated" in status["state"] and not before) or bool(status["lastState"])
    return False


async def _script(kube, name, script, **environment):
    env = [{"name": key, "value": value} for key, value in environment.items()]
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", script], "env": env}
    await kube.create("pods", {"metadata": {"name": name}, "spec": {"containers": [container]}})


async def _statuses(kube, name):
    found = await kube.call("GET", f"/api/v1/namespaces/shop/pods/{name}")
    return found["status"].get("containerStatuses", [])


async def _state(kube, name):
    return [one["state"] for one in await _statuses(kube, name)]


async def _is(kube, name, state, reason=None):
    found = [one.get(state) for one in await _state(kube, name)]
    return bool(found) and all(one is not None and reason in {None, one.get("reason")} for one in found)


async def _runs_again(kube, labels, count):
    """The containers that run after a restart, once there are so many of them."""
    states = [one for pod in await kube.pods(labels) for one in pod["status"].get("containerStatuses", [])]
    again = [one["containerID"] for one in states if "running" in one["state"] and one["restartCount"] > 0]
    return again if len(again) == count else []


async def _started(kube, name, *images):
    await kube.pod(name, *images)
    await kube.until(lambda: _is(kube, name, "running"))


async def _printed(kube, name, words):
    async with kube.get(f"/api/v1/namespaces/shop/pods/{name}/log?tailLines=5") as answer:
        return words in await answer.text()


async def _all_wait(kube, labels, count):
    pods = await kube.pods(labels)
    waits = [await _is(kube, one["metadata"]["name"], "waiting", "ImagePullBackOff") for one in pods]
    return len(waits) == count and all(waits)
