"""Who is on call is asked seldom, believed for a minute, and follows the configuration at once."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import respx

from bot.domain.errors import OnCallUnknownError
from bot.domain.oncall import Schedule
from bot.oncall.providers import Providers
from bot.service.in_force import InForce
from bot.service.oncall import OnCallBook
from bot.service.policy import Policy
from tests.factories import Clock

DATA = {"opsgenie": {"schedule": "data"}}
EUROPE = {"opsgenie": {"schedule": "data", "region": "eu"}}
ROTA = {"rota": {"shifts": [{"users": {"U0ANA": "ana"}, "weekly": ["Fri 08:00", "Fri 20:00"]}]}}


def in_force(**schedules: object) -> InForce:
    oncall = {name: Schedule.model_validate(given) for name, given in schedules.items()}
    return InForce(Policy(), {}, oncall=oncall)


def said(email: str = "ana@example.com") -> httpx.Response:
    return httpx.Response(200, json={"data": {"onCallRecipients": [email]}})


@pytest.fixture
def opsgenie():
    with respx.mock(assert_all_called=False) as line:
        yield line.get(host="api.opsgenie.com").mock(said())


@pytest.fixture
def europe(opsgenie):
    with respx.mock(assert_all_called=False) as line:
        yield line.get(host="api.eu.opsgenie.com").mock(said("ben@example.com"))


@pytest.fixture
def config():
    return in_force(data=DATA, again=DATA, rota=ROTA)


@pytest.fixture
async def book(config, clock):
    providers = Providers(clock, pagerduty_token="", opsgenie_token="x")
    found = OnCallBook(providers, config, clock, now=clock)
    yield found
    await found.close()
    await providers.close()


async def test_fifty_who_ask_at_once_are_one_question(book, opsgenie):
    answers = await asyncio.gather(*(book.who("data") for _ in range(50)))
    assert {tuple(answer.emails) for answer in answers} == {("ana@example.com",)}
    assert opsgenie.call_count == 1


async def test_and_fifty_who_ask_anew(book, opsgenie):
    await book.who("data")
    await asyncio.gather(*(book.who("data", fresh=True) for _ in range(50)))
    assert opsgenie.call_count == 2


async def test_who_asks_anew_is_not_answered_by_a_question_of_before(book, opsgenie):
    asked, let = asyncio.Event(), asyncio.Event()
    answers = iter([said("ana@example.com"), said("ben@example.com")])

    async def slowly(_: httpx.Request) -> httpx.Response:
        answer = next(answers)
        asked.set()
        await let.wait()
        return answer

    opsgenie.mock(side_effect=slowly)
    first = asyncio.create_task(book.who("data"))
    await asked.wait()
    second = asyncio.create_task(book.who("data", fresh=True))
    await asyncio.sleep(0)
    let.set()
    assert ((await first).emails, (await second).emails) == ({"ana@example.com"}, {"ben@example.com"})


async def test_an_answer_is_believed_for_a_minute_and_no_longer(book, opsgenie, clock: Clock):
    for passed, calls in ((0.0, 1), (59.0, 1), (1.0, 2)):
        clock.advance(passed)
        await book.who("data")
        assert opsgenie.call_count == calls


async def test_a_failure_is_not_covered_by_what_was_true_before_and_soon_asked_about_again(
    book, opsgenie, clock: Clock
):
    await book.who("data")
    clock.advance(60)
    opsgenie.mock(httpx.Response(400))
    asked = opsgenie.call_count
    for _ in range(3):
        with pytest.raises(OnCallUnknownError):
            await book.who("data")
    assert opsgenie.call_count == asked + 1, "one that does not answer keeps nobody waiting"
    opsgenie.mock(said("ben@example.com"))
    clock.advance(10)
    assert (await book.who("data")).emails == {"ben@example.com"}


async def test_what_is_decided_anew_is_asked_at_once_whatever_failed_before(book, opsgenie):
    opsgenie.mock(httpx.Response(400))
    with pytest.raises(OnCallUnknownError):
        await book.who("data")
    opsgenie.mock(said("ben@example.com"))
    assert (await book.who("data", fresh=True)).emails == {"ben@example.com"}
    assert (await book.who("data")).emails == {"ben@example.com"}


async def test_an_asker_who_gives_up_takes_nobody_else_with_them(book, opsgenie):
    first, second = (asyncio.create_task(book.who("data")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).emails == {"ana@example.com"}
    assert opsgenie.call_count == 1


async def test_two_names_for_one_schedule_are_one_question(book, opsgenie):
    assert await book.who("data") == await book.who("again")
    assert opsgenie.call_count == 1


async def test_a_rota_asks_nobody_and_is_true_to_the_second(book, opsgenie, clock: Clock):
    assert (await book.who("rota")).users == {"U0ANA"}, "it is Friday, eight o'clock"
    clock.advance(-1)
    assert (await book.who("rota")).users == frozenset()
    assert opsgenie.call_count == 0


async def test_a_changed_configuration_counts_at_once(book, config, opsgenie, europe):
    assert (await book.who("data")).has("", "ana@example.com")
    config.replace(in_force(data=EUROPE))
    assert (await book.who("data")).emails == {"ben@example.com"}
    for gone in ("rota", "again"):
        with pytest.raises(OnCallUnknownError, match=f"no on-call schedule `{gone}`, so nothing is done"):
            await book.who(gone)


async def test_what_is_still_asked_when_it_closes_ends(config, clock, opsgenie):
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return said()

    opsgenie.mock(side_effect=never)
    providers = Providers(clock, pagerduty_token="", opsgenie_token="x")
    book = OnCallBook(providers, config, clock)
    asking = asyncio.create_task(book.who("data"))
    await asyncio.sleep(0.01)
    await book.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await providers.close()
