"""A Table of the server as people read it.

Its columns under kubectl's heads, which of them a phone can do without, and the rows that need a look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.cluster import ApiTable, Column
from bot.domain.model import Frozen
from bot.domain.printing.beside import Beside
from bot.domain.printing.sorting import order_of_cell
from bot.domain.redaction import redact
from bot.domain.resources import BUILT_IN, ResourceType
from bot.domain.results import Group

ALL = ("pods", "services", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs")
"""What `all` has always meant to kubectl: the workloads and what stands before them, not everything."""

_OTHER_NAMES = {
    "cm": "configmaps", "ep": "endpoints", "limits": "limitranges", "pv": "persistentvolumes",
    "pvc": "persistentvolumeclaims", "quota": "resourcequotas", "rc": "replicationcontrollers",
    "sa": "serviceaccounts", "cj": "cronjobs", "ing": "ingresses", "ingress": "ingresses",
    "netpol": "networkpolicies", "networkpolicy": "networkpolicies", "pdb": "poddisruptionbudgets",
    "sc": "storageclasses", "storageclass": "storageclasses", "crd": "customresourcedefinitions",
    "secret": "secrets", "job": "jobs", "cronjob": "cronjobs", "configmap": "configmaps", "crds":
    "customresourcedefinitions", "csr": "certificatesigningrequests", "pc": "priorityclasses",
    "priorityclass": "priorityclasses", "ingressclass": "ingressclasses",
} | {
    plural.removesuffix("s"): plural
    for plural in (
        "persistentvolumes", "persistentvolumeclaims", "resourcequotas", "limitranges", "serviceaccounts",
        "replicationcontrollers", "poddisruptionbudgets", "customresourcedefinitions", "controllerrevisions",
        "certificatesigningrequests", "leases", "roles", "rolebindings", "clusterroles",
        "clusterrolebindings", "podtemplates",
    )
}  # fmt: skip
_KEPT = {
    "NAMESPACE", "NAME", "READY", "STATUS", "TYPE", "PORT(S)", "DESIRED", "CURRENT", "LAST SEEN", "REASON",
    "OBJECT", "MESSAGE",
}  # fmt: skip
"""Columns that stay as long as possible; of the others the last go first."""
_PLAIN = re.compile(r"(?!.*(?:xox|xapp|glpat|sk-))[a-z0-9-]+|\d+/\d+")
"""Names and counts, in which no secret can be found: most cells, and looking at each would take long."""
_SHARE = re.compile(r"(\d+)/(\d+)")
_ENDED = {"Completed", "Succeeded", "Complete"}
_ILL = {"NotReady", "Failed", "Lost", "Error"}
_HEALTH = ("READY", "AVAILABLE", "HEALTHY", "SYNCED")
"""Columns in which custom resources say `False` when something is wrong."""


class Row(Frozen):
    """One row by the name of its object."""

    namespace: str
    name: str


def plural_of(word: str) -> str:
    """The plural that a policy names, as far as it is known without asking the cluster."""
    typed = word.lower()
    known = next((kind.plural for kind in BUILT_IN if typed in kind.words), "")
    return known or _OTHER_NAMES.get(typed, typed.partition(".")[0])


def joined(tables: Iterable[ApiTable]) -> tuple[ApiTable, ...]:
    """Tables of the same type as one, in the order of their first."""
    whole: dict[str, ApiTable] = {}
    for table in tables:
        key = f"{table.type.group}/{table.type.plural}"
        before = whole.get(key)
        if before is None:
            whole[key] = table
            continue
        whole[key] = before.model_copy(
            update={
                "columns": before.columns or table.columns,
                "rows": (*before.rows, *table.rows),
                "taken": (*before.taken, *table.taken),
                "remaining": before.remaining + table.remaining,
            }
        )
    return tuple(whole.values())


def placed(table: ApiTable, namespace: str) -> ApiTable:
    """The table of one namespace as a part of the table of several."""
    rows = tuple((namespace, *row) for row in table.rows)
    return table.model_copy(update={"columns": (Column(name="Namespace"), *table.columns), "rows": rows})


def shown(table: ApiTable, beside: Beside | None = None, *, wide: bool = False) -> Group:
    """Its columns as kubectl heads them, those of `-o wide` only when asked for; no secret in any cell.

    With `beside` the labels asked for stand last, and the rows in the order that is asked for. Raises
    `UsageError` where that is the order of a column that is not there.
    """
    known: dict[str, str] = {}

    def clean(cell: str) -> str:
        if cell not in known:
            known[cell] = cell if _PLAIN.fullmatch(cell) else redact(cell)
        return known[cell]

    chosen = [index for index, column in enumerate(table.columns) if wide or column.priority == 0]
    labels = beside.heads if beside else ()
    columns = (*(table.columns[index].name.upper() for index in chosen), *labels)
    extra = [one.cells for one in table.taken] if labels else [()] * len(table.rows)
    rows = [
        tuple(map(clean, (*(row[index] if index < len(row) else "" for index in chosen), *more)))
        for row, more in zip(table.rows, extra, strict=True)
    ]
    ill = unready(table)
    places = ordered(table, beside) if beside else range(len(rows))
    return Group(
        one=one(table.type),
        many=table.type.plural,
        columns=columns,
        rows=tuple(rows[index] for index in places),
        bad=frozenset(place for place, index in enumerate(places) if index in ill),
        drop=tuple(name for name in reversed(columns) if name not in _KEPT and name not in labels),
    )


def own_columns(table: ApiTable, heads: tuple[str, ...], beside: Beside) -> Group:
    """Columns of one's own, as they were asked for; every cell is without secrets already."""
    rows = tuple(table.rows[index] for index in ordered(table, beside))
    return Group(one=one(table.type), many=table.type.plural, columns=heads, rows=rows)


