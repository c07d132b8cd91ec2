"""What does not come back with a pod template: how many pods, autoscalers' bounds, what its settings hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.domain.ages import parse_time, spell
from bot.domain.keeping import (
    CONFIG,
    KEPT_DAYS,
    MOST_BYTES,
    MOST_OF_ONE_REVISION,
    SECRET,
    Keepsakes,
    Kept,
    can_return,
    differs,
)
from bot.domain.message import Text, code, joined, text
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import bounds
from bot.domain.revisions.revision import Revision
from bot.domain.workloads import references

Configs: TypeAlias = Mapping[str, Json | None]
"""ConfigMaps by their names; None for one that is not there."""


@dataclass(frozen=True)
class Settings:
    """What a revision reads: as it is now, as far as it could be read, and as it is kept."""

    configs: Configs
    kept: Keepsakes = field(default_factory=dict)
    digests: Mapping[str, str] | None = None
    """Of the Secrets, by name; empty for one that is gone. None where Secrets are not compared."""
    with_config: bool = False
    """Whether what is kept is to come back."""

    @property
    def able(self) -> tuple[str, ...]:
        """The names of the ConfigMaps that are otherwise now, and that can come back."""
        return tuple(n for n, live in self.configs.items() if can_return(self.kept.get(CONFIG + n), live))

    @property
    def returning(self) -> tuple[str, ...]:
        return self.able if self.with_config else ()


def configs_of(template: Json) -> tuple[str, ...]:
    """The names of the ConfigMaps that it reads."""
    return tuple(r.removeprefix(CONFIG) for r in references(template) if r.startswith(CONFIG))


def secrets_of(template: Json) -> tuple[str, ...]:
    """The names of the Secrets that it reads."""
    return tuple(r.removeprefix(SECRET) for r in references(template) if r.startswith(SECRET))


def stays(
    chosen: Revision, found: Json, scalers: tuple[Json, ...], settings: Settings, now: float
) -> tuple[Text, ...]:
    """All that stays as it is now, the most usual first."""
    return (
        _counts(chosen, found, scalers, settings, now),
        *_volumes(found),
        *settings_stay(chosen, settings, now),
    )


def settings_stay(chosen: Revision, settings: Settings, now: float) -> tuple[Text, ...]:
    """Of that, what its ConfigMaps and Secrets hold."""
    names = (name for name in settings.configs if name not in settings.returning)
    return (
        *(line for name in names if (line := _config(chosen, name, settings, now))),
        *_not_looked_at(chosen),
        *_secrets(chosen, settings),
    )


def _since(chosen: Revision, now: float) -> str:
    made = parse_time(chosen.created)
    return spell(now - made) if made is not None else "some time"


def _counts(chosen: Revision, found: Json, scalers: tuple[Json, ...], settings: Settings, now: float) -> Text:
    back = text("Only the pod template comes back, as it was {} ago.", _since(chosen, now))
    if settings.with_config and not settings.returning:
        back = text("{} There is no ConfigMap to bring back.", back)
    if settings.returning:
        back = text("The pod template comes back, as it was {} ago, and {}.", _since(chosen, now),
                    joined([_returns(settings, name, now) for name in settings.returning], ", "))  # fmt: skip
    wanted = found["spec"].get("replicas")
    if wanted is None:  # as many as there are nodes
        return back
    then = f", {chosen.desired} then" if chosen.desired not in {None, wanted} else ""
    bounded = [_bounds(scaler) for scaler in scalers]
    nor = text(", nor the bounds of {}", joined(bounded, ", ")) if bounded else Text()
    return text("{} Not the number of replicas ({} now{}){}.", back, wanted, then, nor)


def _volumes(found: Json) -> tuple[Text, ...]:
    """What a StatefulSet claims for its pods can never change, and outlives each of them."""
    names = [
        text("{}", code(claim["metadata"]["name"]))
        for claim in found["spec"].get("volumeClaimTemplates") or ()
    ]
    if not names:
        return ()
    return (
        text(
            "Its volume claim templates ({}) cannot change, and its volumes keep what is on them.",
            joined(names, ", "),
        ),
    )


def _returns(settings: Settings, name: str, now: float) -> Text:
    kept = settings.kept[CONFIG + name]
    return text(
        "{} as it was {} ago, for whatever else reads it too", code(kept.reference), spell(now - kept.at)
    )


def _bounds(scaler: Json) -> Text:
    low, high = bounds(scaler)
    return text("{} ({} to {})", code(scaler["metadata"]["name"]), low, high)


def _config(chosen: Revision, name: str, settings: Settings, now: float) -> Text:
    """Nothing is said of one that is as it was when the revision was made."""
    live, kept = settings.configs[name], settings.kept.get(CONFIG + name)
    if kept is not None and _is_the_same(kept, live):
        return Text()
    said = _changed(chosen, name, live, now)
    if not said and kept is not None and differs(kept, live):
        said = text("{} is not what revision {} ran with: what is in it stays as it is.",
                    code(CONFIG + name), chosen.number)  # fmt: skip
    return text("{}{}", said, _of_the_kept(kept, live, settings, now)) if said else said


def _is_the_same(kept: Kept, live: Json | None) -> bool:
    """It was kept after it had changed last, or it has changed and changed back since."""
    if kept.content is None or live is None or differs(kept, live):
        return False
    changed = changed_at(live)
    return changed is None or changed > kept.at


def _changed(chosen: Revision, name: str, config: Json | None, now: float) -> Text:
    """What the object itself tells."""
    shown = code(f"{CONFIG}{name}")
    if config is None:
        return text("{} is gone, and revision {} reads it: its pods may not start.", shown, chosen.number)
    changed, made = changed_at(config), parse_time(chosen.created)
    if changed is None or made is None:
        return text("When {} last changed is not known: what is in it stays as it is.", shown)
    if changed <= made:
        return Text()
    return text("{} changed {} ago, after revision {} was made: what is in it stays as it is.",
                shown, spell(now - changed), chosen.number)  # fmt: skip


def _of_the_kept(kept: Kept | None, live: Json | None, settings: Settings, now: float) -> Text:
    """Whether it can come back, and else why not, where that is asked for or not to be expected."""
    if kept is None:
        missing = f" Nothing of it is kept: what is, is for {KEPT_DAYS} days."
        return text(missing) if settings.with_config else Text()
    if kept.content is None:
        return text(" It was not kept: it is larger than {} KiB.", MOST_BYTES // 1024)
    if can_return(kept, live):
        return text(" It is kept as it was {} ago, and can come back.", spell(now - kept.at))
    if differs(kept, live):
        return text(" It is kept, and cannot come back: it is immutable.")
    return text(" What is kept of it is the same.") if settings.with_config else Text()


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
    more = len(configs_of(chosen.template)) - MOST_OF_ONE_REVISION
    return (text("It reads {} more ConfigMaps, which were not looked at.", more),) if more > 0 else ()


def _secrets(chosen: Revision, settings: Settings) -> tuple[Text, ...]:
    """Those that are otherwise now, where digests of both are known; the rest is not compared."""
    digests, names = settings.digests or {}, secrets_of(chosen.template)
    then = {name: settings.kept[SECRET + name].digest for name in names if SECRET + name in settings.kept}
    gone = [name for name in names if digests.get(name) == ""]
    known = {name for name in names if digests.get(name) and then.get(name)}
    other = [name for name in names if name in known and digests[name] != then[name]]
    rest = [name for name in names if name not in known and name not in gone]
    return (
        *(text("{} is gone, and revision {} reads it: its pods may not start.",
               code(SECRET + name), chosen.number) for name in gone),
        *(text("{} is not what revision {} ran with: what is in there stays as it is.",
               code(SECRET + name), chosen.number) for name in other),
        *_not_compared(rest),
    )  # fmt: skip


def _not_compared(secrets: list[str]) -> tuple[Text, ...]:
    if not secrets:
        return ()
    names = [text("{}", code(SECRET + name)) for name in secrets[:MOST_OF_ONE_REVISION]]
    more = f" and {len(secrets) - len(names)} more" if len(secrets) > len(names) else ""
    verb = "is" if len(secrets) == 1 else "are"
    return (text("{}{} {} not compared: what is in there stays as it is.", joined(names, ", "), more, verb),)
