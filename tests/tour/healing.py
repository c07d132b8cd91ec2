"""Self-healing: a pod goes, a node falls silent; others come in their place."""

from __future__ import annotations

from tests.tour.exploring import APP
from tests.tour.page import until
from tests.tour.stage import Stage, Step, expect, shows

_GIVEN_UP = 30.0


def pod_deleted(stage: Stage) -> str:
    lost = next(iter(stage.cluster.pods(APP)))
    stage.cluster.delete_pod(lost)
    successor = until(
        lambda: next((name for name in stage.cluster.pods(APP) if name != lost), ""), "successor"
    )
    until(lambda: stage.cluster.images(APP), "successor that is ready")
    shows(stage.types(f"get pods -l app={APP}"), successor)
    return f"{lost} was deleted, and {successor} came"


def node_lost(stage: Stage) -> str:
    (pod,) = stage.cluster.pods(APP).values()
    node, lost = pod["spec"]["nodeName"], pod["metadata"]["name"]
    stage.breaks("lose-node", node=node)
    try:
        until(lambda: not _is_ready(stage, node), f"sign that {node} is lost", _GIVEN_UP)
        shows(stage.types("get nodes"), "NotReady")
        shows(stage.types(f"why node/{node}"), node)

        def elsewhere() -> str:
            pods = stage.cluster.pods(APP).items()
            return next((name for name, pod in pods if pod["spec"].get("nodeName") not in {None, node}), "")

        successor = until(elsewhere, "pod on another node", _GIVEN_UP)
        until(lambda: stage.cluster.images(APP), "successor that is ready")
        answer = stage.types(f"get pods -l app={APP} -o wide")
        shows(answer, successor, stage.cluster.pods(APP)[successor]["spec"]["nodeName"])
    finally:
        stage.breaks("restore-node", node=node)
    until(lambda: _is_ready(stage, node), f"sign that {node} is back", _GIVEN_UP)
    expect(lost not in stage.cluster.pods(APP), f"{lost} is still there")
    return f"{node} fell silent; {successor} came elsewhere in place of {lost}"


def _is_ready(stage: Stage, node: str) -> bool:
    conditions = stage.cluster.named("nodes")[node]["status"]["conditions"]
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


HEAL = "Self-healing"
STEPS = (
    Step(HEAL, "A pod is deleted behind the bot's back; its successor comes", pod_deleted),
    Step(HEAL, "A node falls silent; its pods come elsewhere", node_lost),
)
