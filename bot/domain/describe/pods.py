"""A pod: how it is, why it is not well, and where and what it runs."""

from __future__ import annotations

from bot.domain.ages import age, parse_time
from bot.domain.describe.answer import Described, Fact, age_of, amounts, conditions, owner, ports, sentence
from bot.domain.happenings import Happening
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.rollouts.snapshot import Trouble, is_ready, pod_troubles
from bot.domain.troubles import cause
from bot.domain.workloads import place, where

_BAD = {"PodScheduled": "False", "Initialized": "False", "Ready": "False", "DisruptionTarget": "True"}


def pod(ref: ObjectRef, found: Json, happenings: tuple[Happening, ...], now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    state = word(found)
    is_over = status.get("phase") in {"Succeeded", "Failed"}
    ready = "" if is_over else ", ready" if is_ready(found) else ", not ready"
    told = status.get("containerStatuses") or ()
    facts = [("node", spec.get("nodeName", "")), ("IP", status.get("podIP", "")), ("age", age_of(found, now))]
    facts += [row for one in spec["containers"] for row in _container(one, told, now)]
    return Described(
        headline=text("Pod {} · {}{}", place(ref), code(state), ready),
        wrong=_wrong(found, now),
        facts=(*facts, ("owner", owner(found))),
        buttons=_next_steps(ref, found, now),
        happenings=happenings,
    )


def word(found: Json) -> str:
    """The state in the one word that `kubectl get pods` has for it."""
    status = found.get("status", {})
    if found["metadata"].get("deletionTimestamp"):
        return "Terminating"
    if status.get("reason"):
        return str(status["reason"])
    for prefix, told in (("Init:", "initContainerStatuses"), ("", "containerStatuses")):
        for one in status.get(told) or ():
            state = one.get("state", {})
            ended = state.get("terminated", {})
            reason = state.get("waiting", {}).get("reason") or ended.get("reason")
            if reason and not (prefix and (reason == "PodInitializing" or ended.get("exitCode") == 0)):
                return f"{prefix}{reason}"
    return str(status.get("phase", "Unknown"))


def _wrong(found: Json, now: float) -> tuple[Text, ...]:
    """The causes, with the server's message; the conditions only where no cause is known."""
    troubles = pod_troubles(found, None, now)
    lines = []
    for bad in troubles:
        lines.append(cause(bad))
        if bad.message and bad.kind is Trouble.IMAGE:
            lines.append(text("{}", sentence(bad.message)))
    is_over = found.get("status", {}).get("phase") == "Succeeded"
    symptoms = _BAD if not troubles else {"DisruptionTarget": "True"}
    return (*lines, *(() if is_over else conditions(found, bad=symptoms)))


def _container(container: Json, told: tuple[Json, ...], now: float) -> list[Fact]:
    name = container["name"]
    status = next((one for one in told if one["name"] == name), {})
    asked = container.get("resources", {})
    return [
        (f"{name}: image", container.get("image", "")),
        (f"{name}: state", _state(status, now)),
        (f"{name}: last run", _ended(status.get("lastState", {}).get("terminated") or {}, now)),
        (f"{name}: restarts", str(status.get("restartCount") or "")),
        (f"{name}: ports", ports(container)),
        (f"{name}: requests", amounts(asked.get("requests"))),
        (f"{name}: limits", amounts(asked.get("limits"))),
    ]


def _state(status: Json, now: float) -> str:
    state = status.get("state", {})
    if "running" in state:
        since = parse_time(state["running"].get("startedAt"))
        return f"running for {age(now - since)}" if since else "running"
    if "waiting" in state:
        return f"waiting: {state['waiting'].get('reason', '')}"
    return _ended(state.get("terminated") or {}, now)


def _ended(ended: Json, now: float) -> str:
    if not ended:
        return ""
    at = parse_time(ended.get("finishedAt"))
    ago = f", {age(now - at)} ago" if at else ""
    return f"exit {ended.get('exitCode', 0)} ({ended.get('reason', 'Error')}){ago}"


def _next_steps(ref: ObjectRef, found: Json, now: float) -> tuple[Button, ...]:
    there = where(ref)
    logs = Button(label="Logs", command=f"logs {ref.name} {there}")
    crash = any(bad.kind is Trouble.CRASH for bad in pod_troubles(found, None, now))
    before = Button(label="Logs before the crash", command=f"logs {ref.name} --previous {there}")
    return (logs, *((before,) if crash else ()))
