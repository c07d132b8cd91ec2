"""OpenAPI schemas: every structure that a kind is made of, with its fields and their types."""

from functools import cache

from bot.demo.kubernetes.admission.structures import published
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj

_META = "meta.v1.ObjectMeta"
_PACKAGES = {
    "meta": "io.k8s.apimachinery.pkg.apis",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis",
}
_LEAVES: dict[str, Obj] = {
    "": {"type": "string"},
    "#any": {},
    "#boolean": {"type": "boolean"},
    "#integer": {"type": "integer"},
    "#number": {"type": "number"},
    "#object": {"type": "object"},
    "#string": {"type": "string"},
    "#time": {"type": "string", "format": "date-time"},
}
_EITHER: dict[str, tuple[str, Obj]] = {  # written as text or as a number
    "#int-or-string": (
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    ),
    "#quantity": (
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        {"oneOf": [{"type": "string"}, {"type": "number"}]},
    ),
}


def schemas_of(resources: list[Resource]) -> Obj:
    """Write the schemas of kinds, and of all that they are made of."""
    kinds = dict(_of_kind(resource) for resource in resources)
    reached = {name for resource in resources for name in _reached(_structure(resource) or _META)}
    return {_full(name): _of_structure(name) for name in sorted(reached)} | dict(_EITHER.values()) | kinds


def _structure(resource: Resource) -> str | None:
    return published()[0].get(f"{resource.api_version}/{resource.kind}")


def _of_kind(resource: Resource) -> tuple[str, Obj]:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    about: Obj = {"x-kubernetes-group-version-kind": [kind]}
    if (structure := _structure(resource)) is not None:
        return _full(structure), _of_structure(structure) | about
    backwards = ".".join(reversed(resource.group.split(".")))
    known: Obj = resource.custom.schema if resource.custom else {"type": "object"}
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _reference(_full(_META))}
    properties: Obj = {**known.get("properties", {}), **own}
    return f"{backwards}.{resource.version}.{resource.kind}", {**known, "properties": properties} | about


@cache
def _of_structure(structure: str) -> Obj:
    fields = published()[1][structure]
    return {"type": "object", "properties": {field: _of_field(said) for field, said in fields.items()}}


def _of_field(said: str) -> Obj:
    bare = said.removesuffix("!")
    held, merged, key = bare.partition("@")
    strategies = ["merge"] * bool(merged) + ["retainKeys"] * (said != bare)
    schema = _of_value(held)
    if strategies:
        schema = ({"allOf": [schema]} if "$ref" in schema else schema) | {
            "x-kubernetes-patch-strategy": ",".join(strategies)
        }
    return schema | ({"x-kubernetes-patch-merge-key": key} if key else {})


def _of_value(held: str) -> Obj:
    if held.startswith("["):
        return {"type": "array", "items": _of_value(held[1:])}
    if held.startswith("{"):
        return {"type": "object", "additionalProperties": _of_value(held[1:])}
    if held in _EITHER:
        return _reference(_EITHER[held][0])
    return dict(_LEAVES[held]) if held in _LEAVES else _reference(_full(held))


def _reference(name: str) -> Obj:
    return {"$ref": f"#/components/schemas/{name}"}


def _full(structure: str) -> str:
    return f"{_PACKAGES.get(structure.partition('.')[0], 'io.k8s.api')}.{structure}"


@cache
def _reached(structure: str) -> frozenset[str]:
    """Name a structure and all those below it."""
    structures, found, waiting = published()[1], {structure}, [structure]
    while waiting:
        for said in structures[waiting.pop()].values():
            held = said.partition("@")[0].removesuffix("!").lstrip("[{")
            if held in structures and held not in found:
                found.add(held)
                waiting.append(held)
    return frozenset(found)
