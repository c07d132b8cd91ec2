"""Tokens, scopes, methods and arguments: refused before anything is looked at."""

import asyncio

import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient


async def test_a_bot_token_names_its_bot(client):
    told = await client.auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == ("T0DEMO", "U0BOT", "B0BOT")
    assert "chat:write" in told.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-demo", "not_allowed_token_type")],
)
async def test_a_token_that_does_not_fit(slack, session, refused, token, error):
    client = AsyncWebClient(token, base_url=slack.api_url, session=session)
    assert (await refused(client.auth_test()))["error"] == error


async def test_a_connection_is_opened_with_the_app_token_alone(client, refused):
    assert (await refused(client.apps_connections_open(app_token="xoxb-demo")))[
        "error"
    ] == "not_allowed_token_type"
    assert (await client.apps_connections_open(app_token="xapp-demo"))["url"].startswith("ws://127.0.0.1:")


async def test_a_missing_scope_is_named(client, refused):
    answer = await refused(client.team_info())
    assert (answer["error"], answer["needed"]) == ("missing_scope", "team:read")
    assert "users:read" in answer["provided"].split(",")


async def test_a_scope_that_depends_on_the_channel(slack, client, refused):
    slack.workspace.app.scopes.discard("im:read")
    assert (await refused(client.conversations_info(channel="D0ANA")))["needed"] == "im:read"
    assert (await client.conversations_info(channel="C0SHOP"))["ok"]


async def test_an_unknown_method(client, refused):
    assert (await refused(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_a_missing_argument_is_named(client, refused):
    answer = await refused(client.api_call("users.info"))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


async def test_a_deactivated_bot(slack, client, refused):
    slack.workspace.bot.deleted = True
    assert (await refused(client.auth_test()))["error"] == "account_inactive"


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"user": "U0ANA"}},
        {"data": {"user": "U0ANA"}},
        {"params": {"user": "U0ANA"}},
        {"params": {"user": "U0ANA", "token": "xoxb-demo"}, "headers": {}},
        {"data": {"user": "U0ANA", "token": "xoxb-demo"}, "headers": {}},
    ],
)
async def test_arguments_come_in_every_encoding(slack, session, sent):
    headers = {"Authorization": "Bearer xoxb-demo"}
    async with session.post(f"{slack.api_url}users.info", **{"headers": headers, **sent}) as response:
        assert (await response.json())["user"]["name"] == "ana"


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"x", "text/plain", "invalid_post_type"),
        (b'{"token": "xoxb-demo"}', "application/json", "not_authed"),
    ],
)
async def test_bodies_that_are_no_request(slack, session, body, kind, error):
    async with session.post(
        f"{slack.api_url}auth.test", data=body, headers={"Content-Type": kind}
    ) as response:
        assert (await response.json())["error"] == error


async def test_a_charset_is_missed_in_json(slack, session):
    headers = {"Authorization": "Bearer xoxb-demo", "Content-Type": "application/json"}
    async with session.post(f"{slack.api_url}auth.test", data=b'{"a": 1}', headers=headers) as response:
        assert (await response.json())["warning"] == "missing_charset"


async def test_the_synchronous_client_is_understood_too(slack):
    def calls():
        client = WebClient("xoxb-demo", base_url=slack.api_url)
        posted = client.chat_postMessage(channel="C0SHOP", text="hi")
        client.reactions_add(channel="C0SHOP", timestamp=posted["ts"], name="eyes")
        file = client.files_upload_v2(channel="C0SHOP", content="a line", filename="pod.log")["file"]
        members = client.conversations_members(channel="C0OPS", limit=2)["members"]
        return (
            client.auth_test()["user"],
            file["size"],
            members,
            client.chat_delete(channel="C0SHOP", ts=posted["ts"]),
        )

    user, size, members, deleted = await asyncio.to_thread(calls)
    assert (user, size, members, deleted["ok"]) == ("k8s-bot", 6, ["U0ANA", "U0BEN"], True)
