"""Tables as the server prints them: columns by kind, and the cells of one object."""

from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.printers.cluster import CLUSTER
from bot.demo.kubernetes.printers.columns import FALLBACK, Printer
from bot.demo.kubernetes.printers.network import NETWORK
from bot.demo.kubernetes.printers.pods import PODS
from bot.demo.kubernetes.printers.storage import STORAGE
from bot.demo.kubernetes.printers.workloads import WORKLOADS

_PRINTERS: dict[tuple[str, str], Printer] = {**WORKLOADS, **PODS, **NETWORK, **CLUSTER, **STORAGE}


def _printer(resource: Resource) -> Printer:
    if resource.custom is not None:
        return resource.custom.printer
    return _PRINTERS.get((resource.group, resource.plural), FALLBACK)


def columns_of(resource: Resource) -> list[Obj]:
    return [column.definition() for column in _printer(resource).columns]


def row_of(resource: Resource, obj: Obj) -> list[object]:
    return _printer(resource).cells(obj)


__all__ = ["columns_of", "row_of"]
