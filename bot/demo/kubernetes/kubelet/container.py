"""One container: pulled, started, watched, restarted when it ends, and stopped when told."""

import asyncio
import hashlib
import secrets
from typing import TYPE_CHECKING

from bot.demo.kubernetes.clock import now, stamp
from bot.demo.kubernetes.images import Program, find_image
from bot.demo.kubernetes.kubelet.ending import planted_end
from bot.demo.kubernetes.kubelet.environment import MissingConfigError, environment
from bot.demo.kubernetes.kubelet.instance import Instance
from bot.demo.kubernetes.kubelet.probes import Probes
from bot.demo.kubernetes.kubelet.pulling import pull
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.shell import Machine, Script, knows

if TYPE_CHECKING:
    from bot.demo.kubernetes.kubelet.pod import PodRun

_START = 0.3  # seconds from an image to a running program
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 10.0, 300.0
_FORGIVEN = 600.0  # seconds of running after which earlier crashes no longer count
_MOMENT = 0.5  # how long the word CrashLoopBackOff shows before a start
_LONG = 40.0  # in back-offs as long as this it shows for most of the wait,
_TURN = 2.0  # from so many seconds after the end
_SHUTDOWN = 0.4  # seconds a program takes to end when asked


class ContainerRun:
    """What a container has been through, and what it is now."""

    def __init__(self, pod: "PodRun", spec: Obj, *, initial: bool = False) -> None:
        self.pod, self.spec, self.name, self.initial = pod, spec, spec["name"], initial
        self.instance: Instance | None = None
        self.previous: Instance | None = None
        self.restarts = 0
        self.ready = False
        self.started = False
        self.sidecar = initial and spec.get("restartPolicy") == "Always"
        self._up = asyncio.Event()
        self.over = False
        later = bool(pod.spec.get("initContainers")) and not initial
        self._waiting: Obj | None = {"reason": "PodInitializing" if later else "ContainerCreating"}
        self._ends = asyncio.Event()
        self._verdict: tuple[int, str] | None = None
        self._probes = Probes(self)
        self._resume()

    def _resume(self) -> None:
        """Take up the count where an earlier kubelet of this node left it."""
        kinds = ("initContainerStatuses", "containerStatuses")
        told = (one for kind in kinds for one in self.pod.pod["status"].get(kind) or ())
        before = next((one for one in told if one["name"] == self.name), None)
        if before is not None:
            self.restarts = before["restartCount"] + bool(before.get("containerID"))

    # what is asked of it

    @property
    def begun(self) -> bool:
        return self.instance is not None

    @property
    def exit_code(self) -> int:
        return self.instance.exit_code if self.instance else 0

    @property
    def has_prepared(self) -> bool:
        """Whether an init container lets those after it begin."""
        return self.started if self.sidecar else self.succeeded

    @property
    def succeeded(self) -> bool:
        return self.over and self.exit_code == 0

    @property
    def failed_for_good(self) -> bool:
        return self.over and self.exit_code != 0 and self._policy == "Never"

    @property
    def running(self) -> bool:
        return self.instance is not None and not self.instance.finished

    @property
    def _policy(self) -> str:
        if self.sidecar:
            return "Always"
        policy = str(self.pod.spec.get("restartPolicy", "Always"))
        return "OnFailure" if self.initial and policy == "Always" else policy

    def status(self) -> Obj:
        image = find_image(self.spec["image"])
        told: Obj = {
            "name": self.name,
            "state": self._state(),
            "lastState": {"terminated": self.previous.terminated()} if self.previous else {},
            "ready": self.succeeded if self.initial and not self.sidecar else self.ready,
            "restartCount": self.restarts if self.begun else 0,
            "image": image.reference,
            "imageID": image.id if self.begun else "",
            "started": self.started,
        }
        if self.instance is not None:
            told |= {"containerID": self.instance.id, "resources": self.spec.get("resources") or {}}
        mounts = [
            {**mount, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else mount
            for mount in self.spec.get("volumeMounts") or ()
        ]
        return told | ({"volumeMounts": mounts} if mounts else {})

    def _state(self) -> Obj:
        if self._waiting is not None:
            return {"waiting": self._waiting}
        if self.instance is None:
            return {"waiting": {"reason": "ContainerCreating"}}
        if self.instance.finished:
            return {"terminated": self.instance.terminated()}
        return {"running": {"startedAt": stamp(self.instance.started)}}

    def say(self, reason: str, message: str, *, warning: bool = False) -> None:
        kind = "initContainers" if self.initial else "containers"
        self.pod.kubelet.recorder.note(
            self.pod.pod,
            reason,
            message,
            component="kubelet",
            warning=warning,
            host=self.pod.node,
            field=f"spec.{kind}{{{self.name}}}",
        )

    def wait(self, reason: str, message: str = "") -> None:
        """Show that the container waits, and for what."""
        self._waiting = {"reason": reason} | ({"message": message} if message else {})
        self.pod.report()

    # its life

    async def live(self) -> None:
        """Run the program as often as the restart policy wants it."""
        crashes = 0
        while True:
            await pull(self)
            await self._start()
            await self._attend()
            ran = self.instance.elapsed if self.instance else 0.0
            if not self._again():
                self.over = True
                self.pod.report()
                return
            self.pod.report()
            crashes = 1 if ran > _FORGIVEN else crashes + 1
            await self._back_off(crashes)

    def _again(self) -> bool:
        return self._policy == "Always" or (self._policy == "OnFailure" and self.exit_code != 0)

    async def _back_off(self, crashes: int) -> None:
        """Wait before the next start: not at all after the first end, then longer and longer."""
        clock = self.pod.kubelet.clock
        if crashes < 2:
            await clock.sleep(_MOMENT)
            return
        seconds = min(_FIRST_BACK_OFF * 2 ** (crashes - 2), _LONGEST_BACK_OFF)
        namespace, pod = self.pod.key
        whole = f"{pod}_{namespace}({self.pod.uid})"
        await clock.sleep(_MOMENT)
        self.say("BackOff", f"Back-off restarting failed container {self.name} in pod {whole}", warning=True)
        quiet = self._quiet(seconds)
        await clock.sleep(quiet)
        self._shift()
        time = f"{int(seconds)}s" if seconds < 60 else f"{int(seconds) // 60}m{int(seconds) % 60}s"
        self.wait("CrashLoopBackOff", f"back-off {time} restarting failed container={self.name} pod={whole}")
        await clock.sleep(seconds - quiet - _MOMENT)

    def _quiet(self, seconds: float) -> float:
        """For how many seconds of a back-off the end shows, before CrashLoopBackOff does."""
        if self.pod.kubelet.older:
            return 0.0
        return _TURN if seconds >= _LONG else seconds - 2 * _MOMENT

    def _shift(self) -> None:
        """Make the instance that has ended the previous one."""
        if self.instance is not None and self.instance.finished:
            self.previous = self.instance

    async def _start(self) -> None:
        clock = self.pod.kubelet.clock
        program = await self._program()
        self.say("Created", "Container created")
        await clock.sleep(_START)
        if self.begun:
            self.restarts += 1
            self._shift()
        digest = hashlib.sha256(secrets.token_bytes(16)).hexdigest()
        self.instance = Instance(f"containerd://{digest}", program, clock, now(), clock.monotonic())
        self._waiting, self._verdict = None, None
        self._ends.clear()
        if self.spec.get("startupProbe") is None:
            self.come_up()
        self.say("Started", "Container started")
        self.pod.report()

    def come_up(self) -> None:
        """Count as started, and as ready unless a probe is to say so."""
        self.started = True
        self.ready = self.spec.get("readinessProbe") is None and (self.sidecar or not self.initial)
        self._up.set()

    async def until_up(self) -> None:
        """Wait until it has started for the first time."""
        await self._up.wait()

    async def _program(self) -> Program:
        env = await self._environment()
        ports = frozenset(int(port["containerPort"]) for port in self.spec.get("ports") or ())
        command = self.spec.get("command") or []
        if command and knows(command):
            machine = Machine(name_of(self.pod.pod), env)
            return Script(machine, [*command, *(self.spec.get("args") or ())])
        return find_image(self.spec["image"]).program(name_of(self.pod.pod), ports)

    async def _environment(self) -> dict[str, str]:
        """Gather the environment; while something it needs is missing, wait for it."""
        while True:
            try:
                return environment(self.pod.kubelet.store, self.pod.pod, self.spec)
            except MissingConfigError as missing:
                self.say("Failed", f"Error: {missing}", warning=True)
                self.wait("CreateContainerConfigError", str(missing))
                await self.pod.kubelet.clock.sleep(5)

    async def _attend(self) -> None:
        """Stay with the program until it ends, by itself or because a probe said so."""
        instance = self.instance
        if instance is None:
            return
        probing = asyncio.create_task(self._probes.watch(), name=f"probes of {self.name}")
        try:
            await self._outlast(instance)
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
        code = instance.program.exit_code
        self._finish(*(self._verdict or (code, "Error" if code else "Completed")))

    async def _outlast(self, instance: Instance) -> None:
        """Wait for the first end there is: the program's own, one from outside, or one that is planted."""
        while self._verdict is None:
            self._ends.clear()
            planted = planted_end(self, instance)
            waits = [left for left in (instance.left, planted[0] if planted else None) if left is not None]
            try:
                await asyncio.wait_for(self._ends.wait(), min(waits, default=None))
            except TimeoutError:
                if planted is not None and planted[0] == min(waits):
                    self._verdict, instance.last_words = planted[1:3], planted[3]
                return

    def look_again(self) -> None:
        """See whether something else is to become of the program."""
        self._ends.set()

    def kill(self, code: int, reason: str) -> None:
        """End the program from outside; the restart policy decides what follows."""
        self._verdict = (code, reason)
        self._ends.set()

    def renew(self, spec: Obj) -> None:
        """Take on a changed definition; the running program gives way to a new one."""
        changed, self.spec = spec["image"] != self.spec["image"], spec
        if changed and self.running:
            self.say("Killing", f"Container {self.name} definition changed, will be restarted")
            self.kill(0, "Completed")

    def _finish(self, code: int, reason: str) -> None:
        if self.instance is not None:
            self.instance.finish(code, reason)
        self.ready = self.started = False

    async def stop(self, grace: float) -> None:
        """Ask the program to end; kill it when the grace is over."""
        if self.instance is None or not self.running:
            return
        self.say("Killing", f"Stopping container {self.name}")
        heeds = self.instance.program.heeds_term
        await self.pod.kubelet.clock.sleep(min(grace, _SHUTDOWN) if heeds else grace)
        self._finish(0, "Completed") if heeds and grace else self._finish(137, "Error")
        self.over = True

    def files(self) -> dict[str, str]:
        """Tell which files are in the container; a handful, for those who look around."""
        pod = self.pod.pod
        return {
            "/etc/hostname": f"{name_of(pod)}\n",
            "/etc/hosts": f"127.0.0.1\tlocalhost\n{pod['status'].get('podIP', '')}\t{name_of(pod)}\n",
            "/var/run/secrets/kubernetes.io/serviceaccount/namespace": self.pod.key[0],
        }
