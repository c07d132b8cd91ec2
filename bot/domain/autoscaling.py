"""What an autoscaler aims at and is told to keep. Pure."""

from __future__ import annotations

from bot.domain.message import Text, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef


def aims_at(scaler: Json, of: ObjectRef) -> bool:
    aim = scaler["spec"].get("scaleTargetRef", {})
    return (aim.get("kind"), aim.get("name")) == (of.type.kind, of.name)


def metric(resource: str, load: str) -> Json:
    """`80%` of what is asked for on average, or an amount such as `500m`."""
    aim: Json = {"type": "AverageValue", "averageValue": load}
    if load.endswith("%"):
        aim = {"type": "Utilization", "averageUtilization": int(load.rstrip("%"))}
    return {"type": "Resource", "resource": {"name": resource, "target": aim}}


def merged(now: list[Json], wanted: list[Json]) -> list[Json]:
    """Those of now, with what is wanted in place of the same resource's."""
    named = {one["resource"]["name"]: one for one in wanted}
    kept = [named.pop(_resource(one), one) for one in now]
    return [*kept, *named.values()]


def _resource(one: Json) -> str:
    return str(one.get("resource", {}).get("name", ""))


def shown(spec: Json) -> Text:
    """`2 to 5 pods, at 80% CPU`."""
    low, high = spec["minReplicas"], spec["maxReplicas"]
    loads = [_load(one) for one in spec["metrics"]]
    pods = f"{high} pod{'s' if high != 1 else ''}" if low == high else f"{low} to {high} pods"
    return text("{}, at {}", pods, ", ".join(loads)) if loads else text("{}", pods)


def _load(one: Json) -> str:
    if one.get("type") != "Resource":
        return f"a metric of type {one.get('type', '')}"
    aim = one["resource"]["target"]
    load = f"{aim['averageUtilization']}%" if "averageUtilization" in aim else aim.get("averageValue", "?")
    return f"{load} {'CPU' if _resource(one) == 'cpu' else _resource(one)}"


def owned_by(scaler: Json) -> str:
    """Who made it and keeps it as it is, such as KEDA's ScaledObject."""
    owner = next((one for one in scaler["metadata"].get("ownerReferences") or ()), None)
    return f"{owner['kind']} {owner['name']}" if owner else ""


def without_requests(workload: Json, metrics: list[Json]) -> list[tuple[str, tuple[str, ...]]]:
    """The resources of which a percentage is wanted, with the containers that ask for none of it."""
    found = []
    for one in metrics:
        resource = _resource(one)
        if "averageUtilization" not in one.get("resource", {}).get("target", {}):
            continue
        names = tuple(
            container["name"]
            for container in workload["spec"]["template"]["spec"]["containers"]
            if resource not in ((container.get("resources") or {}).get("requests") or {})
        )
        if names:
            found.append(("CPU" if resource == "cpu" else resource, names))
    return found
