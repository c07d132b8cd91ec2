"""Controller revisions: the templates that StatefulSets and DaemonSets have had, each kept as an object."""

from json import dumps, loads

from bot.demo.kubernetes.controllers.rollout import template_hash
from bot.demo.kubernetes.kinds import CONTROLLER_REVISIONS
from bot.demo.kubernetes.objects import (
    Obj,
    annotations_of,
    clone,
    controlled_by,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.store import Store

HASH = "controller-revision-hash"
"""On the pods of both kinds, and on the revisions of a DaemonSet."""
STATEFUL_HASH = "controller.kubernetes.io/hash"
"""On the revisions of a StatefulSet."""
_MANAGER = "kube-controller-manager"


def current_revision(store: Store, owner: Obj, label: str) -> str:
    """Name the revision of a template as it is now; what is new is recorded, what is old renumbered.

    It bears the notes that its owner had when it was made, and keeps those when it comes back.
    """
    known = revisions_of(store, owner)
    latest = known[-1]["revision"] if known else 0
    content = _in_order({"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}})
    found = next((one for one in reversed(known) if one["data"] == content), None)
    if found is None:
        digest = template_hash(owner["spec"]["template"])
        metadata = {
            "name": f"{name_of(owner)}-{digest}",
            "namespace": namespace_of(owner),
            "labels": {**labels_of(owner["spec"]["template"]), label: digest},
            "ownerReferences": [controlled_by(owner)],
        }
        if notes := annotations_of(owner):
            metadata["annotations"] = dict(notes)
        found = store.create(
            CONTROLLER_REVISIONS, {"metadata": metadata, "data": content, "revision": latest + 1}, _MANAGER
        )
    elif found["revision"] < latest:
        store.update(CONTROLLER_REVISIONS, {**found, "revision": latest + 1}, _MANAGER)
    return name_of(found)


def revisions_of(store: Store, owner: Obj) -> list[Obj]:
    """All that are kept, the oldest number first."""
    kept = [obj for resource, obj in store.dependents(uid_of(owner)) if resource is CONTROLLER_REVISIONS]
    return sorted(kept, key=lambda one: int(one["revision"]))


def trim(store: Store, owner: Obj, live: set[str], *, all_count: bool) -> None:
    """Delete the oldest of those that nothing runs, beyond the limit.

    For a DaemonSet all but the newest count towards it, for a StatefulSet only those that nothing runs.
    """
    known = revisions_of(store, owner)
    idle = [one for one in known[:-1] if name_of(one) not in live]
    count = len(known) - 1 if all_count else len(idle)
    for one in idle[: max(0, count - owner["spec"]["revisionHistoryLimit"])]:
        store.remove(CONTROLLER_REVISIONS, namespace_of(one), name_of(one))


def _in_order(content: Obj) -> Obj:
    """With its keys sorted, as the controllers write it: kubectl compares the bytes."""
    ordered: Obj = loads(dumps(content, sort_keys=True))
    return ordered


def template_at(store: Store, owner: Obj, revision: str) -> Obj:
    """Give the template of a revision that is kept, else the one of now."""
    kept = store.get(CONTROLLER_REVISIONS, namespace_of(owner), revision)
    template: Obj = clone(kept["data"]["spec"]["template"] if kept else owner["spec"]["template"])
    template.pop("$patch", None)
    return template


def digest_of(revision: str) -> str:
    return revision.rpartition("-")[2]


def has_revision(pod: Obj, revision: str) -> bool:
    return labels_of(pod).get(HASH) in (revision, digest_of(revision))
