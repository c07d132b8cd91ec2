"""What goes wrong between us and a provider refuses, says what to do, and never shows the token."""

from __future__ import annotations

import asyncio
import json
import logging
import time

import httpx
import pytest

from bot.domain.errors import OnCallUnknownError
from bot.domain.oncall import Opsgenie, PagerDuty
from bot.oncall.providers import Providers

PRIMARY = PagerDuty(schedule="PABC123")
NOBODY = {"oncalls": [], "more": False}
FINE = httpx.Response(200, json=NOBODY)


async def refused(providers: Providers, source: PagerDuty | Opsgenie = PRIMARY) -> OnCallUnknownError:
    with pytest.raises(OnCallUnknownError) as found:
        await providers.on_duty(source)
    return found.value


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (httpx.Response(401), ("An operator looks at PAGERDUTY_TOKEN.", 1)),
        (httpx.Response(403), ("An operator looks at PAGERDUTY_TOKEN.", 1)),
        (httpx.Response(404), ("An operator looks at `oncall` in the configuration.", 1)),
        (httpx.Response(400), ("Try again in a minute.", 1)),
        (httpx.Response(204), ("Try again in a minute.", 1)),
        (httpx.Response(500), ("Try again in a minute.", 2)),
        (httpx.Response(503), ("Try again in a minute.", 2)),
        (httpx.Response(429), ("Try again in 60 seconds.", 1)),
        (httpx.Response(429, headers={"ratelimit-reset": "41"}), ("Try again in 41 seconds.", 1)),
        (httpx.Response(429, headers={"Retry-After": "30"}), ("Try again in 30 seconds.", 1)),
        (httpx.Response(429, headers={"X-RateLimit-Period-In-Sec": "59"}), ("Try again in 59 seconds.", 1)),
        (httpx.Response(429, headers={"ratelimit-reset": "9" * 5000}), ("Try again in 3600 seconds.", 1)),
        (httpx.Response(429, headers={"ratelimit-reset": "-1"}), ("Try again in 60 seconds.", 1)),
        (httpx.Response(429, headers={"ratelimit-reset": "1"}), ("Try again in 1 seconds.", 2)),
        (httpx.Response(200, text="<html>"), ("Try again in a minute.", 1)),
        (httpx.Response(200, content=b"\xff\xfe"), ("Try again in a minute.", 1)),
        (httpx.Response(200, text="[" * 100_000), ("Try again in a minute.", 1)),
        (httpx.Response(200, json=["oncalls"]), ("Try again in a minute.", 1)),
        (httpx.ConnectError("refused"), ("Try again in a minute.", 2)),
        (httpx.ReadTimeout("slow"), ("Try again in a minute.", 2)),
        (httpx.RemoteProtocolError("cut off"), ("Try again in a minute.", 2)),
    ],
    ids=str,
)
async def test_it_is_refused_with_the_next_step(providers, pagerduty, caplog, answer, then):
    pagerduty.mock(**{"side_effect" if isinstance(answer, Exception) else "return_value": answer})
    error = await refused(providers)
    assert error.message == "PagerDuty cannot say who is on call right now, so nothing is done."
    assert (error.hint, pagerduty.call_count) == then
    [said] = caplog.messages
    assert said.startswith("PagerDuty did not say who is on call in PABC123: ")
    assert len(said) < 200


@pytest.mark.parametrize(
    "first",
    [
        httpx.Response(502),
        httpx.Response(429, headers={"ratelimit-reset": "1"}),
        httpx.ConnectTimeout("slow"),
        httpx.ReadError("cut off"),
    ],
    ids=str,
)
async def test_what_passes_by_itself_is_tried_once_more(providers, pagerduty, first):
    pagerduty.side_effect = [first, FINE]
    assert (await providers.on_duty(PRIMARY)).emails == frozenset()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_never_followed(providers, pagerduty, line, status):
    elsewhere = line.get(host="elsewhere.example.com").mock(FINE)
    pagerduty.mock(httpx.Response(status, headers={"Location": "https://elsewhere.example.com/oncalls"}))
    await refused(providers)
    assert elsewhere.call_count == 0


class _Flood(httpx.AsyncByteStream):
    def __init__(self) -> None:
        self.given = 0

    async def __aiter__(self):
        while True:
            self.given += 1 << 16
            yield b" " * (1 << 16)


async def test_a_flood_is_read_no_further_than_a_megabyte(providers, pagerduty):
    flood = _Flood()
    pagerduty.mock(httpx.Response(200, stream=flood))
    await refused(providers)
    assert flood.given <= (1 << 20) + (1 << 16)


async def test_what_is_packed_is_not_unpacked(providers, pagerduty):
    pagerduty.mock(httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=b"\x1f\x8b\x08\x00"))
    await refused(providers)
    assert pagerduty.calls.last.request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        (PRIMARY, httpx.Response(401, text="no such token: pd-t0ken")),
        (PRIMARY, httpx.Response(200, text="pd-t0ken")),
        (PRIMARY, httpx.ConnectError("with pd-t0ken")),
        (Opsgenie(schedule="Data on-call"), httpx.Response(403, json={"message": "og-t0ken"})),
        (Opsgenie(schedule="Data on-call"), httpx.Response(429)),
    ],
    ids=str,
)
async def test_the_token_is_in_no_error_and_no_log(providers, line, caplog, source, answer):
    caplog.set_level(logging.DEBUG)
    line.route().mock(**{"side_effect" if isinstance(answer, Exception) else "return_value": answer})
    error = await refused(providers, source)
    assert caplog.messages
    shown = [*caplog.messages, error.message, error.hint, repr(error), str(error.__cause__)]
    assert not [words for words in shown if "t0ken" in words]


class _Silence(httpx.AsyncByteStream):
    def __init__(self, seconds: float, words: bytes = b"") -> None:
        self._seconds = seconds
        self._words = words

    async def __aiter__(self):
        await asyncio.sleep(self._seconds)
        yield self._words


@pytest.fixture
async def hasty(clock):
    found = Providers(clock, pagerduty_token="x", opsgenie_token="", timeout=0.1)
    yield found
    await found.close()


@pytest.fixture
async def patient(clock):
    """Far from giving one page up before it is there."""
    found = Providers(clock, pagerduty_token="x", opsgenie_token="", timeout=0.6)
    yield found
    await found.close()


async def test_one_that_hangs_is_not_waited_for(hasty, pagerduty, caplog):
    pagerduty.mock(side_effect=lambda _: httpx.Response(200, stream=_Silence(60)))
    began = time.monotonic()
    await refused(hasty)
    assert time.monotonic() - began < 5
    assert "it takes too long" in caplog.text


async def test_nor_one_that_takes_its_time_with_each_of_many_pages(patient, pagerduty, caplog):
    words = json.dumps(NOBODY | {"more": True}).encode()
    pagerduty.mock(side_effect=lambda _: httpx.Response(200, stream=_Silence(0.2, words)))
    await refused(patient)
    assert 1 < pagerduty.call_count < 10
    assert "it takes too long" in caplog.text
