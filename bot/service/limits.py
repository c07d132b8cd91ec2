"""Within what a rule holds: how many replicas, which images, which types of Service. Pure."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Facts
from bot.domain.facts import parts_of
from bot.domain.model import Frozen

Globs = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


class Limits(Frozen):
    """What is left out is not limited. A change keeps within them only where all of it does."""

    replicas: Annotated[int, Field(ge=0)] | None = None
    """The most that may be asked for; of an autoscaler its most."""
    step: Annotated[int, Field(ge=1)] | None = None
    """By how many they may change at once; what is made anew begins with as many as it likes, but an
    autoscaler changes those that there are.
    """
    images: Globs | None = None
    """Registry and repository, such as `registry.example.com/shop/*`; `web` is `docker.io/library/web`. What
    stands before the first slash is the registry's alone.
    """
    tags: Globs | None = None
    """The tags that may be used; what has none and no digest has the tag `latest`."""
    not_tags: Globs | None = None
    digest: bool = False
    """Images are named by their digests."""
    services: Annotated[tuple[ServiceType, ...], Field(min_length=1)] | None = None

    @field_validator("images", "tags", "not_tags", "services", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _limits_something(self) -> Limits:
        if self == Limits.model_construct():
            raise ValueError("limits without any limit")
        return self

    def exceeded(self, facts: Facts) -> tuple[str, ...]:
        """What goes beyond them, each as half a sentence; empty for what keeps within."""
        return (*self._counts(facts), *(why for image in facts.images if (why := self._image(image))),
                *self._service(facts))  # fmt: skip

    def _counts(self, facts: Facts) -> list[str]:
        said = []
        if self.replicas is not None and facts.replicas and facts.replicas[1] > self.replicas:
            said.append(f"{facts.replicas[1]} replicas are more than {self.replicas}")
        for before, after in dict.fromkeys(one for one in (facts.at_once, facts.replicas) if one):
            if self.step is not None and before is not None and abs(after - before) > self.step:
                said.append(f"{before} → {after} replicas are more than {self.step} at once")
        return said

    def _image(self, image: str) -> str:
        """The first reason why it may not be used."""
        name, tag, digest = parts_of(image)
        if self.images is not None and not _is_of(name, self.images):
            return f"{name} is not of {', '.join(self.images[:4])}"
        if self.digest and not _DIGEST.fullmatch(digest):
            return f"{image} is not named by its digest"
        if digest and not tag:
            return ""
        if self.tags is not None and not _fits(tag, self.tags):
            return f"the tag {tag} is not of {', '.join(self.tags[:4])}"
        if self.not_tags is not None and _fits(tag, self.not_tags):
            return f"the tag {tag} may not be used"
        return ""

    def _service(self, facts: Facts) -> list[str]:
        if self.services is None or not facts.service_type or facts.service_type in self.services:
            return []
        return [f"a {facts.service_type} is not of {', '.join(self.services)}"]


def _is_of(name: str, patterns: tuple[str, ...]) -> bool:
    """Registry and repository each by its own half of a glob: what is meant for the one never reaches into
    the other, where anybody may write what they like.
    """
    host, _, path = name.partition("/")
    return any(
        fnmatchcase(host, registry)
        and fnmatchcase(path if slash else name, repository if slash else registry)
        for registry, slash, repository in (pattern.partition("/") for pattern in patterns)
    )


def _fits(value: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)
