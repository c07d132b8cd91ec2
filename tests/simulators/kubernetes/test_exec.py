"""Exec: a program in a container over a WebSocket, and a shell one can talk to."""

import asyncio
from json import loads

import pytest

from bot.demo.kubernetes.shell import Machine, Wait, Write, run

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"


@pytest.fixture
async def exec_(api):
    """Run a command in a pod; returns what came over each channel."""
    await api.run("p", env=[{"name": "COLOUR", "value": "green"}])
    await api.until(f"{api.pods}/p", lambda pod: pod["status"]["phase"] == "Running")

    async def call(*command, protocol=V5, **options):
        query = [("command", word) for word in command] + [("stdout", "1"), ("stderr", "1"), *options.items()]
        frames = {}
        async with api.session.ws_connect(
            f"{api.pods}/p/exec", params=query, protocols=(protocol,)
        ) as socket:
            assert socket.protocol == protocol
            async for message in socket:
                frames[message.data[0]] = frames.get(message.data[0], b"") + message.data[1:]
        return {channel: data.decode() for channel, data in frames.items()}

    return call


@pytest.mark.parametrize("protocol", [V5, V4])
async def test_output_and_how_it_ended(exec_, protocol):
    assert await exec_("echo", "hello", protocol=protocol) == {
        1: "hello\n",
        3: '{"metadata":{},"status":"Success"}',
    }
    failed = await exec_("sh", "-c", "echo oops >&2; exit 7", protocol=protocol)
    ended = loads(failed[3])
    assert failed[2] == "oops\n"
    assert ended["details"]["causes"] == [{"reason": "ExitCode", "message": "7"}]
    said = (
        "command terminated with exit code 7"
        if protocol == V5
        else "error executing command [sh -c echo oops >&2; exit 7], exit code 7"
    )
    assert ended["message"].endswith(said)


async def test_a_program_that_is_not_there(exec_):
    ended = loads((await exec_("no-such-program"))[3])
    assert (ended["code"], ended["reason"]) == (500, "InternalError")
    assert 'exec: "no-such-program": executable file not found in $PATH' in ended["message"]


async def test_the_container_is_the_one_that_was_made(exec_):
    assert "COLOUR=green" in (await exec_("env"))[1]
    assert (await exec_("cat", "/etc/hostname"))[1] == "p\n"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("command=id&stdout=1&container=nope", 400),
        ("stdout=1", 400),
        ("command=id", 400),
        ("command=id&stdout=1", 400),
    ],
)
async def test_refused_before_the_upgrade(api, exec_, query, status):
    assert (await api.get(f"{api.pods}/p/exec?{query}")).status == status
    assert (await api.get(f"{api.pods}/nope/exec?{query}")).status == 404


class Talk:
    """A terminal on the other side of a shell."""

    def __init__(self, socket):
        self.socket = socket

    async def types(self, text):
        await self.socket.send_bytes(b"\x00" + text.encode())

    async def until(self, text):
        said = ""
        while text not in said:
            message = await asyncio.wait_for(self.socket.receive(), 3)
            said += message.data[1:].decode()
        return said


@pytest.fixture
async def terminal(api, exec_):
    query = {"command": "sh", "stdin": "1", "stdout": "1", "tty": "1"}
    async with api.session.ws_connect(f"{api.pods}/p/exec", params=query, protocols=(V5,)) as socket:
        talk = Talk(socket)
        await talk.until("$ ")
        yield talk


async def test_a_shell_to_talk_to(terminal):
    await terminal.types("echo $COLOUR\r")
    assert await terminal.until("$ ") == "echo $COLOUR\r\ngreen\r\n$ ", "what is typed is echoed"
    await terminal.types("exit 3\r")
    assert '"message":"3"' in await terminal.until("ExitCode")


async def test_a_shell_stands_in_a_folder(terminal):
    for line, printed in (
        ("pwd", "/"),
        ("cd etc", ""),
        ("pwd", "/etc"),
        ("cat hostname", "p"),
        ("ls", "hostname"),
        ("cd ../nowhere", "can't cd to ../nowhere"),
        ("cd", ""),
        ("pwd", "/root"),
    ):
        await terminal.types(f"{line}\r")
        assert printed in (await terminal.until("$ ")).removeprefix(f"{line}\r\n")


