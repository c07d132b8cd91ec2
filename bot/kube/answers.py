"""What comes back from an API server: a status and bytes, which may or may not be the API's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import aiohttp


class Answer(NamedTuple):
    """What the server said, whether it was yes or no."""

    status: int
    body: bytes
    retry_after: float = 0.0

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - as HTTP says

    @property
    def is_passing(self) -> bool:
        """The trouble may be over in a moment."""
        return self.status == 429 or self.status >= 500  # noqa: PLR2004 - as HTTP says


async def at_most(content: aiohttp.StreamReader, most: int) -> bytes:
    kept = bytearray()
    async for chunk in content.iter_any():
        kept += chunk
        if len(kept) >= most:
            break
    return bytes(kept[:most])


def seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0


def document(body: bytes) -> Any:
    """JSON, or None for anything else: a proxy's page is no answer of the API's."""
    try:
        return json.loads(body)
    except ValueError:
        return None
