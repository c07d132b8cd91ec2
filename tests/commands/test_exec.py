"""exec: which program, in which container of which pod, and what is said of its end."""

from __future__ import annotations

import hashlib
import re

import pytest

from bot.domain.access import Allowance, Program
from bot.domain.cluster import Ended, Ran
from bot.domain.errors import AccessDeniedError, TargetNotFoundError, UsageError
from bot.domain.execmessages import Where, ended, over, so_far, transcript
from bot.domain.results import Lines
from bot.domain.views import Kept, shown as view
from bot.engine.grammar import parse
from commands import exec as exec_
from commands.exec import ExecArgs

POD = {"metadata": {"name": "web-0"}, "spec": {"containers": [{"name": "web"}, {"name": "ls"}]}}
UNKNOWN = "whether its last command ended is not known"
WHERE = Where(cluster="demo", namespace="shop", pod="web-0", container="web", only=True, argv=("ls", "-l"))
ALLOWED = Allowance(profile="look", seconds=30, bytes=100_000)


def args(line: str) -> ExecArgs:
    return parse(ExecArgs, tuple(line.split()), name="exec")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web-0 -- ls", {"target": "web-0", "argv": ("ls",)}),
        ("web-0 -c app -- ls -la /", {"target": "web-0", "container": "app", "argv": ("ls", "-la", "/")}),
        ("web-0 app -- ls", {"target": "web-0", "words": ("app",), "argv": ("ls",)}),
        ("web-0 app ls -la", {"target": "web-0", "words": ("app", "ls", "-la")}),
        ("web-0 ls -n x --tty", {"target": "web-0", "words": ("ls", "-n", "x", "--tty")}),
        ("-n shop web-0 ls", {"target": "web-0", "namespace": "shop", "words": ("ls",)}),
        ("-nx -c=app p ls", {"target": "p", "namespace": "x", "container": "app", "words": ("ls",)}),
        ("p app -it -- sh", {"target": "p", "words": ("app",), "stdin": True, "tty": True, "argv": ("sh",)}),
        ("-it web-0 -- sh", {"target": "web-0", "stdin": True, "tty": True, "argv": ("sh",)}),
        ("-tc app p -- sh", {"target": "p", "tty": True, "container": "app", "argv": ("sh",)}),
        ("web-0 -i -t -- sh", {"target": "web-0", "stdin": True, "tty": True, "argv": ("sh",)}),
        ("--stdin --tty=true web-0 sh", {"target": "web-0", "stdin": True, "tty": True, "words": ("sh",)}),
        ("--tty=false web-0 sh", {"target": "web-0", "words": ("sh",)}),
        ("deploy/web -- a -- b", {"target": "deploy/web", "argv": ("a", "--", "b")}),
        ("web-0 -- --help -it -n=x", {"target": "web-0", "argv": ("--help", "-it", "-n=x")}),
    ],
)  # fmt: skip
def test_grammar(line, expected):
    assert args(line) == ExecArgs(**expected)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "`POD|TYPE/NAME` is needed."),
        ("web-0", "Which program?"),
        ("web-0 --", "Which program?"),
        ("web-0 app cat -- ls", "Put the whole command behind"),
        ("web-0 app -c app -- ls", "One container at a time."),
        ("-c app web-0 app -- ls", "One container at a time."),
        ("svc/web -- ls", "Not for services"),
        ("Web_0 -- ls", "cannot be a name"),
        ("web-0 --tail 3 -- ls", "No such option"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        args(line)
    assert refused.value.hint or "only for" in refused.value.message


@pytest.mark.parametrize(
    ("line", "container", "argv"),
    [
        ("web-0 -- ls /", "", ("ls", "/")),
        ("web-0 web ls /", "web", ("ls", "/")),
        ("web-0 ls /", "ls", ("/",)),
        ("web-0 ls", "", ("ls",)),
        ("web-0 cat ls", "", ("cat", "ls")),
        ("web-0 web -- ls", "web", ("ls",)),
        ("-c web web-0 ls /", "web", ("ls", "/")),
    ],
)
def test_a_first_word_is_a_container_where_the_pod_has_one_of_that_name(line, container, argv):
    assert args(line).meant(POD) == (container, argv)


@pytest.mark.parametrize(
    ("line", "readings"),
    [
        ("web-0 -- ls /", [("ls", "/")]),
        ("web-0 web -- ls", [("ls",)]),
        ("web-0 web ls /", [("web", "ls", "/"), ("ls", "/")]),
        ("-c web web-0 ls /", [("ls", "/")]),
        ("web-0 ls", [("ls",)]),
    ],
)
def test_the_policy_is_asked_about_every_reading(line, readings):
    assert args(line).programs() == tuple(Program(argv=argv) for argv in readings)
    typed = args(f"-i {line}").programs()
    assert typed == tuple(Program(argv=argv, interactive=True) for argv in readings)


def said(outcome, shown):
    found = outcome.shown
    return shown(view(Kept(result=found)) if isinstance(found, Lines) else found)


async def running(kube, name="web-0", *images):
    await kube.pod(name, *(images or ("web:1.0",)))

    async def is_up():
        (pod,) = [pod for pod in await kube.pods() if pod["metadata"]["name"] == name]
        return pod["status"].get("phase") == "Running"

    await kube.until(is_up)


async def test_both_streams_and_the_exit_code(kube, run, shown):
    await running(kube)
    outcome = await run(exec_.COMMAND, "web-0 -- sh -c 'echo out; echo err >&2; exit 3'")
    lines = said(outcome, shown).split("\n")
    assert re.fullmatch(
        r"⚠️ sh -c 'echo out; echo err >&2; exit 3' ended with exit 3 in shop/web-0 on demo after \d\.\d s",
        lines[0],
    )
    assert lines[1:4] == ["> out", "On stderr:", "> err"]
    assert outcome.detail == {
        "pod": "web-0",
        "container": "a",
        "result": "exited",
        "exit_code": 3,
        "profile": "any",
        "bytes": 8,
        "sha256": hashlib.sha256(b"out\nerr\n").hexdigest(),
    }


async def test_of_a_workload_the_oldest_ready_pod_is_taken_and_named(kube, run, shown):
    await kube.deploy("web")
    outcome = await run(exec_.COMMAND, "deploy/web -- hostname")
    first = min(
        await kube.pods("app=web"),
        key=lambda pod: (pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]),
    )["metadata"]["name"]
    lines = said(outcome, shown).split("\n")
    assert f"in shop/{first} on demo" in lines[0]
    assert lines[1:3] == ["Of the pods of deployment/web this one was chosen.", f"> {first}"]


