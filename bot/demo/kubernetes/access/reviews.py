"""Reviews: questions about permissions, asked as objects that are answered and forgotten."""

from typing import Any

from bot.demo.kubernetes.access.identity import Identity, named
from bot.demo.kubernetes.access.rbac import Attributes, allowed, rules_for
from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.store import Store


def review(store: Store, resource: Resource, who: Identity, body: Obj, namespace: str) -> Obj:
    """Answer a review of any kind."""
    spec: Obj = body.get("spec") or {}
    answer: Obj = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}}
    match resource.kind:
        case "SelfSubjectReview":
            return answer | {"metadata": {"creationTimestamp": stamp()}, "status": {"userInfo": who.info()}}
        case "TokenReview":
            user = named(str(spec.get("token", "")))
            return answer | {"spec": spec, "status": {"authenticated": True, "user": user.info()}}
        case "SelfSubjectRulesReview":
            return answer | {"spec": spec, "status": _rules(store, who, str(spec.get("namespace", "")))}
        case "SelfSubjectAccessReview":
            asker = who
        case _:
            own = named(str(spec.get("user", "")))
            asker = Identity(own.name, tuple(spec.get("groups") or ()) + own.groups)
    return answer | {"spec": spec, "status": _verdict(store, asker, spec, namespace)}


def _verdict(store: Store, who: Identity, spec: Obj, namespace: str) -> Obj:
    about: dict[str, Any] = spec.get("resourceAttributes") or {}
    if path := spec.get("nonResourceAttributes"):
        asked = Attributes(str(path.get("verb", "")), path=str(path.get("path", "")))
    else:
        words = ("verb", "group", "resource", "subresource", "namespace", "name")
        given = {word: str(about.get(word, "")) for word in words}
        asked = Attributes(**{**given, "namespace": given["namespace"] or namespace})
    yes, reason = allowed(store, who, asked)
    return {"allowed": True, "reason": reason} if yes and reason else {"allowed": yes}


def _rules(store: Store, who: Identity, namespace: str) -> Obj:
    rules = rules_for(store, who, namespace)
    return {
        "resourceRules": [rule for rule in rules if "nonResourceURLs" not in rule],
        "nonResourceRules": [rule for rule in rules if "nonResourceURLs" in rule],
        "incomplete": False,
    }
