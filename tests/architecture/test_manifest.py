"""The app asks Slack for the scopes of the methods it calls, and for no others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from bot.cli.manifest import EVENTS, SCOPES, events, manifest, scopes
from bot.demo.slack.app import EVENT_SCOPES

ROOT = Path(__file__).parents[2]
NEEDS = {
    "auth_test": set(),
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "conversations_info": {"channels:read", "groups:read", "im:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "views_open": set(),
    "views_publish": set(),
    "chat_postEphemeral": {"chat:write"},
    "users_info": {"users:read"},
}
"""By Slack's own list of methods."""

OF_THE_APP = {"app_mentions:read", "commands"}
"""What its events and its slash command need."""

_METHOD = re.compile(r"[a-z]+_[a-zA-Z_]+")
_OF_THE_LIBRARY = {"is_connected", "base_url", "retry_handlers"}


def called() -> set[str]:
    """Every method of the client that the bot uses."""
    files = [*(ROOT / "bot" / "slack").glob("*.py"), ROOT / "bot" / "wiring.py"]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_client(node.value)}
    return {name for name in names if _METHOD.fullmatch(name)} - _OF_THE_LIBRARY


def _is_client(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.endswith("client")


def test_every_method_has_its_scopes_and_every_scope_its_method():
    methods = called()
    assert methods == NEEDS.keys()
    assert set().union(*(NEEDS[method] for method in methods)) | OF_THE_APP == set(SCOPES)


def test_scopes_are_named_once_in_alphabetical_order():
    assert list(SCOPES) == sorted(set(SCOPES))


def test_messages_are_heard_only_where_somebody_may_type_to_a_program():
    assert events(types_to_programs=False) == EVENTS
    assert not [scope for scope in scopes(types_to_programs=False) if "history" in scope]
    more = set(scopes(types_to_programs=True)) - set(SCOPES)
    assert more == {"channels:history", "groups:history", "im:history"}
    heard = set(events(types_to_programs=True)) - set(EVENTS)
    assert {EVENT_SCOPES[event] for event in heard} == more
    assert list(scopes(types_to_programs=True)) == sorted(scopes(types_to_programs=True))


def test_addresses_are_read_only_where_clusters_know_people_by_theirs():
    more = set(scopes(types_to_programs=False, reads_emails=True)) - set(SCOPES)
    assert more == {"users:read.email"}
    asked = yaml.safe_load(manifest(socket_mode=True, url="", reads_emails=True))
    assert asked["oauth_config"]["scopes"]["bot"] == sorted({*SCOPES, *more})


@pytest.mark.parametrize("socket_mode", [True, False])
def test_the_manifest_subscribes_to_what_it_hears(socket_mode):
    quiet = yaml.safe_load(manifest(socket_mode=socket_mode, url="https://bot.example.com"))
    assert quiet["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    hearing = yaml.safe_load(
        manifest(socket_mode=socket_mode, url="https://bot.example.com", types_to_programs=True)
    )
    asked = hearing["settings"]["event_subscriptions"]
    assert asked["bot_events"] == [*EVENTS, "message.channels", "message.groups", "message.im"]
    assert asked.get("request_url") == (None if socket_mode else "https://bot.example.com/slack/events")
    assert hearing["oauth_config"]["scopes"]["bot"] == list(scopes(types_to_programs=True))
