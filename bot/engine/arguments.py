"""What a verb takes: its input as a model, and a mark on each field that says how it is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import field_validator

from bot.domain.model import Frozen


@dataclass(frozen=True)
class Positional:
    """An argument by its place; a tuple takes all that are left.

    `of` are the kinds whose names it takes, by their plurals: a form offers those that live, and where a
    thread is about one of them the name need not be typed.
    """

    name: str
    help: str = ""
    of: tuple[str, ...] = ()
    rest: bool = False
    """Where it begins, nothing is a flag of ours any more: the words of somebody else's command."""
    behind: bool = False
    """It takes what stands behind `--`, untouched."""


@dataclass(frozen=True)
class Flag:
    """An argument by its name, as kubectl spells it: `Flag("-n", "--namespace")`.

    `of` as for a positional. A `rare` one is understood and explained, and left out of forms.
    """

    names: tuple[str, ...]
    help: str = ""
    metavar: str = ""
    of: tuple[str, ...] = ()
    rare: bool = False

    def __init__(
        self,
        *names: str,
        help: str = "",  # noqa: A002 - click's word
        metavar: str = "",
        of: tuple[str, ...] = (),
        rare: bool = False,
    ) -> None:
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "help", help)
        object.__setattr__(self, "metavar", metavar)
        object.__setattr__(self, "of", of)
        object.__setattr__(self, "rare", rare)


_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Args(Frozen):
    """The validated input of a verb. Each carries where it is meant to act; empty means the default there."""

    namespace: Annotated[
        str, Flag("-n", "--namespace", help="the namespace", metavar="NAMESPACE", of=("namespaces",))
    ] = ""
    context: Annotated[
        str, Flag("--context", "--cluster", help="the cluster", metavar="CLUSTER", of=("clusters",))
    ] = ""
    refused: ClassVar[dict[str, str]] = {}
    """Flags that kubectl has here and the bot has not, each with why, and with what to write instead."""

    @field_validator("namespace")
    @classmethod
    def _is_namespace(cls, name: str) -> str:
        if name and not _NAMESPACE.fullmatch(name):
            raise ValueError(f"`{name[:63]}` cannot be a namespace's name.")
        return name

    def cluster(self) -> str:
        """The cluster asked for; `*` where all of them are meant."""
        return self.context

    def reach(self) -> str:
        """The namespace asked for; `*` where all of them, or none, is meant."""
        return self.namespace


class ReadArgs(Args):
    """The input of a verb that looks."""

    share: Annotated[bool, Flag("--share", help="show the answer to the whole channel", rare=True)] = False
    within: tuple[str, ...] = ()
    """Where all namespaces are meant and the policy lets this person see only some: those. Never typed."""

    def namespaces(self) -> tuple[str, ...]:
        """Where to look: in one namespace, in all at once, or in each of those that one may see."""
        return self.within or (self.reach(),)
