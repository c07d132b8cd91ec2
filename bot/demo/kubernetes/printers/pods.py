"""Pods: the one word in the Status column is the art of it."""

from bot.demo.kubernetes import clock
from bot.demo.kubernetes.objects import Obj, condition_of, is_terminating, name_of
from bot.demo.kubernetes.printers import texts
from bot.demo.kubernetes.printers.columns import AGE, NAME, Column, Printer, age_of, wide


def _pod(obj: Obj) -> list[object]:
    spec, status = obj["spec"], obj.get("status", {})
    statuses = [*(status.get("containerStatuses") or ()), *_sidecars(obj)]
    count = len(spec.get("containers") or ()) + len(_sidecar_names(obj))
    ready = f"{sum(1 for one in statuses if one['ready'])}/{count}"
    where = [
        status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
    ]
    return [name_of(obj), ready, pod_status(obj), _restarts(obj), age_of(obj), *where, _gates(obj)]


def _sidecar_names(pod: Obj) -> set[str]:
    """Name the init containers that run beside the others."""
    initial = pod["spec"].get("initContainers") or ()
    return {one["name"] for one in initial if one.get("restartPolicy") == "Always"}


def _sidecars(pod: Obj) -> list[Obj]:
    names = _sidecar_names(pod)
    statuses = pod.get("status", {}).get("initContainerStatuses") or ()
    return [one for one in statuses if one["name"] in names]


def pod_status(pod: Obj) -> str:
    """Tell in one word how a pod is: its phase, unless a container has something to say."""
    status = pod.get("status", {})
    word = status.get("reason") or status.get("phase", "Unknown")
    scheduled = condition_of(pod, "PodScheduled")
    if scheduled and scheduled.get("reason") == "SchedulingGated":
        word = "SchedulingGated"
    beginning = _init_word(pod)
    word = _container_word(pod, word) if beginning is None else beginning
    if is_terminating(pod):
        word = "Unknown" if status.get("reason") == "NodeLost" else _terminating_word(word, status)
    return word


def _terminating_word(word: str, status: Obj) -> str:
    return word if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _init_word(pod: Obj) -> str | None:
    total, beside = len(pod["spec"].get("initContainers") or ()), _sidecar_names(pod)
    for index, status in enumerate(pod.get("status", {}).get("initContainerStatuses") or ()):
        state = status["state"]
        ended, waiting = state.get("terminated"), state.get("waiting", {})
        if ended and ended["exitCode"] == 0:
            continue
        if status["name"] in beside and status["started"]:
            continue
        if ended:
            return f"Init:{_ended_word(ended)}"
        if waiting.get("reason") and waiting["reason"] != "PodInitializing":
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{total}"
    return None


def _container_word(pod: Obj, word: str) -> str:
    running = False
    for status in reversed(pod.get("status", {}).get("containerStatuses") or []):
        state = status["state"]
        if state.get("waiting", {}).get("reason"):
            word = state["waiting"]["reason"]
        elif "terminated" in state:
            word = _ended_word(state["terminated"])
        elif status["ready"] and "running" in state:
            running = True
    if word == "Completed" and running:
        ready = condition_of(pod, "Ready")
        return "Running" if ready and ready["status"] == "True" else "NotReady"
    return word


def _ended_word(ended: Obj) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended['exitCode']}"


def _restarts(pod: Obj) -> str:
    status = pod.get("status", {})
    statuses = (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])
    counted = [*(status.get("containerStatuses") or ()), *_sidecars(pod)]
    count = sum(one["restartCount"] for one in counted or statuses)
    ends = [
        one["lastState"]["terminated"]["finishedAt"]
        for one in statuses
        if "terminated" in one.get("lastState", {})
    ]
    return f"{count} ({clock.age(max(ends))} ago)" if count and ends else str(count)


def _gates(pod: Obj) -> str:
    gates = pod["spec"].get("readinessGates") or ()
    if not gates:
        return "<none>"
    held = [condition_of(pod, gate["conditionType"]) for gate in gates]
    return f"{sum(1 for one in held if one and one['status'] == 'True')}/{len(gates)}"


PODS: dict[tuple[str, str], Printer] = {
    ("", "pods"): Printer(
        (
            NAME,
            Column("Ready", texts.POD_READY),
            Column("Status", texts.POD_STATUS),
            Column("Restarts", texts.POD_RESTARTS),
            AGE,
            wide("IP", texts.POD_IP),
            wide("Node", texts.POD_NODE),
            wide("Nominated Node", texts.POD_NOMINATED_NODE),
            wide("Readiness Gates", texts.POD_READINESS_GATES),
        ),
        _pod,
    )
}
