"""What Slack calls otherwise than a policy does is told, and an outage is told as one."""

from __future__ import annotations

import pytest

from bot.domain.errors import SettingsError
from bot.service.named import Named
from bot.slack.drift import workspace

RIGHT = {
    "users": {"U0ANA": "ana", "U0BEN": "@Ben", "U0CHO": ""},
    "groups": {"S0SRE": "sre"},
    "channels": {"C0SHOP": "shop", "C0OPS": "#ops", "D0ANA": "ana"},
    "asked": {"S0SRE": 2},
}


async def drift(slack, **parts):
    async with workspace("xoxb-demo", slack.api_url) as asked:
        return await asked.drift(Named.model_validate(RIGHT | parts))


async def test_what_is_called_as_it_says_is_passed_over(slack):
    assert await drift(slack) == []


async def test_people_who_are_no_longer_what_they_were(slack, seen):
    await seen.plant("person", user="U0BEN", set={"name": "benedict", "real_name": "Benedict B"})
    await seen.plant("person", user="U0ANA", set={"is_restricted": True})
    users = {"U0ANA": "ana", "U0BEN": "ben", "U0DIA": "dia", "U0GUS": "gus", "U0SOL": "sol", "U0NONE": "x"}
    assert await drift(slack, users=users) == [
        "user U0ANA (ana): is a guest, and is refused whatever a policy says",
        "user U0BEN (ben): is called benedict",
        "user U0DIA (dia): is deactivated",
        "user U0GUS (gus): is a guest, and is refused whatever a policy says",
        "user U0SOL (sol): is of another workspace, and is refused whatever a policy says",
        "user U0NONE (x): there is nobody by that id",
    ]


async def test_groups_that_are_no_longer_what_they_were(slack):
    group = slack.backend.workspace.groups["S0SRE"]
    group.handle, group.name, group.users = "ops", "Operations", ["U0ANA"]
    assert await drift(slack, groups={"S0SRE": "sre", "S0GONE": "gone"}) == [
        "group S0SRE (sre): is called ops",
        "group S0GONE (gone): there is none by that id",
        "group S0SRE (sre): 2 of them are asked for, and it has 1",
    ]
    group.handle, group.disabled = "sre", True
    assert await drift(slack) == ["group S0SRE (sre): is disabled, so nobody is in it"]


async def test_channels_that_are_no_longer_what_they_were(slack, seen):
    await seen.plant("channel", channel="C0SHOP", set={"name": "store", "is_archived": True})
    assert await drift(slack, channels={"C0SHOP": "shop", "C0GONE": "gone"}) == [
        "channel C0SHOP (shop): is called store",
        "channel C0SHOP (shop): is archived",
        "channel C0GONE (gone): it is not there, or the bot is not in it",
    ]


async def test_a_slack_that_does_not_say_is_no_answer(slack, seen):
    with pytest.raises(
        SettingsError, match=r"Slack does not say how the names stand: invalid_auth at auth\.test"
    ):
        async with workspace("xoxb-wrong", slack.api_url):
            pass
    with pytest.raises(SettingsError, match="no_connection"):
        async with workspace("xoxb-demo", "http://127.0.0.1:9/api/"):
            pass
    await seen.plant("error", method="usergroups.list", error="fatal_error")
    with pytest.raises(SettingsError, match=r"fatal_error at usergroups\.list"):
        await drift(slack)
