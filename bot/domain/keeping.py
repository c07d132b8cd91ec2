"""What is kept of the ConfigMaps and Secrets that a revision reads, so that they can come back with its code.

A revision keeps its pod template and nothing of what that refers to. Of a ConfigMap its content is kept, of
a Secret, where that is switched on, a digest that says no more than whether it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.domain.changes import Plan, Step, Write, canonical
from bot.domain.model import Frozen, Json
from bot.domain.resources import CONFIGMAPS, ROLLED, ObjectRef

CONFIG, SECRET = "ConfigMap ", "Secret "
KEPT_SECONDS = 30 * 24 * 3600.0
KEPT_DAYS = 30
MOST_BYTES = 128 * 1024
MOST_OF_ONE_REVISION = 6
MOST_OF_ONE_WORKLOAD = 60
"""ConfigMaps and digests, over all of its revisions; the oldest go."""
_PARTS = ("data", "binaryData")


class Kept(Frozen):
    """One ConfigMap or Secret as a revision ran with it."""

    reference: str
    """Its kind and name, as `bot.domain.workloads.references` has them: `ConfigMap web-env`."""
    at: float
    """When it was read."""
    content: Json | None = None
    """What is in it; None for a Secret, and for a ConfigMap that is larger than is kept."""
    digest: str = ""
    """Of a Secret: the same for the same content, under the bot's key."""


Keepsakes: TypeAlias = Mapping[str, Kept]
"""What is kept of one revision, by reference."""


def content_of(found: Json) -> Json:
    """What is in a ConfigMap or a Secret, without what is empty."""
    return {part: found[part] for part in _PARTS if found.get(part)}


def kept_config(reference: str, found: Json, now: float) -> Kept:
    content = content_of(found)
    fits = len(canonical(content).encode()) <= MOST_BYTES
    return Kept(reference=reference, at=now, content=content if fits else None)


def differs(kept: Kept, live: Json | None) -> bool:
    """Whether a ConfigMap that is kept whole is otherwise now, or gone."""
    return kept.content is not None and (live is None or kept.content != content_of(live))


def can_return(kept: Kept | None, live: Json | None) -> bool:
    """Whether there is something to bring back, and the cluster takes it: never into an immutable one."""
    return kept is not None and differs(kept, live) and not (live or {}).get("immutable")


def return_of(kept: Kept, live: Json | None, beside: ObjectRef) -> Write:
    """The write that makes a ConfigMap what it was: every key of it, and no other."""
    name, content = kept.reference.removeprefix(CONFIG), kept.content or {}
    target = ObjectRef(cluster=beside.cluster, namespace=beside.namespace, type=CONFIGMAPS, name=name)
    if live is None:
        metadata = {"name": name, "namespace": beside.namespace}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **content}
        return Write(action="create", target=target, body=body)
    body = {
        part: {**dict.fromkeys(live.get(part) or {}), **content.get(part, {})}
        for part in _PARTS
        if content.get(part, {}) != (live.get(part) or {})
    }
    return Write(action="patch", target=target, patch="merge", body=body)


def renews(step: Step) -> bool:
    """Whether it gives a workload another pod template, and so a revision."""
    target, changes = step.write.target, step.changes
    return target.type in ROLLED and any(c.path.startswith("spec.template") for c in changes)


def overwrites(plan: Plan) -> bool:
    """Whether it brings ConfigMaps back, so that what is in them now is seen for the last time."""
    return any(step.write.target.type == CONFIGMAPS for step in plan.steps)
