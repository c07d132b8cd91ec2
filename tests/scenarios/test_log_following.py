"""`logs -f`: one message that goes on, across a restart and an outage, until it is ended."""

from __future__ import annotations

import re

from bot.domain.logs.following import SECONDS


def ticks(text: str) -> list[tuple[str, int]]:
    """Pod and number of each line that is shown, in order."""
    return [(pod, int(number)) for pod, number in re.findall(r"^(\S+) \| .*tick (\d+)", text, re.MULTILINE)]


def has_no_gaps(text: str) -> bool:
    shown = ticks(text)
    for pod in {pod for pod, _ in shown}:
        numbers = [number for one, number in shown if one == pod]
        assert numbers == list(range(numbers[0], numbers[-1] + 1)), (pod, numbers)
    return len({pod for pod, _ in shown}) == 2


async def test_one_message_is_edited_until_its_button_ends_it(place):
    await place.says("cho", "logs deploy/web -f --tail 2")
    first = await place.card("Following shop/web on demo")
    more = await place.until(lambda: grown(place, first), "further lines")
    assert more.ts == first.ts
    assert has_no_gaps(more.text)
    assert "hunter2" not in more.text
    assert (await place.press("cho", more, "Stop"))["ok"]
    over = await place.becomes(first, "Followed shop/web on demo for ")
    assert list(over.buttons) == ["Follow on", "Logs"]
    assert len(await place.cards()) == 1


async def grown(place, card):
    shown = (await place.cards())[-1]
    return shown if len(ticks(shown.text)) > len(ticks(card.text)) + 4 else None


async def test_a_restart_loses_no_line_and_shows_none_twice(place):
    await place.says("cho", "logs deploy/web -f --tail 2")
    first = await place.card("Following shop/web on demo")
    await place.stop_bot()
    await place.start_bot()
    more = await place.until(lambda: grown(place, first), "lines after the restart")
    assert more.ts == first.ts
    assert has_no_gaps(more.text)
    assert len(await place.cards()) == 1


async def test_an_outage_is_said_and_got_over(place):
    await place.says("cho", "logs deploy/web -f --tail 2")
    first = await place.card("Following shop/web on demo")
    await place.fault("kubernetes", fault="status", status=503, path=".*/log$")
    await place.becomes(first, "The cluster has not answered for ")
    await place.calm("kubernetes")
    more = await place.until(lambda: grown(place, first), "lines after the outage")
    assert "has not answered" not in more.text


async def test_its_time_ends_it(place):
    await place.says("cho", "logs deploy/web -f")
    first = await place.card("Following shop/web on demo")
    place.ahead = SECONDS
    over = await place.becomes(first, "Followed shop/web on demo for ")
    assert "Stop" not in over.buttons


async def test_a_pod_that_goes_away_ends_it(place):
    found = await place.api("/api/v1/namespaces/shop/pods")
    name = found["items"][0]["metadata"]["name"]
    await place.says("cho", f"logs {name} -f")
    first = await place.card(f"Following shop/{name} on demo")
    await place.api(f"/api/v1/namespaces/shop/pods/{name}?gracePeriodSeconds=0", "DELETE")
    place.ahead = 11.0
    await place.becomes(first, f"Followed shop/{name} on demo", "It is gone.")


async def test_what_cannot_be_followed_is_said_in_its_place(place):
    await place.says("cho", "logs deploy/wbe -f")
    await place.card("There is no deployment")
