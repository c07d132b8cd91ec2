"""Lines of logs: in which of a container's two logs they are, and those of several pods in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from operator import itemgetter

from bot.domain.errors import TargetNotFoundError
from bot.domain.model import Frozen, Json
from bot.domain.redaction import redact

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


class Source(Frozen):
    """What one pod printed, each line with its time in front, as the server gives it on request."""

    pod: str
    text: str


def containers(pod: Json) -> tuple[str, ...]:
    return tuple(container["name"] for container in pod["spec"]["containers"])


def choose(pod: Json, wanted: str) -> str:
    """The container that is meant, or nothing where it has to be asked. Raises `TargetNotFoundError`."""
    names = containers(pod)
    known = (*names, *(container["name"] for container in pod["spec"].get("initContainers") or ()))
    if wanted:
        if wanted in known:
            return wanted
        listed = ", ".join(f"`{name}`" for name in known)
        name = pod["metadata"]["name"]
        raise TargetNotFoundError(f"pod `{name}` has no container `{wanted[:60]}`", hint=f"It has {listed}.")
    usual = (pod["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER, "")
    if usual in names:
        return str(usual)
    return names[0] if len(names) == 1 else ""


def status_of(pod: Json, container: str) -> Json:
    """How a container is, by the kubelet; empty while it has said nothing of it."""
    status = pod.get("status", {})
    told = (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ()))
    return next((one for one in told if one["name"] == container), {})


def attempts(status: Json, *, previous: bool) -> tuple[bool, ...]:
    """Which log to ask for, the current one (`False`) or the previous one (`True`), until one has lines.

    Between two starts the current log has the last words of a crash and the previous one is gone; once the
    container runs again, the previous log has them.
    """
    if "running" in status.get("state", {}):
        return (True,) if previous else (False,)
    has_ended = "terminated" in status.get("state", {}) or bool(status.get("lastState"))
    if previous:
        return (True, False) if has_ended else (True,)
    return (False, True) if has_ended else (False,)


def ending(status: Json) -> Json | None:
    """How a container that does not run ended last."""
    if "running" in status.get("state", {}):
        return None
    ended: Json | None = status.get("state", {}).get("terminated") or _before(status)
    return ended


def crash_before(status: Json) -> Json | None:
    """How the run before this one ended, where it did not end well."""
    ended = _before(status)
    return ended if ended and ended.get("exitCode") and "running" in status.get("state", {}) else None


def _before(status: Json) -> Json | None:
    ended: Json | None = status.get("lastState", {}).get("terminated")
    return ended


def waits_for(status: Json) -> str:
    """Why a container has not started yet, in Kubernetes' own words; nothing once it has."""
    waiting = status.get("state", {}).get("waiting")
    if not waiting or status.get("lastState"):
        return ""
    return ": ".join(part for part in (waiting.get("reason", ""), waiting.get("message", "")) if part)


def clean(text: str) -> list[str]:
    """Lines without secrets. The whole is redacted before it is cut: a key may go over many lines."""
    return redact(text).rstrip("\n").split("\n") if text.strip() else []


def merged(sources: Sequence[Source], *, keep_times: bool, most: int) -> list[str]:
    """The last lines of several pods, by their times, each with its pod's short name in front."""
    names = short_names([source.pod for source in sources])
    streams = [_timed(names[source.pod], clean(source.text)) for source in sources]
    lines = [
        f"{name} | {stamp + 'Z ' if keep_times else ''}{line}"
        for stamp, name, line in heapq.merge(*streams, key=itemgetter(0))
    ]
    return lines[-most:]


def _timed(name: str, lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Without the final `Z`, times of any precision compare as text.

    A line that lost its time, such as the rest of a redacted one, keeps that of the line before.
    """
    last = ""
    for line in lines:
        stamp, _, rest = line.partition(" ")
        if stamp[:4].isdecimal() and stamp.endswith("Z"):
            last = stamp[:-1]
            yield last, name, rest
        else:
            yield last, name, line


def short_names(pods: Sequence[str]) -> dict[str, str]:
    """What tells pods apart: the end of their names, or the whole where the ends are the same."""
    ends = {pod: pod.rpartition("-")[2] for pod in pods}
    return ends if len(set(ends.values())) == len(pods) else {pod: pod for pod in pods}
