"""Programs in containers: how they end, what is kept of what they print, what is said when nobody knows."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from bot.domain.cluster import Ended, ExecRequest
from bot.domain.errors import (
    ClusterDeniedError,
    ClusterRejectedError,
    ClusterUnavailableError,
    OutcomeUnknownError,
    TargetNotFoundError,
)
from bot.kube.exec import how_it_ended

POD = {"name": "a", "image": "web:1.0", "env": [{"name": "COLOUR", "value": "green"}]}
SUCCESS = json.dumps({"metadata": {}, "status": "Success"}).encode()
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"


def program(*argv, **more):
    return ExecRequest(namespace="default", pod="p", argv=argv, **more)


@pytest.fixture
async def pod(simulated, simulator, session):
    """A pod `p` whose container runs, on the simulated cluster."""
    pods = f"{simulator.url}/api/v1/namespaces/default/pods"
    body = {"metadata": {"name": "p"}, "spec": {"containers": [POD]}}
    async with session.post(pods, json=body) as answer:
        assert answer.status == 201

    async def phase():
        async with session.get(f"{pods}/p") as answer:
            return (await answer.json())["status"].get("phase")

    async with asyncio.timeout(10):
        while await phase() != "Running":  # noqa: ASYNC110 - the server is another world
            await asyncio.sleep(0.01)
    return simulated.cluster("demo")


def serving(wire, talk, protocol=V5):
    """Let the wire answer an exec with `talk(socket)`, in one protocol alone."""

    async def answer(request):
        socket = web.WebSocketResponse(protocols=(protocol,))
        await socket.prepare(request)
        await talk(socket)
        return socket

    wire.do(answer)


# ---------------------------------------------------------------- run to its end


async def test_both_streams_and_the_exit_code(pod):
    ran = await pod.run(program("sh", "-c", "echo out; echo err >&2; exit 7"), seconds=5, most_bytes=1000)
    assert (ran.ended, ran.exit_code, ran.stdout, ran.stderr) == (Ended.EXITED, 7, b"out\n", b"err\n")


async def test_words_reach_the_program_as_they_are(pod):
    ran = await pod.run(program("echo", "a b", "--flag=ü", "$HOME; rm &"), seconds=5, most_bytes=1000)
    assert ran.stdout.decode() == "a b --flag=ü $HOME; rm &\n"


async def test_a_program_that_is_not_there_has_no_exit_code(pod):
    ran = await pod.run(program("no-such"), seconds=5, most_bytes=1000)
    assert (ran.ended, ran.exit_code) == (Ended.NOT_STARTED, None)
    assert ran.said == 'exec: "no-such": executable file not found in $PATH: unknown'


async def test_it_is_not_waited_for_longer_than_allowed(pod):
    ran = await pod.run(program("sh", "-c", "echo first; sleep 500"), seconds=0.3, most_bytes=1000)
    assert (ran.ended, ran.exit_code, ran.stdout) == (Ended.TIMED_OUT, None, b"first\n")


async def test_of_huge_output_only_the_start_is_read(pod):
    script = "for i in 1 2 3 4 5 6 7 8 9; do echo 0123456789; done"
    ran = await pod.run(program("sh", "-c", script), seconds=5, most_bytes=25)
    assert (ran.ended, ran.exit_code, ran.stdout) == (Ended.TOO_LONG, None, b"0123456789\n0123456789\n012")


@pytest.mark.parametrize("protocol", [V5, V4])
async def test_both_protocols_and_bytes_that_are_no_text(cluster, wire, protocol):
    async def talk(socket):
        await socket.send_bytes(b"\x01")
        await socket.send_bytes(b"\x01\xff\xfe\x00")
        await socket.send_bytes(b"\x02\x80")
        await socket.send_bytes(b"\x03" + SUCCESS)

    serving(wire, talk, protocol)
    ran = await cluster.run(program("cat", "x", container="a"), seconds=5, most_bytes=1000)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, b"\xff\xfe\x00", b"\x80")
    (asked,) = wire.requests
    assert asked.path == "/api/v1/namespaces/default/pods/p/exec"
    assert asked.query_string == "command=cat&command=x&container=a&stdout=true&stderr=true"
    assert asked.headers["Sec-WebSocket-Protocol"] == f"{V5},{V4}"


async def test_a_broken_connection_says_nothing_of_the_program(cluster, wire):
    async def talk(socket):
        await socket.send_bytes(b"\x01half")
        socket._req.transport.abort()

    serving(wire, talk)
    ran = await cluster.run(program("make"), seconds=5, most_bytes=1000)
    assert (ran.ended, ran.exit_code) == (Ended.LOST, None)
    assert len(wire.requests) == 1


async def test_a_goodbye_without_a_status_is_a_loss_too(cluster, wire):
    async def talk(socket):
        await socket.send_bytes(b"\x01half")

    serving(wire, talk)
    ran = await cluster.run(program("make"), seconds=5, most_bytes=1000)
    assert (ran.ended, ran.stdout) == (Ended.LOST, b"half")


async def test_a_server_that_hangs_at_the_door(cluster, wire):
    wire.hang()
    ran = await cluster.run(program("make"), seconds=0.2, most_bytes=1000)
    assert ran.ended is Ended.TIMED_OUT
    assert len(wire.requests) == 1


async def test_a_connection_cut_at_the_door_may_have_started_it(cluster, wire):
    wire.cut()
    ran = await cluster.run(program("make"), seconds=2, most_bytes=1000)
    assert ran.ended is Ended.LOST
    assert len(wire.requests) == 1


async def test_a_cluster_that_is_not_there(unused_kubeconfig, load):
    cluster = (await load(unused_kubeconfig)).cluster("demo")
    with pytest.raises(ClusterUnavailableError, match="takes no connection"):
        await cluster.run(program("ls"), seconds=2, most_bytes=1000)


async def test_the_servers_own_refusal(pod):
    with pytest.raises(TargetNotFoundError, match="there is no pod `gone` in namespace `default`"):
        await pod.run(ExecRequest(namespace="default", pod="gone", argv=("ls",)), seconds=2, most_bytes=1000)
    with pytest.raises(ClusterRejectedError, match="container nope is not valid"):
        await pod.run(program("ls", container="nope"), seconds=2, most_bytes=1000)


async def test_a_right_that_the_bot_lacks(cluster, wire):
    message = (
        'pods "p" is forbidden: User "bot" cannot create resource "pods/exec" in API group "" '
        'in the namespace "default"'
    )
    wire.refuse(403, message, "Forbidden")
    with pytest.raises(ClusterDeniedError, match="`bot` may not create `pods/exec`") as refused:
        await cluster.run(program("ls"), seconds=2, most_bytes=1000)
    assert refused.value.hint == "An administrator has to grant `create` on `pods/exec` to `bot`."


async def test_a_refusal_that_only_the_upgrade_meets(cluster, wire):
    wire.refuse(500, "unable to upgrade connection").refuse(400, "Upgrade request required")
    with pytest.raises(ClusterUnavailableError, match="status 500"):
        await cluster.run(program("ls"), seconds=2, most_bytes=1000)


NO_NUMBER = b'{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"x"}]}}'


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (SUCCESS, (Ended.EXITED, 0, "")),
        (b'{"status":"Failure","message":"boom"}', (Ended.NOT_STARTED, None, "boom")),
        (NO_NUMBER, (Ended.LOST, None, "")),
        (b"[1]", (Ended.LOST, None, "")),
        (b"\xff", (Ended.LOST, None, "")),
        (b"", (Ended.LOST, None, "")),
    ],
)  # fmt: skip
def test_how_it_ended(status, expected):
    assert how_it_ended(status) == expected


# ---------------------------------------------------------------- a terminal


async def until(test, seconds=5.0):
    async with asyncio.timeout(seconds):
        while not test():  # noqa: ASYNC110 - the server is another world
            await asyncio.sleep(0.01)


async def test_a_shell_is_typed_to_and_ends(pod):
    terminal = await pod.open(program("sh", stdin=True, tty=True), most_bytes=10_000)
    looks = []
    terminal.notify(lambda: looks.append(terminal.ran))
    await terminal.type("echo $COLOUR")
    await until(lambda: b"green" in terminal.output)
    await terminal.type("exit 3")
    await until(lambda: terminal.ran)
    assert (terminal.ran.ended, terminal.ran.exit_code) == (Ended.EXITED, 3)
    assert looks[0] is None
    assert looks[-1] == terminal.ran
    assert terminal.output.count(b"echo $COLOUR") == 1
    await terminal.close()


async def test_without_a_terminal_what_was_typed_stands_in_the_transcript(pod):
    terminal = await pod.open(program("cat", stdin=True), most_bytes=10_000)
    await terminal.type("one")
    await until(lambda: terminal.output == b"one\none\n")
    await terminal.close()
    assert terminal.ran
    assert terminal.ran.ended in {Ended.CLOSED, Ended.EXITED}


async def test_a_terminal_keeps_the_newest_and_counts_the_rest(cluster, wire):
    async def talk(socket):
        for number in range(10):
            await socket.send_bytes(b"\x01" + f"line {number}\n".encode())
        await socket.send_bytes(b"\x03" + SUCCESS)

    serving(wire, talk)
    terminal = await cluster.open(program("top", stdin=True), most_bytes=14)
    await until(lambda: terminal.ran)
    assert (terminal.output, terminal.dropped) == (b"line 8\nline 9\n", 56)
    await terminal.close()


async def test_a_terminal_that_is_cut_off(cluster, wire):
    async def talk(socket):
        await socket.receive()
        socket._req.transport.abort()

    serving(wire, talk)
    terminal = await cluster.open(program("sh", stdin=True, tty=True), most_bytes=1000)
    await until(lambda: terminal.ran)
    assert terminal.ran.ended is Ended.LOST
    await terminal.type("nobody hears this")
    await terminal.close()


async def test_closing_ends_the_input_and_tells_the_size_at_the_start(cluster, wire):
    heard = []

    async def talk(socket):
        heard.extend([message.data async for message in socket])

    serving(wire, talk)
    terminal = await cluster.open(program("sh", stdin=True, tty=True), most_bytes=1000)
    await terminal.type("ls")
    await terminal.close()
    assert terminal.ran.ended is Ended.CLOSED
    assert heard == [b'\x04{"Width": 100, "Height": 40}', b"\x00ls\n", b"\xff\x00"]
    assert "stderr" not in wire.requests[0].query


async def test_a_terminal_that_may_not_be_opened(cluster, wire):
    wire.cut()
    with pytest.raises(OutcomeUnknownError, match="broke while the program was being started"):
        await cluster.open(program("sh", stdin=True), most_bytes=1000)
