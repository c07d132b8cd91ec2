"""Amounts as Kubernetes writes them, such as `250m` and `64Mi`, and as kubectl prints what is used."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

_FORM = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([eE][+-]?[0-9]{1,2}|[numkMGTPE]|[KMGTPE]i)?")
_DECIMAL = {sign: Decimal(10) ** power for sign, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18),
                                                              strict=True)}  # fmt: skip
_BINARY = {f"{sign}i": Decimal(1024) ** power for power, sign in enumerate("KMGTPE", 1)}
_SCALE = {"": Decimal(1)} | _DECIMAL | _BINARY
_MEBI = Decimal(1024) ** 2


def amount(word: object) -> Decimal | None:
    """The number that a quantity means, exactly; None for what is no quantity."""
    found = _FORM.fullmatch(str(word))
    if found is None:
        return None
    number, unit = found[1], found[2] or ""
    return Decimal(number) * _SCALE[unit] if unit in _SCALE else Decimal(number + unit)


def cores(used: Decimal) -> str:
    """`12m`: thousandths of a core, rounded up as kubectl does."""
    return f"{(used * 1000).to_integral_value(ROUND_CEILING)}m"


def mebibytes(used: Decimal) -> str:
    """`57Mi`, rounded down as kubectl does."""
    return f"{used // _MEBI}Mi"


def percent(used: Decimal, of: Decimal) -> int | None:
    """Whole percents, rounded down; None where there is nothing to be a part of."""
    return int(used * 100 / of) if of > 0 else None
