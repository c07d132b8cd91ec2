"""Every error has its own stable code, and is a sentence wherever it is printed."""

import pytest

from bot.domain import errors

CODES = {
    "BotError": "error", "UsageError": "usage", "UnknownVerbError": "unknown-verb",
    "AccessDeniedError": "access-denied", "PressError": "press-refused", "TargetNotFoundError": "not-found",
    "StalePlanError": "stale-plan", "ChannelClosedError": "channel-closed", "LockedError": "locked",
    "ClusterError": "cluster",
    "ClusterUnknownError": "cluster-unknown", "ClusterDeniedError": "cluster-denied",
    "PersonDeniedError": "person-denied",
    "ClusterRejectedError": "cluster-rejected", "ClusterUnavailableError": "cluster-unavailable",
    "OutcomeUnknownError": "outcome-unknown", "AuditUnavailableError": "audit-unavailable",
    "UnrecordedError": "unrecorded", "OnCallUnknownError": "on-call-unknown", "CodeError": "code-refused",
    "DeliveryError": "delivery", "SettingsError": "settings",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_machines_know_an_error_by_its_code(name: str, code: str):
    assert getattr(errors, name).code == code


def test_no_error_is_left_out_and_only_a_cluster_away_is_worth_a_retry():
    found = {n: kind for n, kind in vars(errors).items() if isinstance(kind, type)}
    assert found.keys() == CODES.keys()
    assert [name for name, kind in found.items() if kind.retryable] == ["ClusterUnavailableError"]


def test_an_error_with_parts_of_its_own_still_says_its_sentence():
    delivery = errors.DeliveryError("Slack did not take it.", reason="msg_too_long")
    assert (str(delivery), delivery.message, delivery.retryable) == (delivery.message,) * 2 + (False,)
    assert str(errors.SettingsError(("a", "b"))) == "a; b"
    assert errors.SettingsError(("a", "b")).message == "a; b"
