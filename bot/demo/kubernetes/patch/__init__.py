"""The patch kinds: JSON merge, strategic merge, JSON patch; and server-side apply beside them."""

from collections.abc import Callable
from typing import Any

from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.patch.jsonpatch import json_patch
from bot.demo.kubernetes.patch.merge import merge_patch
from bot.demo.kubernetes.patch.strategic import strategic_merge

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
Patch = Callable[[Obj, Any], Obj]

PATCHES: dict[str, Patch] = {
    JSON_PATCH: json_patch,
    MERGE: merge_patch,
    STRATEGIC: strategic_merge,
}

__all__ = [
    "APPLY",
    "JSON_PATCH",
    "MERGE",
    "PATCHES",
    "STRATEGIC",
    "json_patch",
    "merge_patch",
    "strategic_merge",
]
