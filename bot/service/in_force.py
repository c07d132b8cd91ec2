"""What is in force now: the policy, and what else the configuration says. Replaced when the file changes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.locks import Freeze
from bot.domain.model import Frozen
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
        freezes: tuple[Freeze, ...] = (),
        read_only: str = "",
        announce: Mapping[str, str] | None = None,
    ) -> None:
        self.policy = policy
        self.channels = channels
        self.freezes = freezes
        self.read_only = read_only
        """Why nothing at all may be changed; empty: it may."""
        self.announce = announce or {}
        """The channel in which that is told, its name by its id; empty: where it was set."""

    @classmethod
    def nothing(cls) -> InForce:
        """No rule at all: everybody is refused everything."""
        return cls(Policy(), {})

    def replace(self, other: InForce) -> None:
        self.policy, self.channels = other.policy, other.channels
        self.freezes, self.read_only = other.freezes, other.read_only
        self.announce = other.announce
