"""chat.*: where the bot may post, what a message may say, and what can still be changed."""

import pytest

from bot.demo.slack import Channel

TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "web"}]]}


def section(text="hello"):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("C0INCIDENT", "channel_not_found"),
        ("C0GENERAL", "not_in_channel"),
        ("U0DIA", "channel_not_found"),
        ("D0PAIR", "channel_not_found"),
    ],
)
async def test_where_the_bot_cannot_post(slack, client, refused, channel, error):
    slack.workspace.channels["D0PAIR"] = Channel("D0PAIR", members=["U0ANA", "U0BEN"], is_im=True)
    assert (await refused(client.chat_postMessage(channel=channel, text="hi")))["error"] == error


async def test_a_scope_opens_public_channels(slack, client):
    slack.workspace.app.scopes.add("chat:write.public")
    assert (await client.chat_postMessage(channel="C0GENERAL", text="hi"))["ok"]


async def test_an_archived_channel(slack, client, refused):
    posted = await client.chat_postMessage(channel="C0SHOP", text="hi")
    slack.workspace.channels["C0SHOP"].is_archived = True
    assert (await refused(client.chat_postMessage(channel="C0SHOP", text="hi")))["error"] == "is_archived"
    assert (await refused(client.chat_update(channel="C0SHOP", ts=posted["ts"], text="x")))[
        "error"
    ] == "is_inactive"


async def test_a_person_stands_for_their_direct_channel(client):
    assert (await client.chat_postMessage(channel="U0ANA", text="hi"))["channel"] == "D0ANA"


async def test_a_post_tells_its_author_and_place(client):
    posted = await client.chat_postMessage(channel="C0SHOP", text="hi", blocks=[section()])
    message = posted["message"]
    assert (message["user"], message["bot_id"], message["ts"]) == ("U0BOT", "B0BOT", posted["ts"])
    assert message["blocks"][0]["block_id"], "Slack names the blocks that nobody named"
    assert message["blocks"][0]["text"] == {"type": "mrkdwn", "text": "hello", "verbatim": False}


