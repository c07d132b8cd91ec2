"""The cluster behind the server: its store, its clock, and everything that moves by itself."""

from bot.demo.kubernetes.admission import defaulted
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.autoscalers import Autoscalers
from bot.demo.kubernetes.controllers.balancers import Balancers
from bot.demo.kubernetes.controllers.claims import Claims
from bot.demo.kubernetes.controllers.cronjobs import CronJobs
from bot.demo.kubernetes.controllers.daemonsets import DaemonSets
from bot.demo.kubernetes.controllers.definitions import Definitions
from bot.demo.kubernetes.controllers.deployments import Deployments
from bot.demo.kubernetes.controllers.disruption import Disruption
from bot.demo.kubernetes.controllers.endpoints import ServiceEndpoints
from bot.demo.kubernetes.controllers.garbage import Garbage
from bot.demo.kubernetes.controllers.jobs import Jobs
from bot.demo.kubernetes.controllers.namespaces import Namespaces
from bot.demo.kubernetes.controllers.nodes import Nodes, make_node
from bot.demo.kubernetes.controllers.quotas import Quotas
from bot.demo.kubernetes.controllers.replicasets import ReadyTimes, ReplicaSets
from bot.demo.kubernetes.controllers.statefulsets import StatefulSets
from bot.demo.kubernetes.controllers.worker import Worker
from bot.demo.kubernetes.kinds import DEFINITIONS, NODES, PODS, QUOTAS, Kinds
from bot.demo.kubernetes.kubelet.kubelet import Kubelet
from bot.demo.kubernetes.metrics import Metrics
from bot.demo.kubernetes.objects import Obj, name_of, namespace_of
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.scheduler import Scheduler
from bot.demo.kubernetes.seed import seed
from bot.demo.kubernetes.store import Store
from bot.demo.kubernetes.trouble import Trouble

_FULL = "planted-full"


class Cluster:
    """What the API server fronts; it lives as long as the simulator runs."""

    def __init__(
        self,
        *,
        pace: float = 1.0,
        load_balancer: bool = False,
        nodes: int = 3,
        tolerance: float = 300,
        older_kubelets: bool = False,
    ) -> None:
        self.clock, self.store, self.kinds = Clock(pace), Store(), Kinds()
        self.is_running = False
        self._node_count = nodes
        recorder = Recorder(self.store)
        self.nodes = Nodes(self.store, self.clock, recorder, tolerance)
        self.trouble = Trouble(self.store, self.clock)
        self.metrics = Metrics(self.store, self.trouble)
        self.kubelet = Kubelet(
            self.store, self.clock, recorder, self.nodes, self.trouble, older=older_kubelets
        )
        self._scheduler = Scheduler(self.store, self.clock, recorder)
        ready = ReadyTimes(self.clock)
        self._balancers = Balancers(self.store, self.clock, recorder, on=load_balancer)
        self._definitions = Definitions(self.store, self.clock, self.kinds)
        autoscalers = Autoscalers(self.store, self.clock, recorder, self.metrics)
        self.trouble.subscribe(autoscalers.wake)
        controllers = (
            Deployments(self.store, self.clock, recorder),
            ReplicaSets(self.store, self.clock, recorder, ready),
            StatefulSets(self.store, self.clock, recorder, ready),
            DaemonSets(self.store, self.clock, recorder, ready),
            Jobs(self.store, self.clock, recorder),
            CronJobs(self.store, self.clock, recorder),
            autoscalers,
            ServiceEndpoints(self.store, self.clock),
            self._balancers,
            Claims(self.store, self.clock, recorder),
            Garbage(self.store, self.clock),
            Namespaces(self.store, self.clock, self.kinds),
            Quotas(self.store, self.clock),
            self._definitions,
            Disruption(self.store, self.clock),
            self.nodes,
            self._scheduler,
        )
        self._workers: list[Worker] = [*(controller.worker for controller in controllers), self.nodes.heart]
        for listener in (ready, *controllers, self.kubelet):
            self.store.subscribe(listener.hear)

    async def start(self) -> None:
        """Bring up the nodes and set the controllers going; after a stop, go on with what was there."""
        self.is_running = True
        for worker in self._workers:
            worker.start()
        if self.store.is_empty:
            seed(self.store)
            for number in range(1, self._node_count + 1):
                self.store.create(NODES, make_node(number), "kubelet")
            return
        for node in self.store.sorted(NODES):
            self.nodes.heart.add(("", name_of(node)))
            if not self.nodes.is_lost(name_of(node)):
                self.kubelet.restore(name_of(node))

    async def stop(self) -> None:
        """End every task of the cluster."""
        self.is_running = False
        for worker in self._workers:
            await worker.stop()
        await self.kubelet.stop()

    def bind(self, pod: Obj, node: str) -> None:
        """Place a pod on a node, as somebody other than the scheduler asked."""
        self._scheduler.bind(pod, node)

    def settle(self) -> None:
        """Serve the kinds of all definitions at once, rather than a moment later."""
        for definition in self.store.sorted(DEFINITIONS):
            self._definitions.reconcile(("", name_of(definition)))

    def fill_quota(self, namespace: str) -> None:
        """Let a namespace hold no more pods than it holds now."""
        count = sum(1 for _ in self.store.each(PODS, namespace))
        quota = {"metadata": {"name": _FULL, "namespace": namespace}, "spec": {"hard": {"pods": str(count)}}}
        self.store.remove(QUOTAS, namespace, _FULL)
        self.store.create(QUOTAS, defaulted(QUOTAS, quota, creating=True))

    def empty_quotas(self) -> None:
        """Take away the quotas that were planted."""
        for quota in self.store.sorted(QUOTAS):
            if name_of(quota) == _FULL:
                self.store.remove(QUOTAS, namespace_of(quota), _FULL)

    def set_load_balancer(self, *, on: bool) -> None:
        self._balancers.switch(on=on)

    def set_lost(self, node: str, *, lost: bool) -> None:
        """Cut a node off from the cluster, or let it come back."""
        self.nodes.set_lost(node, lost=lost)
        if lost:
            self.kubelet.lose(node)
        else:
            self.kubelet.restore(node)
