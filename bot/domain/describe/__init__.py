"""One object in words, what matters first; each kind a pure function of what was read together."""

from bot.domain.describe.answer import Described, compose, whole
from bot.domain.describe.around import Around, Want
from bot.domain.describe.deployments import deployment
from bot.domain.describe.kinds import READS, teller, wants
from bot.domain.describe.nodes import node
from bot.domain.describe.pods import pod
from bot.domain.describe.services import service

__all__ = [
    "READS",
    "Around",
    "Described",
    "Want",
    "compose",
    "deployment",
    "node",
    "pod",
    "service",
    "teller",
    "wants",
    "whole",
]
