"""RBAC: what the roles bound to somebody allow, read from the stored objects at every question."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.demo.kubernetes.access.identity import MASTERS, Identity
from bot.demo.kubernetes.kinds import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.store import Store

_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class Attributes:
    """A question: may this verb be done to this? `path` is set when it is no resource."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def allowed(store: Store, who: Identity, asked: Attributes) -> tuple[bool, str]:
    """Answer a question, with the reason when the answer is yes."""
    if MASTERS in who.groups:
        return True, ""
    for binding, role, rules in _granted(store, who, asked.namespace):
        if any(_covers(rule, asked) for rule in rules):
            return True, f"RBAC: allowed by {binding} of {role}"
    return False, ""


def rules_for(store: Store, who: Identity, namespace: str) -> list[Obj]:
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    if MASTERS in who.groups:
        return [everything, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
    return [rule for _, _, rules in _granted(store, who, namespace) for rule in rules]


def _granted(store: Store, who: Identity, namespace: str) -> Iterator[tuple[str, str, list[Obj]]]:
    """Find what is bound to somebody: how the binding and the role are spoken of, and the rules."""
    for binding in store.sorted(CLUSTER_ROLE_BINDINGS):
        if (subject := _subject(binding, who, "")) is not None:
            role = store.get(CLUSTER_ROLES, "", binding["roleRef"]["name"])
            yield f'ClusterRoleBinding "{name_of(binding)}"', f"{_spoken(binding)} to {subject}", _rules(role)
    if not namespace:
        return
    for binding in store.sorted(ROLE_BINDINGS, namespace):
        if (subject := _subject(binding, who, namespace)) is not None:
            reference = binding["roleRef"]
            within = reference["kind"] == "Role"
            role = (
                store.get(ROLES, namespace, reference["name"])
                if within
                else store.get(CLUSTER_ROLES, "", reference["name"])
            )
            yield (
                f'RoleBinding "{name_of(binding)}/{namespace}"',
                f"{_spoken(binding)} to {subject}",
                _rules(role),
            )


def _spoken(binding: Obj) -> str:
    return f'{binding["roleRef"]["kind"]} "{binding["roleRef"]["name"]}"'


def _rules(role: Obj | None) -> list[Obj]:
    return (role or {}).get("rules") or []


def _subject(binding: Obj, who: Identity, namespace: str) -> str | None:
    for subject in binding.get("subjects") or ():
        kind, name = subject["kind"], subject["name"]
        if (kind == "User" and name == who.name) or (kind == "Group" and name in who.groups):
            return f'{kind} "{name}"'
        home = subject.get("namespace") or namespace
        if kind == "ServiceAccount" and who.name == f"{_ACCOUNT}{home}:{name}":
            return f'{kind} "{name}/{home}"'
    return None


def _covers(rule: Obj, asked: Attributes) -> bool:
    if not _has(rule.get("verbs"), asked.verb):
        return False
    if asked.path:
        urls = rule.get("nonResourceURLs") or ()
        return any(
            url in ("*", asked.path) or (url.endswith("*") and asked.path.startswith(url[:-1]))
            for url in urls
        )
    names = rule.get("resourceNames") or ()
    resources = rule.get("resources") or ()
    reached = _has(resources, asked.full_resource) or (
        bool(asked.subresource) and f"*/{asked.subresource}" in resources
    )
    return _has(rule.get("apiGroups"), asked.group) and reached and (not names or asked.name in names)


def _has(values: list[str] | tuple[str, ...] | None, wanted: str) -> bool:
    return bool(values) and ("*" in (values or ()) or wanted in (values or ()))
