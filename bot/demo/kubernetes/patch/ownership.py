"""Who owns which field: sets of paths, and the `fieldsV1` form they have on objects."""

from collections.abc import Iterator
from json import dumps, loads
from typing import Any

from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.patch.keys import SETS, identity

Path = tuple[str, ...]

# What a writer never owns: the server fills these in.
_SERVER_SET = frozenset(
    (
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "managedFields",
        "deletionGracePeriodSeconds",
        "selfLink",
    )
)


def paths_of(document: Obj) -> dict[Path, Any]:
    """Find every field a document sets, each with its value; items of keyed lists are fields too."""
    found: dict[Path, Any] = {}
    for key, value in document.items():
        if key in ("apiVersion", "kind"):
            continue
        if key == "metadata":
            value = {k: v for k, v in value.items() if k not in _SERVER_SET}  # noqa: PLW2901  # the same, narrowed
        found.update(_walk(key, value, (f"f:{key}",)))
    return found


def _walk(field: str, value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and field not in ("selector", "nodeSelector"):
        for key, item in value.items():
            yield from _walk(key, item, (*path, f"f:{key}"))
    elif isinstance(value, list) and field in SETS:
        for item in value:
            yield (*path, f"v:{dumps(item)}"), item
    elif isinstance(value, list) and value and identity(field, value, value[0]) is not None:
        for item in value:
            key = dumps(identity(field, value, item), separators=(",", ":"))
            place = (*path, f"k:{key}")
            yield (*place, "."), key
            for name, inner in item.items():
                yield from _walk(name, inner, (*place, f"f:{name}"))
    else:
        yield path, value


def to_fields(paths: set[Path]) -> Obj:
    tree: Obj = {}
    for path in sorted(paths):
        node = tree
        for part in path:
            node = node.setdefault(part, {})
    return tree


def from_fields(tree: Obj, prefix: Path = ()) -> set[Path]:
    found: set[Path] = set()
    for part, below in tree.items():
        found |= from_fields(below, (*prefix, part)) if below else {(*prefix, part)}
    return found


def spoken(path: Path) -> str:
    """Write a path as conflicts are told: `.spec.containers[name="web"].image`."""
    text = ""
    for part in path:
        sort, _, rest = part.partition(":")
        if sort == "f":
            text += f".{rest}"
        elif sort == "k":
            text += "[" + ",".join(f"{key}={dumps(value)}" for key, value in loads(rest).items()) + "]"
        elif sort == "v":
            text += f"[={rest}]"
    return text


def entry(manager: str, operation: str, api_version: str, paths: set[Path], subresource: str = "") -> Obj:
    made: Obj = {
        "manager": manager,
        "operation": operation,
        "apiVersion": api_version,
        "time": stamp(),
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields(paths),
    }
    return made | ({"subresource": subresource} if subresource else {})


def written(old: Obj | None, new: Obj, manager: str, subresource: str = "") -> list[Obj]:
    """Work out the managed fields after an ordinary write: what it changed is the writer's now."""
    before, after = paths_of(old) if old else {}, paths_of(new)
    changed = {path for path, value in after.items() if path not in before or before[path] != value}
    entries: list[Obj] = []
    mine = changed
    for held in (old or new)["metadata"].get("managedFields") or ():
        owned = from_fields(held["fieldsV1"])
        if (held["manager"], held["operation"], held.get("subresource", "")) == (
            manager,
            "Update",
            subresource,
        ):
            mine = changed | {path for path in owned if path in after}
            continue
        kept = {path for path in owned - changed if path in after or not _leaf(path, before)}
        if kept == owned:
            entries.append(held)
        elif kept:
            entries.append({**held, "fieldsV1": to_fields(kept)})
    return [*entries, entry(manager, "Update", new["apiVersion"], mine, subresource)] if mine else entries


def _leaf(path: Path, before: dict[Path, Any]) -> bool:
    return path in before
