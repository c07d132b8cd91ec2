"""Whether a definition can be served: its name, its scope, its versions and their schemas."""

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.objects import Obj, name_of

_ONE_STORED = "must have exactly one version marked as storage version"


def default_definition(definition: Obj) -> None:
    """Fill in the names that follow from the others."""
    spec = definition["spec"]
    names = spec.setdefault("names", {})
    if isinstance(names, dict) and names.get("kind"):
        names.setdefault("singular", str(names["kind"]).lower())
        names.setdefault("listKind", f"{names['kind']}List")
    spec.setdefault("conversion", {"strategy": "None"})


def check_definition(definition: Obj) -> list[Fault]:
    spec = definition["spec"]
    names, group = spec.get("names") or {}, spec.get("group") or ""
    found = [] if group else [fields.required("spec.group")]
    whole = f"{names.get('plural', '')}.{group}"
    if name_of(definition) != whole:
        said = 'must be spec.names.plural+"."+spec.group'
        found.append(fields.wrong("metadata.name", name_of(definition), said))
    found += fields.one_of("spec.scope", spec.get("scope") or "", ("Cluster", "Namespaced"))
    found += [fields.required(f"spec.names.{key}") for key in ("plural", "kind") if not names.get(key)]
    versions = spec.get("versions") or []
    if sum(1 for one in versions if one.get("storage")) != 1:
        found.append(fields.wrong("spec.versions", [one.get("name") for one in versions], _ONE_STORED))
    for index, version in enumerate(versions):
        found += _check_version(f"spec.versions[{index}]", version)
    return found


def _check_version(place: str, version: Obj) -> list[Fault]:
    found = fields.alpha_label(f"{place}.name", version.get("name") or "")
    schema, here = (version.get("schema") or {}).get("openAPIV3Schema"), f"{place}.schema.openAPIV3Schema"
    if schema is None:
        return [*found, fields.required(here, "schemas are required")]
    if schema.get("type") != "object":
        found.append(fields.wrong(f"{here}.type", schema.get("type", ""), "must be object at the root"))
    for number, column in enumerate(version.get("additionalPrinterColumns") or ()):
        spot = f"{place}.additionalPrinterColumns[{number}]"
        found += [
            fields.required(f"{spot}.{key}") for key in ("name", "type", "jsonPath") if not column.get(key)
        ]
    return found
