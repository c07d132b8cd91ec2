"""Which container is meant, and in which of its two logs its lines are."""

from __future__ import annotations

from bot.domain.errors import TargetNotFoundError
from bot.domain.model import Json

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def containers(pod: Json) -> tuple[str, ...]:
    return tuple(container["name"] for container in pod["spec"]["containers"])


def every_container(pod: Json) -> tuple[str, ...]:
    """With those that run before the others, and those that were added to look around."""
    kinds = ("containers", "initContainers", "ephemeralContainers")
    return tuple(container["name"] for kind in kinds for container in pod["spec"].get(kind) or ())


def choose(pod: Json, wanted: str) -> str:
    """The container that is meant, or nothing where it has to be asked. Raises `TargetNotFoundError`."""
    names, known = containers(pod), every_container(pod)
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
    kinds = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
    told = (one for kind in kinds for one in status.get(kind) or ())
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
