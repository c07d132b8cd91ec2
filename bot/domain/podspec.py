"""What a line says of containers: variables and resources, and the patch of a pod template that sets them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.redaction import redact_value
from bot.domain.resources import CONFIGMAPS, SECRETS, ObjectRef, ResourceType, check_name
from bot.domain.workloads import containers, no_container

EVERY = "*"
"""In place of a container's name: all of them, as kubectl has it."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_QUANTITY = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|e\d{1,2})?")
_RESOURCE = re.compile(
    r"cpu|memory|ephemeral-storage|hugepages-\w{1,10}|[a-z0-9.-]{1,63}/[A-Za-z0-9._-]{1,63}"
)
_SHOWN = 60


def variables(words: tuple[str, ...]) -> dict[str, str | None]:
    """`K=V` sets a variable, `K-` takes it away, which is None. Raises `ValueError` for what is neither."""
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and word.endswith("-"):
            name = word[:-1]
        elif not equals:
            raise ValueError(f"`{word[:60]}` is no NAME=VALUE")
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"`{name[:60]}` cannot be a variable's name.")
        found[name] = value if equals else None
    return found


def shown_variables(wanted: Mapping[str, str | None]) -> Text:
    """`LOG=debug`, without `OLD`; the value of a secret is not spelled."""
    put = [f"{name}={_cut(redact_value(name, value))}" for name, value in wanted.items() if value is not None]
    off = [name for name, value in wanted.items() if value is None]
    parts = [text("{}", code(", ".join(put)))] if put else []
    parts += [text("without {}", code(", ".join(off)))] if off else []
    return parts[0] if len(parts) == 1 else text("{}, {}", *parts)


def _cut(value: str) -> str:
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"


def env_patch(container: Json, wanted: Mapping[str, str | Json | None]) -> Json:
    """The variables of one container, each a value or where it comes from; what is new goes last, for a value
    may refer to those before it.
    """
    there = [variable["name"] for variable in container.get("env") or []]
    kept = [name for name in there if wanted.get(name, "") is not None]
    new = [name for name, value in wanted.items() if value is not None and name not in there]
    items: list[Json] = [
        {"name": name, "$patch": "delete"}
        if value is None
        else {"name": name, "value": None, "valueFrom": value}
        if isinstance(value, dict)
        else {"name": name, "value": value, "valueFrom": None}
        for name, value in wanted.items()
        if value is not None or name in there
    ]
    order = [{"name": name} for name in (*kept, *new)]
    return {"env": items, "$setElementOrder/env": order} if items else {}


def quantities(given: str) -> dict[str, str | None]:
    """`cpu=200m,memory=512Mi`; a resource of `0` is taken away, which is None. Raises `ValueError`."""
    found: dict[str, str | None] = {}
    for word in given.split(",") if given else ():
        name, equals, amount = word.strip().partition("=")
        if not equals or not _RESOURCE.fullmatch(name):
            raise ValueError(f"`{word[:60]}` is no RESOURCE=AMOUNT, such as cpu=200m or memory=512Mi.")
        if not _QUANTITY.fullmatch(amount):
            raise ValueError(f"`{amount[:40]}` is no amount of {name}; write it as 200m, 2, 512Mi or 1Gi.")
        found[name] = None if amount == "0" else amount
    return found


def resources_patch(
    container: Json, limits: Mapping[str, str | None], requests: Mapping[str, str | None]
) -> Json:
    """The resources of one container, those that are not named left as they are."""
    now = container.get("resources") or {}
    wanted = {"limits": limits, "requests": requests}
    patches = {
        part: {name: amount for name, amount in asked.items() if amount or name in now.get(part, {})}
        for part, asked in wanted.items()
    }
    found = {part: patch for part, patch in patches.items() if patch}
    return {"resources": found} if found else {}


def shown_resources(limits: Mapping[str, str | None], requests: Mapping[str, str | None]) -> Text:
    """Limits `cpu=200m`, requests `cpu=100m, memory=none`."""
    parts = [
        text("{} {}", name, code(", ".join(f"{key}={amount or 'none'}" for key, amount in asked.items())))
        for name, asked in (("limits", limits), ("requests", requests))
        if asked
    ]
    return parts[0] if len(parts) == 1 else text("{}, {}", *parts)


def chosen_containers(found: Json, ref: ObjectRef, name: str, line: str) -> list[Json]:
    """The containers a line is about; `*` is all of them.

    Raises `TargetNotFoundError` with the line for each that there is.
    """
    names = containers(found)
    if name != EVERY and name not in names:
        raise no_container(ref, names, name, tuple(f"{line} -c {known}" for known in names[:4]))
    return [c for c in found["spec"]["template"]["spec"]["containers"] if name in {EVERY, c["name"]}]


_WHOLE = {CONFIGMAPS: "configMapRef", SECRETS: "secretRef"}


def env_source(word: str) -> tuple[ResourceType, str]:
    """The ConfigMap or the Secret that is named. Raises `ValueError`."""
    kind, _, name = word.partition("/")
    found = next((one for one in (CONFIGMAPS, SECRETS) if kind.lower() in one.words), None)
    if found is None or not name:
        raise ValueError(f"`{word[:60]}` is neither configmap/NAME nor secret/NAME.")
    return found, check_name(name)


def env_names(keys: tuple[str, ...], prefix: str) -> dict[str, str]:
    """The keys of a ConfigMap or Secret by the variables that kubectl makes of them. Raises `ValueError`."""
    found: dict[str, str] = {}
    for key in keys:
        name = prefix + re.sub(r"[^A-Za-z0-9_]", "_", key).upper()
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"The key `{key[:60]}` makes no variable's name, without a `--prefix`.")
        if name in found:
            raise ValueError(
                f"The keys `{found[name][:60]}` and `{key[:60]}` make the same variable `{name[:60]}`."
            )
        found[name] = key
    return found


_BY_KEY = {CONFIGMAPS: "configMapKeyRef", SECRETS: "secretKeyRef"}
_ELSEWHERE: Json = dict.fromkeys((*_BY_KEY.values(), "fieldRef", "resourceFieldRef"))


def env_reference(kind: ResourceType, name: str, key: str) -> Json:
    """Where a variable comes from, in place of wherever it came from before."""
    return {**_ELSEWHERE, _BY_KEY[kind]: {"name": name, "key": key, "optional": None}}


def env_sources(words: tuple[str, ...]) -> list[Json]:
    """`configmap/NAME` or `secret/NAME`: all that is in it, as variables. Raises `ValueError`."""
    return [{_WHOLE[kind]: {"name": name}} for kind, name in map(env_source, words)]


def template_of(patches: list[tuple[Json, Json]]) -> Json:
    """A patch of the spec, from each container with what is to become of it."""
    items = [{"name": container["name"], **patch} for container, patch in patches if patch]
    return {"template": {"spec": {"containers": items}}} if items else {}
