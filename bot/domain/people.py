"""How Slack names people."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import StringConstraints

_ID = r"^[UW][A-Z0-9]{2,20}$"
UserId = Annotated[str, StringConstraints(pattern=_ID)]


def is_user_id(word: str) -> bool:
    return re.fullmatch(_ID, word) is not None