async def test_a_terminal_knows_its_size(terminal):
    await terminal.types("stty size\r")
    assert "Inappropriate ioctl" in await terminal.until("$ ")
    for size in (b'{"Width":80,"Height":24}', b"[]", b'{"Width":-1,"Height":"x"}', b"{"):
        await terminal.socket.send_bytes(b"\x04" + size)
    await terminal.types("stty size\r")
    assert "\r\n24 80\r\n" in await terminal.until("$ ")


async def test_a_terminal_erases_and_interrupts(terminal):
    await terminal.types("echo on\x7fff\r")
    assert "\r\noff\r\n" in await terminal.until("$ ")
    await terminal.types("sleep infinity\r")
    await terminal.until("\r\n")
    await terminal.types("\x03")
    assert await terminal.until("$ ") == "^C\r\n$ "
    await terminal.types("half a line\x03echo $?\r")
    assert (await terminal.until("130\r\n$ ")).startswith("half a line^C\r\necho $?\r\n")
    await terminal.types("cat\r")
    await terminal.types("a\r\x04")
    assert await terminal.until("$ ") == "cat\r\na\r\na\r\n$ "
    await terminal.types("\x04")
    assert "Success" in await terminal.until("Success")


async def test_frames_of_text_are_taken_as_well(api, exec_):
    query = {"command": "cat", "stdin": "1", "stdout": "1", "tty": "1"}
    async with api.session.ws_connect(f"{api.pods}/p/exec", params=query, protocols=(V4,)) as socket:
        await socket.send_str("\x00one\r\x04")
        said = b"".join([message.data[1:] async for message in socket])
    assert said.startswith(b"one\r\none\r\n")
    assert b"Success" in said


async def test_attached_to_a_container_its_output_is_seen(api):
    await api.run("p")
    await api.until(f"{api.pods}/p", lambda pod: pod["status"]["phase"] == "Running")
    path = f"{api.pods}/p/attach"
    async with api.session.ws_connect(path, params={"stdout": "1"}, protocols=(V4,)) as socket:
        talk = Talk(socket)
        assert "starting" not in await talk.until(" INFO tick ")


async def test_input_ends_when_the_caller_says_so(api, exec_):
    query = {"command": "cat", "stdin": "1", "stdout": "1"}
    async with api.session.ws_connect(f"{api.pods}/p/exec", params=query, protocols=(V5,)) as socket:
        await socket.send_bytes(b"\x00one\n")
        await socket.send_bytes(b"\xff\x00")
        said = b"".join([message.data async for message in socket])
    assert b"\x01one\n" in said
    assert b"Success" in said


# the shell by itself


def outcome(text, **env):
    """Run a script in no time; returns what it wrote, how long it would have taken, and how it ended."""
    steps, wrote, took = run(Machine("box", env), ["sh", "-c", text]), "", 0.0
    try:
        while True:
            step = next(steps)
            if isinstance(step, Write):
                wrote += step.text
            elif isinstance(step, Wait):
                took += step.seconds
    except StopIteration as stop:
        return wrote, took, stop.value


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo a; sleep 2; echo b", ("a\nb\n", 2.0, 0)),
        ("false && echo no || echo yes", ("yes\n", 0.0, 0)),
        ("for i in 1 2 3; do echo $i; sleep 1; done", ("1\n2\n3\n", 3.0, 0)),
        ("until true; do echo never; done; exit 4", ("", 0.0, 4)),
        ("if test $A = 1; then echo one; else echo other; fi", ("one\n", 0.0, 0)),
        ("if false; then echo one; fi; echo on", ("on\n", 0.0, 0)),
        ("echo '$A' \"$A\" ${B:-none} $(hostname)", ("$A 1 none box\n", 0.0, 0)),
        ("echo hidden >/dev/null; nosuch; echo $?", ("sh: nosuch: not found\n127\n", 0.0, 0)),
        ("echo kept > /tmp/f && cat /tmp/f # and so on", ("kept\n", 0.0, 0)),
        ("cd /tmp && echo kept > f && cat f /tmp/f", ("kept\nkept\n", 0.0, 0)),
        ("echo 'open", ("sh: syntax error: unterminated quoted string\n", 0.0, 2)),
    ],
)
def test_scripts(script, expected):
    assert outcome(script, A="1") == expected