async def test_timestamps_grow_and_are_unique(client):
    stamps = [(await client.chat_postMessage(channel="C0SHOP", text="hi"))["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))


@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": " "}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '{"type": "divider"}'}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("a" * 2900) for _ in range(5)]}, "msg_blocks_too_long"),
        ({"text": "x", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"text": "x", "blocks": [TABLE, TABLE]}, "invalid_attachments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "y" * 12_001}, "msg_too_long"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "b" * 16_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"text": "x", "thread_ts": "1700000000.000001"}, "thread_not_found"),
    ],
)
async def test_content_that_is_refused(client, refused, content, error):
    assert (await refused(client.api_call("chat.postMessage", json={"channel": "C0SHOP", **content})))[
        "error"
    ] == error


async def test_a_second_table_is_named(client, refused):
    answer = await refused(client.chat_postMessage(channel="C0SHOP", text="x", blocks=[TABLE, TABLE]))
    assert answer["response_metadata"]["messages"] == ["[ERROR] only_one_table_allowed"]


async def test_a_long_text_is_cut_in_a_post_and_refused_in_an_edit(client, refused):
    posted = await client.chat_postMessage(channel="C0SHOP", text="a" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert posted["warning"] == "message_truncated"
    for text in ("a" * 4_001, "é" * 2_001):
        answer = await refused(client.chat_update(channel="C0SHOP", ts=posted["ts"], text=text))
        assert answer["error"] == "msg_too_long", "the limit counts bytes"
    assert (await client.chat_update(channel="C0SHOP", ts=posted["ts"], text="é" * 2_000))["ok"]


async def test_a_header_weighs_more_than_its_text(client, refused):
    header = {"type": "header", "text": {"type": "plain_text", "text": "a"}}
    body = [section("a" * 3000) for _ in range(4)]
    await client.chat_postMessage(channel="C0SHOP", text="x", blocks=[*body, section("a" * 900)])
    blocks = [*body, section("a" * 900), header]
    assert (await refused(client.chat_postMessage(channel="C0SHOP", text="x", blocks=blocks)))[
        "error"
    ] == "msg_blocks_too_long"


async def test_the_messages_tab_may_be_off(slack, client, refused):
    slack.workspace.app.messages_tab = False
    answer = await refused(client.chat_postMessage(channel="D0ANA", text="hi"))
    assert answer["error"] == "messages_tab_disabled"


@pytest.mark.filterwarnings("ignore:The top-level `text` argument:UserWarning")
async def test_an_edit_replaces_and_shows_only_when_its_text_changed(client):
    posted = await client.chat_postMessage(channel="C0SHOP", text="a", blocks=[section()])
    edited = await client.chat_update(channel="C0SHOP", ts=posted["ts"], blocks=[section("b")])
    assert "edited" not in edited["message"]
    edited = await client.chat_update(channel="C0SHOP", ts=posted["ts"], text="c")
    assert "blocks" not in edited["message"], "a text alone drops the blocks"
    assert edited["message"]["edited"]["user"] == "U0BOT"


async def test_only_the_bots_own_lasting_messages_can_be_changed(client, hands, refused):
    foreign = (await hands.do("message", channel="C0SHOP", text="mine"))["ts"]
    whisper = (await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst"))["message_ts"]
    for ts, edit, removal in (
        (foreign, "cant_update_message", "cant_delete_message"),
        (whisper, "message_not_found", "message_not_found"),
        ("1700000000.000001", "message_not_found", "message_not_found"),
    ):
        assert (await refused(client.chat_update(channel="C0SHOP", ts=ts, text="x")))["error"] == edit
        assert (await refused(client.chat_delete(channel="C0SHOP", ts=ts)))["error"] == removal


async def test_an_ephemeral_message_is_for_one_person(client, hands, refused):
    await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst")
    assert [one["text"] for one in await hands.reads(person="U0ANA")] == ["psst"]
    assert await hands.reads(person="U0BEN") == []
    assert (await client.conversations_history(channel="C0SHOP"))["messages"] == []
    answer = await refused(client.chat_postEphemeral(channel="C0OPS", user="U0GUS", text="psst"))
    assert answer["error"] == "user_not_in_channel"


async def test_an_ephemeral_reply_needs_a_thread_that_stands(client, hands):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    whisper = {"channel": "C0SHOP", "user": "U0ANA", "thread_ts": parent}
    await client.chat_postEphemeral(**whisper, text="lost")
    await client.chat_postMessage(channel="C0SHOP", thread_ts=parent, text="reply")
    await client.chat_postEphemeral(**whisper, text="seen")
    assert [one["text"] for one in await hands.reads()] == ["parent", "reply", "seen"]


async def test_a_thread_counts_its_replies(client, hands):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    replies = [
        (await client.chat_postMessage(channel="C0SHOP", thread_ts=parent, text=text))["ts"] for text in "ab"
    ]
    thread = (await client.conversations_replies(channel="C0SHOP", ts=parent))["messages"]
    assert (thread[0]["reply_count"], thread[0]["latest_reply"]) == (2, replies[1])
    assert thread[1]["parent_user_id"] == "U0BOT"
    await client.chat_delete(channel="C0SHOP", ts=parent)
    tombstone, *rest = (await client.conversations_replies(channel="C0SHOP", ts=parent))["messages"]
    assert (tombstone["subtype"], len(rest)) == ("tombstone", 2)
    assert (await hands.reads())[0]["deleted"]


async def test_names_come_alive_only_when_asked(client):
    posted = await client.chat_postMessage(channel="C0SHOP", text="@here @ana")
    assert posted["message"]["text"] == "@here @ana"
    posted = await client.chat_postMessage(channel="C0SHOP", text="@here @ana", link_names=True)
    assert posted["message"]["text"] == "<!here> <@U0ANA>"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("call @here in #ops", "call <!here> in <#C0OPS|ops>"),
        ("see https://x.example/@here", "see <https://x.example/@here>"),
        ("`@here` and ```\n@everyone\n```", "`@here` and ```\n@everyone\n```"),
        ("&lt;!here&gt; mail@here.example", "&lt;!here&gt; mail@here.example"),
    ],
)
async def test_names_in_blocks_come_alive_unless_verbatim(client, text, stored):
    loose = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    strict = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    posted = await client.chat_postMessage(channel="C0SHOP", text="x", blocks=[loose, strict])
    assert [block["text"]["text"] for block in posted["message"]["blocks"]] == [stored, text]


async def test_a_permalink_leads_to_a_message_that_exists(client, slack, refused):
    ts = (await client.chat_postMessage(channel="C0SHOP", text="hi"))["ts"]
    link = (await client.chat_getPermalink(channel="C0SHOP", message_ts=ts))["permalink"]
    assert link == f"{slack.url}/archives/C0SHOP/p{ts.replace('.', '')}"
    answer = await refused(client.chat_getPermalink(channel="C0SHOP", message_ts="1.000001"))
    assert answer["error"] == "message_not_found"


async def test_reactions(client, hands, refused):
    ts = (await client.chat_postMessage(channel="C0SHOP", text="hi"))["ts"]
    place = {"channel": "C0SHOP", "timestamp": ts}
    await client.reactions_add(name="eyes", **place)
    assert (await hands.reads())[0]["reactions"] == [{"name": "eyes", "users": ["U0BOT"], "count": 1}]
    assert (await refused(client.reactions_add(name="eyes", **place)))["error"] == "already_reacted"
    assert (await refused(client.reactions_add(name="no_such_emoji", **place)))["error"] == "invalid_name"
    await client.reactions_remove(name="eyes", **place)
    assert (await refused(client.reactions_remove(name="eyes", **place)))["error"] == "no_reaction"
    for item, error in (
        ({"channel": "C0SHOP", "timestamp": "1.000001"}, "message_not_found"),
        ({"channel": "C0SHOP", "timestamp": "yesterday"}, "bad_timestamp"),
        ({"channel": "C0SHOP", "timestamp": ""}, "no_item_specified"),
    ):
        assert (await refused(client.reactions_add(name="eyes", **item)))["error"] == error


async def test_attachments_are_judged_and_kept(client, refused):
    attachment = {"color": "#b0455a", "blocks": [section()]}
    ts = (await client.chat_postMessage(channel="C0SHOP", text="x", attachments=[attachment]))["ts"]
    edited = await client.chat_update(channel="C0SHOP", ts=ts, text="y")
    assert edited["message"]["attachments"][0]["color"] == "#b0455a", (
        "an edit that is silent about them keeps them"
    )
    attachment["blocks"] = [section("a" * 3001)]
    answer = await refused(client.chat_postMessage(channel="C0SHOP", text="x", attachments=[attachment]))
    assert answer["error"] == "invalid_attachments"
    wording = "must be less than 3001 characters [json-pointer:/attachments/0/blocks/0/text/text]"
    assert answer["errors"] == [wording]
    answer = await refused(
        client.chat_postMessage(channel="C0SHOP", text="x", attachments=[{"text": "a", "footer": "a" * 301}])
    )
    assert answer["errors"] == ["must be less than 301 characters [json-pointer:/attachments/0/footer]"]


async def test_metadata_comes_back(client):
    metadata = {"event_type": "rollout", "event_payload": {"id": "7"}}
    posted = await client.chat_postMessage(channel="C0SHOP", text="x", metadata=metadata)
    assert posted["message"]["metadata"] == metadata
    [message] = (await client.conversations_history(channel="C0SHOP"))["messages"]
    assert message["metadata"] == metadata


async def test_markdown_stands_alone(client):
    posted = await client.chat_postMessage(channel="C0SHOP", markdown_text="**bold**")
    assert [block["type"] for block in posted["message"]["blocks"]] == ["markdown"]


async def test_only_a_parent_can_be_replied_to(client, hands, refused):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    reply = (await client.chat_postMessage(channel="C0SHOP", text="reply", thread_ts=parent))["ts"]
    whisper = (await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst"))["message_ts"]
    for ts in (reply, whisper):
        answer = await refused(client.chat_postMessage(channel="C0SHOP", text="x", thread_ts=ts))
        assert answer["error"] == "cannot_reply_to_message"


async def test_a_channel_has_a_name_too(client):
    assert (await client.chat_postMessage(channel="#ops", text="x"))["channel"] == "C0OPS"


async def test_another_name_needs_its_scope(slack, client, hands):
    await client.chat_postMessage(channel="C0SHOP", text="x", username="deploys")
    slack.workspace.app.scopes.add("chat:write.customize")
    await client.chat_postMessage(channel="C0SHOP", text="x", username="deploys")
    assert [one["username"] for one in await hands.reads()] == ["k8s-bot", "deploys"]
