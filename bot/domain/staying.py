"""What does not come back with a pod template: how many pods, autoscalers' bounds, what its settings hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.domain.ages import parse_time, spell
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import bounds
from bot.domain.rollbacks import age_of
from bot.domain.workloads import Revision, references

Configs: TypeAlias = Mapping[str, Json | None]
"""ConfigMaps by their names; None for one that is not there."""
MOST_CONFIGS = 6
_MOST_SECRETS = 6
_CONFIG, _SECRET = "ConfigMap ", "Secret "


def configs_of(template: Json) -> tuple[str, ...]:
    """The names of the ConfigMaps that it reads."""
    return tuple(r.removeprefix(_CONFIG) for r in references(template) if r.startswith(_CONFIG))


def stays(
    chosen: Revision, found: Json, scalers: tuple[Json, ...], configs: Configs, now: float
) -> tuple[Text, ...]:
    """All that stays as it is now, the most usual first."""
    return (
        _counts(chosen, found, scalers, now),
        *(line for name, config in configs.items() if (line := _config(chosen, name, config, now))),
        *_not_looked_at(chosen),
        *_secrets(chosen),
    )


def _counts(chosen: Revision, found: Json, scalers: tuple[Json, ...], now: float) -> Text:
    wanted = found["spec"].get("replicas", 1)
    then = f", {chosen.desired} then" if chosen.desired not in {None, wanted} else ""
    kept = [_bounds(scaler) for scaler in scalers]
    nor = text(", nor the bounds of {}", _listed(kept)) if kept else Text()
    only = text("Only the pod template comes back, as it was {} ago.", age_of(chosen, now))
    return text("{} Not the number of replicas ({} now{}){}.", only, wanted, then, nor)


def _bounds(scaler: Json) -> Text:
    low, high = bounds(scaler)
    return text("{} ({} to {})", code(scaler["metadata"]["name"]), low, high)


def _config(chosen: Revision, name: str, config: Json | None, now: float) -> Text:
    """Nothing is said of one that is as it was when the revision was made."""
    shown = code(f"{_CONFIG}{name}")
    if config is None:
        return text("{} is gone, and revision {} reads it: its pods may not start.", shown, chosen.number)
    changed, made = changed_at(config), parse_time(chosen.created)
    if changed is None or made is None:
        return text("When {} last changed is not known: what is in it stays as it is.", shown)
    if changed <= made:
        return Text()
    return text("{} changed {} ago, after revision {} was made: what is in it stays as it is.",
                shown, spell(now - changed), chosen.number)  # fmt: skip


def changed_at(config: Json) -> float | None:
    """When what is in a ConfigMap was last written, as its managed fields tell: none older than itself."""
    metadata = config["metadata"]
    wrote = [
        at
        for entry in metadata.get("managedFields") or ()
        if not {"f:data", "f:binaryData"}.isdisjoint(entry.get("fieldsV1") or {})
        if (at := parse_time(entry.get("time"))) is not None
    ]
    if not wrote:
        return None
    return max(*wrote, parse_time(metadata.get("creationTimestamp")) or 0.0)


def _not_looked_at(chosen: Revision) -> tuple[Text, ...]:
    more = len(configs_of(chosen.template)) - MOST_CONFIGS
    return (text("It reads {} more ConfigMaps, which were not looked at.", more),) if more > 0 else ()


def _secrets(chosen: Revision) -> tuple[Text, ...]:
    names = [text("{}", code(r)) for r in references(chosen.template) if r.startswith(_SECRET)]
    if not names:
        return ()
    more = f" and {len(names) - _MOST_SECRETS} more" if len(names) > _MOST_SECRETS else ""
    verb = "is" if len(names) == 1 else "are"
    return (text("{}{} {} not compared: what is in there stays as it is.",
                 _listed(names[:_MOST_SECRETS]), more, verb),)  # fmt: skip


def _listed(names: list[Text]) -> Text:
    listed = names[0]
    for name in names[1:]:
        listed = text("{}, {}", listed, name)
    return listed
