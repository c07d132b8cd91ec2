"""Reading an app manifest: what an administrator pastes, and the app that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from bot.demo.slack.app import App, Command, Shortcut

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json

MOST_COMMANDS, MOST_SHORTCUTS_OF_A_KIND, MOST_EVENTS, MOST_SCOPES = 50, 5, 100, 255
# Where a text stands in the manifest, and how long it may be.
_APP_TEXTS = {("display_information", "name"): 35, ("display_information", "description"): 140}
_COMMAND_TEXTS = {"command": 32, "description": 2000, "usage_hint": 1000}
_SHORTCUT_TEXTS = {"name": 24, "callback_id": 255, "description": 150}


class ManifestError(ValueError):
    """A manifest that Slack would not take, with every reason in a line of its own."""


def read_manifest(text: str) -> App:
    """Read YAML, of which JSON is a part; a manifest that breaks a rule is a `ManifestError`."""
    try:
        given = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ManifestError(f"no YAML: {error}") from None
    problems: list[str] = []
    features, settings = _object(given, "features", problems), _object(given, "settings", problems)
    bot_user, home = _object(features, "bot_user", problems), _object(features, "app_home", problems)
    commands = _objects(features, "slash_commands", problems)
    shortcuts = _objects(features, "shortcuts", problems)
    scopes = _words(_object(_object(given, "oauth_config", problems), "scopes", problems), "bot", problems)
    events = _words(_object(settings, "event_subscriptions", problems), "bot_events", problems)
    for (place, name), most in _APP_TEXTS.items():
        _text(_object(given, place, problems), name, most, problems, needed=name == "name")
    _judge(commands, shortcuts, problems)
    for what, count, most in (("events", len(events), MOST_EVENTS), ("scopes", len(scopes), MOST_SCOPES)):
        if count > most:
            problems.append(f"no more than {most} {what}")
    if problems:
        raise ManifestError("\n".join(problems))
    return App(
        name=str(bot_user.get("display_name") or given["display_information"]["name"]),
        scopes=set(scopes),
        events=set(events),
        commands=[_command(one) for one in commands],
        shortcuts=[_shortcut(one) for one in shortcuts],
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
    )


def _judge(commands: list[Json], shortcuts: list[Json], problems: list[str]) -> None:
    if len(commands) > MOST_COMMANDS:
        problems.append(f"no more than {MOST_COMMANDS} slash_commands")
    for command in commands:
        for name, most in _COMMAND_TEXTS.items():
            _text(command, name, most, problems, needed=name != "usage_hint")
        if not str(command.get("command", "")).startswith("/"):
            problems.append("a slash command starts with /")
    problems += [
        f"no more than {MOST_SHORTCUTS_OF_A_KIND} {kind} shortcuts"
        for kind in ("global", "message")
        if sum(one.get("type") == kind for one in shortcuts) > MOST_SHORTCUTS_OF_A_KIND
    ]
    for shortcut in shortcuts:
        for name, most in _SHORTCUT_TEXTS.items():
            _text(shortcut, name, most, problems, needed=True)
        if shortcut.get("type") not in ("global", "message"):
            problems.append("a shortcut's type is global or message")


def _command(given: Json) -> Command:
    return Command(
        given["command"],
        given["description"],
        given.get("usage_hint", ""),
        should_escape=bool(given.get("should_escape", False)),
    )


def _shortcut(given: Json) -> Shortcut:
    return Shortcut(given["callback_id"], given["name"], on_messages=given["type"] == "message")


def _object(given: Any, name: str, problems: list[str]) -> Json:
    value = given.get(name) if isinstance(given, dict) else None
    if value is None or isinstance(value, dict):
        return value or {}
    problems.append(f"{name} must be an object")
    return {}


def _objects(given: Json, name: str, problems: list[str]) -> list[Json]:
    value = given.get(name) or []
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return value
    problems.append(f"{name} must be an array of objects")
    return []


def _words(given: Json, name: str, problems: list[str]) -> list[str]:
    value = given.get(name) or []
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    problems.append(f"{name} must be an array of words")
    return []


def _text(given: Json, name: str, most: int, problems: list[str], *, needed: bool) -> None:
    value = given.get(name)
    if value is None and not needed:
        return
    if not isinstance(value, str) or not value:
        problems.append(f"missing required field: {name}")
    elif len(value) > most:
        problems.append(f"{name} must be less than {most + 1} characters")
