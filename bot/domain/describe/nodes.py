"""A node: whether it is ready, what presses on it, and how much runs there."""

from __future__ import annotations

from bot.domain.describe.answer import Described, age_of, conditions
from bot.domain.happenings import Happening
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place

_BAD = {
    "Ready": "False", "MemoryPressure": "True", "DiskPressure": "True", "PIDPressure": "True",
    "NetworkUnavailable": "True",
}  # fmt: skip
_ROLE = "node-role.kubernetes.io/"
_OVER = {"Succeeded", "Failed"}


def node(
    ref: ObjectRef, found: Json, pods: tuple[Json, ...], happenings: tuple[Happening, ...], now: float
) -> Described:
    spec, status = found["spec"], found.get("status", {})
    about, capacity = status.get("nodeInfo") or {}, status.get("capacity") or {}
    running = [pod for pod in pods if pod.get("status", {}).get("phase") not in _OVER]
    roles = [
        key.removeprefix(_ROLE) for key in found["metadata"].get("labels") or {} if key.startswith(_ROLE)
    ]
    taints = [f"{taint['key']}:{taint['effect']}" for taint in spec.get("taints") or ()]
    ready = next((c for c in status.get("conditions") or () if c["type"] == "Ready"), {"status": "Unknown"})
    state = "Ready" if ready["status"] == "True" else "NotReady"
    closed = ", no new pods (SchedulingDisabled)" if spec.get("unschedulable") else ""
    return Described(
        headline=text("Node {} · {}{} · {} of {} pods", place(ref), code(state), closed, len(running),
                      capacity.get("pods", "?")),
        wrong=_wrong(found),
        facts=(
            ("roles", ", ".join(roles)),
            ("version", about.get("kubeletVersion", "")),
            ("system", ", ".join(part for part in (about.get("osImage"), about.get("architecture")) if part)),
            ("runtime", about.get("containerRuntimeVersion", "")),
            ("address", ", ".join(_addresses(status))),
            ("capacity", _amounts(capacity)),
            ("allocatable", _amounts(status.get("allocatable") or {})),
            ("taints", ", ".join(taints)),
            ("age", age_of(found, now)),
        ),
        buttons=(
            Button(
                label="Pods on it",
                command=f"get pods -A --field-selector spec.nodeName={ref.name} --context {ref.cluster}",
            ),
        ),
        happenings=happenings,
    )  # fmt: skip


def _addresses(status: Json) -> list[str]:
    return [a["address"] for a in status.get("addresses") or () if a["type"] != "Hostname"]


def _wrong(found: Json) -> tuple[Text, ...]:
    unknown = conditions(found, bad={"Ready": "Unknown"})
    return (*unknown, *conditions(found, bad=_BAD))


def _amounts(found: Json) -> str:
    return ", ".join(f"{name} {_round(found[name])}" for name in ("cpu", "memory", "pods") if name in found)


def _round(amount: str) -> str:
    """Kubelets count memory in Ki; people do not."""
    number = amount.removesuffix("Ki")
    return f"{int(number) / 2**20:.1f}Gi" if number != amount and number.isdecimal() else amount
