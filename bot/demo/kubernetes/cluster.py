"""The cluster behind the server: its store, its clock, and everything that moves by itself."""

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.kinds import Kinds
from bot.demo.kubernetes.store import Store


class Cluster:
    """What the API server fronts; it lives as long as the simulator runs."""

    def __init__(self, *, pace: float = 1.0, load_balancer: bool = False, nodes: int = 3) -> None:
        self.clock = Clock(pace)
        self.store = Store()
        self.kinds = Kinds()
        self.load_balancer = load_balancer
        self.node_count = nodes

    async def start(self) -> None:
        """Bring up the nodes and controllers."""

    async def stop(self) -> None:
        """End every task of the cluster."""
