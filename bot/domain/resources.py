"""What an object is called: its cluster, namespace, kind and name, however people type it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.model import Frozen

MOST_TYPES = 10
"""Resource types in one line; each is a request of its own."""

NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


class ResourceType(Frozen):
    """One resource of the API, as discovery names it: `deployments` of group `apps`, version `v1`."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    singular: str = ""
    short_names: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that means this type on a command line, lower case."""
        names = (self.plural, self.singular or self.kind.lower(), *self.short_names)
        qualified = (f"{self.plural}.{self.group}",) if self.group else ()
        return (*names, *qualified)

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """The raw API path, from `/api` or `/apis` on."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return "".join(
            part
            for part in (
                root,
                place,
                f"/{self.plural}",
                name and f"/{name}",
                subresource and f"/{subresource}",
            )
            if part
        )


class ObjectRef(Frozen):
    """One object of one cluster."""

    cluster: str
    namespace: str | None
    type: ResourceType
    name: str

    @property
    def path(self) -> str:
        return self.type.path(self.namespace, self.name)

    @property
    def is_namespace(self) -> bool:
        return self.type == NAMESPACES

    @property
    def within(self) -> str | None:
        """The namespace that it is in. One is in itself: whatever is there undergoes what is done to it."""
        return self.name if self.is_namespace else self.namespace

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Target(Frozen):
    """A resource word and the names typed with it, before any cluster was asked."""

    word: str
    names: tuple[str, ...] = ()


def _type(
    group: str, version: str, plural: str, kind: str, *short: str, namespaced: bool = True
) -> ResourceType:
    return ResourceType(group=group, version=version, plural=plural, kind=kind, namespaced=namespaced,
                        singular=kind.lower(), short_names=short)  # fmt: skip


DEPLOYMENTS = _type("apps", "v1", "deployments", "Deployment", "deploy")
REPLICASETS = _type("apps", "v1", "replicasets", "ReplicaSet", "rs")
STATEFULSETS = _type("apps", "v1", "statefulsets", "StatefulSet", "sts")
DAEMONSETS = _type("apps", "v1", "daemonsets", "DaemonSet", "ds")
LIMITRANGES = _type("", "v1", "limitranges", "LimitRange", "limits")
PODS = _type("", "v1", "pods", "Pod", "po")
SERVICES = _type("", "v1", "services", "Service", "svc")
NODES = _type("", "v1", "nodes", "Node", "no", namespaced=False)
NAMESPACES = _type("", "v1", "namespaces", "Namespace", "ns", namespaced=False)
EVENTS = _type("", "v1", "events", "Event", "ev")
ENDPOINTSLICES = _type("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
AUTOSCALERS = _type("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa")
JOBS = _type("batch", "v1", "jobs", "Job")
CRONJOBS = _type("batch", "v1", "cronjobs", "CronJob", "cj")
CLAIMS = _type("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc")
CONFIGMAPS = _type("", "v1", "configmaps", "ConfigMap", "cm")
SECRETS = _type("", "v1", "secrets", "Secret")
QUOTAS = _type("", "v1", "resourcequotas", "ResourceQuota", "quota")
BUDGETS = _type("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb")
REVISIONS = _type("apps", "v1", "controllerrevisions", "ControllerRevision")

BUILT_IN: tuple[ResourceType, ...] = (
    DEPLOYMENTS, REPLICASETS, STATEFULSETS, DAEMONSETS, PODS, SERVICES, NODES, NAMESPACES, EVENTS,
    ENDPOINTSLICES, AUTOSCALERS, JOBS, CRONJOBS, CLAIMS, CONFIGMAPS, SECRETS, QUOTAS, BUDGETS, REVISIONS,
    LIMITRANGES,
)  # fmt: skip
"""Types the verbs name themselves; every other one is found by discovery."""

SCALABLE = (DEPLOYMENTS, STATEFULSETS, REPLICASETS)
ROLLED = (DEPLOYMENTS, STATEFULSETS, DAEMONSETS)
"""Whose pods are replaced when their template changes."""


def find_type(word: str, types: Iterable[ResourceType]) -> ResourceType:
    """The type a word means: plural, singular, short name, or `plural.group`.

    The first match wins, as in kubectl, so callers order `types` by preference (core first).
    """
    known = tuple(types)
    wanted = word.lower()
    for found in known:
        if wanted in found.words:
            return found
    near = nearest(wanted, [w for t in known for w in t.words])
    hint = f"Did you mean `{near[0]}`?" if near else "`/k8s get` lists any resource the server has."
    raise TargetNotFoundError(f"the server has no resource type `{word[:60]}`", hint=hint)


def parse_targets(words: tuple[str, ...], *, default: ResourceType | None = None) -> tuple[Target, ...]:
    """Read `TYPE`, `TYPE NAME NAME`, `TYPE/NAME TYPE/NAME`, `TYPE,TYPE`, or with a default also `NAME`."""
    if not words:
        return ()
    if any("/" in word for word in words):
        return _slashed(words)
    if default is not None:
        is_type = words[0].lower() in default.words
        names = words[1:] if is_type and len(words) > 1 else words
        return (Target(word=default.plural, names=_checked(names)),)
    types = list(dict.fromkeys(word for word in words[0].split(",") if word))
    if len(types) > MOST_TYPES:
        raise UsageError(f"{MOST_TYPES} resource types at a time.")
    if not types:
        raise UsageError(f"`{words[0][:80]}` names no resource type", hint="Write TYPE, or TYPE,TYPE.")
    if len(types) > 1 and len(words) > 1:
        raise UsageError("names cannot follow several resource types", hint="Write TYPE/NAME for each.")
    return tuple(Target(word=word, names=_checked(words[1:])) for word in types)


def _slashed(words: tuple[str, ...]) -> tuple[Target, ...]:
    targets = []
    for word in words:
        kind, slash, name = word.partition("/")
        if not (slash and kind and name) or "/" in name:
            raise UsageError(
                f"`{word[:80]}` is not TYPE/NAME", hint="Either TYPE/NAME everywhere, or TYPE NAME."
            )
        targets.append(Target(word=kind, names=_checked((name,))))
    return tuple(targets)


def _checked(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        check_name(name)
    return names


def check_name(name: str, what: str = "a name in Kubernetes") -> str:
    """Give the name back, or refuse what can be no object's name; so no path is ever built from it."""
    if not NAME.fullmatch(name):
        shown = name if len(name) <= 80 else name[:79] + "…"  # noqa: PLR2004 - what fits a line
        raise UsageError(
            f"`{shown}` cannot be {what}", hint="Names are lower case letters, digits, `-` and `.`."
        )
    return name


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Names most like the one typed, best first; empty when nothing is close."""
    return difflib.get_close_matches(word, sorted(set(known)), n=count, cutoff=0.6)
