"""What goes with an object that is deleted, what is left without it, and what stays. Pure."""

from __future__ import annotations

from collections import Counter

from pydantic import Field

from bot.domain.message import Text, code, plural, text
from bot.domain.model import Frozen, Json
from bot.domain.resources import (
    AUTOSCALERS,
    CLAIMS,
    CRONJOBS,
    DEPLOYMENTS,
    JOBS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICASETS,
    SERVICES,
    STATEFULSETS,
    ObjectRef,
    ResourceType,
)
from bot.domain.rollouts.snapshot import is_ready
from bot.domain.selectors import selects

AROUND = (DEPLOYMENTS, STATEFULSETS, REPLICASETS, JOBS, CRONJOBS, PODS, SERVICES, CLAIMS, AUTOSCALERS)
"""The kinds among which something may go, or be left."""

_MOST = 4


class Around(Frozen):
    """What lives where something is deleted, by the plural of its kind."""

    items: dict[str, tuple[Json, ...]] = Field(default_factory=dict)

    def of(self, kind: ResourceType) -> tuple[Json, ...]:
        return self.items.get(kind.plural, ())


def warnings(found: list[tuple[ObjectRef, Json]], around: Around, *, orphans: bool) -> tuple[Text, ...]:
    """One line each, what matters most first."""
    uids = {item["metadata"]["uid"] for _, item in found}
    owned = {} if orphans else _owned(uids, around)
    pods = [item for ref, item in found if ref.type == PODS] + owned.get(PODS.plural, [])
    inside = any(ref.type == NAMESPACES for ref, _ in found)
    said = [
        *(_everything(around) if inside else _with_it(owned)),
        *(_orphaned(uids, around) if orphans else ()),
        *([] if inside else _unserved(pods, uids, around)),
        *([] if inside else _claims(found, around)),
        *(text("HPA {} is left without anything to scale.", code(name)) for name in _aimless(found, around)),
    ]
    for ref, item in found:
        said += _of_its_kind(ref, item, uids)
    return tuple(said)


def _owned(uids: set[str], around: Around) -> dict[str, list[Json]]:
    """What is owned by these, and by what they own: the garbage collector takes it along."""
    gone, found = set(uids), dict[str, list[Json]]()
    for kind in (REPLICASETS, JOBS, PODS, CLAIMS):
        mine = [item for item in around.of(kind) if _owners(item) & gone]
        mine = [item for item in mine if item["metadata"]["uid"] not in uids]
        gone |= {item["metadata"]["uid"] for item in mine}
        if mine:
            found[kind.plural] = mine
    return found


def _owners(item: Json) -> set[str]:
    return {owner["uid"] for owner in item["metadata"].get("ownerReferences") or ()}


def _with_it(owned: dict[str, list[Json]]) -> list[Text]:
    if not owned:
        return []
    goes = "go" if len(owned) > 1 or len(next(iter(owned.values()))) > 1 else "goes"
    lost = " Their data is lost, unless their volumes are retained." if CLAIMS.plural in owned else ""
    return [text("With it {} {}.{}", goes, _counted({of: len(items) for of, items in owned.items()}), lost)]


def _counted(counts: dict[str, int]) -> str:
    """`1 replicaset and 2 pods`."""
    kinds = {kind.plural: kind for kind in AROUND}
    named = [plural(number, kinds[of].singular, of) for of, number in counts.items()]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _everything(around: Around) -> list[Text]:
    counts = {kind.plural: len(around.of(kind)) for kind in AROUND if around.of(kind)}
    if not counts:
        return [text("Everything in it goes with it.")]
    return [text("Everything in it goes with it: {}, and whatever else there is.", _counted(counts))]


def _orphaned(uids: set[str], around: Around) -> list[Text]:
    owned = _owned(uids, around)
    counts = {of: len(items) for of, items in owned.items()}
    return [text("What it owns stays, owned by nobody: {}.", _counted(counts))] if counts else []


def _unserved(pods: list[Json], uids: set[str], around: Around) -> list[Text]:
    """The services whose ready pods go, all or some."""
    gone, said = {pod["metadata"]["uid"] for pod in pods}, []
    for service in around.of(SERVICES):
        wanted = service["spec"].get("selector")
        if not wanted or service["metadata"]["uid"] in uids:
            continue
        serving = [
            pod
            for pod in around.of(PODS)
            if is_ready(pod) and selects({"matchLabels": wanted}, pod["metadata"].get("labels") or {})
        ]
        lost = [pod for pod in serving if pod["metadata"]["uid"] in gone]
        if lost:
            name = code(service["metadata"]["name"])
            end = ": nothing answers there any more" if len(lost) == len(serving) else ""
            said.append(text("Service {} loses {} of its {}{}.", name, len(lost),
                             plural(len(serving), "ready pod"), end))  # fmt: skip
    return said


def _claims(found: list[tuple[ObjectRef, Json]], around: Around) -> list[Text]:
    """The volumes of a StatefulSet, which stay unless it says otherwise."""
    said = []
    for ref, item in found:
        goes = (item.get("spec", {}).get("persistentVolumeClaimRetentionPolicy") or {}).get(
            "whenDeleted"
        ) == "Delete"
        mine = [claim["metadata"]["name"] for claim in around.of(CLAIMS) if _is_of(claim, item)]
        if ref.type != STATEFULSETS or goes or not mine:
            continue
        names = ", ".join(mine[:_MOST]) + (f" and {len(mine) - _MOST} more" if len(mine) > _MOST else "")
        stay = "stays, with its data" if len(mine) == 1 else "stay, with their data"
        said.append(text("{} {}: {}.", plural(len(mine), "PersistentVolumeClaim"), stay, code(names)))
    return said


def _is_of(claim: Json, stateful: Json) -> bool:
    """`data-db-0` is of the template `data` of `db`."""
    name = stateful["metadata"]["name"]
    starts = [
        f"{one['metadata']['name']}-{name}-"
        for one in stateful.get("spec", {}).get("volumeClaimTemplates") or ()
    ]
    mine: str = claim["metadata"]["name"]
    return any(mine.startswith(start) and mine.removeprefix(start).isdecimal() for start in starts)


def _aimless(found: list[tuple[ObjectRef, Json]], around: Around) -> list[str]:
    aims = Counter((ref.type.kind, ref.name) for ref, _ in found)
    targets = [(scaler, scaler["spec"].get("scaleTargetRef", {})) for scaler in around.of(AUTOSCALERS)]
    return [
        str(scaler["metadata"]["name"])
        for scaler, aim in targets
        if aims[(aim.get("kind", ""), aim.get("name", ""))]
    ]


def _of_its_kind(ref: ObjectRef, item: Json, uids: set[str]) -> list[Text]:
    """What is particular to one kind of object."""
    name = code(ref.name)
    if ref.type == SERVICES:
        return [
            text("Whoever calls {} finds nothing there any more.", code(f"{ref.name}.{ref.namespace}.svc"))
        ]
    if ref.type == CLAIMS:
        return [text("What is stored in {} is lost, unless its volume is retained.", name)]
    if ref.type == NODES:
        return [text("Only the entry of {} goes: its machine runs on, and may enter itself again.", name)]
    owner = next(
        (one for one in item["metadata"].get("ownerReferences") or () if one.get("controller")), None
    )
    if ref.type in {PODS, REPLICASETS, JOBS} and owner and owner["uid"] not in uids:
        return [text("{} {} starts another in place of {}.", owner["kind"], code(owner["name"]), name)]
    if ref.type == PODS and not owner:
        return [text("Nobody starts {} again: no controller owns it.", name)]
    return []
