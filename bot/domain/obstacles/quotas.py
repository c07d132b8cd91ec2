"""ResourceQuotas and LimitRanges: whether the pods will be let in at all, and how many of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Change, Obstacle, pace
from bot.domain.obstacles.costs import Amounts, defaulted, kept_within, pod_cost, shown, states
from bot.domain.quantities import amount

_MUST_BE_SAID = {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}


def rationed(change: Change, quotas: Iterable[Json], ranges: Iterable[Json]) -> tuple[Obstacle, ...]:
    """What the quotas and ranges of the namespace will refuse of the pods that it needs."""
    if not (change.rolls or change.has_more) or not change.replicas:
        return ()
    limits = tuple(item for one in ranges for item in one["spec"].get("limits") or ())
    spec = defaulted(change.template.get("spec") or {}, limits)
    old = defaulted((change.found or {}).get("spec", {}).get("template", {}).get("spec") or {}, limits)
    refused = tuple(text("{}: its pods will be refused.", said) for said in kept_within(spec, limits))
    said = (*refused, *(line for quota in quotas if (line := _said(change, spec, old, quota))))
    return tuple(Obstacle(said=line) for line in said)


def _said(change: Change, spec: Json, old: Json, quota: Json) -> Text:
    hard, used = _amounts(quota, "hard"), _amounts(quota, "used")
    if not _counts(quota, spec):
        return Text()
    name = code(quota["metadata"]["name"])
    unsaid = sorted(each for each in _MUST_BE_SAID & hard.keys() if not states(spec, each))
    if unsaid:
        return text("Quota {} counts {}, and not every container says how much: its pods will be refused.",
                    name, code(unsaid[0]))  # fmt: skip
    cost = {each: much for each, much in pod_cost(spec).items() if each in hard and much > 0}
    if not cost:
        return Text()
    left = {each: hard[each] - used.get(each, Decimal(0)) for each in cost}
    before = pod_cost(old)
    alone = {each: left[each] + before.get(each, Decimal(0)) * change.pods for each in cost}
    room, scarce = _fits(alone, cost)
    if room < change.replicas:
        return text("Quota {} has room for {} of these {} ({}): the rest will not be made.", name, room,
                    plural(change.replicas, "pod"), _left(scarce, left, cost))  # fmt: skip
    beside, scarce = _fits(left, cost)
    if change.rolls and change.before and beside < 1 and pace(change)[0] < 1:
        return text("Quota {} has no room for one more pod ({}), and its strategy lets none go first: "
                    "the rollout will not begin.", name, _left(scarce, left, cost))  # fmt: skip
    return Text()


def _fits(left: Amounts, cost: Amounts) -> tuple[int, str]:
    """How many pods fit, and what of it is the scarcest."""
    rooms = {each: max(0, int(left[each] // cost[each])) for each in cost}
    scarce = min(rooms, key=lambda each: rooms[each])
    return rooms[scarce], scarce


def _left(scarce: str, left: Amounts, cost: Amounts) -> str:
    rest = max(Decimal(0), left[scarce])
    if scarce.endswith("pods"):
        return f"{plural(int(rest), 'more pod')} in all"
    return f"{scarce}: {shown(scarce, rest)} left, each takes {shown(scarce, cost[scarce])}"


def _amounts(quota: Json, part: str) -> Amounts:
    """Of its status, which is what is enforced; a quota just made has only its spec."""
    status = quota.get("status") or {}
    given = status.get(part) or (quota["spec"].get(part) if part == "hard" else None) or {}
    return {name: much for name, word in given.items() if (much := amount(word)) is not None}


def _counts(quota: Json, spec: Json) -> bool:
    """Whether it counts such pods. One that goes by priority class counts those that name one of its."""
    best_effort = not any(name.startswith(("requests", "limits")) for name in pod_cost(spec))
    holds = {
        "Terminating": "activeDeadlineSeconds" in spec,
        "NotTerminating": "activeDeadlineSeconds" not in spec,
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
    }
    chosen = (quota["spec"].get("scopeSelector") or {}).get("matchExpressions") or ()
    return all(holds.get(scope, False) for scope in quota["spec"].get("scopes") or ()) and all(
        _selected(one, spec, holds) for one in chosen
    )


def _selected(expression: Json, spec: Json, holds: dict[str, bool]) -> bool:
    if expression.get("scopeName") != "PriorityClass":
        return holds.get(str(expression.get("scopeName")), False)
    mine, values = spec.get("priorityClassName"), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return mine in values
        case "NotIn":
            return mine not in values
        case "Exists":
            return bool(mine)
        case _:
            return not mine
