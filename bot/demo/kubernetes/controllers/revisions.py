"""Controller revisions: the templates that StatefulSets and DaemonSets have had, each kept as an object."""

from bot.demo.kubernetes.controllers.rollout import template_hash
from bot.demo.kubernetes.kinds import CONTROLLER_REVISIONS
from bot.demo.kubernetes.objects import Obj, clone, controlled_by, labels_of, name_of, namespace_of, uid_of
from bot.demo.kubernetes.store import Store

HASH = "controller-revision-hash"
_MANAGER = "kube-controller-manager"


def current_revision(store: Store, owner: Obj) -> str:
    """Name the revision of a template as it is now; what is new is recorded, what is old renumbered."""
    digest = template_hash(owner["spec"]["template"])
    name = f"{name_of(owner)}-{digest}"
    known = [obj for resource, obj in store.dependents(uid_of(owner)) if resource is CONTROLLER_REVISIONS]
    latest = max((one["revision"] for one in known), default=0)
    found = next((one for one in known if name_of(one) == name), None)
    if found is None:
        template = {**owner["spec"]["template"], "$patch": "replace"}
        metadata = {
            "name": name,
            "namespace": namespace_of(owner),
            "labels": {**labels_of(owner["spec"]["template"]), HASH: digest},
            "ownerReferences": [controlled_by(owner)],
        }
        made = {"metadata": metadata, "data": {"spec": {"template": template}}, "revision": latest + 1}
        store.create(CONTROLLER_REVISIONS, made, _MANAGER)
    elif found["revision"] < latest:
        store.update(CONTROLLER_REVISIONS, {**found, "revision": latest + 1}, _MANAGER)
    return name


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
