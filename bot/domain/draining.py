"""Which pods of a node are evicted, which stay, and what stands in the way. Pure."""

from __future__ import annotations

from bot.domain.message import Text, code, plural, text
from bot.domain.model import Frozen, Json
from bot.domain.why.belonging import guards

_MIRROR = "kubernetes.io/config.mirror"
_ENDED = {"Succeeded", "Failed"}
_MOST = 4


class Sorted(Frozen):
    """The pods of one node, by what a drain does to them."""

    moving: tuple[Json, ...] = ()
    """Evicted; whoever owns them starts others elsewhere."""
    unowned: tuple[Json, ...] = ()
    """Evicted only if that is forced: nobody starts them again."""
    daemons: tuple[Json, ...] = ()
    """Of DaemonSets: they belong to the node, and would come back to it."""
    mirrors: tuple[Json, ...] = ()
    """The node's own static pods; the API cannot end them."""


def sort(pods: tuple[Json, ...]) -> Sorted:
    found: dict[str, list[Json]] = {"moving": [], "unowned": [], "daemons": [], "mirrors": []}
    for pod in pods:
        metadata = pod["metadata"]
        owner = next((one for one in metadata.get("ownerReferences") or () if one.get("controller")), None)
        has_ended = pod.get("status", {}).get("phase") in _ENDED
        if metadata.get("deletionTimestamp"):
            continue
        if _MIRROR in (metadata.get("annotations") or {}):
            found["mirrors"].append(pod)
        elif owner and owner["kind"] == "DaemonSet" and not has_ended:
            found["daemons"].append(pod)
        elif owner or has_ended:
            found["moving"].append(pod)
        else:
            found["unowned"].append(pod)
    return Sorted.model_validate(found)


def place_of(pod: Json) -> str:
    return f"{pod['metadata'].get('namespace', '')}/{pod['metadata']['name']}"


def listed(pods: tuple[Json, ...]) -> str:
    """The first few by name, and how many more."""
    names = ", ".join(place_of(pod) for pod in pods[:_MOST])
    return f"{names} and {len(pods) - _MOST} more" if len(pods) > _MOST else names


def warnings(pods: Sorted, evicted: tuple[Json, ...], budgets: tuple[Json, ...]) -> tuple[Text, ...]:
    """What is lost, what waits for a budget, and what stays; one line each."""
    said = []
    if pods.unowned and evicted:
        said.append(text("Nobody starts these again: {}.", code(listed(pods.unowned))))
    if kept := tuple(pod for pod in evicted if _scratch(pod)):
        said.append(text("What these keep in emptyDir volumes is lost: {}.", code(listed(kept))))
    said += [_held(budget, mine) for budget, mine in _guarded(evicted, budgets)]
    said += [_staying("pod", "of DaemonSets", pods.daemons)] if pods.daemons else []
    said += [_staying("static pod", "of the node's own", pods.mirrors)] if pods.mirrors else []
    return tuple(said)


def _staying(noun: str, whose: str, pods: tuple[Json, ...]) -> Text:
    stay = "stays" if len(pods) == 1 else "stay"
    return text("{} {} {}: {}.", plural(len(pods), noun), whose, stay, code(listed(pods)))


def _scratch(pod: Json) -> bool:
    is_over = pod.get("status", {}).get("phase") in _ENDED
    return not is_over and any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ())


def _guarded(pods: tuple[Json, ...], budgets: tuple[Json, ...]) -> list[tuple[Json, tuple[Json, ...]]]:
    """Each budget that does not let all of its pods go at once, with those of them that are to go."""
    found = []
    for budget in budgets:
        mine = tuple(pod for pod in pods if guards(budget, pod))
        if len(mine) > budget.get("status", {}).get("disruptionsAllowed", 0):
            found.append((budget, mine))
    return found


def _held(budget: Json, pods: tuple[Json, ...]) -> Text:
    allowed = budget.get("status", {}).get("disruptionsAllowed", 0)
    name = code(place_of(budget))
    if allowed:
        return text(
            "Budget {} lets {} go at a time: {} wait for their turn.", name, allowed, code(listed(pods))
        )
    waits = "waits" if len(pods) == 1 else "wait"
    return text("Budget {} lets none go now: {} {} until more of its pods are ready.",
                name, code(listed(pods)), waits)  # fmt: skip
