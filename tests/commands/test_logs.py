"""logs: lines of one container or of several pods, and a crash's last words wherever they are."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import ClusterRejectedError, TargetNotFoundError, UsageError
from bot.domain.loglines import Source, attempts, choose, clean, crash_before, ending, merged, waits_for
from bot.domain.logmessages import LogsAsked, Printed, of_many, of_one, which
from bot.domain.message import Output, text
from bot.domain.resources import DEPLOYMENTS, PODS
from bot.engine.grammar import parse
from commands import logs
from commands.logs import LogsArgs

RUNNING = {"name": "web", "state": {"running": {}}}
CRASHED = {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": "2026-01-01T00:00:00Z"}}
NOW = 1_767_225_640.0  # 40 s later


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
    ],
)
def test_grammar(line, expected):
    assert parse(LogsArgs, tuple(line.split())) == expected


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
        ("svc/web", "Not for services"),
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
    [("a", 100), ("a --tail 7", 7), ("a --tail -1", 2000), ("a --since 1h", 2000), ("a --tail 9000", 2000)],
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
    assert "tailLines=5" in str(asked[1][1]).replace("': '", "=")


@pytest.mark.parametrize("line", ["deploy/web", "-l app=web"])
async def test_its_permission_is_for_pods_however_they_are_named(kube, narrow, line):
    await kube.deploy("web", replicas=1)
    assert (await narrow(logs.COMMAND, line)).headline


async def test_what_it_printed_without_its_secrets(kube, ask, shown):
    await _started(kube, "web-0", "web:1.0")
    await kube.until(lambda: _printed(kube, "web-0", "password="))
    said = shown(await ask(logs.COMMAND, "web-0"))
    assert re.match(r"\d+ lines of shop/web-0 on demo\n> \S+Z INFO starting web version 1.0 on web-0\n", said)
    assert "password=[redacted:" in said
    assert "hunter2" not in said
    assert said.endswith("[Describe] describe pod web-0 -n shop --context demo")


async def test_the_last_words_of_a_crash_between_two_starts(kube, ask, shown):
    await kube.pod("job", "crash:1")
    between = re.compile(r"⚠️ 2 lines of shop/job on demo\nIt ended with exit 3 \(Error\) \d+s ago")

    async def ended():
        said = shown(await ask(logs.COMMAND, "job"))
        return said if between.search(said) else None

    said = await kube.until(ended)
    assert "FATAL cannot reach database" in said
    assert "unable to retrieve" not in said


async def test_previous_finds_them_in_the_current_log_too(kube, ask, shown):
    await kube.pod("job", "crash:1")

    async def last_words():
        if not await _is(kube, "job", "waiting", "CrashLoopBackOff"):
            return None
        said = shown(await ask(logs.COMMAND, "job --previous"))
        assert "unable to retrieve" not in said
        return said if "FATAL cannot reach database" in said else None

    await kube.until(last_words)


async def test_an_image_that_cannot_be_pulled_has_printed_nothing(kube, ask, shown):
    await kube.pod("bad", "web:missing")
    await kube.until(lambda: _is(kube, "bad", "waiting", "ImagePullBackOff"))
    said = shown(await ask(logs.COMMAND, "bad"))
    start = "shop/bad on demo has printed nothing yet. It waits to start: "
    assert re.match(start + "(ErrImagePull|ImagePullBackOff): .*web:missing", said)


async def test_no_earlier_run(kube, ask):
    await _started(kube, "web-0", "web:1.0")
    said = await ask(logs.COMMAND, "web-0 -p")
    assert said.plain() == "shop/web-0 on demo has no log of an earlier run."


async def test_several_containers_are_a_press_away(kube, ask, shown):
    await _started(kube, "pair", "web:1.0", "web:1.1")
    assert shown(await ask(logs.COMMAND, "pair --since 5m -p")) == (
        "shop/pair on demo has 2 containers: a, b.\n"
        "Say which with -c NAME.\n"
        "[Logs of a] logs pair -c a --since=300s --previous -n shop --context demo\n"
        "[Logs of b] logs pair -c b --since=300s --previous -n shop --context demo"
    )
    said = shown(await ask(logs.COMMAND, "pair b --since 5m"))
    assert re.match(r"\d+ lines? of container b of shop/pair on demo in the last 5 min\n", said)
    assert "version 1.1" in said
    with pytest.raises(TargetNotFoundError, match="has no container `c`") as missing:
        await ask(logs.COMMAND, "pair -c c")
    assert missing.value.hint == "It has `a`, `b`."


async def test_a_run_after_a_crash_comes_with_the_last_words_of_the_one_before(kube, ask, shown):
    probe = {"httpGet": {"path": "/", "port": 9}, "periodSeconds": 60, "failureThreshold": 1}
    await kube.deploy("web", replicas=1, ready=False, livenessProbe=probe)
    await kube.until(lambda: _runs_again(kube, "app=web"))
    (pod,) = await kube.pods("app=web")
    name = pod["metadata"]["name"]
    said = shown(await ask(logs.COMMAND, name))
    assert re.match(
        rf"⚠️ \d+ lines? of shop/{name} on demo\n"
        r"The run before ended with exit \d+ \(Error\) \d+s ago. Its last words:\n> .*INFO[\s\S]*"
        r"\nSince then:\n> .*INFO starting web",
        said,
    )
    assert f"[Logs before the crash] logs {name} -c web --previous -n shop --context demo" in said
    before = await ask(logs.COMMAND, f"{name} --previous")
    assert before.plain().endswith(" before its last restart")


async def test_a_pod_that_goes_away_meanwhile_has_no_say(kube, ask):
    await kube.deploy("web", replicas=2)
    await kube.fault(fault="status", status=404, next=1, path=".*/log$")
    message = await ask(logs.COMMAND, "deploy/web")
    assert " of 1 pod of shop/web on demo" in message.plain()


@pytest.mark.parametrize("line", ["deploy/web", "-l app=web"])
async def test_a_refusal_is_not_silence(kube, ask, line):
    await kube.deploy("web", replicas=2)
    await kube.fault(fault="status", status=422, next=1, path=".*/log$")
    with pytest.raises(ClusterRejectedError):
        await ask(logs.COMMAND, line)


async def test_a_deployments_pods_by_time(kube, ask):
    await kube.deploy("web", replicas=2)
    message = await ask(logs.COMMAND, "deploy/web --tail 4 --timestamps")
    assert message.plain() == "Last 4 lines of 2 pods of shop/web on demo"
    (output,) = message.parts
    lines = [line.split(" | ") for line in output.text.split("\n")]
    ends = {pod["metadata"]["name"].rpartition("-")[2] for pod in await kube.pods("app=web")}
    assert {name for name, _ in lines} <= ends
    times = [line.split(" ")[0] for _, line in lines]
    assert times == sorted(times)


async def test_pods_without_lines_say_why(kube, ask):
    await kube.deploy("bad", "web:missing", ready=False)
    await kube.until(lambda: _all_wait(kube, "app=bad", 2))
    message = await ask(logs.COMMAND, "-l app=bad")
    assert message.plain() == "No lines of 2 pods with app=bad in shop on demo."
    assert all("It waits to start: " in item.plain() for item in message.parts[0].items)


async def test_no_pods_at_all(ask):
    said = await ask(logs.COMMAND, "-l app=none")
    assert said.plain() == "There are no pods with app=none in shop on demo."


def pod(name: str = "web-7c9d8-x2x4k", status: dict | None = None, *more: str, **metadata):
    return {
        "metadata": {"name": name, "namespace": "shop", **metadata},
        "spec": {
            "containers": [{"name": one} for one in ("web", *more)],
            "initContainers": [{"name": "init"}],
        },
        "status": {"phase": "Running", "containerStatuses": [status] if status else []},
    }


@pytest.mark.parametrize(
    ("status", "previous", "expected"),
    [
        ({}, False, (False,)),
        (RUNNING, False, (False,)),
        (RUNNING, True, (True,)),
        (RUNNING | {"lastState": CRASHED}, False, (False,)),
        (RUNNING | {"lastState": CRASHED}, True, (True,)),
        ({"state": CRASHED}, False, (False, True)),
        ({"state": CRASHED}, True, (True, False)),
        ({"state": {"waiting": {}}, "lastState": CRASHED}, False, (False, True)),
        ({"state": {"waiting": {}}, "lastState": CRASHED}, True, (True, False)),
        ({"state": {"waiting": {}}}, False, (False,)),
    ],
)
def test_in_which_log_the_words_are(status, previous, expected):
    assert attempts(status, previous=previous) == expected


def test_how_a_container_ended():
    assert crash_before(RUNNING | {"lastState": CRASHED}) == CRASHED["terminated"]
    assert crash_before(RUNNING) is None
    assert crash_before(RUNNING | {"lastState": {"terminated": {"exitCode": 0}}}) is None
    assert ending({"state": {"waiting": {}}, "lastState": CRASHED}) == CRASHED["terminated"]
    assert ending(RUNNING | {"lastState": CRASHED}) is None
    assert waits_for({"state": {"waiting": {"reason": "ContainerCreating"}}}) == "ContainerCreating"
    assert waits_for({"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": CRASHED}) == ""


def test_which_container():
    assert choose(pod(), "") == "web"
    assert choose(pod(), "init") == "init"
    assert choose(pod("a", None, "proxy"), "") == ""
    usual = {"kubectl.kubernetes.io/default-container": "proxy"}
    assert choose(pod("a", None, "proxy", annotations=usual), "") == "proxy"


def test_lines_are_merged_by_time_of_any_precision():
    sources = [
        Source(pod="web-a", text="2026-01-01T00:00:01.2Z one\n2026-01-01T00:00:03Z three\n"),
        Source(pod="web-b", text="2026-01-01T00:00:01.25Z two\n2026-01-01T00:00:03.1Z four\n"),
    ]
    assert merged(sources, keep_times=False, most=3) == ["b | two", "a | three", "b | four"]
    assert merged(sources[:1], keep_times=True, most=9)[0] == "a | 2026-01-01T00:00:01.2Z one"


def test_names_that_end_alike_stay_whole():
    sources = [Source(pod=f"{app}-0", text="2026-01-01T00:00:01Z hi") for app in ("db", "web")]
    assert merged(sources, keep_times=False, most=9) == ["db-0 | hi", "web-0 | hi"]


def test_a_key_over_many_lines_is_redacted_whole():
    head, foot = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    key = f"2026-01-01T00:00:01Z {head}\n2026-01-01T00:00:02Z MIIEow\n{foot}"
    said = "\n".join(
        merged([Source(pod="a-b", text=f"{key}\n2026-01-01T00:00:03Z on\n")], keep_times=False, most=9)
    )
    assert re.fullmatch(r"b \| \[redacted:\w+\]\nb \| on", said)
    assert clean("\n\n") == []


def asked(**changes) -> LogsAsked:
    given = {
        "cluster": "demo",
        "namespace": "shop",
        "words": ("deploy/web",),
        "whose": text("of shop/web on demo"),
        "lines": 100,
    }
    return LogsAsked(**given | changes)


def test_message_of_a_run_after_a_crash(shown):
    printed = Printed(pod=pod(status=RUNNING | {"lastState": CRASHED}), container="web", text="INFO up\n")
    assert shown(of_one(asked(), printed, "FATAL no database\n", NOW)) == (
        "⚠️ 1 line of shop/web-7c9d8-x2x4k on demo\n"
        "The run before ended with exit 3 (Error) 40s ago. Its last words:\n"
        "> FATAL no database\n"
        "Since then:\n"
        "> INFO up\n"
        "[Logs before the crash] logs web-7c9d8-x2x4k -c web --previous -n shop --context demo\n"
        "[Describe] describe pod web-7c9d8-x2x4k -n shop --context demo"
    )


def test_message_of_a_crash_that_waits_for_its_next_start(shown):
    status = {"name": "web", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": CRASHED}
    printed = Printed(pod=pod(status=status), container="web", text="FATAL no\n")
    assert shown(of_one(asked(lines=1), printed, "", NOW)) == (
        "⚠️ Last 1 line of shop/web-7c9d8-x2x4k on demo\n"
        "It ended with exit 3 (Error) 40s ago and waits in CrashLoopBackOff. Its last words:\n"
        "> FATAL no\n"
        "[Describe] describe pod web-7c9d8-x2x4k -n shop --context demo"
    )


def test_message_of_the_run_before(shown):
    status = RUNNING | {"lastState": CRASHED}
    printed = Printed(pod=pod(status=status), container="web", text="FATAL no\n", previous=True)
    said = shown(of_one(asked(previous=True), printed, "", NOW))
    assert said.startswith("⚠️ 1 line of shop/web-7c9d8-x2x4k on demo before its last restart\n> FATAL no\n")
    assert "[Logs before the crash]" not in said


def test_message_of_many(shown):
    quiet = Printed(pod=pod("web-1", RUNNING), container="web", text="")
    unscheduled = Printed(pod=pod("web-2"), container="web", text="")
    assert shown(of_many(asked(since=300), ["a | x", "b | y"], 2, (quiet, unscheduled), 4)) == (
        "2 lines of 2 pods of shop/web on demo in the last 5 min\n"
        "• web-1 has printed nothing in the last 5 min.\n"
        "• web-2 has printed nothing yet: it is Running.\n"
        "> a | x\n"
        "> b | y\n"
        "4 more pods not read: those in trouble and the newest come first."
    )


def test_message_asking_which_container(shown):
    assert shown(which(asked(), pod("web-1", None, "proxy"))).split("\n")[2:] == [
        "[Logs of web] logs deploy/web -c web -n shop --context demo",
        "[Logs of proxy] logs deploy/web -c proxy -n shop --context demo",
    ]


def test_output_is_named_for_its_pod():
    message = of_one(asked(), Printed(pod=pod(status=RUNNING), container="web", text="hi"), "", NOW)
    assert [part.name for part in message.parts if isinstance(part, Output)] == ["web-7c9d8-x2x4k.log"]


async def _state(kube, name):
    found = await kube.call("GET", f"/api/v1/namespaces/shop/pods/{name}")
    return [one["state"] for one in found["status"].get("containerStatuses", [])]


async def _is(kube, name, state, reason=None):
    found = [one.get(state) for one in await _state(kube, name)]
    return bool(found) and all(one is not None and reason in {None, one.get("reason")} for one in found)


async def _runs_again(kube, labels):
    states = [one for pod in await kube.pods(labels) for one in pod["status"].get("containerStatuses", [])]
    return any("running" in one["state"] and one["restartCount"] for one in states)


async def _started(kube, name, *images):
    await kube.pod(name, *images)
    await kube.until(lambda: _is(kube, name, "running"))


async def _printed(kube, name, words):
    async with kube.get(f"/api/v1/namespaces/shop/pods/{name}/log") as answer:
        return words in await answer.text()


async def _all_wait(kube, labels, count):
    pods = await kube.pods(labels)
    waits = [await _is(kube, one["metadata"]["name"], "waiting", "ImagePullBackOff") for one in pods]
    return len(waits) == count and all(waits)
