"""The small checks that validation is made of, each with the API's own sentence."""

import re
from typing import Any

from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.quantity import MALFORMED, parse_quantity

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_ALPHA_LABEL = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_VALUE = r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_KEY = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

NOT_A_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{_SUBDOMAIN}')"
)
NOT_A_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    "start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
NOT_AN_ALPHA_LABEL = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    f"'{_ALPHA_LABEL}')"
)
NOT_A_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    "for validation is "
    f"'{_VALUE}')"
)
NOT_A_KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
NOT_NEGATIVE = "must be greater than or equal to 0"


def go(value: Any) -> str:
    """Write a value as error messages quote it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{go(key)}:{go(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(go(item) for item in value) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def wrong(field: str, value: Any, why: str) -> Fault:
    return Fault(field, f"Invalid value: {go(value)}: {why}")


def required(field: str, why: str = "") -> Fault:
    return Fault(field, f"Required value: {why}" if why else "Required value", "FieldValueRequired")


def duplicate(field: str, value: Any) -> Fault:
    return Fault(field, f"Duplicate value: {go(value)}", "FieldValueDuplicate")


def forbidden_field(field: str, why: str) -> Fault:
    return Fault(field, f"Forbidden: {why}", "FieldValueForbidden")


def one_of(field: str, value: Any, choices: tuple[str, ...]) -> list[Fault]:
    if value in choices:
        return []
    known = ", ".join(go(choice) for choice in choices)
    return [
        Fault(field, f"Unsupported value: {go(value)}: supported values: {known}", "FieldValueNotSupported")
    ]


def immutable(field: str, old: Any, new: Any) -> list[Fault]:
    return [wrong(field, new, "field is immutable")] if old != new else []


def at_least(field: str, value: Any, floor: int = 0) -> list[Fault]:
    if not isinstance(value, int) or value >= floor:
        return []
    return [wrong(field, value, f"must be greater than or equal to {floor}")]


def port(field: str, value: Any) -> list[Fault]:
    if isinstance(value, int) and not 1 <= value <= 65535:
        return [wrong(field, value, "must be between 1 and 65535, inclusive")]
    return []


def subdomain(field: str, value: str) -> list[Fault]:
    return _shaped(field, value, _SUBDOMAIN, NOT_A_SUBDOMAIN, 253)


def label(field: str, value: str) -> list[Fault]:
    return _shaped(field, value, _LABEL, NOT_A_LABEL, 63)


def alpha_label(field: str, value: str) -> list[Fault]:
    return _shaped(field, value, _ALPHA_LABEL, NOT_AN_ALPHA_LABEL, 63)


def environment_name(field: str, value: str) -> list[Fault]:
    if not value:
        return [required(field)]
    if "=" not in value and value.isascii() and value.isprintable():
        return []
    why = "a valid environment variable name must consist only of printable ASCII characters other than '='"
    return [wrong(field, value, why)]


def quantity(field: str, value: Any) -> list[Fault]:
    try:
        return [wrong(field, value, NOT_NEGATIVE)] if parse_quantity(value) < 0 else []
    except ValueError:
        return [wrong(field, value, MALFORMED)]


def label_map(field: str, labels: Any) -> list[Fault]:
    found: list[Fault] = []
    for key, value in (labels or {}).items() if isinstance(labels, dict) else ():
        if not re.fullmatch(_KEY, key.rsplit("/", 1)[-1]):
            found.append(wrong(field, key, NOT_A_KEY))
        if not re.fullmatch(_VALUE, str(value)):
            found.append(wrong(field, value, NOT_A_VALUE))
        elif len(str(value)) > 63:
            found.append(wrong(field, value, "must be no more than 63 bytes"))
    return found


def selector(field: str, value: Any) -> list[Fault]:
    found = label_map(f"{field}.matchLabels", value.get("matchLabels"))
    for index, expression in enumerate(value.get("matchExpressions") or ()):
        place, sign, values = (
            f"{field}.matchExpressions[{index}]",
            expression.get("operator"),
            expression.get("values"),
        )
        if sign not in ("In", "NotIn", "Exists", "DoesNotExist"):
            found.append(wrong(f"{place}.operator", sign or "", "not a valid selector operator"))
        elif sign in ("In", "NotIn") and not values:
            found.append(required(f"{place}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif sign in ("Exists", "DoesNotExist") and values:
            why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(forbidden_field(f"{place}.values", why))
        if not re.fullmatch(_KEY, str(expression.get("key", "")).rsplit("/", 1)[-1]):
            found.append(wrong(f"{place}.key", expression.get("key", ""), NOT_A_KEY))
    return found


def _shaped(field: str, value: str, form: str, why: str, most: int) -> list[Fault]:
    found = [] if len(value) <= most else [wrong(field, value, f"must be no more than {most} bytes")]
    return found if re.fullmatch(form, value) else [*found, wrong(field, value, why)]
