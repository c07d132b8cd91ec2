"""Which pods run where: one task for each pod on a node that is alive."""

import asyncio
import logging
from collections.abc import Iterator

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.nodes import Nodes
from bot.demo.kubernetes.kinds import NODES, PODS
from bot.demo.kubernetes.kubelet.container import ContainerRun
from bot.demo.kubernetes.kubelet.pod import PodRun
from bot.demo.kubernetes.objects import Obj, is_terminating, name_of, uid_of
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store
from bot.demo.kubernetes.trouble import Trouble

logger = logging.getLogger(__name__)


class Kubelet:
    """All kubelets."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        recorder: Recorder,
        nodes: Nodes,
        trouble: Trouble,
        *,
        older: bool = False,
    ) -> None:
        self.store, self.clock, self.recorder, self.older = store, clock, recorder, older
        self._nodes, self.trouble = nodes, trouble
        trouble.subscribe(self._look_again)
        self._runs: dict[str, PodRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._images: dict[str, set[str]] = {}
        self._addresses: dict[str, Iterator[str]] = {}

    def hear(self, event: Event) -> None:
        if event.resource is not PODS:
            return
        pod, uid = event.obj, uid_of(event.obj)
        if event.type == "DELETED":
            self._end(uid)
        elif uid in self._runs:
            self._runs[uid].hear(pod)
        elif pod["spec"].get("nodeName") and pod["status"].get("phase") not in ("Succeeded", "Failed"):
            self._begin(pod)

    def _begin(self, pod: Obj) -> None:
        node = pod["spec"]["nodeName"]
        if self._nodes.is_lost(node) or self.store.get(NODES, "", node) is None:
            return
        uid = uid_of(pod)
        run = PodRun(self, pod)
        self._runs[uid] = run
        task = asyncio.create_task(self._live(run), name=f"pod {name_of(pod)}")
        self._tasks[uid] = task
        task.add_done_callback(lambda _: self._tasks.pop(uid, None))
        if is_terminating(pod):
            run.terminate()

    async def _live(self, run: PodRun) -> None:
        try:
            await run.live()
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the kubelet failed on pod %s", run.key)

    def _end(self, uid: str) -> None:
        self._runs.pop(uid, None)
        task = self._tasks.get(uid)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def lose(self, node: str) -> None:
        """Stop everything on a node, without a word to anybody."""
        for uid, run in list(self._runs.items()):
            if run.node == node:
                self._end(uid)

    def restore(self, node: str) -> None:
        """Take up again what the store says is on a node."""
        for pod in self.store.sorted(PODS):
            if pod["spec"].get("nodeName") == node and pod["status"].get("phase") not in (
                "Succeeded",
                "Failed",
            ):
                self._begin(pod)

    def _look_again(self) -> None:
        """Let every container see whether what is planted concerns it."""
        for run in list(self._runs.values()):
            for container in run.containers.values():
                container.look_again()

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._runs.clear()

    # what pods need of their node

    def has_image(self, node: str, reference: str) -> bool:
        return reference in self._images.get(node, ())

    def keep_image(self, node: str, reference: str) -> None:
        self._images.setdefault(node, set()).add(reference)

    def node_address(self, node: str) -> str:
        found = self.store.get(NODES, "", node)
        addresses = found["status"]["addresses"] if found else ()
        return next((one["address"] for one in addresses if one["type"] == "InternalIP"), "192.0.2.1")

    def node_memory(self, node: str) -> int:
        found = self.store.get(NODES, "", node)
        return int(parse_quantity(found["status"]["capacity"]["memory"])) if found else 0

    def new_address(self, node: str) -> str:
        """Give out the next pod address of a node's range."""
        number = len(self._addresses) + 1
        return next(self._addresses.setdefault(node, _addresses(number)))

    def container(self, pod: Obj, name: str) -> ContainerRun | None:
        """Find what runs, or ran, under a name in a pod."""
        run = self._runs.get(uid_of(pod))
        return run.containers.get(name) if run else None

    def pod_of(self, run: PodRun) -> Obj | None:
        """Look up a run's pod as it stands now; None when it is gone or has been replaced."""
        pod = self.store.get(PODS, *run.key)
        return pod if pod is not None and uid_of(pod) == run.uid else None


def _addresses(number: int) -> Iterator[str]:
    while True:
        for high in range(number % 250 + 1, 255, 60):
            yield from (f"10.244.{high}.{low}" for low in range(2, 255))
