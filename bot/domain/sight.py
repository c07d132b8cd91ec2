"""How much of what follows a change its asker may see."""

from __future__ import annotations

from bot.domain.model import Frozen


class Sight(Frozen):
    """Of a workload that was changed: itself, its pods, and the last lines that they print."""

    workload: bool = False
    pods: bool = False
    logs: bool = False

    def __and__(self, other: Sight) -> Sight:
        return Sight(
            workload=self.workload and other.workload,
            pods=self.pods and other.pods,
            logs=self.logs and other.logs,
        )
