"""Deployments as verbs speak of them: a name that means one, its containers, its earlier revisions."""

from __future__ import annotations

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.message import Text, code, text
from bot.domain.model import Frozen, Json
from bot.domain.resources import BUILT_IN, DEPLOYMENTS, ObjectRef, ResourceType, parse_targets
from bot.domain.rollout import CAUSE, HASH, images, revision

RESTARTED = "kubectl.kubernetes.io/restartedAt"


def named(
    words: tuple[str, ...], kinds: tuple[ResourceType, ...] = (DEPLOYMENTS,)
) -> tuple[ResourceType, str]:
    """The one workload that `NAME`, `TYPE NAME` or `TYPE/NAME` means; a bare name is of the first kind."""
    first = words[0].lower() if words else ""
    kind = next((known for known in kinds if first in known.words), kinds[0])
    targets = parse_targets(words, default=None if any("/" in word for word in words) else kind)
    if len(targets) != 1 or len(targets[0].names) != 1:
        raise UsageError("One workload at a time.")
    word = targets[0].word.lower()
    found = next((known for known in kinds if word in known.words), None)
    if found is None:
        known = next((k for k in BUILT_IN if word in k.words), None)
        allowed = ", ".join(k.plural for k in kinds)
        raise UsageError(f"Not for {known.plural if known else f'`{word[:40]}`'}: only for {allowed}.")
    return found, targets[0].names[0]


def place(ref: ObjectRef) -> Text:
    """`shop/web` on `prod`."""
    return text("{} on {}", code(ref), code(ref.cluster))


def where(ref: ObjectRef) -> str:
    """The flags by which a line means the same place, wherever it is typed."""
    return f"-n {ref.namespace} --context {ref.cluster}"


def container_of(deployment: Json, name: str = "") -> str:
    """The container that is meant: the one named, else the only one. Raises `TargetNotFoundError`."""
    names = [c["name"] for c in deployment["spec"]["template"]["spec"]["containers"]]
    if name in names:
        return name
    known = ", ".join(f"`{found}`" for found in names)
    if name:
        raise TargetNotFoundError(f"there is no container `{name[:60]}` in it", hint=f"It has {known}.")
    if len(names) > 1:
        raise TargetNotFoundError("it has several containers", hint=f"Say which: {known}.")
    return str(names[0])


class Revision(Frozen):
    """One earlier state of a deployment, as its ReplicaSet keeps it."""

    number: int
    name: str
    images: tuple[str, ...]
    created: str
    cause: str
    ready: int
    replicas: int
    template: Json
    """The pod template, without the label that tells the ReplicaSets apart."""


def revisions(deployment: Json, replicasets: tuple[Json, ...]) -> tuple[Revision, ...]:
    """All that can be gone back to, the newest first."""
    uid = deployment["metadata"]["uid"]
    mine = [s for s in replicasets if any(o["uid"] == uid for o in s["metadata"].get("ownerReferences", []))]
    found = [_revision(replicaset) for replicaset in mine if revision(replicaset).isdecimal()]
    return tuple(sorted(found, key=lambda r: r.number, reverse=True))


def _revision(replicaset: Json) -> Revision:
    metadata, template = replicaset["metadata"], replicaset["spec"]["template"]
    labels = {k: v for k, v in template["metadata"].get("labels", {}).items() if k != HASH}
    status = replicaset.get("status", {})
    return Revision(
        number=int(revision(replicaset)),
        name=metadata["name"],
        images=images(template),
        created=metadata.get("creationTimestamp", ""),
        cause=metadata.get("annotations", {}).get(CAUSE, ""),
        ready=status.get("readyReplicas", 0),
        replicas=status.get("replicas", 0),
        template={**template, "metadata": {**template["metadata"], "labels": labels}},
    )
