"""The question that stands before every call to a cluster."""

from __future__ import annotations

from typing import Protocol

from bot.domain.access import ANY, Actor, Ask, Decision, Effect, Permission, Place, Program, Risk, Scope
from bot.domain.errors import AccessDeniedError
from bot.service.in_force import InForce


class Gate(Protocol):
    """Lets a call through, or raises `AccessDeniedError`."""

    def check(self, cluster: str, namespace: str, kind: str, program: Program | None = None) -> Decision: ...


class PolicyGate:
    """Asks the policy in force for one person, one verb and one place.

    `covers` are kinds that the verb reads in passing, such as the pods of a deployment: they are asked
    about as `main`, the kind that the person named.
    """

    def __init__(
        self,
        in_force: InForce,
        *,
        actor: Actor,
        place: Place,
        verb: str,
        permission: Permission,
        risk: Risk,
        main: str = "",
        covers: frozenset[str] = frozenset(),
    ) -> None:
        self._in_force = in_force
        self._actor = actor
        self._place = place
        self._verb = verb
        self._permission = permission
        self._risk = risk
        self._main = main
        self._covers = covers

    def check(self, cluster: str, namespace: str, kind: str, program: Program | None = None) -> Decision:
        asked = self._main if self._main and kind in self._covers else kind
        decision = self._in_force.policy.decide(
            Ask(
                actor=self._actor,
                place=self._place,
                verb=self._verb,
                permission=self._permission,
                risk=self._risk,
                scope=Scope(cluster=cluster, namespace=namespace, kind=asked),
                program=program,
            )
        )
        if not decision.allowed:
            raise refusal(decision, self._verb, cluster, namespace)
        return decision


class FollowGate:
    """For what goes on after an authorized change: reading in that one namespace, and nothing else."""

    def __init__(self, cluster: str, namespace: str, kinds: frozenset[str]) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._kinds = kinds

    def check(self, cluster: str, namespace: str, kind: str, program: Program | None = None) -> Decision:
        if program or (cluster, namespace) != (self._cluster, self._namespace) or kind not in self._kinds:
            raise AccessDeniedError(
                "What follows a change reads where the change was made, and nowhere else."
            )
        return Decision(effect=Effect.ALLOW, reason="follows an authorized change")


def refusal(decision: Decision, verb: str, cluster: str, namespace: str) -> AccessDeniedError:
    """The sentence for a refused person: what, where, by which rule, and who can."""
    where = "all namespaces" if namespace == ANY else f"`{namespace}`"
    there = "every cluster" if cluster == ANY else f"`{cluster}`"
    return AccessDeniedError(
        f"Not allowed: `{verb}` in {where} on {there} from here.",
        hint=" ".join(part for part in (decision.reason, decision.near_miss) if part),
        rule=decision.rule,
    )
