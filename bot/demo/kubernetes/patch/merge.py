"""JSON merge patch (RFC 7386): null takes away, a list replaces."""

from typing import Any

from bot.demo.kubernetes.errors import bad_request
from bot.demo.kubernetes.objects import Obj, clone


def merge_patch(current: Obj, patch: Any) -> Obj:
    if not isinstance(patch, dict):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}"
        )
    merged: Obj = _merged(clone(current), patch)
    return merged


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return clone(patch)
    result = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result
