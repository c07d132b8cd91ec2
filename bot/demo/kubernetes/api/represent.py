"""The form an answer takes: whole objects, their metadata, or a table to print."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.demo.kubernetes.errors import ApiError, bad_request
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.printers import columns_of, row_of
from bot.demo.kubernetes.views import View

_META = "meta.k8s.io/v1"


@dataclass(frozen=True)
class Form:
    """`shape` is "", "Table", "PartialObjectMetadata" or "PartialObjectMetadataList"."""

    shape: str = ""
    include: str = "Metadata"
    yaml: bool = False


def read_accept(accept: str, include: str) -> Form:
    """Take the first form the caller would accept that is offered here."""
    include = include or "Metadata"
    if include not in ("None", "Metadata", "Object"):
        raise bad_request(f"unrecognized includeObject value: {include}")
    for choice in (accept or "*/*").split(","):
        media, *parts = [part.strip() for part in choice.split(";")]
        words = dict(part.split("=", 1) for part in parts if "=" in part)
        shape = words.get("as", "")
        if media in ("application/json", "application/*", "*/*"):
            if (
                shape in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
                and words.get("v") == "v1"
            ):
                return Form(shape, include)
            if not shape or words.get("g") == "apidiscovery.k8s.io":
                return Form()
        if media == "application/yaml" and not shape:
            return Form(yaml=True)
    offered = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
    raise ApiError(406, "NotAcceptable", f"only the following media types are accepted: {offered}", {})


def one(form: Form, resource: Resource, obj: Obj, view: View | None = None) -> Obj:
    """Represent a single object; `view`: as another kind than the one it is stored as."""
    if form.shape == "Table":
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return table(form, resource, [obj], metadata, view=view)
    if form.shape.startswith("PartialObjectMetadata"):
        return partial(obj)
    return view.show(obj) if view else obj


def many(form: Form, resource: Resource, objects: list[Obj], metadata: Obj, view: View | None = None) -> Obj:
    """Represent a list."""
    if form.shape == "Table":
        return table(form, resource, objects, metadata, view=view)
    if form.shape.startswith("PartialObjectMetadata"):
        items = [partial(obj) for obj in objects]
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": _META,
            "metadata": metadata,
            "items": items,
        }
    shown = view.resource if view else resource
    return {
        "kind": f"{shown.kind}List",
        "apiVersion": shown.api_version,
        "metadata": metadata,
        "items": list(_bare(view.show(obj) for obj in objects) if view else _bare(objects)),
    }


def _bare(objects: Iterable[Obj]) -> Iterator[Obj]:
    """Leave out of list items what the list says already."""
    for obj in objects:
        yield {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}


def partial(obj: Obj) -> Obj:
    return {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": obj["metadata"]}


def table(
    form: Form,
    resource: Resource,
    objects: list[Obj],
    metadata: Obj,
    *,
    headed: bool = True,
    view: View | None = None,
) -> Obj:
    """Represent objects as rows; the columns are left out after the first event of a watch."""
    columns = columns_of(resource)
    rows = []
    for obj in objects:
        row: Obj = {"cells": row_of(resource, obj)}
        if form.include == "Metadata":
            row["object"] = partial(obj)
        elif form.include == "Object":
            row["object"] = view.show(obj) if view else obj
        rows.append(row)
    head = columns if headed else []
    return {
        "kind": "Table",
        "apiVersion": _META,
        "metadata": metadata,
        "columnDefinitions": head,
        "rows": rows,
    }
