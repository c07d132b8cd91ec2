"""Why something is as it is: all that was read of it, judged by fixed rules, the cause before the symptom."""

from bot.domain.why.evidence import Snapshot
from bot.domain.why.message import render
from bot.domain.why.verdict import Verdict, judge

__all__ = ["Snapshot", "Verdict", "judge", "render"]
