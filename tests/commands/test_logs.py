"""logs: what may be asked, and the lines of one pod."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.resources import CRONJOBS, DEPLOYMENTS, JOBS, PODS, SERVICES
from bot.domain.results import bounded
from bot.domain.typed import split
from bot.engine.grammar import parse
from commands import logs
from commands.logs import LogsArgs
from tests.commands.printing_pods import as_people_see_it, is_in, printed, script, started

MIB = 1 << 20

said = pytest.fixture(as_people_see_it)


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
    await started(kube, "web-0", "web:1.0")
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


async def test_what_it_printed_without_its_secrets(kube, said):
    await started(kube, "web-0", "web:1.0")
    await kube.until(lambda: printed(kube, "web-0", "password="))
    found = await said("web-0")
    assert re.match(
        r"\d+ lines of shop/web-0 on demo\n> \S+Z INFO starting web version 1.0 on web-0\n", found
    )
    assert "password=[redacted:" in found
    assert "hunter2" not in found
    assert found.endswith(
        "[Why] why pod/web-0 -n shop --context demo\n[Follow] logs web-0 -c a -f -n shop --context demo"
    )


async def test_an_image_that_cannot_be_pulled_has_printed_nothing(kube, said):
    await kube.pod("bad", "web:missing")
    await kube.until(lambda: is_in(kube, "bad", "waiting", "ImagePullBackOff"))
    start = "shop/bad on demo has printed nothing yet. It waits to start: "
    assert re.match(start + "(ErrImagePull|ImagePullBackOff): .*web:missing", await said("bad"))


async def test_no_earlier_run(kube, said):
    await started(kube, "web-0", "web:1.0")
    assert (await said("web-0 -p")).startswith("shop/web-0 on demo has no log of an earlier run.")


async def test_several_containers_are_a_press_away(kube, ask, said):
    await started(kube, "pair", "web:1.0", "web:1.1")
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


async def test_only_what_an_expression_fits_with_the_lines_around(kube, said):
    await script(kube, "talk", "echo one; echo two; echo ERROR three; echo four; echo five; sleep 900")
    await kube.until(lambda: printed(kube, "talk", "five"))
    found = await said("talk --grep 'error t' -C 1")
    assert found.startswith(
        "1 line with error t among the 5 lines of shop/talk on demo\n> two\n> ERROR three\n> four\n[Why]"
    )
    assert "0 lines with zero among the 5 lines" in await said("talk --grep zero")


async def test_kubectls_own_prefix_and_a_bound_of_bytes(kube, said):
    await script(kube, "talk", "echo one; echo two; sleep 900")
    await kube.until(lambda: printed(kube, "talk", "two"))
    assert "> pod/talk/main | one\n> pod/talk/main | two" in await said("talk --prefix")
    assert (await said("talk --limit-bytes 6")).startswith("2 lines of shop/talk on demo\n> one\n> tw\n")


async def test_what_is_said_again_and_again_is_said_once(kube, said):
    await script(kube, "talk", "echo start; echo no; echo no; echo no; echo end; sleep 900")
    await kube.until(lambda: printed(kube, "talk", "end"))
    assert re.match(
        r"5 lines of shop/talk on demo\n> start\n> no  \(× 3, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d\)\n> end\n",
        await said("talk"),
    )


async def test_ten_megabytes_of_log_cost_bounded_memory_and_end_with_the_newest_line(kube, ask):
    """Measured: 20 MiB, most of it the simulated server, which is in this process and renders the whole."""
    many = "echo $BIG; " * 100
    await script(kube, "loud", f"{many}echo the newest; sleep 900", BIG="long words " * 9_000)
    await kube.until(lambda: printed(kube, "loud", "the newest"))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    found = bounded(await ask(logs.COMMAND, "loud --tail=-1"))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert found.lines[-1] == "the newest"
    assert 1 < len(found.lines) < 100
    assert peak < 30 * MIB, f"{peak / MIB:.1f} MiB"
