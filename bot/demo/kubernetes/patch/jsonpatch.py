"""JSON patch (RFC 6902): a list of operations, all of them or none."""

from typing import Any

from bot.demo.kubernetes.errors import bad_request, unprocessable
from bot.demo.kubernetes.objects import Obj, clone


def json_patch(current: Obj, patch: Any) -> Obj:
    if not isinstance(patch, list) or not all(isinstance(step, dict) for step in patch):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Patch"
        )
    document = clone(current)
    for step in patch:
        document = _apply(document, step)
    if not isinstance(document, dict):
        raise unprocessable()
    return document


def _apply(document: Any, step: Obj) -> Any:
    path = _pointer(step.get("path"))
    match step.get("op"):
        case "add":
            return _add(document, path, clone(step.get("value")))
        case "replace":
            _read(document, path)
            return _add(_remove(document, path), path, clone(step.get("value")))
        case "remove":
            return _remove(document, path)
        case "move":
            source = _pointer(step.get("from"))
            value = _read(document, source)
            return _add(_remove(document, source), path, value)
        case "copy":
            return _add(document, path, clone(_read(document, _pointer(step.get("from")))))
        case "test":
            if _read(document, path, missing=None) != step.get("value"):
                raise unprocessable()
            return document
        case _:
            raise unprocessable()


def _pointer(path: Any) -> list[str]:
    if path == "":
        return []
    if not isinstance(path, str) or not path.startswith("/"):
        raise unprocessable()
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


_REQUIRED = object()


def _read(document: Any, path: list[str], missing: Any = _REQUIRED) -> Any:
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif missing is _REQUIRED:
            raise unprocessable()
        else:
            return missing
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _read(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, len(parent)), value)
    else:
        raise unprocessable()
    return document


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        return None
    parent, last = _read(document, path[:-1]), path[-1]
    if isinstance(parent, dict) and last in parent:
        del parent[last]
    elif isinstance(parent, list):
        del parent[_index(last, len(parent) - 1)]
    else:
        raise unprocessable()
    return document


def _index(text: str, limit: int) -> int:
    if not text.isdigit() or int(text) > limit:
        raise unprocessable()
    return int(text)