async def test_of_pods_that_are_not_ready_none_is_taken(kube, run):
    await kube.deploy("web", image="web:missing", ready=False)
    with pytest.raises(TargetNotFoundError, match="none of the pods of deployment `web` is ready") as refused:
        await run(exec_.COMMAND, "deploy/web -- ls")
    assert "Name one of them" in refused.value.hint


async def test_several_containers_are_a_press_away(kube, run):
    await running(kube, "pair", "web:1.0", "web:1.1")
    with pytest.raises(TargetNotFoundError, match="pod `pair` has 2 containers") as refused:
        await run(exec_.COMMAND, "pair -- cat '/a b'")
    assert refused.value.suggestions == (
        "exec pair -c a -n shop --context demo -- cat '/a b'",
        "exec pair -c b -n shop --context demo -- cat '/a b'",
    )
    outcome = await run(exec_.COMMAND, "pair b hostname")
    assert outcome.detail["container"] == "b"


async def test_a_pod_that_is_not_there_comes_with_near_names(kube, run):
    await running(kube)
    with pytest.raises(TargetNotFoundError) as refused:
        await run(exec_.COMMAND, "web-1 -- ls")
    assert refused.value.near == ("web-0",)


async def test_a_program_that_is_not_there(kube, run, shown):
    await running(kube)
    outcome = await run(exec_.COMMAND, "web-0 -- nope")
    assert said(outcome, shown) == (
        "❌ nope was not started in shop/web-0 on demo: "
        'exec: "nope": executable file not found in $PATH: unknown'
    )
    assert (outcome.detail["result"], outcome.detail["exit_code"]) == ("not-started", None)


async def test_the_bounds_are_those_of_the_profile(kube, gate, run, shown):
    await running(kube)
    gate.seconds = 0.2
    outcome = await run(exec_.COMMAND, "web-0 -- sleep 999")
    assert "was not waited for longer than 0 s" in said(outcome, shown)
    gate.seconds, gate.bytes = 5.0, 5
    outcome = await run(exec_.COMMAND, "web-0 -- echo 0123456789")
    assert "printed more than 5 bytes in shop/web-0 on demo: no more was read" in said(outcome, shown)
    assert "> 01234" in said(outcome, shown)


