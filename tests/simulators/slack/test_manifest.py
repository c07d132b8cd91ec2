"""The app manifest: what it asks for is what the app gets, and no more."""

import pytest
import yaml

from bot.demo.slack import ManifestError, SlackSimulator, demo_workspace, read_manifest


def written(**changes):
    content = {
        "display_information": {"name": "pods"},
        "features": {
            "bot_user": {"display_name": "pods-bot"},
            "app_home": {"home_tab_enabled": True},
            "slash_commands": [{"command": "/pods", "description": "Pods", "should_escape": True}],
            "shortcuts": [
                {"name": "New", "type": "global", "callback_id": "new", "description": "Make one"},
                {"name": "Why?", "type": "message", "callback_id": "why", "description": "Ask why"},
            ],
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "channels:history"]}},
        "settings": {
            "socket_mode_enabled": True,
            "event_subscriptions": {"bot_events": ["message.channels", "message.groups"]},
        },
    }
    return yaml.safe_dump({**content, **changes})


def test_an_app_is_what_its_manifest_asks_for():
    app = read_manifest(written())
    assert (app.name, app.scopes) == ("pods-bot", {"commands", "chat:write", "channels:history"})
    assert [(one.name, one.should_escape) for one in app.commands] == [("/pods", True)]
    assert [(one.callback_id, one.on_messages) for one in app.shortcuts] == [("new", False), ("why", True)]
    assert (app.home_tab, app.messages_tab, app.messages_read_only, app.socket_mode) == (
        True,
        True,
        False,
        True,
    )


def test_an_event_is_told_where_it_is_subscribed_and_its_scope_was_granted():
    app = read_manifest(written())
    assert app.is_told_of("message.channels")
    assert not app.is_told_of("message.groups"), "subscribed, and groups:history is missing"
    assert not app.is_told_of("message.im"), "not subscribed"


def test_what_is_not_asked_for_is_not_there():
    app = read_manifest("display_information: {name: bare}")
    assert (app.name, app.scopes, app.events, app.commands, app.shortcuts) == ("bare", set(), set(), [], [])
    assert (app.home_tab, app.socket_mode) == (False, False)


def features(**changes):
    return {"features": changes}


COMMAND = {"command": "/pods", "description": "Pods"}
SHORTCUT = {"name": "Why?", "type": "message", "callback_id": "why", "description": "Ask why"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"display_information": {}}, "missing required field: name"),
        ({"display_information": {"name": "a" * 36}}, "name must be less than 36 characters"),
        (
            {"display_information": {"name": "a", "description": "a" * 141}},
            "description must be less than 141 characters",
        ),
        ({"features": []}, "features must be an object"),
        (features(slash_commands={}), None),
        (features(slash_commands=["/pods"]), "slash_commands must be an array of objects"),
        (features(slash_commands=[COMMAND] * 51), "no more than 50 slash_commands"),
        (features(slash_commands=[{**COMMAND, "command": "pods"}]), "a slash command starts with /"),
        (features(slash_commands=[{**COMMAND, "command": "/" + "a" * 32}]), "command must be less than 33"),
        (
            features(slash_commands=[{**COMMAND, "usage_hint": "a" * 1001}]),
            "usage_hint must be less than 1001",
        ),
        (
            features(slash_commands=[{**COMMAND, "description": "a" * 2001}]),
            "description must be less than 2001",
        ),
        (features(shortcuts=[SHORTCUT] * 6), "no more than 5 message shortcuts"),
        (features(shortcuts=[{**SHORTCUT, "type": "sideways"}]), "a shortcut's type is global or message"),
        (features(shortcuts=[{**SHORTCUT, "description": "a" * 151}]), "description must be less than 151"),
        (features(shortcuts=[{**SHORTCUT, "callback_id": "a" * 256}]), "callback_id must be less than 256"),
        ({"oauth_config": {"scopes": {"bot": "commands"}}}, "bot must be an array of words"),
        ({"oauth_config": {"scopes": {"bot": ["a"] * 256}}}, "no more than 255 scopes"),
        ({"settings": {"event_subscriptions": {"bot_events": ["a"] * 101}}}, "no more than 100 events"),
    ],
)
def test_what_slack_would_not_take(changes, said):
    if said is None:
        assert read_manifest(written(**changes)).commands == []
        return
    with pytest.raises(ManifestError, match=said):
        read_manifest(written(**changes))


@pytest.mark.parametrize("text", ["", "a: [", "- a", "display_information: 3"])
def test_what_is_no_manifest(text):
    with pytest.raises(ManifestError):
        read_manifest(text)


def test_every_problem_is_told_at_once():
    with pytest.raises(ManifestError) as caught:
        read_manifest(written(display_information={}, features=features(slash_commands=[{}])["features"]))
    assert len(str(caught.value).splitlines()) == 4


@pytest.fixture
async def quiet_slack(timing):
    """A Slack whose app reads no messages and keeps people from writing to it."""
    home = {"home_tab_enabled": False, "messages_tab_read_only_enabled": True}
    app = read_manifest(written(features=features(app_home=home)["features"]))
    async with SlackSimulator(timing=timing, workspace=demo_workspace(app)) as simulator:
        yield simulator


async def test_the_page_offers_only_what_the_manifest_does(quiet_slack, session):
    async def hand(path, **asked):
        params = {"token": quiet_slack.page_token}
        url = f"{quiet_slack.url}/page/{path}"
        async with session.post(url, params=params, json={"as": "U0ANA", **asked}) as response:
            return (await response.json())["error"]

    assert await hand("message", channel="D0ANA", text="hello") == "messages_tab_disabled"
    assert await hand("command", channel="D0ANA", text="/pods") == "messages_tab_disabled"
    assert await hand("home") == "not_enabled"
    params = {"token": quiet_slack.page_token, "as": "U0ANA"}
    async with session.get(f"{quiet_slack.url}/page/state", params=params) as response:
        state = await response.json()
    assert (state["bot"]["name"], state["home_tab"], state["can_write_to_bot"]) == ("pods", False, False)
