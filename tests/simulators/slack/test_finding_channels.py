"""conversations.*: what the bot may see, page by page, and which doors it can open itself."""

import pytest


async def test_private_channels_are_listed_only_to_members(client):
    told = await client.conversations_list(types="public_channel,private_channel", limit=2)
    names = [one["name"] for one in told["channels"]]
    while cursor := told["response_metadata"]["next_cursor"]:
        told = await client.conversations_list(types="public_channel,private_channel", limit=2, cursor=cursor)
        names += [one["name"] for one in told["channels"]]
    assert names == ["shop", "ops", "general"]


async def test_the_bots_own_channels(client):
    told = await client.users_conversations(types="public_channel,private_channel")
    assert [one["name"] for one in told["channels"]] == ["shop", "ops"]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"limit": 1000}, "invalid_limit"),
        ({"types": "secret"}, "invalid_types"),
        ({"types": "mpim"}, "missing_scope"),
    ],
)
async def test_lists_that_are_refused(client, refused, asked, error):
    assert (await refused(client.conversations_list(**asked)))["error"] == error


async def test_a_channel_tells_whether_the_bot_is_in_it(client, refused):
    assert (await client.conversations_info(channel="C0SHOP"))["channel"]["is_member"]
    assert not (await client.conversations_info(channel="C0GENERAL"))["channel"]["is_member"]
    assert (await refused(client.conversations_info(channel="C0INCIDENT")))["error"] == "channel_not_found"


async def test_joining(slack, client, refused):
    assert (await refused(client.conversations_join(channel="C0GENERAL")))["needed"] == "channels:join"
    slack.workspace.app.scopes.add("channels:join")
    assert (await client.conversations_join(channel="C0GENERAL"))["channel"]["is_member"]
    assert (await client.conversations_join(channel="C0GENERAL"))["warning"] == "already_in_channel"
    answer = await refused(client.conversations_join(channel="D0ANA"))
    assert answer["error"] == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U0DIA", "user_disabled"),
        ("U0NOBODY", "user_not_found"),
        ("", "users_list_not_supplied"),
        ("U0BOT", "cannot_dm_bot"),
        ("U0ANA,U0BEN", "missing_scope"),
    ],
)
async def test_direct_channels_that_cannot_be(client, refused, users, error):
    assert (await refused(client.conversations_open(users=users)))["error"] == error


async def test_a_direct_channel_is_opened_once(client):
    opened = await client.conversations_open(users=["U0ANA"], return_im=True)
    assert (opened["channel"]["id"], opened["channel"]["user"], opened["already_open"]) == (
        "D0ANA",
        "U0ANA",
        True,
    )


async def test_history_is_for_members_and_newest_first(client, refused):
    stamps = [(await client.chat_postMessage(channel="C0SHOP", text=text))["ts"] for text in "abc"]
    told = await client.conversations_history(channel="C0SHOP", limit=2)
    assert [one["text"] for one in told["messages"]] == ["c", "b"]
    assert told["has_more"]
    told = await client.conversations_history(channel="C0SHOP", oldest=stamps[1], inclusive=True)
    assert [one["text"] for one in told["messages"]] == ["c", "b"]
    assert (await refused(client.conversations_history(channel="C0GENERAL")))["error"] == "not_in_channel"
    answer = await refused(client.conversations_history(channel="C0SHOP", oldest="then"))
    assert answer["error"] == "invalid_ts_oldest"
    answer = await refused(client.conversations_history(channel="C0SHOP", latest="then"))
    assert answer["error"] == "invalid_ts_latest"
    answer = await refused(client.conversations_replies(channel="C0SHOP", ts="1.000001"))
    assert answer["error"] == "thread_not_found"
