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

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.api.rest import Rest
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import NAMESPACES
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.views import view_of

_PARTS = {"objects", "faults"}


class ScenarioError(ValueError):
    """A scenario that cannot be played, and why."""


@dataclass(frozen=True)
class Scenario:
    """A scenario as its file says it."""

    path: Path
    objects: list[Obj]
    faults: list[Obj]

    def error(self, said: str) -> ScenarioError:
        return ScenarioError(f"{self.path}: {said}")


def read_scenario(path: Path) -> Scenario:
    """Read a file; what is no scenario is refused with what is wrong."""
    try:
        found: Any = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    if not isinstance(found, dict) or set(found) - _PARTS:
        raise ScenarioError(f"{path}: a scenario has {' and '.join(sorted(_PARTS))}, and nothing else")
    parts = {part: found.get(part) or [] for part in _PARTS}
    for part, items in parts.items():
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ScenarioError(f"{path}: {part} must be a list of mappings")
    return Scenario(path, parts["objects"], parts["faults"])


def create_objects(cluster: Cluster, scenario: Scenario) -> None:
    """Create the objects in their order, each as if somebody had posted it."""
    rest = Rest(cluster.store)
    for number, obj in enumerate(scenario.objects, 1):
        resource = cluster.kinds.of(str(obj.get("apiVersion")), str(obj.get("kind")))
        if resource is None:
            what = f"{obj.get('kind')} of {obj.get('apiVersion')}"
            raise scenario.error(f"object {number}: there is no {what}")
        metadata = obj.get("metadata") or {}
        namespace = str(metadata.get("namespace") or "default") if resource.namespaced else ""
        _make_namespace(cluster, namespace)
        view = view_of(cluster.kinds, resource)
        query = {"fieldValidation": "Strict", "fieldManager": "scenario"}
        stored = view.stored if view else resource
        try:
            rest.create(Request("create", stored, namespace, query=query, view=view), obj)
        except ApiError as error:
            raise scenario.error(f"object {number}: {error.message}") from error
        cluster.settle()


def _make_namespace(cluster: Cluster, name: str) -> None:
    if name and cluster.store.get(NAMESPACES, "", name) is None:
        Rest(cluster.store).create(Request("create", NAMESPACES), {"metadata": {"name": name}})
