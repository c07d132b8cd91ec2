"""Label selectors, from the form that objects hold to the form that queries take."""

from __future__ import annotations

from bot.domain.model import Json

_FORMS = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def selector(spec: Json) -> str:
    """`matchLabels` and `matchExpressions` as one line; a service has the mere labels."""
    if not spec.keys() & {"matchLabels", "matchExpressions"}:
        spec = {"matchLabels": spec}
    equal = [f"{key}={value}" for key, value in (spec.get("matchLabels") or {}).items()]
    sets = [
        _FORMS[item["operator"]].format(key=item["key"], values=",".join(item.get("values") or []))
        for item in spec.get("matchExpressions") or []
    ]
    return ",".join([*equal, *sets])
