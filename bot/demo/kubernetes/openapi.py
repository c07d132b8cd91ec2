"""OpenAPI v3: what may be sent to which path, for clients that ask before they send it."""

import hashlib

from bot.demo.kubernetes.discovery import VERSION
from bot.demo.kubernetes.kinds import Kinds, Resource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.schemas import schemas_of

_WRITE_PARAMETERS = ("dryRun", "fieldManager", "fieldValidation")


def index(kinds: Kinds) -> Obj:
    """List the documents, one for each group and version."""
    places = sorted({_place(resource) for resource in kinds.all()})
    return {
        "paths": {
            place: {"serverRelativeURL": f"/openapi/v3/{place}?hash={_hash(place)}"} for place in places
        }
    }


def document(kinds: Kinds, place: str) -> Obj | None:
    """Write the document of one group and version; None when it is not served."""
    resources = [resource for resource in kinds.all() if _place(resource) == place]
    if not resources:
        return None
    paths: Obj = {}
    for resource in resources:
        within = "/namespaces/{namespace}" if resource.namespaced else ""
        collection = f"/{place}{within}/{resource.plural}"
        paths[collection] = _operations(
            resource, {"get": "list", "post": "create", "delete": "deletecollection"}
        )
        paths[f"{collection}/{{name}}"] = _operations(
            resource, {"get": "get", "put": "update", "patch": "patch", "delete": "delete"}
        )
    schemas = schemas_of(resources)
    info = {"title": "Kubernetes", "version": VERSION["gitVersion"]}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _place(resource: Resource) -> str:
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"


def _hash(place: str) -> str:
    return hashlib.sha256(place.encode()).hexdigest()[:32].upper()


def _kind(resource: Resource) -> Obj:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


def _operations(resource: Resource, verbs: dict[str, str]) -> Obj:
    found: Obj = {}
    for method, verb in verbs.items():
        if verb not in resource.verbs:
            continue
        words = () if method == "get" else _WRITE_PARAMETERS if method != "delete" else ("dryRun",)
        parameters = [{"name": word, "in": "query", "schema": {"type": "string"}} for word in words]
        found[method] = {
            "parameters": parameters,
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-action": verb,
            "x-kubernetes-group-version-kind": _kind(resource),
        }
    return found
