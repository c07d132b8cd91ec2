"""Expressions that people type, matched in linear time: none of them can hold up everybody else."""

from __future__ import annotations

from typing import Any, Self

import re2

_MOST = 500
"""Characters of an expression."""


class Pattern:
    """Plain words in either case, or `/regex/`; `Pattern.regex` reads an expression without the slashes."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    @classmethod
    def read(cls, words: str) -> Self | None:
        """What a filter means. None where it is no expression that can be read."""
        if len(words) > 2 and words[0] == words[-1] == "/":  # noqa: PLR2004 - two slashes and something between
            return cls.regex(words[1:-1])
        return cls.regex(re2.escape(words)) if words else None

    @classmethod
    def regex(cls, expression: str) -> Self | None:
        if not expression or len(expression) > _MOST:
            return None
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = 1 << 20
        try:
            return cls(re2.compile(expression, options))
        except re2.error:
            return None

    def fits(self, line: str) -> bool:
        return bool(self._compiled.search(line))
