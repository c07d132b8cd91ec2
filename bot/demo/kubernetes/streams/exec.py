"""Exec and attach: a shell in a container over a WebSocket, in the protocols v5 and v4."""

import asyncio
import secrets
from json import dumps

from aiohttp import WSMsgType, web

from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError, bad_request
from bot.demo.kubernetes.kubelet.container import ContainerRun
from bot.demo.kubernetes.kubelet.environment import MissingConfigError, environment
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.shell import (
    INTERRUPTED,
    InterruptError,
    Machine,
    NoSuchProgramError,
    Run,
    Step,
    Wait,
    Write,
    run,
)
from bot.demo.kubernetes.streams.logs import choose_container, written
from bot.demo.kubernetes.streams.terminal import Typed, read_size

_STDIN, _STDOUT, _STDERR, _ERROR, _RESIZE, _CLOSE = 0, 1, 2, 3, 4, 255
_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")


async def serve_exec(cluster: Cluster, request: web.Request, asked: Request, pod: Obj) -> web.StreamResponse:
    """Answer pods/exec and pods/attach."""
    command = [value for key, value in asked.every if key == "command"]
    name = choose_container(pod, asked.query.get("container", ""))
    container = cluster.kubelet.container(pod, name)
    wants = {key: asked.flag(key) for key in ("stdin", "stdout", "stderr", "tty")}
    if not any(wants[key] for key in ("stdin", "stdout", "stderr")):
        raise bad_request("you must specify at least 1 of stdin, stdout, stderr")
    if asked.subresource == "exec" and not command:
        raise bad_request("you must specify at least one command for the container")
    if container is None or not container.running:
        raise ApiError(
            500,
            "InternalError",
            f'Internal error occurred: unable to upgrade connection: container not found ("{name}")',
            {},
        )
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise bad_request("Upgrade request required")
    socket = web.WebSocketResponse(protocols=_PROTOCOLS)
    await socket.prepare(request)
    session = Session(cluster, socket, container, wants)
    await session.serve(command)
    return socket


class Session:
    """One exec: a shell on one side, channels of a WebSocket on the other."""

    def __init__(
        self, cluster: Cluster, socket: web.WebSocketResponse, container: ContainerRun, wants: dict[str, bool]
    ) -> None:
        self._cluster, self._socket, self._container, self._wants = cluster, socket, container, wants
        self._typed = Typed(tty=wants["tty"])
        pod = container.pod
        try:
            env = environment(pod.kubelet.store, pod.pod, container.spec)
        except MissingConfigError:
            env = {}
        self._machine = Machine(name_of(pod.pod), env, container.files())

    async def serve(self, command: list[str]) -> None:
        """Run the command, tell how it ended, hang up."""
        lowest = _STDOUT if self._wants["stdout"] else _STDERR if self._wants["stderr"] else _ERROR
        await self._send(lowest, b"")  # the sign that the connection stands
        reading = asyncio.create_task(self._listen())
        working = asyncio.create_task(self._work(command))
        try:
            await asyncio.wait({reading, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await self._send(_ERROR, dumps(working.result(), separators=(",", ":")).encode())
        finally:
            for task in (reading, working):
                task.cancel()
            await asyncio.gather(reading, working, return_exceptions=True)
            await self._socket.close()

    async def _work(self, command: list[str]) -> Obj:
        if not command:
            return await self._attached()
        try:
            code = await self._drive(run(self._machine, command))
        except NoSuchProgramError as missing:
            return _no_such_program(str(missing))
        except InterruptError:
            code = INTERRUPTED
        return {"metadata": {}, "status": "Success"} if code == 0 else self._failed(command, code)

    async def _drive(self, shell: Run) -> int:
        """Take the steps of a program one by one; what is typed may interrupt it."""
        answer: str | None = None
        failure: InterruptError | None = None
        while True:
            try:
                step = shell.throw(failure) if failure else shell.send(answer)
            except StopIteration as stop:
                return int(stop.value or 0)
            answer, failure = None, None
            try:
                answer = await self._take(step)
            except InterruptError as interrupt:
                failure = interrupt

    async def _take(self, step: Step) -> str | None:
        if isinstance(step, Write):
            await self._write(step)
            return None
        if isinstance(step, Wait):
            await self._typed.meanwhile(self._cluster.clock.sleep(step.seconds))
            return None
        return await self._typed.read() if self._wants["stdin"] else None

    async def _attached(self) -> Obj:
        """Show what the container writes from now on; its input is heard by nobody."""
        instance = self._container.instance
        seen = len([*instance.lines()]) if instance else 0
        while instance is not None and not instance.finished:
            await self._cluster.clock.sleep(1)
            new = [*written(instance)][seen:]
            seen += len(new)
            for line in new:
                await self._write(Write(f"{line}\n"))
        return {"metadata": {}, "status": "Success"}

    async def _write(self, step: Write) -> None:
        channel = _STDERR if step.error and not self._wants["tty"] else _STDOUT
        if not self._wants["stderr" if channel == _STDERR else "stdout"] or not step.text:
            return
        text = step.text
        if self._wants["tty"]:
            text = text.replace("\n", "\r\n")
        elif text == "$ ":
            return  # a prompt is for terminals
        await self._send(channel, text.encode())

    async def _listen(self) -> None:
        """Take in what is typed; ends when the caller hangs up."""
        async for message in self._socket:
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT) or not message.data:
                continue
            frame = message.data.encode() if message.type is WSMsgType.TEXT else message.data
            channel, data = frame[0], frame[1:]
            if channel == _CLOSE and data[:1] == bytes([_STDIN]):
                self._typed.end()
            elif channel == _STDIN:
                shown = self._typed.take(data.decode("utf-8", "replace"))
                if shown:
                    await self._send(_STDOUT, shown.encode())  # a terminal echoes
            elif channel == _RESIZE and self._wants["tty"]:
                self._machine.size = read_size(data) or self._machine.size

    async def _send(self, channel: int, data: bytes) -> None:
        if not self._socket.closed:
            await self._socket.send_bytes(bytes([channel]) + data)

    def _failed(self, command: list[str], code: int) -> Obj:
        if self._socket.ws_protocol == _PROTOCOLS[0]:
            said = f"command terminated with exit code {code}"
        else:
            said = f"error executing command [{' '.join(command)}], exit code {code}"
        return {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: {said}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
        }


def _no_such_program(name: str) -> Obj:
    started = f'failed to exec in container: failed to start exec "{secrets.token_hex(32)}"'
    why = f'exec: "{name}": executable file not found in $PATH: unknown'
    why = f"OCI runtime exec failed: exec failed: unable to start container process: {why}"
    said = f"Internal error occurred: error executing command in container: {started}: {why}"
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {said}",
        "reason": "InternalError",
        "details": {"causes": [{"message": said}]},
        "code": 500,
    }
