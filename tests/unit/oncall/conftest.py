"""Both providers, as respx plays them, and nobody else on the line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from bot.oncall.providers import Providers
from tests.factories import Clock

TOKENS = {"pagerduty_token": "pd-t0ken", "opsgenie_token": "og-t0ken"}


@pytest.fixture
def line() -> Iterator[respx.MockRouter]:
    """What is asked of anybody else fails."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def pagerduty(line: respx.MockRouter) -> respx.Route:
    return line.get("https://api.pagerduty.com/oncalls").mock(httpx.Response(200, json={"oncalls": []}))


@pytest.fixture
def opsgenie(line: respx.MockRouter) -> respx.Route:
    return line.get(host="api.opsgenie.com").mock(
        httpx.Response(200, json={"data": {"onCallRecipients": []}})
    )


@pytest.fixture
async def providers(clock: Clock) -> AsyncIterator[Providers]:
    found = Providers(clock, **TOKENS)
    yield found
    await found.close()
