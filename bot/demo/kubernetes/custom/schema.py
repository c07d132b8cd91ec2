"""Structural schemas: what they drop, what they fill in, and what they refuse, in the validator's own words.

Rules written in CEL (`x-kubernetes-validations`) are kept but not evaluated.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.demo.kubernetes.admission.fields import go
from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.objects import Obj, clone

_OF_EVERY_OBJECT = ("apiVersion", "kind", "metadata")
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
_LOOSE, _EITHER = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"


def prune(schema: Obj, obj: Obj, unknown: list[str]) -> Obj:
    """Drop what the schema does not know."""
    return {**_pruned(schema, obj, "", unknown, whole=True)}


def _pruned(schema: Obj, node: Any, path: str, unknown: list[str], *, whole: bool = False) -> Any:
    if isinstance(node, list) and isinstance(items := schema.get("items"), dict):
        return [_pruned(items, one, f"{path}[{index}]", unknown) for index, one in enumerate(node)]
    if not isinstance(node, dict):
        return node
    whole = whole or bool(schema.get("x-kubernetes-embedded-resource"))
    known, others, kept = schema.get("properties") or {}, schema.get("additionalProperties"), {}
    for key, value in node.items():
        place = f"{path}.{key}" if path else key
        if whole and key in _OF_EVERY_OBJECT:
            kept[key] = value
        elif key in known:
            kept[key] = _pruned(known[key], value, place, unknown)
        elif isinstance(others, dict):
            kept[key] = _pruned(others, value, place, unknown)
        elif others or schema.get(_LOOSE):
            kept[key] = value
        else:
            unknown.append(place)
    return kept


def default(schema: Obj, node: Any) -> None:
    """Fill in the defaults of what is missing, wherever the object they belong to is there."""
    if isinstance(node, list) and isinstance(items := schema.get("items"), dict):
        for one in node:
            default(items, one)
    if not isinstance(node, dict):
        return
    known = schema.get("properties") or {}
    for key, inner in known.items():
        if key not in node and "default" in inner:
            node[key] = clone(inner["default"])
        if key in node:
            default(inner, node[key])
    if isinstance(others := schema.get("additionalProperties"), dict):
        for key in node.keys() - known.keys():
            default(others, node[key])


def faults(schema: Obj, obj: Obj) -> list[Fault]:
    """Find everything that the schema refuses."""
    known = {k: v for k, v in (schema.get("properties") or {}).items() if k not in _OF_EVERY_OBJECT}
    return list(_faults({**schema, "properties": known}, obj, ""))


def _faults(schema: Obj, node: Any, path: str) -> Iterator[Fault]:
    if node is None and schema.get("nullable"):
        return
    wanted = schema.get("type")
    if schema.get(_EITHER):
        if not isinstance(node, (int, str)) or isinstance(node, bool):
            yield _mistyped(path, node, "integer,string")
            return
    elif wanted and not _is(node, wanted):
        yield _mistyped(path, node, wanted)
        return
    if "enum" in schema and node not in schema["enum"]:
        known = ", ".join(go(one) for one in schema["enum"])
        said = f"Unsupported value: {go(node)}: supported values: {known}"
        yield Fault(path, said, "FieldValueNotSupported")
    yield from _measured(schema, node, path)
    if isinstance(node, dict):
        yield from _within(schema, node, path)
    elif isinstance(node, list) and isinstance(items := schema.get("items"), dict):
        for index, one in enumerate(node):
            yield from _faults(items, one, f"{path}[{index}]")
    yield from _joined(schema, node, path)


def _is(node: Any, wanted: str) -> bool:
    if isinstance(node, bool):
        return wanted == "boolean"
    if wanted == "integer" and isinstance(node, float):
        return node.is_integer()
    return isinstance(node, _TYPES.get(wanted, (object,)))


def _mistyped(path: str, node: Any, wanted: str) -> Fault:
    names = (("boolean", bool), ("integer", int), ("number", float), ("string", str), ("array", list))
    told = next(
        (name for name, kind in names if isinstance(node, kind)), "null" if node is None else "object"
    )
    said = f'Invalid value: "{told}": {path} in body must be of type {wanted}: "{told}"'
    return Fault(path, said, "FieldValueTypeInvalid")


def _within(schema: Obj, node: Obj, path: str) -> Iterator[Fault]:
    """Look at the fields of an object: those that must be there, and those that are."""
    prefix = f"{path}." if path else ""
    for key in schema.get("required") or ():
        if key not in node:
            yield Fault(f"{prefix}{key}", "Required value", "FieldValueRequired")
    known, others = schema.get("properties") or {}, schema.get("additionalProperties")
    for key, value in node.items():
        inner = known.get(key, others)
        if isinstance(inner, dict):
            yield from _faults(inner, value, f"{prefix}{key}")


def _measured(schema: Obj, node: Any, path: str) -> Iterator[Fault]:
    """Hold a value against the bounds of its type."""
    said: list[str] = []
    if isinstance(node, (int, float)) and not isinstance(node, bool):
        said = _numbers(schema, node)
    elif isinstance(node, str):
        if len(node) > schema.get("maxLength", len(node)):
            yield Fault(
                path, f"Too long: may not be more than {schema['maxLength']} bytes", "FieldValueTooLong"
            )
        if len(node) < schema.get("minLength", 0):
            said.append(f"should be at least {schema['minLength']} chars long")
        if "pattern" in schema and not _matches(schema["pattern"], node):
            said.append(f"should match '{schema['pattern']}'")
    elif isinstance(node, (list, dict)):
        what = "items" if isinstance(node, list) else "properties"
        most, least = schema.get(f"max{what.capitalize()}"), schema.get(f"min{what.capitalize()}", 0)
        if most is not None and len(node) > most:
            yield Fault(path, f"Too many: {len(node)}: must have at most {most} items", "FieldValueTooMany")
        if len(node) < least:
            said.append(f"should have at least {least} {what}")
    for sentence in said:
        yield Fault(path, f"Invalid value: {go(node)}: {path} in body {sentence}")


def _numbers(schema: Obj, node: float) -> list[str]:
    said = []
    least, most, step = (schema.get(key) for key in ("minimum", "maximum", "multipleOf"))
    if least is not None and (node < least or (node == least and schema.get("exclusiveMinimum"))):
        or_equal = "" if schema.get("exclusiveMinimum") else " or equal to"
        said.append(f"should be greater than{or_equal} {least}")
    if most is not None and (node > most or (node == most and schema.get("exclusiveMaximum"))):
        or_equal = "" if schema.get("exclusiveMaximum") else " or equal to"
        said.append(f"should be less than{or_equal} {most}")
    return [*said, f"should be a multiple of {step}"] if step and node % step else said


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # an expression of the other dialect
        return True


def _joined(schema: Obj, node: Any, path: str) -> Iterator[Fault]:
    """Hold a value against schemas that are joined by all, any, one or not."""
    for inner in schema.get("allOf") or ():
        yield from _faults(inner, node, path)
    said = ""
    if choices := schema.get("anyOf"):
        said = "" if _fitting(choices, node) else "must validate at least one schema (anyOf)"
    if (choices := schema.get("oneOf")) and _fitting(choices, node) != 1:
        said = "must validate one and only one schema (oneOf)"
    if "not" in schema and _fitting([schema["not"]], node):
        said = "must not validate the schema (not)"
    if said:
        yield Fault(path, f'Invalid value: {go(node)}: "{path}" {said}')


def _fitting(choices: list[Obj], node: Any) -> int:
    return sum(1 for inner in choices if not any(_faults(inner, node, "")))
