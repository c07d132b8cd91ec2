"""Which clusters there are for a person, which one a line means that names none, and how each answers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.domain.access import ANY, Actor, Ask, Decision, Effect, Permission, Place, Program, Risk, Scope
from bot.domain.cluster import ApiTable
from bot.domain.errors import AccessDeniedError, BotError, ClusterUnknownError
from bot.domain.resources import NODES, nearest
from bot.domain.whereabouts import Because, Sighting, Usual
from bot.service.reach import gives_anything

if TYPE_CHECKING:
    from bot.engine.rooms import Rooms
    from bot.service.cluster import GuardedCluster
    from bot.service.in_force import InForce

LOOK_SECONDS = 2.0
"""How long a cluster is waited for when all are looked at."""
HIDDEN = "The policy gives you nothing on the cluster that is meant here."


async def usual(rooms: Rooms, actor: Actor, place: Place) -> Usual:
    """The asker's own choice in this channel, else the channel's cluster, else the kubeconfig's."""
    there = rooms.in_force.channels.get(place.channel)
    own = await rooms.choices.of(actor.id, place.channel) if len(rooms.clusters.names) > 1 else ""
    if own in rooms.clusters.names:  # one that has left the kubeconfig since is as good as none
        cluster, because = own, Because.YOURS
    elif there and there.context:
        cluster, because = there.context, Because.CHANNEL
    else:
        cluster, because = rooms.clusters.default, Because.CONTEXT
    return Usual(cluster=cluster, namespace=namespace(rooms, place, cluster), because=because)


def namespace(rooms: Rooms, place: Place, cluster: str) -> str:
    """The channel's, where the channel's cluster is meant; else that of the context."""
    there = rooms.in_force.channels.get(place.channel)
    if there and there.namespace and cluster == (there.context or rooms.clusters.default):
        return there.namespace
    return rooms.clusters.namespace(cluster) if cluster in rooms.clusters.names else ""


def visible(rooms: Rooms, actor: Actor, place: Place) -> tuple[str, ...]:
    """The clusters on which the policy gives this person anything."""
    policy = rooms.in_force.policy
    return tuple(name for name in rooms.clusters.names if gives_anything(policy, actor, place, name))


def channels(in_force: InForce) -> dict[str, str]:
    """Those that the configuration names, by id."""
    found = {channel: there.name for channel, there in in_force.channels.items()}
    for rule in in_force.policy.rules:
        found |= rule.channels
    return found


def known(rooms: Rooms, actor: Actor, place: Place) -> tuple[str, ...]:
    """The clusters on which the policy gives this person anything, here or from any channel that it names."""
    places = [place, *(place.model_copy(update={"channel": one}) for one in channels(rooms.in_force))]
    return tuple(dict.fromkeys(name for one in places for name in visible(rooms, actor, one)))


def unknown(name: str, known: tuple[str, ...]) -> ClusterUnknownError:
    """There is no such cluster, as far as this person is told."""
    near = nearest(name, known, 1)
    said = f"; known: {', '.join(f'`{one}`' for one in known)}" if known else ""
    hint = f"Did you mean `{near[0]}`?" if near else ""
    return ClusterUnknownError(
        f"there is no cluster `{name[:60]}`{said}", hint=hint, suggestions=("clusters",)
    )


def nothing_there(name: str, usual: Usual, known: tuple[str, ...]) -> BotError:
    """For a cluster on which the policy gives this person nothing: one that they named is not there."""
    return hidden(known) if name == usual.cluster else unknown(name, known)


def hidden(known: tuple[str, ...]) -> AccessDeniedError:
    """For the cluster that is usual here, where the policy gives this person nothing on it."""
    hint = f"Name one of these by `--context`: {', '.join(known)}." if known else ""
    return AccessDeniedError(HIDDEN, hint=hint)


def check_known(rooms: Rooms, actor: Actor, place: Place, cluster: str) -> None:
    """Raise `AccessDeniedError`, which does not name it, for a cluster on which this person has nothing."""
    there = known(rooms, actor, place)
    if cluster not in there:
        raise hidden(there)


async def choose(rooms: Rooms, actor: Actor, place: Place, cluster: str) -> Usual:
    """Keep the asker's own default in this channel; with an empty name, forget it. Gives what is so now."""
    if cluster:
        await rooms.choices.choose(actor.id, place.channel, cluster, rooms.clock())
    else:
        await rooms.choices.forget(actor.id, place.channel)
    return await usual(rooms, actor, place)


async def look(rooms: Rooms, actor: Actor, place: Place, record: str, name: str) -> Sighting:
    """Ask a cluster for its version and its nodes. A cluster that is down is a sighting too.

    What it is, and not only that it answers, is for those who may ask for it by `cluster-info`.
    """
    try:
        door = rooms.door(name, _LookGate(name), actor, record)
    except AccessDeniedError as error:
        return Sighting(cluster=name, took=0.0, problem=error.message)
    seen = await _look(door, LOOK_SECONDS)
    asked = Ask(
        actor=actor, place=place, verb="cluster-info", permission=Permission.CLUSTER_READ, risk=Risk.READ,
        scope=Scope(cluster=name, namespace=ANY, kind=NODES.plural),
    )  # fmt: skip
    if rooms.in_force.policy.decide(asked).allowed:
        return seen
    return seen.model_copy(update={"version": "", "nodes": None, "ready": None})


async def _look(door: GuardedCluster, seconds: float) -> Sighting:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            version = str((await door.version()).get("gitVersion", ""))
    except TimeoutError:
        return Sighting(
            cluster=door.name,
            took=seconds,
            problem=f"cluster `{door.name}` gives no answer within {seconds:g} s",
        )
    except BotError as error:
        return Sighting(cluster=door.name, took=time.monotonic() - begun, problem=error.message)
    took = time.monotonic() - begun
    try:
        async with asyncio.timeout(max(0.0, seconds - took)):
            nodes = await door.table(NODES, ANY)
    except (TimeoutError, BotError):
        return Sighting(cluster=door.name, took=took, version=version)
    counted = {"nodes": len(nodes.rows) + nodes.remaining, "ready": _ready(nodes)}
    return Sighting(cluster=door.name, took=took, version=version, **counted)


def _ready(nodes: ApiTable) -> int | None:
    """None where not all of them were read."""
    heads = [column.name.upper() for column in nodes.columns]
    if nodes.remaining or "STATUS" not in heads:
        return None
    place = heads.index("STATUS")
    return sum("Ready" in row[place].split(",") for row in nodes.rows)


class _LookGate:
    """Lets the bot see whether a cluster answers, and its nodes; nothing else."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster

    def check(self, cluster: str, namespace: str, kind: str, program: Program | None = None) -> Decision:
        is_ours = (cluster, namespace, kind) == (self._cluster, ANY, NODES.plural)
        if not is_ours or program is not None:
            raise AccessDeniedError("A look at the clusters reads their nodes, and nothing else.")
        return Decision(effect=Effect.ALLOW, reason="a look at the clusters")
