"""On whose behalf a cluster is asked, as the cluster is told: names of ours, and never one of its own."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from bot.domain.model import Frozen

PREFIX = "slack:"
"""Stands before every name, so that no person and no group can be taken for one that the cluster knows."""

HANDLE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
EMAIL = r"[A-Za-z0-9!#$%&'*+/=?^_`|~.-]{1,64}@[A-Za-z0-9.-]{1,190}"

Name: TypeAlias = Annotated[
    str, StringConstraints(pattern=rf"^{PREFIX}[A-Za-z0-9!#$%&'*+/=?^_`|~.@-]{{1,300}}$")
]
"""Printable ASCII without a second colon: what a header carries unchanged, and no `system:` in any place."""


class Identity(Frozen):
    """Who a call is made for. One that is not named safely cannot be made."""

    user: Name
    groups: tuple[Name, ...] = ()
    record: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    """The operation that our record keeps of it, for the cluster's own audit log."""
