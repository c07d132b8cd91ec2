"""Every error raised on purpose. Each carries a sentence that is safe to show, and a stable code.

BotError
├── UsageError                what was typed is not understood
│   └── UnknownVerbError
├── AccessDeniedError         policy refuses, or cannot be sure
├── PressError                a button that is not yours, expired, used or forged
├── TargetNotFoundError
├── StalePlanError            the object is no longer as it was shown
├── LockedError               a lock or a freeze covers the object
├── ChannelClosedError        the bot cannot post where the change would be followed
├── ClusterError
│   ├── ClusterUnknownError       no cluster of that name
│   ├── ClusterDeniedError        403: the bot's own rights in the cluster
│   │   └── PersonDeniedError         403: the rights of the person that it was asked for
│   ├── ClusterRejectedError      4xx: validation, admission, conflict
│   └── ClusterUnavailableError   429, 5xx, no connection
├── OnCallUnknownError        it cannot be said who is on call
├── CodeError                 a one-time code that is wrong, used, or cannot be checked
├── OutcomeUnknownError       a change was sent and no answer came
├── AuditUnavailableError     the record cannot be written: nothing is done
│   └── UnrecordedError       it was done, and how it ended is on no record
├── DeliveryError             Slack did not take a message
└── SettingsError             every problem of the settings at once
"""

from __future__ import annotations

from bot.domain.access import Questions


class BotError(Exception):
    """An error with a sentence for people, a hint at the next step, and a code for machines."""

    code = "error"
    retryable = False

    def __init__(self, message: str, *, hint: str = "", suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.suggestions = suggestions
        """Whole command lines, without `/k8s`, that are probably meant; offered as buttons."""
        self.form = ""
        """A line that is not whole yet: a button opens a form with what was understood of it."""


class UsageError(BotError):
    code = "usage"
    field = ""
    """The argument that it is about, where one can be named."""


class UnknownVerbError(UsageError):
    code = "unknown-verb"


class AccessDeniedError(BotError):
    code = "access-denied"

    def __init__(self, message: str, *, hint: str = "", rule: str = "") -> None:
        super().__init__(message, hint=hint)
        self.rule = rule
        self.questions: Questions = ()
        """What the policy was asked of the whole line, where it was the policy that refused it."""


class PressError(BotError):
    code = "press-refused"


class TargetNotFoundError(BotError):
    code = "not-found"

    def __init__(self, message: str, *, hint: str = "", wrong: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.wrong = wrong
        """The name that is not there, and `near` the ones like it that are."""
        self.near = near


class StalePlanError(BotError):
    code = "stale-plan"


class LockedError(BotError):
    """Something keeps the change from being made: who, why, and in `until` until when."""

    code = "locked"

    def __init__(self, message: str, *, hint: str = "", until: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.until = until


class ChannelClosedError(BotError):
    code = "channel-closed"


class ClusterError(BotError):
    code = "cluster"


class ClusterUnknownError(ClusterError):
    code = "cluster-unknown"


class ClusterDeniedError(ClusterError):
    code = "cluster-denied"


class PersonDeniedError(ClusterDeniedError):
    code = "person-denied"


class ClusterRejectedError(ClusterError):
    code = "cluster-rejected"

    def __init__(self, message: str, *, status: int, reason: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.reason = reason


class ClusterUnavailableError(ClusterError):
    code = "cluster-unavailable"
    retryable = True


class OnCallUnknownError(BotError):
    code = "on-call-unknown"


class CodeError(BotError):
    code = "code-refused"


class OutcomeUnknownError(BotError):
    code = "outcome-unknown"


class AuditUnavailableError(BotError):
    code = "audit-unavailable"


class UnrecordedError(AuditUnavailableError):
    """It was done, and its end is on no record."""

    code = "unrecorded"


class DeliveryError(BotError):
    code = "delivery"

    def __init__(self, message: str, *, reason: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable


class SettingsError(BotError):
    code = "settings"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
