"""Amounts are read as Kubernetes' own client reads them, and written as kubectl writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from kubernetes.utils.quantity import parse_quantity

from bot.domain.quantities import amount, cores, mebibytes, percent

_NUMBERS = st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?", fullmatch=True)
_UNITS = st.sampled_from(["", *"numkMGTPE", *(f"{sign}i" for sign in "KMGTPE"), "e3", "E3", "e-2"])


@given(_NUMBERS, _UNITS)
def test_every_form_means_what_the_client_says(number: str, unit: str):
    assert amount(number + unit) == parse_quantity(number + unit)


@pytest.mark.parametrize("word", ["", "m", "Mi", "1mi", "1ki", "1.2.3", "1x", "1Kib", "--1", None, []])
def test_what_is_no_quantity_is_none(word: object):
    assert amount(word) is None
    with pytest.raises((ValueError, TypeError)):
        parse_quantity(word)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "1_000", "１", "1 Mi"])
def test_what_only_python_calls_a_number_is_none(word: str):
    assert amount(word) is None


@given(st.text(max_size=12))
def test_nothing_breaks_it(word: str):
    assert amount(word) is None or amount(word) == parse_quantity(word)


def test_a_huge_exponent_is_no_quantity():
    assert amount("1e999999999") is None


@pytest.mark.parametrize(
    ("used", "written"), [("501000000n", "501m"), ("1n", "1m"), ("0", "0m"), ("2", "2000m"), ("1.5", "1500m")]
)
def test_cores_are_rounded_up(used: str, written: str):
    assert cores(amount(used) or Decimal(0)) == written


@pytest.mark.parametrize(
    ("used", "written"), [("58367Ki", "56Mi"), ("64Mi", "64Mi"), ("1", "0Mi"), ("2Gi", "2048Mi")]
)
def test_bytes_are_rounded_down(used: str, written: str):
    assert mebibytes(amount(used) or Decimal(0)) == written


def test_percents_are_rounded_down_and_never_of_nothing():
    assert percent(Decimal("0.899"), Decimal(1)) == 89
    assert percent(Decimal(3), Decimal(2)) == 150
    assert percent(Decimal(3), Decimal(0)) is None
    assert percent(Decimal(3), Decimal(-1)) is None
