"""A policy for the tests of `policy …`."""

BY = {"groups": {"S0SRE": "sre"}, "channel": {"C0OPS": "ops"}}
RULES = [
    {"name": "looks", "verbs": "@reads", "effect": "allow"},
    {"name": "dev", "groups": {"S0DEV": "dev"}, "channels": {"C0SHOP": "shop"}, "verbs": "@changes",
     "limits": {"replicas": 6}, "effect": "confirm"},
    {"name": "prod", "groups": {"S0DEV": "dev"}, "clusters": "prod", "verbs": "@changes", "effect": "approve",
     "by": BY, "code": True},
    {"name": "night", "oncall": "shop", "verbs": "restart", "effect": "review", "by": BY},
    {"name": "system", "namespaces": "kube-*", "verbs": "*", "effect": "deny"},
]  # fmt: skip
