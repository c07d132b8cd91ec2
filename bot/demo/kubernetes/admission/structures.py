"""Which fields there are: what a document says beyond them is dropped, and told or refused as asked.

`structures.json` is drawn from the API's published schemas: for every kind its structure, and for every
structure its fields, each with the structure it holds, or the type (`#integer`) that is not text, in a list
(`[`) or a map (`{`) where that is so. A strategic patch merges a list by the key after `@`, as a set when
there is none, and retains only the keys it names where there is a `!`.
"""

from functools import cache
from importlib.resources import files
from json import loads
from typing import Any

from bot.demo.kubernetes.errors import Fault, bad_request, invalid
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj

Fields = dict[str, str]
_DIRECTIVES = ("Ignore", "Warn", "Strict")


@cache
def published() -> tuple[dict[str, str], dict[str, Fields]]:
    """The structure of each kind, and the fields of each structure, each with what is said of it."""
    text = files("bot.demo.kubernetes.admission").joinpath("structures.json").read_text("utf-8")
    table = loads(text)
    found = {}
    for name, line in table["structures"].items():
        parted = (field.partition(":") for field in line.split(" "))
        found[name] = {field: said for field, _, said in parted}
    return table["kinds"], found


@cache
def _table() -> tuple[dict[str, str], dict[str, Fields]]:
    """The same with the structures alone: what a field without one holds may be anything."""
    kinds, structures = published()
    return kinds, {
        name: {field: _structure(said) for field, said in fields.items()}
        for name, fields in structures.items()
    }


def _structure(said: str) -> str:
    return "" if "#" in said else said.partition("@")[0].removesuffix("!")


def prune(resource: Resource, obj: Obj) -> tuple[Obj, list[str]]:
    """Return a document without the fields that its kind has not, and where those stood."""
    kinds, structures = _table()
    unknown: list[str] = []
    name = kinds.get(f"{resource.api_version}/{resource.kind}")
    if name is not None:
        return _pruned(structures, name, obj, "", unknown), unknown
    metadata = _pruned(structures, "meta.v1.ObjectMeta", obj["metadata"], "metadata", unknown)
    kept = {**obj, "metadata": metadata}
    return (resource.custom.prune(kept, unknown) if resource.custom else kept), unknown


def _pruned(structures: dict[str, Fields], name: str, node: Any, path: str, unknown: list[str]) -> Any:
    if not isinstance(node, dict):
        return node
    known = structures[name]
    kept: Obj = {}
    for key, value in node.items():
        place = f"{path}.{key}" if path else key
        if key not in known:
            unknown.append(place)
            continue
        held = known[key]
        if held.startswith("[") and isinstance(value, list):
            kept[key] = [
                _pruned(structures, held[1:], one, f"{place}[{i}]", unknown) for i, one in enumerate(value)
            ]
        elif held.startswith("{") and isinstance(value, dict):
            kept[key] = {
                k: _pruned(structures, held[1:], v, f"{place}.{k}", unknown) for k, v in value.items()
            }
        elif held and held[0] not in "[{":
            kept[key] = _pruned(structures, held, value, place, unknown)
        else:
            kept[key] = value
    return kept


def directive(asked: str, verb: str) -> str:
    """Read `fieldValidation`; a word that is none of its three is refused."""
    if asked and asked not in _DIRECTIVES:
        known = ", ".join(f'"{word}"' for word in _DIRECTIVES)
        said = f'Unsupported value: "{asked}": supported values: {known}'
        kind = {"create": "CreateOptions", "update": "UpdateOptions"}.get(verb, "PatchOptions")
        raise invalid(kind, "meta.k8s.io", "", [Fault("fieldValidation", said, "FieldValueNotSupported")])
    return asked or "Warn"


def strictly(resource: Resource, told: list[str]) -> Exception:
    """Make the refusal of a document that says what is not known, or the same thing twice."""
    what = f'{resource.kind} in version "{resource.version}"'
    return bad_request(f"{what} cannot be handled as a {resource.kind}: {strict_words(told)}")


def strict_words(told: list[str]) -> str:
    return f"strict decoding error: {', '.join(told)}"
