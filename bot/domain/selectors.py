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


def selects(selector: Json, labels: Json) -> bool:
    """Whether a LabelSelector finds something with these labels; an empty one finds everything."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(one, labels) for one in selector.get("matchExpressions") or ())


def _holds(expression: Json, labels: Json) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
