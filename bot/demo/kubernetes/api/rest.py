"""Create, read, update, patch, delete: the same for every kind."""

from collections.abc import Sequence
from typing import Any

from bot.demo.kubernetes.admission import check_create, check_shape, check_update, defaulted
from bot.demo.kubernetes.admission.allotment import allot
from bot.demo.kubernetes.admission.quotas import check_quotas
from bot.demo.kubernetes.admission.ranges import apply_ranges, check_ranges
from bot.demo.kubernetes.admission.references import resolve_references
from bot.demo.kubernetes.admission.storage import choose_class
from bot.demo.kubernetes.admission.structures import directive, prune, strict_words, strictly
from bot.demo.kubernetes.admission.validation import unpatchable
from bot.demo.kubernetes.api.deletion import check_preconditions, delete
from bot.demo.kubernetes.api.request import Request, check_kind, said_twice
from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.errors import (
    ApiError,
    Fault,
    already_exists,
    bad_request,
    conflict,
    invalid,
    not_found,
    other_uid,
    terminating,
    unsupported_media_type,
)
from bot.demo.kubernetes.kinds import CLAIMS, NAMESPACES, PODS, SERVICES
from bot.demo.kubernetes.objects import Obj, clone, is_terminating, name_of, new_uid, suffix
from bot.demo.kubernetes.patch import APPLY, PATCHES, STRATEGIC
from bot.demo.kubernetes.patch.apply import apply
from bot.demo.kubernetes.patch.ownership import written
from bot.demo.kubernetes.store import Store

_SERVER_SET = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
)


