"""Scenario files: what stands in the cluster from the start, and what is wrong with it.

objects:           # manifests, as they would be applied
  - apiVersion: apps/v1
    kind: Deployment
    …
faults:            # as they would be posted to /simulator/faults
  - fault: load
    selector: app=web
    cpu: "2"
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.api.rest import Rest
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import NAMESPACES
from bot.demo.kubernetes.known_faults import problems_of
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.views import view_of

_PARTS = ("objects", "faults")


class ScenarioError(ValueError):
    """A scenario that cannot be played; `problems` has a line for each reason."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.problems = tuple(f"{path}: {problem}" for problem in problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Scenario:
    """A scenario as its file says it."""

    path: Path
    objects: list[Obj]
    faults: list[Obj]


def read_scenario(path: Path) -> Scenario:
    """Read a file; what is no scenario is refused with everything that is wrong."""
    try:
        found: Any = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(path, [" ".join(str(error).split())]) from error
    if not isinstance(found, dict):
        raise ScenarioError(path, [f"a scenario has {' and '.join(_PARTS)}"])
    if problems := [*_problems(found)]:
        raise ScenarioError(path, problems)
    return Scenario(path, *(found.get(part) or [] for part in _PARTS))


def _problems(found: dict[Any, Any]) -> Iterator[str]:
    yield from (
        f"a scenario has no {part}, only {' and '.join(_PARTS)}" for part in found if part not in _PARTS
    )
    for part in _PARTS:
        items = [] if found.get(part) is None else found[part]
        if not isinstance(items, list):
            yield f"{part} must be a list"
            continue
        for number, item in enumerate(items, 1):
            wrong = _about_object(item) if part == "objects" else problems_of(item)
            yield from (f"{part[:-1]} {number}: {problem}" for problem in wrong)


def _about_object(item: Any) -> list[str]:
    if not isinstance(item, dict):
        return ["it must be a mapping"]
    wrong = [f"it needs {key}" for key in ("apiVersion", "kind") if not isinstance(item.get(key), str)]
    metadata = item.get("metadata")
    if not isinstance(metadata, dict):
        return [*wrong, "it needs metadata"]
    return wrong if isinstance(metadata.get("namespace", ""), str) else [*wrong, "its namespace must be text"]


def create_objects(cluster: Cluster, scenario: Scenario) -> list[str]:
    """Create the objects in their order, each as if somebody had posted it; tells what could not be."""
    problems = []
    for number, obj in enumerate(scenario.objects, 1):
        try:
            _create(cluster, obj)
        except ApiError as error:
            problems.append(f"object {number}: {error.message}")
        cluster.settle()
    return problems


def _create(cluster: Cluster, obj: Obj) -> None:
    resource = cluster.kinds.of(obj["apiVersion"], obj["kind"])
    if resource is None:
        raise ApiError(404, "NotFound", f"there is no {obj['kind']} of {obj['apiVersion']}")
    namespace = (obj["metadata"].get("namespace") or "default") if resource.namespaced else ""
    if namespace and cluster.store.get(NAMESPACES, "", namespace) is None:
        Rest(cluster.store).create(Request("create", NAMESPACES), {"metadata": {"name": namespace}})
    view = view_of(cluster.kinds, resource)
    query = {"fieldValidation": "Strict", "fieldManager": "scenario"}
    Rest(cluster.store).create(
        Request("create", view.stored if view else resource, namespace, query=query, view=view), obj
    )
