"""The contexts of a kubeconfig, for who only asks what they are called."""

from __future__ import annotations

from pydantic import Field

from bot.domain.model import Frozen


class Contexts(Frozen):
    """No kubeconfig has none."""

    default: str = ""
    namespaces: dict[str, str] = Field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.namespaces)


def read_contexts(paths: str) -> Contexts:
    """Raises `SettingsError` with every problem of the files; an empty path has no contexts."""
    if not paths:
        return Contexts()
    from bot.kube.kubeconfig import read_kubeconfig

    found = read_kubeconfig(paths)
    return Contexts(default=found.default, namespaces=found.namespaces)
