"""The patch kinds: JSON merge, strategic merge, JSON patch; and server-side apply beside them."""

from collections.abc import Callable
from typing import Any

from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.patch.jsonpatch import json_patch
from bot.demo.kubernetes.patch.merge import merge_patch
from bot.demo.kubernetes.patch.strategic import strategic_merge

APPLY = "application/apply-patch+yaml"
Patch = Callable[[Obj, Any], Obj]

PATCHES: dict[str, Patch] = {
    "application/json-patch+json": json_patch,
    "application/merge-patch+json": merge_patch,
    "application/strategic-merge-patch+json": strategic_merge,
}

__all__ = ["APPLY", "PATCHES", "json_patch", "merge_patch", "strategic_merge"]