class Rest:
    """Writes and reads of single objects; lists and watches live beside it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, request: Request) -> Obj:
        found = self._store.get(request.resource, request.namespace, request.name)
        if found is None:
            raise not_found(request.resource, request.name)
        return found

    def create(self, request: Request, body: Any) -> Obj:
        obj = self._read(request, body)
        metadata = obj["metadata"]
        self._place(request, metadata)
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + suffix()
        metadata.pop("resourceVersion", None)
        metadata.pop("managedFields", None)
        for key in _SERVER_SET:
            metadata.pop(key, None)
        metadata["uid"] = new_uid()
        _leave_out_empty(metadata)
        return self._admit_new(request, obj, "Update")

    def _admit_new(self, request: Request, obj: Obj, operation: str) -> Obj:
        resource, metadata = request.resource, obj["metadata"]
        obj = defaulted(resource, obj, creating=True)
        if resource is PODS:
            resolve_references(self._store, obj)
            apply_ranges(self._store, obj)
        elif resource is CLAIMS:
            choose_class(self._store, obj)
        check_create(resource, obj)
        if resource is PODS:
            check_ranges(self._store, obj)
        if self._store.get(resource, request.namespace, name_of(obj)) is not None:
            raise already_exists(resource, name_of(obj))
        if resource is SERVICES:
            allot(self._store, obj, None)
        check_quotas(self._store, resource, obj)
        if operation == "Update":
            metadata["managedFields"] = written(None, obj, request.manager)
        if request.dry_run:
            metadata.setdefault("creationTimestamp", stamp())
            return {**obj, "metadata": {**metadata, "generation": 1}} if resource.has_status else obj
        return self._store.create(resource, obj)

    def update(self, request: Request, body: Any) -> Obj:
        obj = self._read(request, body)
        self._place(request, obj["metadata"])
        if name_of(obj) != request.name:
            told = (
                f"the name of the object ({name_of(obj)}) does not match the name on the URL ({request.name})"
            )
            raise bad_request(told)
        old = self.get(request)
        return self._write(request, obj, old)

    def patch(self, request: Request, content_type: str, patch: Any) -> Obj:
        media = content_type.split(";", maxsplit=1)[0].strip()
        if media == APPLY:
            return self._apply(request, patch)
        if media not in PATCHES or (request.asked.custom and media == STRATEGIC):
            raise unsupported_media_type()
        old = self.get(request)
        obj = PATCHES[media](request.view.show(old) if request.view else old, patch)
        obj.setdefault("metadata", {})
        if name_of(obj) != request.name or obj.get("kind") != old["kind"]:
            raise bad_request("the name and kind of an object cannot be patched")
        return self._write(request, self._decode(request, obj, patched=True), old)

    def _read(self, request: Request, body: Any) -> Obj:
        asked = request.asked
        twice = [f'duplicate field "{field}"' for field in said_twice(body)]
        return self._decode(request, check_kind(asked, asked.kind, asked.api_version, body), twice)

    def _decode(self, request: Request, obj: Obj, told: Sequence[str] = (), *, patched: bool = False) -> Obj:
        """Hold a document against its kind, its types and its fields; give it the form it is stored in."""
        check_shape(request.asked, obj, patched=patched)
        how = directive(request.query.get("fieldValidation", ""), request.verb)
        obj, unknown = prune(request.asked, obj)
        told = [*told, *(f'unknown field "{field}"' for field in unknown)]
        if told and how == "Strict":
            raise unpatchable(obj, strict_words(told)) if patched else strictly(request.asked, told)
        if how == "Warn":
            request.warnings.extend(told)
        return request.view.read(obj) if request.view else obj

    def _write(self, request: Request, obj: Obj, old: Obj, *, applied: bool = False) -> Obj:
        """Take a new state of an object through everything between a request and the store."""
        resource, metadata = request.resource, obj["metadata"]
        wanted = metadata.get("resourceVersion")
        if wanted and wanted != old["metadata"]["resourceVersion"]:
            raise conflict(resource, request.name)
        if metadata.get("uid") and metadata["uid"] != old["metadata"]["uid"]:
            raise other_uid(resource, old, metadata["uid"])
        for key in (*_SERVER_SET, "resourceVersion"):
            metadata.pop(key, None)
            if key in old["metadata"]:
                metadata[key] = old["metadata"][key]
        _leave_out_empty(metadata)
        obj = self._part(request, obj, old)
        obj = defaulted(resource, obj, creating=False)
        check_update(resource, obj, old)
        if resource is SERVICES:
            allot(self._store, obj, old)
            check_quotas(self._store, resource, obj, old)
        if not applied:
            obj["metadata"]["managedFields"] = written(old, obj, request.manager, request.subresource)
        if request.dry_run:
            return obj
        return self._store.update(resource, obj)

    def _part(self, request: Request, obj: Obj, old: Obj) -> Obj:
        """Keep apart what the object wants and what it has come to: each is written at its own address."""
        if not request.resource.has_status:
            return obj
        if request.subresource == "status":
            kept = {**clone(old), "status": obj.get("status") or {}}
            kept["metadata"]["labels"] = obj["metadata"].get("labels")
            kept["metadata"]["annotations"] = obj["metadata"].get("annotations")
            for key in ("labels", "annotations"):
                if not kept["metadata"][key]:
                    del kept["metadata"][key]
            return kept
        return (
            {**obj, "status": old["status"]}
            if "status" in old
            else {k: v for k, v in obj.items() if k != "status"}
        )

    def _apply(self, request: Request, patch: Any) -> Obj:
        resource = request.resource
        if not request.query.get("fieldManager"):
            fault = Fault("fieldManager", "Required value: is required for apply patch", "FieldValueRequired")
            raise invalid("PatchOptions", "meta.k8s.io", "", [fault])
        asked = request.asked
        wanted = clone(check_kind(asked, asked.kind, asked.api_version, patch))
        check_shape(asked, wanted)
        if unknown := prune(asked, wanted)[1]:
            raise _undeclared(request, unknown)
        wanted = request.view.read(wanted) if request.view else wanted
        wanted["metadata"].setdefault("name", request.name)
        old = self._store.get(resource, request.namespace, request.name)
        obj = apply(
            old, wanted, request.manager, force=request.flag("force"), subresource=request.subresource
        )
        if old is not None:
            return self._write(request, obj, old, applied=True)
        self._place(request, obj["metadata"])
        obj["metadata"]["uid"] = new_uid()
        return self._admit_new(request, obj, "Apply")

    def _place(self, request: Request, metadata: Obj) -> None:
        """Settle the namespace: that of the path, which must exist and must not be going away."""
        if not request.resource.namespaced:
            metadata.pop("namespace", None)
            return
        if metadata.get("namespace", request.namespace) != request.namespace:
            raise bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        metadata["namespace"] = request.namespace
        if request.verb not in ("create", "patch"):
            return
        space = self._store.get(NAMESPACES, "", request.namespace)
        if space is None:
            raise not_found(NAMESPACES, request.namespace)
        if is_terminating(space):
            raise terminating(request.resource, metadata.get("name", ""), request.namespace)

    def delete(self, request: Request, options: Obj) -> tuple[Obj, bool]:
        """Begin or finish the deletion of an object; tells what is answered, and whether it is gone."""
        old = self.get(request)
        check_preconditions(request.resource, old, options)
        if request.dry_run:
            return old, True
        return delete(self._store, request.resource, old, options)


def _undeclared(request: Request, unknown: list[str]) -> ApiError:
    """Refuse an applied document that says what is not known; the typed merge stops at the first."""
    asked = request.asked
    where = f"{request.namespace}/{request.name}" if request.namespace else f"/{request.name}"
    what = f"({where}; {asked.api_version}, Kind={asked.kind})"
    said = f"failed to create typed patch object {what}: .{unknown[0]}: field not declared in schema"
    return ApiError(500, "", said)


def _leave_out_empty(metadata: Obj) -> None:
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        if key in metadata and not metadata[key]:
            del metadata[key]
