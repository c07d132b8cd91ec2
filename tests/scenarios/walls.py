"""Two clusters that are told on whose behalf they are asked, four user groups, and the rights they give."""

from __future__ import annotations

import yaml

from bot.demo.slack.people import UserGroup
from tests.scenarios.test_two_clusters import pair
from tests.world import PEOPLE

RBAC = "/apis/rbac.authorization.k8s.io/v1"
GROUPS = {"S0SRE": "sre", "S0ONCALL": "on-call", "S0SHOP": "shop", "S0DEVS": "shop.developers"}
MEMBERS = {"S0SRE": ["ana"], "S0ONCALL": ["ana"], "S0SHOP": ["cho"], "S0DEVS": ["cho"]}
TOLD = {
    "U0ANA": ("slack:U0ANA", {"slack:sre", "slack:on-call"}),
    "U0CHO": ("slack:U0CHO", {"slack:shop", "slack:shop.developers"}),
    "U0BEN": ("slack:U0BEN", set()),
}
POLICY = {
    "exec": {"look": {"programs": ["id"]}},
    "rules": [
        {"name": "all", "verbs": "*", "exec": "look", "effect": "allow"},
        {"name": "named", "groups": GROUPS, "verbs": "help", "effect": "allow"},
    ],
}
NOBODY = (None, set(), None)
DEPLOYS = ("apps/deployments: get list patch create", "apps/replicasets: get list")


def wall(folder, **impersonate):
    return pair(folder, policy=POLICY, impersonate=impersonate)


def form_groups(place):
    for group, handle in GROUPS.items():
        users = [PEOPLE[name] for name in MEMBERS[group]]
        place.slack.workspace.groups[group] = UserGroup(group, handle, handle, users)


def rewrite(place, impersonate):
    settings = {"policy": POLICY, "channels": {}, "impersonate": impersonate}
    (place.folder / "policy.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


async def send(place, simulator, path, body):
    async with place.http.post(f"{simulator.url}{path}", json=body) as answer:
        assert answer.status == 201, await answer.text()


async def bind(place, simulator, role, name, *, kind="Group"):
    """Give a role to somebody everywhere, as the cluster's administrator."""
    body = {
        "metadata": {"name": f"{role}-{name}".replace(":", "-").lower()},
        "roleRef": {"kind": "ClusterRole", "name": role},
        "subjects": [{"kind": kind, "name": name}],
    }
    await send(place, simulator, f"{RBAC}/clusterrolebindings", body)


async def allow(place, simulator, name, *rules, role="some"):
    """Rights as `apiGroup/resource: verb verb`, for a group."""
    made = []
    for rule in rules:
        what, _, verbs = rule.partition(": ")
        group, _, resource = what.partition("/")
        made.append({"apiGroups": [group], "resources": [resource], "verbs": verbs.split()})
    await send(place, simulator, f"{RBAC}/clusterroles", {"metadata": {"name": role}, "rules": made})
    await bind(place, simulator, role, name)


async def journal(place, simulator):
    """What the bot asked of a cluster."""
    async with place.http.get(f"{simulator.url}/simulator/requests") as answer:
        every = (await answer.json())["requests"]
    return [one for one in every if one["userAgent"].startswith("k8s-bot")]


def told(entry):
    """Who a request said that it is for, and by which record."""
    headers = {name.lower(): values for name, values in entry["headers"].items()}
    [user] = headers.get("impersonate-user", [None])
    [record] = headers.get("impersonate-extra-record", [None])
    return user, set(headers.get("impersonate-group", [])), record
