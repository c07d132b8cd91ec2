"""A Table of the server as people read it.

Its columns under kubectl's heads, which of them a phone can do without, and the rows that need a look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.cluster import ApiTable
from bot.domain.message import Table
from bot.domain.model import Frozen
from bot.domain.redaction import redact
from bot.domain.resources import BUILT_IN

ALL = ("pods", "services", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs")
"""What `all` has always meant to kubectl: the workloads and what stands before them, not everything."""

_OTHER_NAMES = {
    "cm": "configmaps", "ep": "endpoints", "limits": "limitranges", "pv": "persistentvolumes",
    "pvc": "persistentvolumeclaims", "quota": "resourcequotas", "rc": "replicationcontrollers",
    "sa": "serviceaccounts", "cj": "cronjobs", "ing": "ingresses", "ingress": "ingresses",
    "netpol": "networkpolicies", "networkpolicy": "networkpolicies", "pdb": "poddisruptionbudgets",
    "sc": "storageclasses", "storageclass": "storageclasses", "crd": "customresourcedefinitions",
    "secret": "secrets", "job": "jobs", "cronjob": "cronjobs", "configmap": "configmaps",
}  # fmt: skip
_KEPT = {
    "NAMESPACE", "NAME", "READY", "STATUS", "TYPE", "PORT(S)", "DESIRED", "CURRENT", "LAST SEEN", "REASON",
    "OBJECT", "MESSAGE",
}  # fmt: skip
"""Columns that stay as long as possible; of the others the last go first."""
_SHARE = re.compile(r"(\d+)/(\d+)")
_ENDED = {"Completed", "Succeeded"}


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
        rows = (*before.rows, *table.rows) if before else table.rows
        whole[key] = table.model_copy(update={"rows": rows})
    return tuple(whole.values())


def shown(table: ApiTable, *, wide: bool = False) -> Table:
    """Its columns as kubectl heads them, those of `-o wide` only when asked for; no secret in any cell."""
    chosen = [index for index, column in enumerate(table.columns) if wide or column.priority == 0]
    columns = tuple(table.columns[index].name.upper() for index in chosen)
    rows = tuple(tuple(redact(row[index]) for index in chosen if index < len(row)) for row in table.rows)
    return Table(
        columns=columns, rows=rows, drop=tuple(name for name in reversed(columns) if name not in _KEPT)
    )


def rows(table: ApiTable, namespace: str) -> tuple[Row, ...]:
    """Whose each row is; `namespace` where the table does not say."""
    return tuple(
        Row(namespace=cells.get("NAMESPACE", namespace), name=cells.get("NAME", ""))
        for cells in _named(table)
    )


def unready(table: ApiTable, namespace: str) -> tuple[Row, ...]:
    """The objects that are less than they should be, by what the server prints of them."""
    return tuple(
        row for row, cells in zip(rows(table, namespace), _named(table), strict=True) if not _is_well(cells)
    )


def _is_well(cells: dict[str, str]) -> bool:
    status = cells.get("STATUS", "")
    if status in _ENDED:
        return True
    share = _SHARE.fullmatch(cells.get("READY", ""))
    if share:
        return int(share[1]) >= int(share[2])
    return "NotReady" not in status.split(",")


def _named(table: ApiTable) -> list[dict[str, str]]:
    heads = [column.name.upper() for column in table.columns]
    return [dict(zip(heads, row, strict=False)) for row in table.rows]
