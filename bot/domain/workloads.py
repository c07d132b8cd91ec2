"""Workloads as verbs speak of them: a name that means one, its containers, what its pods read."""

from __future__ import annotations

from bot.domain.errors import BotError, TargetNotFoundError, UsageError
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import BUILT_IN, DEPLOYMENTS, ObjectRef, ResourceType, parse_targets

RESTARTED = "kubectl.kubernetes.io/restartedAt"


def named(
    words: tuple[str, ...], kinds: tuple[ResourceType, ...] = (DEPLOYMENTS,)
) -> tuple[ResourceType, str]:
    """The one workload that `NAME`, `TYPE NAME` or `TYPE/NAME` means; a bare name is of the first kind."""
    first = words[0].lower() if words else ""
    kind = next((known for known in kinds if first in known.words), kinds[0])
    targets = parse_targets(words, default=None if any("/" in word for word in words) else kind)
    if len(targets) != 1 or len(targets[0].names) != 1:
        allowed = ", ".join(known.plural for known in kinds)
        raise UsageError(f"One workload at a time. Write NAME or TYPE/NAME, only for {allowed}.")
    word = targets[0].word.lower()
    found = next((known for known in kinds if word in known.words), None)
    if found is None:
        known = next((k for k in BUILT_IN if word in k.words), None)
        allowed = ", ".join(k.plural for k in kinds)
        raise UsageError(f"Not for {known.plural if known else f'`{word[:40]}`'}: only for {allowed}.")
    return found, targets[0].names[0]


def owned(thing: Json, uid: str) -> bool:
    return any(owner["uid"] == uid for owner in thing["metadata"].get("ownerReferences") or ())


def several(
    words: tuple[str, ...], kinds: tuple[ResourceType, ...], most: int = 10
) -> tuple[tuple[ResourceType, str], ...]:
    """The workloads that `NAME NAME`, `TYPE NAME NAME` or `TYPE/NAME TYPE/NAME` mean, each once."""
    if any("/" in word for word in words):
        found = [named((word,), kinds) for word in words]
    else:
        typed = next((kind for kind in kinds if words and words[0].lower() in kind.words), None)
        names = words[1:] if typed and len(words) > 1 else words
        kind = typed if typed and len(words) > 1 else kinds[0]
        found = [named((kind.singular, name), kinds) for name in names]
    if len(found) > most:
        raise UsageError(f"No more than {most} workloads at a time.")
    return tuple(dict.fromkeys(found))


def place(ref: ObjectRef) -> Text:
    """`shop/web` on `prod`."""
    return text("{} on {}", code(ref), code(ref.cluster))


def where(ref: ObjectRef) -> str:
    """The flags by which a line means the same place, wherever it is typed."""
    return f"-n {ref.namespace} --context {ref.cluster}"


def called(ref: ObjectRef) -> str:
    """What a line calls it where a bare name means a deployment."""
    return ref.name if ref.type == DEPLOYMENTS else f"{ref.type.singular}/{ref.name}"


def pods_wanted(workload: Json) -> int:
    """How many pods it is to have; a DaemonSet as many as the nodes that it chose."""
    if workload.get("kind") == "DaemonSet":
        return int(workload.get("status", {}).get("desiredNumberScheduled", 0))
    return int(workload["spec"].get("replicas", 1))


def containers(workload: Json) -> tuple[str, ...]:
    """The names of its containers, in order."""
    return tuple(str(c["name"]) for c in workload["spec"]["template"]["spec"]["containers"])


def no_container(ref: ObjectRef, names: tuple[str, ...], wrong: str, lines: tuple[str, ...]) -> BotError:
    """It has other containers than the one named, or more than one where none was: which, as whole lines."""
    known = ", ".join(f"`{name}`" for name in names)
    if wrong:
        error = TargetNotFoundError(f"`{ref}` has no container `{wrong[:60]}`", hint=f"It has {known}.")
    else:
        said = f"`{ref}` has {len(names)} containers, and the line does not say which"
        error = TargetNotFoundError(said, hint=f"It has {known}.")
    error.suggestions = lines
    return error


def references(template: Json) -> tuple[str, ...]:
    """The ConfigMaps and Secrets that a pod template reads, by kind and name: no revision keeps those."""
    spec = template.get("spec", {})
    found: set[tuple[str, str]] = set()
    for volume in spec.get("volumes") or []:
        found |= _in_volume(volume)
        for source in (volume.get("projected") or {}).get("sources") or []:
            found |= _in_volume(source)
    for container in (*(spec.get("initContainers") or []), *(spec.get("containers") or [])):
        for source in container.get("envFrom") or []:
            found |= _named(source, "configMapRef", "secretRef")
        for variable in container.get("env") or []:
            found |= _named(variable.get("valueFrom") or {}, "configMapKeyRef", "secretKeyRef")
    return tuple(f"{kind} {name}" for kind, name in sorted(found))


def _in_volume(volume: Json) -> set[tuple[str, str]]:
    secret = volume.get("secret") or {}
    mounted = {("Secret", secret["secretName"])} if "secretName" in secret else set()
    return mounted | _named(volume, "configMap", "secret")


def _named(source: Json, config: str, secret: str) -> set[tuple[str, str]]:
    kinds = {config: "ConfigMap", secret: "Secret"}
    return {(kinds[key], source[key]["name"]) for key in kinds if (source.get(key) or {}).get("name")}
