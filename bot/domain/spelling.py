"""Signs that are not seen, or are taken for others, by their numbers: what differs looks different."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, signs that turn the order around or have no width, halves of signs, other ends of lines."""
_SEEN = frozenset("\n\t")


def plainly(text: str) -> str:
    """Plain ASCII alone: letters of other scripts look like it."""
    return "".join(sign if is_plain(sign) else _number(sign) for sign in text)


def is_plain(sign: str) -> bool:
    return " " <= sign <= "~"


def visibly(text: str) -> str:
    """Letters of every script, and nothing that cannot be seen, beside the ends of lines."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _number(sign) if sign not in _SEEN and unicodedata.category(sign) in _UNSEEN else sign
        for sign in text
    )


def _number(sign: str) -> str:
    return f"⟨U+{ord(sign):04X}⟩"
