"""What is in force now: the policy, and what else the configuration says. Replaced when the file changes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.access import Actor
from bot.domain.identity import Identity
from bot.domain.locks import Freeze
from bot.domain.model import Frozen
from bot.domain.oncall import Schedule
from bot.service.identity import Impersonation
from bot.service.policy import Policy


class ChannelDefault(Frozen):
    """Where a line typed in a channel is meant, unless it says so itself."""

    name: str = ""
    context: str = ""
    namespace: str = ""
    share: bool = False
    """Whether reads are answered before the whole channel."""


class InForce:
    """The policy and the channels' defaults of now; replaced together when the file changes."""

    def __init__(
        self,
        policy: Policy,
        channels: Mapping[str, ChannelDefault],
        *,
        freezes: tuple[Freeze, ...] = (),
        read_only: str = "",
        impersonation: Impersonation | None = None,
        oncall: Mapping[str, Schedule] | None = None,
        lock_after_rollback: bool = True,
        compare_secrets: bool = False,
        announce: Mapping[str, str] | None = None,
    ) -> None:
        self.policy = policy
        self.channels = channels
        self.freezes = freezes
        self.read_only = read_only
        """Why nothing at all may be changed; empty: it may."""
        self.impersonation = impersonation or Impersonation()
        self.oncall = oncall or {}
        """Where it is looked up who is on call, by the schedule's name."""
        self.lock_after_rollback = lock_after_rollback
        self.compare_secrets = compare_secrets
        """Whether digests of Secrets are kept, to tell after a while whether one is as it was."""
        self.announce = announce or {}
        """The channel in which that is told, its name by its id; empty: where it was set."""

    @classmethod
    def nothing(cls) -> InForce:
        """No rule at all: everybody is refused everything."""
        return cls(Policy(), {})

    @property
    def reads_emails(self) -> bool:
        """Whether people are told apart by their e-mail addresses, for which Slack wants a scope."""
        looked_up = any(source.remote for source in self.oncall.values())
        return self.impersonation.by_email or self.policy.knows_people_by_email or looked_up

    def replace(self, other: InForce) -> None:
        vars(self).update(vars(other))

    def identity(self, actor: Actor, cluster: str, record: str) -> Identity | None:
        """Who a cluster is told that this is; None: the bot. Raises `AccessDeniedError`."""
        return self.impersonation.identity(actor, self.policy.handles, cluster, record)
