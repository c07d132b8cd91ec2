"""One pod on one node, from the moment it is bound until nothing of it is left."""

import asyncio
from typing import TYPE_CHECKING

from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.kinds import PODS
from bot.demo.kubernetes.kubelet.container import ContainerRun
from bot.demo.kubernetes.objects import Obj, condition_of, is_terminating, key_of, uid_of
from bot.demo.kubernetes.volumes import unmounted

if TYPE_CHECKING:
    from bot.demo.kubernetes.kubelet.kubelet import Kubelet

_SANDBOX = 0.3  # seconds to make a pod's network
_NOTICE = 0.02
_FIRST_MOUNT, _LONGEST_MOUNT = 0.5, 122.0  # seconds between two looks at a volume


class PodRun:
    """The life of a pod; its status is written from what its containers say."""

    def __init__(self, kubelet: "Kubelet", pod: Obj) -> None:
        self.kubelet, self.key, self.uid = kubelet, key_of(pod), uid_of(pod)
        self.spec, self.node = pod["spec"], pod["spec"]["nodeName"]
        self.pod = pod
        self._started = pod["status"].get("startTime") or stamp()
        self._address = pod["status"].get("podIP", "")
        self._sandboxed = bool(self._address)
        self._ending = asyncio.Event()
        self.initial = [
            ContainerRun(self, one, initial=True) for one in self.spec.get("initContainers") or ()
        ]
        self.main = [ContainerRun(self, one) for one in self.spec["containers"]]
        self.containers = {run.name: run for run in (*self.initial, *self.main)}

    def terminate(self) -> None:
        self._ending.set()

    def hear(self, pod: Obj) -> None:
        """Take in what others have changed of the pod: that it is to end, or to run something else."""
        if is_terminating(pod):
            self.terminate()
        if pod["spec"] is not self.spec:
            self.spec = pod["spec"]
            for spec in (*(self.spec.get("initContainers") or ()), *self.spec["containers"]):
                self.containers[spec["name"]].renew(spec)

    async def live(self) -> None:
        """Run until the pod is deleted."""
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._work())
            await self._ending.wait()
            await self._stop(work)
        self._vanish()

    async def _work(self) -> None:
        clock = self.kubelet.clock
        await clock.sleep(_NOTICE)
        self.report()
        await self._mount()
        if not self._sandboxed:
            await clock.sleep(_SANDBOX)
            self._address, self._sandboxed = self.kubelet.new_address(self.node), True
            self.report()
        async with asyncio.TaskGroup() as beside:
            sidecars = []
            for container in self.initial:
                if container.sidecar:
                    sidecars.append(beside.create_task(container.live()))
                    await container.until_up()
                    continue
                await container.live()
                if not container.succeeded:
                    break
            else:
                await self._run()
            await self._end_sidecars()
            for task in sidecars:
                task.cancel()
        self.report()

    async def _run(self) -> None:
        self.report()
        async with asyncio.TaskGroup() as group:
            for container in self.main:
                group.create_task(container.live())

    async def _end_sidecars(self) -> None:
        """End what runs beside the others, the last one first, when there is nothing left to run beside."""
        grace = float(self.spec.get("terminationGracePeriodSeconds", 30))
        for container in reversed(self.initial):
            if container.sidecar:
                await container.stop(grace)

    async def _mount(self) -> None:
        """Wait until what the volumes are filled with is there, looking less and less often."""
        wait = _FIRST_MOUNT
        while missing := unmounted(self.kubelet.store, self.pod):
            for said in missing:
                self.kubelet.recorder.note(
                    self.pod, "FailedMount", said, component="kubelet", warning=True, host=self.node
                )
            await self.kubelet.clock.sleep(wait)
            wait = min(wait * 2, _LONGEST_MOUNT)

    async def _stop(self, work: "asyncio.Task[None]") -> None:
        """Ask every container to end, and make those end that do not within the grace."""
        pod = self.kubelet.pod_of(self)
        grace = float((pod or self.pod)["metadata"].get("deletionGracePeriodSeconds", 0))
        work.cancel()
        await asyncio.gather(*(container.stop(grace) for container in self.main))
        for container in reversed(self.initial):
            await container.stop(grace)
        self.report()

    def _vanish(self) -> None:
        """Let the API server forget the pod, now that nothing of it runs."""
        pod = self.kubelet.pod_of(self)
        if pod is not None and is_terminating(pod) and not pod["metadata"].get("finalizers"):
            self.kubelet.store.remove(PODS, *self.key)

    # what is told of it

    def report(self) -> None:
        """Write the pod's status, if it has changed."""
        pod = self.kubelet.pod_of(self)
        if pod is None:
            return
        self.pod = pod
        status = {key: value for key, value in pod["status"].items() if key != "containerStatuses"}
        host = self.kubelet.node_address(self.node)
        status |= {
            "observedGeneration": pod["metadata"].get("generation", 1),
            "phase": self._phase(),
            "conditions": self._conditions(pod),
            "hostIP": host,
            "hostIPs": [{"ip": host}],
            "startTime": self._started,
            "containerStatuses": [container.status() for container in self.main],
            "resources": {},
        }
        if self.initial:
            status["initContainerStatuses"] = [container.status() for container in self.initial]
        if self._address:
            status |= {"podIP": self._address, "podIPs": [{"ip": self._address}]}
        self.kubelet.store.update(PODS, {**pod, "status": status}, "kubelet", "status")

    def _phase(self) -> str:
        policy = self.spec.get("restartPolicy")
        if any(one.failed_for_good for one in self.initial):
            return "Failed"
        if any(not one.begun for one in (*self.initial, *self.main)) and not self._ending.is_set():
            return "Pending"
        ended = [one for one in self.main if one.over]
        beside = any(one.running for one in self.initial if one.sidecar)
        if len(ended) == len(self.main) and ended and not beside:
            if policy == "Never" or self._ending.is_set():
                return "Succeeded" if all(one.exit_code == 0 for one in ended) else "Failed"
            if policy == "OnFailure" and all(one.exit_code == 0 for one in ended):
                return "Succeeded"
        return "Running" if any(one.begun for one in self.main) else "Pending"

    def _conditions(self, pod: Obj) -> list[Obj]:
        serving = (*(one for one in self.initial if one.sidecar), *self.main)
        unready = [one.name for one in serving if not one.ready]
        unbegun = [one.name for one in self.initial if not one.has_prepared]
        done = self._phase() == "Succeeded"
        reason, message = "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]"
        if done:
            reason, message = "PodCompleted", ""
        why = {"reason": reason, "message": message} if unready else {}
        init = {
            "reason": "ContainersNotInitialized",
            "message": f"containers with incomplete status: [{' '.join(unbegun)}]",
        }
        if done:
            init = {"reason": "PodCompleted"}
        gates = all(
            (held := condition_of(pod, gate["conditionType"])) is not None and held["status"] == "True"
            for gate in self.spec.get("readinessGates") or ()
        )
        missing = {
            "reason": "ReadinessGatesNotReady",
            "message": "corresponding condition of pod readiness gate does not exist.",
        }
        own = [
            _condition(pod, "PodReadyToStartContainers", self._sandboxed and not self._over(), {}),
            _condition(pod, "Initialized", not unbegun, init if unbegun or done else {}),
            _condition(pod, "Ready", not unready and gates, why or ({} if gates else missing)),
            _condition(pod, "ContainersReady", not unready, why),
            _condition(pod, "PodScheduled", True, {}),
        ]
        mine = {one["type"] for one in own}
        return own + [one for one in pod["status"].get("conditions") or () if one["type"] not in mine]

    def _over(self) -> bool:
        return self._phase() in ("Succeeded", "Failed")


def _condition(pod: Obj, kind: str, holds: bool, why: Obj) -> Obj:  # noqa: FBT001  # a condition is a statement and whether it holds
    status = "True" if holds else "False"
    old = condition_of(pod, kind)
    since = old["lastTransitionTime"] if old and old["status"] == status else stamp()
    made = {"type": kind, "observedGeneration": pod["metadata"].get("generation", 1), "status": status}
    made |= {"lastProbeTime": None, "lastTransitionTime": since}
    return made | {key: value for key, value in why.items() if value}
