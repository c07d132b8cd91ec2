"""The objects that a line means, as they are now, and how they are spoken of: several verbs begin so."""

from __future__ import annotations

from typing import TypeAlias

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef, Target
from bot.domain.workloads import place, where
from bot.engine.ports import ClusterReader

MOST = 10
"""Objects; more than these are no change for a chat."""

Found: TypeAlias = tuple[ObjectRef, Json]


async def objects(
    cluster: ClusterReader, targets: tuple[Target, ...], namespace: str, *, labels: str = ""
) -> list[Found]:
    """Every object that is meant, each once, as it is now.

    Raises `UsageError` where they are too many, `TargetNotFoundError` where a name, or all, are not there.
    """
    found: dict[ObjectRef, Json] = {}
    for target in targets:
        kind = await cluster.resolve(target.word)
        there = namespace if kind.namespaced else None
        items = [await cluster.get(kind, namespace, name) for name in target.names]
        if labels:
            items += await cluster.list(kind, namespace, labels=labels)
        for item in items:
            name = item["metadata"]["name"]
            found[ObjectRef(cluster=cluster.name, namespace=there, type=kind, name=name)] = item
        if len(found) > MOST:
            raise UsageError(f"That is {len(found)} {kind.plural}, and {MOST} is the most at a time.")
    if not found:
        raise TargetNotFoundError(f"nothing in namespace `{namespace}` has the labels `{labels[:80]}`")
    return list(found.items())


def noun(ref: ObjectRef) -> str:
    return ref.type.singular or ref.type.kind.lower()


def whom(refs: list[ObjectRef]) -> Text:
    """`pod shop/web-1 on demo`, or how many of which kinds."""
    if len(refs) == 1:
        return text("{} {}", noun(refs[0]), place(refs[0]))
    where_now = text("in {} on {}", code(refs[0].namespace), code(refs[0].cluster))
    return text(
        "{} {}", count(refs), where_now if refs[0].namespace else text("on {}", code(refs[0].cluster))
    )


def count(refs: list[ObjectRef]) -> str:
    """`2 pods`, or `3 objects` where they are of several kinds."""
    same = all(ref.type == refs[0].type for ref in refs)
    return plural(len(refs), noun(refs[0]), refs[0].type.plural) if same else f"{len(refs)} objects"


def named(ref: ObjectRef) -> str:
    return f"{ref.type.plural}/{ref.name}"


def flags(ref: ObjectRef) -> str:
    """The flags by which a line means the same place, whether or not it lives in a namespace."""
    return where(ref) if ref.namespace else f"--context {ref.cluster}"
