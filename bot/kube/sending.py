"""A write as a request: which method on which path, in which form, and what its body is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bot.kube.paths import path_of
from bot.kube.transport import JSON, USER_AGENT

if TYPE_CHECKING:
    from bot.domain.changes import Write

_PATCH = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}
_HOW = {
    "create": ("POST", None, JSON),
    "patch": ("PATCH", None, ""),
    "delete": ("DELETE", None, JSON),
    "evict": ("POST", "eviction", JSON),
}
"""For each action its method, its subresource and the form of its body."""


class Sent(NamedTuple):
    """What goes over the wire."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    form: str
    body: Any


def request(write: Write, *, dry_run: bool, version: str = "") -> Sent:
    """With `version`, the server refuses what is about an object that has changed since, as a conflict."""
    ref = write.target
    method, subresource, form = _HOW[write.action]
    path = path_of(ref.type, ref.namespace, None if write.action == "create" else ref.name, subresource)
    named = (("fieldManager", USER_AGENT), ("fieldValidation", "Strict"))
    query = (*(() if write.action == "delete" else named), *((("dryRun", "All"),) if dry_run else ()))
    return Sent(method, path, query, form or _PATCH[write.patch], _body(write, version))


def _body(write: Write, version: str) -> Any:
    if write.action == "delete":
        held = {"resourceVersion": version} if version else {}
        preconditions = {**write.body.get("preconditions", {}), **held}
        return {"apiVersion": "v1", "kind": "DeleteOptions", **write.body, "preconditions": preconditions}
    if write.action == "evict":
        metadata = {"name": write.target.name, "namespace": write.target.namespace}
        return {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": metadata,
            "deleteOptions": write.body,
        }
    return _at_version(write, version) if version and write.action == "patch" else write.body


def _at_version(write: Write, version: str) -> Any:
    """The patch, to be taken only by the object as it was read.

    In a JSON patch the version is replaced by itself: the server then compares as for any update and answers
    409, where a failed `test` would be an unexplained 422.
    """
    if write.patch == "json":
        return [{"op": "replace", "path": "/metadata/resourceVersion", "value": version}, *write.body]
    metadata = {**(write.body.get("metadata") or {}), "resourceVersion": version}
    return {**write.body, "metadata": metadata}
