"""Resource quantities: `250m`, `1.5Gi`, `2e3`, as numbers."""

import re
from decimal import Decimal

_FORM = re.compile(r"^([+-]?[0-9.]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$")
_SCALE = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
} | {f"{letter}i": Decimal(1024 ** (power + 1)) for power, letter in enumerate("KMGTPE")}

MALFORMED = r"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


def parse_quantity(value: object) -> Decimal:
    """Read a quantity; junk raises ValueError with the API's own sentence."""
    match = _FORM.match(str(value))
    if match is None or match.group(1).count(".") > 1 or not any(c.isdigit() for c in match.group(1)):
        raise ValueError(MALFORMED)
    number, unit = Decimal(match.group(1)), match.group(2) or ""
    return (
        Decimal(match.group(0))
        if unit[:1] in ("e", "E") and len(unit) > 1 and unit != "Ei"
        else (number * _SCALE.get(unit, Decimal(1)))
    )


def quantity_text(amount: Decimal, *, binary: bool = False) -> str:
    """Write a quantity in the shortest exact form; `binary`: as memory and storage are written."""
    if amount == 0:
        return "0"
    if amount != int(amount):
        return f"{-(-amount * 1000 // 1)}m"
    units = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki") if binary else ("E", "P", "T", "G", "M", "k")
    return next(
        (f"{int(amount / _SCALE[unit])}{unit}" for unit in units if amount % _SCALE[unit] == 0),
        str(int(amount)),
    )
