"""The arithmetic of a rolling update: how many pods may be too many, and how many may be missing."""

import math
import zlib
from json import dumps

from bot.demo.kubernetes.objects import Obj, annotations_of

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
HASH = "pod-template-hash"
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def scaled(value: object, total: int, *, up: bool) -> int:
    """Resolve a count or a percentage."""
    text = str(value)
    if not text.endswith("%"):
        return int(text)
    share = int(text[:-1]) * total / 100
    return math.ceil(share) if up else math.floor(share)


def fences(deployment: Obj) -> tuple[int, int]:
    """Tell (surge, unavailable) for a deployment; one of them is at least 1."""
    replicas = deployment["spec"]["replicas"]
    rolling = deployment["spec"]["strategy"].get("rollingUpdate")
    if rolling is None:
        return 0, 0
    surge = scaled(rolling["maxSurge"], replicas, up=True)
    missing = scaled(rolling["maxUnavailable"], replicas, up=False)
    if surge == 0 and missing == 0:
        missing = 1
    return surge, min(missing, replicas)


def template_hash(template: Obj) -> str:
    """Name a template by what it says, in letters that spell nothing."""
    text = dumps(template, sort_keys=True)
    number = f"{zlib.crc32(text.encode()):09d}"
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in number)


def same_template(deployment: Obj, replica_set: Obj) -> bool:
    return bool(deployment["spec"]["template"] == without_hash(replica_set["spec"]["template"]))


def without_hash(template: Obj) -> Obj:
    metadata = dict(template.get("metadata") or {})
    metadata["labels"] = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": metadata}


def revision_of(replica_set: Obj) -> int:
    text = annotations_of(replica_set).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def replicas_of(*sets: Obj | None) -> int:
    """Sum what is wanted of replica sets."""
    return sum(one["spec"].get("replicas", 0) for one in sets if one is not None)


def counted(name: str, *sets: Obj | None) -> int:
    """Sum one number of what replica sets have come to."""
    return sum((one.get("status") or {}).get(name, 0) for one in sets if one is not None)


def new_size(deployment: Obj, everything: list[Obj], new: Obj) -> int:
    """Tell how far the new replica set may grow now."""
    wanted, has = deployment["spec"]["replicas"], new["spec"].get("replicas", 0)
    if deployment["spec"]["strategy"]["type"] == "Recreate":
        return int(wanted)
    surge, _ = fences(deployment)
    room = wanted + surge - replicas_of(*everything)
    return int(has + max(0, min(room, wanted - has))) if room > 0 else int(has)


def proportions(deployment: Obj, sets: list[Obj]) -> dict[str, int]:
    """Spread a change of scale over the replica sets of a rollout under way, by their sizes."""
    surge, _ = fences(deployment)
    wanted = deployment["spec"]["replicas"]
    allowed = wanted + surge if wanted > 0 else 0
    total = replicas_of(*sets)
    to_add = allowed - total
    newest_first = sorted(sets, key=lambda s: s["metadata"]["creationTimestamp"], reverse=True)
    ordered = sorted(newest_first, key=lambda s: s["spec"].get("replicas", 0), reverse=True)
    sizes: dict[str, int] = {}
    added = 0
    for one in ordered:
        size = one["spec"].get("replicas", 0)
        share = 0
        if to_add and size:
            before = int(annotations_of(one).get(MAXIMUM, total)) or 1
            share = _bounded(round(size * allowed / before) - size, to_add - added)
        sizes[one["metadata"]["name"]] = size + share
        added += share
    if ordered and to_add != added:
        first = ordered[0]["metadata"]["name"]
        sizes[first] = max(0, sizes[first] + to_add - added)
    return sizes


def _bounded(share: int, left: int) -> int:
    return max(0, min(share, left)) if left > 0 else min(0, max(share, left))
