"""A shell's variable that was left in a line, as tutorials write it: `kubectl logs $POD_NAME`."""

from __future__ import annotations

import re

from bot.domain.resources import DEPLOYMENTS, NODES, PODS, SERVICES, ResourceType

_VARIABLE = re.compile(r"(?:[a-z]+/)?(\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?)")
_KINDS = (("NODE", NODES), ("SERVICE", SERVICES), ("SVC", SERVICES), ("DEPLOY", DEPLOYMENTS))


def left_over(words: tuple[str, ...]) -> str:
    """The first one that stands for a name, such as `$POD_NAME`; what follows `--` is a program's own."""
    own = words[: words.index("--")] if "--" in words else words
    found = (_VARIABLE.fullmatch(word) for word in own)
    return next((one[1] for one in found if one), "")


def kind_of(variable: str) -> ResourceType:
    """What a variable of that name stands for; a pod, unless it says otherwise."""
    return next((kind for word, kind in _KINDS if word in variable.upper()), PODS)


def filled(words: tuple[str, ...], variable: str, name: str) -> tuple[str, ...]:
    return tuple(word.replace(variable, name) for word in words)
