"""What is served here: in the old form, group by group, and in the aggregated one."""

import re

from bot.demo.kubernetes.errors import no_such_resource
from bot.demo.kubernetes.kinds import Kinds, Resource, Subresource
from bot.demo.kubernetes.objects import Obj

VERSION: Obj = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "5e3a2f0c8d6b4719a0e8c17dd5b0f6f1c2a49d83",
    "gitTreeState": "clean",
    "buildDate": "2026-06-10T09:14:21Z",
    "goVersion": "go1.26.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}
AGGREGATED = "apidiscovery.k8s.io"

# Where the server says it stands; clients inside the cluster would go there.
_ADVERTISED = [{"clientCIDR": "0.0.0.0/0", "serverAddress": "192.0.2.10:6443"}]


def core_versions() -> Obj:
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": _ADVERTISED}


def group_list(kinds: Kinds) -> Obj:
    groups = sorted({r.group for r in kinds.all() if r.group})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(kinds, group) for group in groups]}


def one_group(kinds: Kinds, group: str) -> Obj:
    if not group or group not in {resource.group for resource in kinds.all()}:
        raise no_such_resource()
    return {"kind": "APIGroup", "apiVersion": "v1"} | _group(kinds, group)


def resource_list(kinds: Kinds, group: str, version: str) -> Obj:
    """List one group and version, subresources as entries of their own."""
    entries = []
    for resource in sorted(_of(kinds, group, version), key=lambda resource: resource.plural):
        entries.append(_entry(resource))
        entries += [
            _sub_entry(resource, sub) for sub in sorted(resource.subresources, key=lambda sub: sub.name)
        ]
    answer: Obj = {
        "kind": "APIResourceList",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": entries,
    }
    return {**answer, "apiVersion": "v1"} if group else answer


def aggregated(kinds: Kinds, *, core: bool) -> Obj:
    """Answer /api or /apis with everything in one document."""
    groups = [""] if core else sorted({resource.group for resource in kinds.all() if resource.group})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"{AGGREGATED}/v2",
        "metadata": {},
        "items": [_aggregated_group(kinds, group) for group in groups],
    }


def _of(kinds: Kinds, group: str, version: str) -> list[Resource]:
    return [resource for resource in kinds.all() if (resource.group, resource.version) == (group, version)]


def _versions(kinds: Kinds, group: str) -> list[str]:
    found = {resource.version for resource in kinds.all() if resource.group == group}
    return sorted(found, key=_rank, reverse=True)


def _rank(version: str) -> tuple[int, int, int]:
    """Order versions as clients should prefer them: settled ones first, then beta, then alpha."""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if match is None:
        return -1, 0, 0
    major, stage, minor = match.groups()
    return {"alpha": 0, "beta": 1, None: 2}[stage], int(major), int(minor or 0)


def _group(kinds: Kinds, group: str) -> Obj:
    versions = [{"groupVersion": f"{group}/{v}", "version": v} for v in _versions(kinds, group)]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def _entry(resource: Resource) -> Obj:
    entry: Obj = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        entry["shortNames"] = list(resource.short)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    return entry


def _sub_entry(resource: Resource, sub: Subresource) -> Obj:
    entry: Obj = {
        "name": f"{resource.plural}/{sub.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": sub.kind,
        "verbs": list(sub.verbs),
    }
    return entry | ({"group": sub.group, "version": sub.version} if sub.group else {})


def _aggregated_group(kinds: Kinds, group: str) -> Obj:
    versions = [
        {
            "version": version,
            "freshness": "Current",
            "resources": [_aggregated_entry(resource) for resource in _of(kinds, group, version)],
        }
        for version in _versions(kinds, group)
    ]
    return {"metadata": {"name": group} if group else {}, "versions": versions}


def _aggregated_entry(resource: Resource) -> Obj:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: Obj = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        entry["shortNames"] = list(resource.short)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if resource.subresources:
        entry["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": {
                    "group": sub.group or resource.group,
                    "version": sub.version or resource.version,
                    "kind": sub.kind,
                },
                "verbs": list(sub.verbs),
            }
            for sub in resource.subresources
        ]
    return entry
