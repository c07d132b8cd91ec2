"""The one base of every value that is stored, sent or compared."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

Json: TypeAlias = dict[str, Any]
"""A JSON object as the Kubernetes API gives it; values are read with care and never trusted."""


class Frozen(BaseModel):
    """A value: immutable, comparable, and refusing fields it does not know."""

    # What checks a value is built with the first of its kind: a start that needs few does not wait for all.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
