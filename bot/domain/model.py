"""The one base of every value that is stored, sent or compared."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

Json: TypeAlias = dict[str, Any]
"""A JSON object as the Kubernetes API gives it; values are read with care and never trusted."""


class Frozen(BaseModel):
    """A value: immutable, comparable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
