"""How far a rollout is, judged from one look: one module for each kind, with its own rules and sentences.

The rules and sentences are those of `kubectl rollout status`, where it has any. The generation is compared
first, so that an old status is never taken for an answer to a new change.
"""

from bot.domain.rollouts.assessment import FOLLOWED, assess, newest

__all__ = ["FOLLOWED", "assess", "newest"]
