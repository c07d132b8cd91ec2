"""Probes: is it started, is it ready, is it alive? Asked at their period only while the answer may change."""

import asyncio
from typing import TYPE_CHECKING

from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.shell import Machine, NoSuchProgramError, Wait, Write, knows, run

if TYPE_CHECKING:
    from bot.demo.kubernetes.kubelet.container import ContainerRun

_STEPS = 1000
_KILLED = 137


class Probes:
    """The probes of one container."""

    def __init__(self, container: "ContainerRun") -> None:
        self._container = container

    async def watch(self) -> None:
        """Ask until the container ends: first whether it has started, then the other two."""
        spec = self._container.spec
        if startup := spec.get("startupProbe"):
            if not await self._until_started(startup):
                return
            self._container.come_up()
            self._container.pod.report()
        async with asyncio.TaskGroup() as group:
            if probe := spec.get("readinessProbe"):
                group.create_task(self._readiness(probe))
            if probe := spec.get("livenessProbe"):
                group.create_task(self._liveness(probe))

    async def _until_started(self, probe: Obj) -> bool:
        await self._sleep(probe.get("initialDelaySeconds", 0))
        for _ in range(probe["failureThreshold"]):
            problem = self._ask(probe, "startup")
            if problem is None:
                return True
            self._complain("Startup", problem)
            await self._sleep(probe["periodSeconds"])
        self._kill("startup")
        return False

    async def _readiness(self, probe: Obj) -> None:
        good = bad = 0
        await self._sleep(probe.get("initialDelaySeconds", 0))
        while True:
            problem = self._ask(probe, "readiness")
            good, bad = (good + 1, 0) if problem is None else (0, bad + 1)
            if problem is not None:
                self._complain("Readiness", problem)
            was = self._container.ready
            if good >= probe["successThreshold"]:
                self._container.ready = True
            elif bad >= probe["failureThreshold"]:
                self._container.ready = False
            if self._container.ready is not was:
                self._container.pod.report()
            await self._sleep(probe["periodSeconds"])

    async def _liveness(self, probe: Obj) -> None:
        bad = 0
        await self._sleep(probe.get("initialDelaySeconds", 0))
        while bad < probe["failureThreshold"]:
            problem = self._ask(probe, "liveness")
            bad = 0 if problem is None else bad + 1
            if problem is not None:
                self._complain("Liveness", problem)
            await self._sleep(probe["periodSeconds"])
        self._kill("liveness")

    async def _sleep(self, seconds: float) -> None:
        await self._container.pod.kubelet.clock.sleep(seconds)

    def _complain(self, kind: str, problem: str) -> None:
        self._container.say("Unhealthy", f"{kind} probe failed: {problem}", warning=True)

    def _kill(self, kind: str) -> None:
        name = self._container.name
        self._container.say("Killing", f"Container {name} failed {kind} probe, will be restarted")
        self._container.kill(_KILLED, "Error")

    def _ask(self, probe: Obj, kind: str) -> str | None:
        """Ask once; None is good, otherwise what was wrong."""
        pod = self._container.pod
        if pod.kubelet.trouble.fails(pod.pod, kind):
            return "HTTP probe failed with statuscode: 503" if probe.get("httpGet") else "command timed out"
        if http := probe.get("httpGet"):
            return self._ask_http(http)
        if socket := probe.get("tcpSocket"):
            return self._ask_socket(socket)
        if command := probe.get("exec"):
            return self._ask_command(list(command.get("command") or ()))
        return None

    def _port(self, wanted: int | str) -> int:
        ports = self._container.spec.get("ports") or ()
        named = {port.get("name"): int(port["containerPort"]) for port in ports}
        return named.get(wanted, 0) if isinstance(wanted, str) and not wanted.isdigit() else int(wanted)

    def _refused(self, port: int) -> str:
        address = self._container.pod.pod["status"].get("podIP", "")
        return f"dial tcp {address}:{port}: connect: connection refused"

    def _ask_http(self, http: Obj) -> str | None:
        port, instance = self._port(http["port"]), self._container.instance
        answer = instance.program.answers(port, http["path"]) if instance else None
        if answer is None:
            address = self._container.pod.pod["status"].get("podIP", "")
            return f'Get "http://{address}:{port}{http["path"]}": {self._refused(port)}'
        return None if 200 <= answer[0] < 400 else f"HTTP probe failed with statuscode: {answer[0]}"

    def _ask_socket(self, socket: Obj) -> str | None:
        port, instance = self._port(socket["port"]), self._container.instance
        listening = instance is not None and instance.program.answers(port, "/") is not None
        return None if listening else self._refused(port)

    def _ask_command(self, command: list[str]) -> str | None:
        if not knows(command):
            return f'command "{" ".join(command)}" not found'
        machine = Machine(self._container.pod.key[1], files=self._container.files())
        said, steps = "", run(machine, command)
        try:
            for _ in range(_STEPS):
                step = next(steps)
                if isinstance(step, Write):
                    said += step.text
                elif not isinstance(step, Wait):
                    break
        except NoSuchProgramError as missing:
            return f"{missing}: not found"
        except StopIteration as stop:
            return None if not stop.value else said.strip() or f"exit code {stop.value}"
        return None
