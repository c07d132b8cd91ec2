"""Every error has a sentence for people, a code for machines, and a place in the drawn tree."""

import re

import pytest

from bot.domain import errors
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterRejectedError,
    ClusterUnavailableError,
    DeliveryError,
    SettingsError,
    TargetNotFoundError,
    UsageError,
)


def every() -> list[type[BotError]]:
    found = vars(errors).values()
    return [error for error in found if isinstance(error, type) and issubclass(error, BotError)]


def test_no_two_errors_share_a_code():
    codes = [error.code for error in every()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_the_drawing_of_the_tree_is_the_tree():
    drawn = re.findall(r"^([│ ├└─]*)(\w+Error)\b", str(errors.__doc__), re.MULTILINE)
    stack: list[str] = []
    parents = {}
    for indent, name in drawn:
        depth = len(indent) // 4
        stack = [*stack[:depth], name]
        parents[name] = stack[depth - 1] if depth else "Exception"
    assert parents == {error.__name__: error.__bases__[0].__name__ for error in every()}


def test_an_error_carries_its_sentence_hint_and_suggestions():
    error = UsageError("what", hint="how", suggestions=("get pods",))
    assert (str(error), error.message, error.hint, error.suggestions) == (
        "what",
        "what",
        "how",
        ("get pods",),
    )
    assert (UsageError("x").hint, UsageError("x").suggestions) == ("", ())


def test_only_what_may_pass_by_itself_can_be_tried_again():
    assert [error for error in every() if error.retryable] == [ClusterUnavailableError]
    assert DeliveryError("x", reason="ratelimited", retryable=True).retryable
    assert not DeliveryError("x").retryable


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (AccessDeniedError("no", hint="ask", rule="r"), {"message": "no", "hint": "ask", "rule": "r"}),
        (AccessDeniedError("no"), {"hint": "", "rule": ""}),
        (TargetNotFoundError("no", hint="h"), {"hint": "h"}),
        (TargetNotFoundError("no", wrong="wbe", near=("web",)), {"wrong": "wbe", "near": ("web",)}),
        (TargetNotFoundError("no"), {"hint": "", "wrong": "", "near": ()}),
        (ClusterRejectedError("no", status=422, reason="Invalid"), {"status": 422, "reason": "Invalid"}),
        (ClusterRejectedError("no", status=422, hint="h"), {"hint": "h"}),
        (ClusterRejectedError("no", status=409), {"reason": "", "hint": ""}),
        (DeliveryError("no", reason="not_in_channel"), {"message": "no", "reason": "not_in_channel"}),
        (DeliveryError("no"), {"reason": ""}),
        (SettingsError(("one", "two")), {"message": "one; two", "problems": ("one", "two")}),
    ],
)  # fmt: skip
def test_an_error_carries_what_its_reader_needs(error: BotError, parts: dict[str, object]):
    assert {name: getattr(error, name) for name in parts} == parts
