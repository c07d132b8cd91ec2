"""Server-side apply: a manager states what it wants; what others hold differently is a conflict."""

from collections import defaultdict
from json import dumps
from typing import Any

from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.objects import Obj, clone
from bot.demo.kubernetes.patch.keys import SETS, identity
from bot.demo.kubernetes.patch.ownership import Path, entry, from_fields, paths_of, spoken, to_fields


def apply(current: Obj | None, applied: Obj, manager: str, *, force: bool, subresource: str = "") -> Obj:
    """Return the object as it should be, managed fields included."""
    wanted = paths_of(applied)
    live: Obj = current or {}
    held = live.get("metadata", {}).get("managedFields") or []
    others, previous = _split(held, manager, subresource)
    conflicts = _conflicts(others, wanted, paths_of(live) if live else {})
    if conflicts and not force:
        raise _conflict(conflicts)
    taken = {path for paths in conflicts.values() for path in paths}
    kept = [left for other in others if (left := _without(other, taken)) is not None]
    owned = {path for other in kept for path in from_fields(other["fieldsV1"])}
    result: Obj = _merge("", clone(live), applied)
    _let_go(result, sorted(previous - set(wanted) - owned, key=_order))
    mine = entry(manager, "Apply", applied["apiVersion"], set(wanted), subresource)
    result["metadata"]["managedFields"] = [*kept, mine]
    return result


def _split(held: list[Obj], manager: str, subresource: str) -> tuple[list[Obj], set[Path]]:
    others, previous = [], set()
    for note in held:
        if (note["manager"], note["operation"], note.get("subresource", "")) == (
            manager,
            "Apply",
            subresource,
        ):
            previous = from_fields(note["fieldsV1"])
        else:
            others.append(note)
    return others, previous


def _conflicts(others: list[Obj], wanted: dict[Path, Any], live: dict[Path, Any]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for other in others:
        for path in sorted(from_fields(other["fieldsV1"])):
            if path in wanted and path in live and live[path] != wanted[path]:
                found[_called(other)].append(path)
    return found


def _called(note: Obj) -> str:
    """Name a manager as conflicts do: who applies is the same in every version."""
    said = f'"{note["manager"]}"'
    if note.get("subresource"):
        said += f' with subresource "{note["subresource"]}"'
    return said if note["operation"] == "Apply" else f"{said} using {note['apiVersion']}"


def _conflict(conflicts: dict[str, list[Path]]) -> ApiError:
    causes, told = [], []
    for manager, paths in conflicts.items():
        who = f"conflict with {manager}"
        causes += [
            {"reason": "FieldManagerConflict", "message": who, "field": spoken(path)} for path in paths
        ]
        if len(paths) == 1:
            told.append(f"{who}: {spoken(paths[0])}")
        else:
            lines = "".join(f"\n- {spoken(path)}" for path in paths)
            told.append(f"conflicts with {manager}:{lines}")
    number = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    return ApiError(409, "Conflict", f"Apply failed with {number}: " + "\n".join(told), {"causes": causes})


def _without(note: Obj, taken: set[Path]) -> Obj | None:
    owned = from_fields(note["fieldsV1"])
    left = owned - taken
    if left == owned:
        return note
    return {**note, "fieldsV1": to_fields(left)} if left else None


def _merge(field: str, live: Any, applied: Any) -> Any:
    if isinstance(applied, dict) and isinstance(live, dict) and field not in ("selector", "nodeSelector"):
        for key, value in applied.items():
            live[key] = _merge(key, live.get(key), value)
        return live
    if isinstance(applied, list) and isinstance(live, list) and live:
        if field in SETS:
            return live + [item for item in applied if item not in live]
        if applied and identity(field, live + applied, applied[0]) is not None:
            return _merge_items(field, live, applied)
    return clone(applied)


def _merge_items(field: str, live: list[Any], applied: list[Any]) -> list[Any]:
    everything = live + applied
    places = {str(identity(field, everything, item)): index for index, item in enumerate(live)}
    merged = list(live)
    for item in applied:
        place = places.get(str(identity(field, everything, item)))
        if place is None:
            merged.append(clone(item))
        else:
            merged[place] = _merge("", merged[place], item)
    return merged


def _let_go(document: Obj, paths: list[Path]) -> None:
    """Remove what this manager no longer states and nobody else holds."""
    for path in paths:
        _remove(document, "", path)


def _order(path: Path) -> tuple[bool, int]:
    """Put whole items first, then the deepest fields, so that nothing is looked for in vain."""
    return path[-1] != ".", -len(path)


def _remove(node: Any, field: str, path: Path) -> None:
    sort, _, rest = path[0].partition(":")
    if isinstance(node, dict) and sort == "f" and rest in node:
        if len(path) == 1:
            del node[rest]
            return
        _remove(node[rest], rest, path[1:])
        if node[rest] in ({}, []):
            del node[rest]
    elif isinstance(node, list) and sort in ("k", "v"):
        for item in list(node):
            if sort == "v" and f'"{item}"' == rest:
                node.remove(item)
            elif sort == "k" and _identified(field, node, item) == rest:
                if path[1:] == (".",):
                    node.remove(item)
                else:
                    _remove(item, "", path[1:])


def _identified(field: str, node: list[Any], item: Any) -> str:
    return dumps(identity(field, node, item), separators=(",", ":"))
