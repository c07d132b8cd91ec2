"""The environment of a container: what its author wrote, and what is taken from other objects."""

import base64

from bot.demo.kubernetes.kinds import CONFIG_MAPS, SECRETS, Resource
from bot.demo.kubernetes.objects import Obj, namespace_of
from bot.demo.kubernetes.store import Store


class MissingConfigError(Exception):
    """Something the container needs does not exist; it waits until it does."""


def environment(store: Store, pod: Obj, container: Obj) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in container.get("envFrom") or ():
        prefix = source.get("prefix", "")
        for kind, resource in (("configMapRef", CONFIG_MAPS), ("secretRef", SECRETS)):
            if reference := source.get(kind):
                found |= {
                    f"{prefix}{key}": value for key, value in _data(store, pod, resource, reference).items()
                }
    for variable in container.get("env") or ():
        value = _value(store, pod, variable)
        if value is not None:
            found[variable["name"]] = value
    return found


def _value(store: Store, pod: Obj, variable: Obj) -> str | None:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    if field := source.get("fieldRef"):
        value: object = pod
        for part in _parts(field["fieldPath"]):
            value = value.get(part) if isinstance(value, dict) else None
        return str(value or "")
    for kind, resource in (("configMapKeyRef", CONFIG_MAPS), ("secretKeyRef", SECRETS)):
        if reference := source.get(kind):
            data = _data(store, pod, resource, reference)
            if reference["key"] in data:
                return data[reference["key"]]
            if not reference.get("optional"):
                where = f"{resource.kind} {namespace_of(pod)}/{reference['name']}"
                raise MissingConfigError(f"couldn't find key {reference['key']} in {where}")
    return None


def _parts(path: str) -> list[str]:
    """Take a path apart: `status.podIP`, or `metadata.labels['app.example.com/name']`."""
    plain, _, key = path.removesuffix("']").partition("['")
    return [*plain.split("."), *([key] if key else [])]


def _data(store: Store, pod: Obj, resource: Resource, reference: Obj) -> dict[str, str]:
    found = store.get(resource, namespace_of(pod), reference.get("name", ""))
    if found is None:
        if reference.get("optional"):
            return {}
        raise MissingConfigError(f'{resource.kind.lower()} "{reference.get("name", "")}" not found')
    data = found.get("data") or {}
    if resource is SECRETS:
        return {key: base64.b64decode(value).decode("utf-8", "replace") for key, value in data.items()}
    return dict(data)