async def test_secrets_and_colours_do_not_leave(kube, run, shown):
    await running(kube)
    outcome = await run(exec_.COMMAND, "web-0 -- echo password=hunter2secret")
    assert "hunter2" not in said(outcome, shown)
    assert "password=[redacted:" in said(outcome, shown)


async def test_its_permission_is_for_pods_and_for_the_programs_of_a_profile(kube, narrow):
    await kube.deploy("web", replicas=1)
    with pytest.raises(AccessDeniedError, match="Not allowed: `exec`"):
        await narrow(exec_.COMMAND, "deploy/web -- ls")


@pytest.mark.parametrize(
    ("ran", "line"),
    [
        (Ran(ended=Ended.EXITED, exit_code=0), "ls -l ended with exit 0 in shop/web-0 on demo after 0.1 s"),
        (
            Ran(ended=Ended.LOST),
            "⚠️ The connection to ls -l broke in shop/web-0 on demo: whether it still runs is not known",
        ),
        (Ran(ended=Ended.NOT_STARTED), "❌ ls -l was not started in shop/web-0 on demo: no reason given"),
        (
            Ran(ended=Ended.TIMED_OUT),
            "⚠️ ls -l was not waited for longer than 30 s in shop/web-0 on demo: it may still run there",
        ),
    ],
)  # fmt: skip
def test_how_an_end_is_said(ran, line):
    assert ended(WHERE, ran, ALLOWED, 0.1).plain() == line


def test_output_that_is_no_text_is_said_to_be(shown):
    ran = Ran(ended=Ended.EXITED, exit_code=0, stdout=b"\x7fELF\x00\x01")
    message = ended(WHERE.model_copy(update={"only": False}), ran, ALLOWED, 12)
    assert shown(message) == (
        "ls -l ended with exit 0 in container web of shop/web-0 on demo after 12 s\n"
        "What it printed on stdout is no text: 6 bytes."
    )


def test_a_secret_in_its_arguments_is_not_shown():
    where = WHERE.model_copy(update={"argv": ("login", "--password", "hunter2secret")})
    assert "hunter2secret" not in ended(where, Ran(ended=Ended.LOST), ALLOWED, 1).plain()


@pytest.mark.parametrize(
    ("ran", "line"),
    [
        (Ran(ended=Ended.EXITED, exit_code=0), "✅ Terminal of shop/web-0 on demo: ls -l ended with exit 0"),
        (Ran(ended=Ended.EXITED, exit_code=1), "⚠️ Terminal of shop/web-0 on demo: ls -l ended with exit 1"),
        (
            Ran(ended=Ended.NOT_STARTED, said="no"),
            "❌ Terminal of shop/web-0 on demo: ls -l was not started: no",
        ),
        (
            Ran(ended=Ended.LOST),
            f"⚠️ Terminal of shop/web-0 on demo: the connection to ls -l broke; {UNKNOWN}",
        ),
    ],
)
def test_how_a_terminal_ends_by_itself(ran, line):
    assert over(WHERE, ran).plain() == line


def test_what_a_terminal_shows(shown):
    assert shown(so_far(b"", 0)) == "It has printed nothing yet."
    assert shown(so_far(b"\x00\x01", 0)) == "It prints bytes that are no text."
    assert (
        shown(so_far(b"cut\r\n$ ls\r\na\r\n", 12_345))
        == "Output\n12 kB before this are not kept.\n> $ ls\n> a"
    )


def test_the_transcript_is_without_secrets():
    file = transcript(WHERE, b"cut\r\n$ echo token=ghp_aaaaaaaaaaaaaaaaaaaaaaaa\r\n", 7)
    assert file
    assert file.content.startswith(b"[7 bytes before this were not kept]\n$ echo token=[redacted:")
    assert transcript(WHERE, b"", 0) is None
    assert transcript(WHERE, b"\x00", 0) is None


def test_half_a_secret_at_the_cut_is_not_shown(shown):
    cut = b"aaaaaaaaaaaaaaaaaaaaaaaa\nls\n"  # the rest of what began with `token=ghp_`
    assert "aaaa" not in shown(so_far(cut, 500))
    assert "ls" in shown(so_far(cut, 500))
    where = Where(cluster="demo", namespace="shop", pod="web-0", container="web", argv=("sh",))
    file = transcript(where, cut, 500)
    assert file is not None
    assert b"aaaa" not in file.content
    assert "aaaa" in shown(so_far(cut, 0))