def one(kind: ResourceType) -> str:
    """The word for one of a type."""
    return kind.singular or kind.kind.lower()


def rows(table: ApiTable, namespace: str) -> tuple[Row, ...]:
    """Whose each row is; `namespace` where the table does not say."""
    return tuple(
        Row(namespace=cells.get("NAMESPACE", namespace), name=cells.get("NAME", ""))
        for cells in _named(table)
    )


def unready(table: ApiTable) -> frozenset[int]:
    """Which rows are of objects that are less than they should be, by what the server prints of them."""
    return frozenset(index for index, cells in enumerate(_named(table)) if not _is_well(cells))


def _is_well(cells: dict[str, str]) -> bool:
    status, ready = cells.get("STATUS", ""), cells.get("READY", "")
    if status in _ENDED:
        return True
    if share := _SHARE.fullmatch(ready):
        return int(share[1]) >= int(share[2])
    if ready.isdecimal() and cells.get("DESIRED", "").isdecimal():
        return int(ready) >= int(cells["DESIRED"])
    if "<pending>" in cells.get("EXTERNAL-IP", "") or (status == "Pending" and "CAPACITY" in cells):
        return False
    health = {cells.get(head, "") for head in _HEALTH}
    return "False" not in health and _ILL.isdisjoint(status.split(","))


def ordered(table: ApiTable, beside: Beside) -> Sequence[int]:
    """The places of the rows, or of what was taken, in the order asked for."""
    if not beside.order:
        return range(max(len(table.rows), len(table.taken)))
    if beside.path:
        keys = [one.key for one in table.taken]
    else:
        head = beside.head_among(tuple(column.name for column in table.columns))
        keys = [order_of_cell(head, cells.get(head, "")) for cells in _named(table)]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _named(table: ApiTable) -> list[dict[str, str]]:
    heads = [column.name.upper() for column in table.columns]
    return [dict(zip(heads, row, strict=False)) for row in table.rows]
