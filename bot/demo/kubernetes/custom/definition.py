"""From a CustomResourceDefinition to resources like all others, with a schema and columns of their own."""

from dataclasses import dataclass

from bot.demo.kubernetes.custom.columns import printer_of
from bot.demo.kubernetes.custom.schema import default, faults, prune
from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.kinds import SCALE, STATUS, Resource, Subresource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.printers.columns import Printer


@dataclass(frozen=True)
class Custom:
    """What one version of a definition says beyond the name of its kind."""

    schema: Obj
    printer: Printer
    stored_version: str
    scale: Obj

    def prune(self, obj: Obj, unknown: list[str]) -> Obj:
        """Return an object without what the schema does not know; the places of that are noted."""
        return prune(self.schema, obj, unknown)

    def default(self, obj: Obj) -> None:
        default(self.schema, obj)

    def faults(self, obj: Obj) -> list[Fault]:
        return faults(self.schema, obj)


def resources_of(definition: Obj) -> list[Resource]:
    """Make a resource of every version that is served."""
    versions = definition["spec"]["versions"]
    stored = next(str(one["name"]) for one in versions if one.get("storage"))
    return [_resource(definition["spec"], one, stored) for one in versions if one.get("served")]


def _resource(spec: Obj, version: Obj, stored: str) -> Resource:
    names, below = spec["names"], version.get("subresources") or {}
    subs = (Subresource("status", names["kind"], STATUS),) if "status" in below else ()
    return Resource(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        namespaced=spec["scope"] == "Namespaced",
        short=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=subs + (SCALE if "scale" in below else ()),
        singular=names["singular"],
        custom=Custom(
            schema=(version.get("schema") or {}).get("openAPIV3Schema") or {},
            printer=printer_of(version.get("additionalPrinterColumns") or []),
            stored_version=stored,
            scale=below.get("scale") or {},
        ),
    )
