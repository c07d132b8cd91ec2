"""Strategic merge patch: like a merge patch, but lists whose items have a key are merged item by item."""

from typing import Any

from bot.demo.kubernetes.errors import bad_request
from bot.demo.kubernetes.objects import Obj, clone
from bot.demo.kubernetes.patch.keys import SETS, merge_key

_DIRECTIVE = "$patch"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"
_RETAIN = "$retainKeys"


def strategic_merge(current: Obj, patch: Any) -> Obj:
    if not isinstance(patch, dict):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}"
        )
    target: Obj = clone(current)
    return _merge_map(target, patch)


def _merge_map(target: Obj, patch: Obj) -> Obj:
    if patch.get(_DIRECTIVE) == "replace":
        fresh: Obj = _stripped(patch)
        return fresh
    if patch.get(_DIRECTIVE) == "delete":
        return {}
    if _RETAIN in patch:
        target = {key: value for key, value in target.items() if key in patch[_RETAIN]}
    for key, value in patch.items():
        if key in (_DIRECTIVE, _RETAIN) or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE):
            field = key.removeprefix(_DELETE)
            target[field] = [item for item in target.get(field) or () if item not in value]
        elif value is None:
            target.pop(key, None)
        else:
            target[key] = _merge_value(key, target.get(key), value)
    for key in patch:
        if key.startswith(_ORDER):
            _reorder(target, key.removeprefix(_ORDER), patch[key])
    return target


def _merge_value(field: str, target: Any, patch: Any) -> Any:
    if isinstance(patch, dict):
        if not isinstance(target, dict):
            return _merge_map({}, patch)
        return _merge_map(target, patch)
    if isinstance(patch, list):
        return _merge_list(field, target if isinstance(target, list) else [], patch)
    return patch


def _merge_list(field: str, target: list[Any], patch: list[Any]) -> list[Any]:
    if field in SETS:
        return target + [item for item in patch if item not in target]
    if {_DIRECTIVE: "replace"} in patch:
        return [_stripped(item) for item in patch if item != {_DIRECTIVE: "replace"}]
    key = merge_key(field, target + patch) if target else merge_key(field, patch)
    if key is None:
        return [_stripped(item) for item in patch]
    fresh = []
    for item in patch:
        places = [index for index, old in enumerate(target) if old[key] == item[key]]
        if item.get(_DIRECTIVE) == "delete":
            target = [old for old in target if old[key] != item[key]]
        elif places:
            target[places[0]] = _merge_map(target[places[0]], item)
        else:
            fresh.append(_merge_map({}, item))
    return fresh + target  # the API server, too, puts what is new before what was there


def _reorder(target: Obj, field: str, order: list[Any]) -> None:
    items = target.get(field)
    if not isinstance(items, list):
        return
    key = merge_key(field, [item for item in items if isinstance(item, dict)])
    wanted = [item.get(key) if key and isinstance(item, dict) else item for item in order]
    place = {value: index for index, value in enumerate(wanted)}
    items.sort(key=lambda item: place.get(item[key] if key else item, len(place)))


def _stripped(value: Any) -> Any:
    """Take directives out of what becomes a value of its own."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if v is not None and not str(k).startswith("$")}
        return {key: _stripped(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return value
