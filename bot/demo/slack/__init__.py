"""A simulated Slack that real client libraries and a browser can use: `SlackSimulator`."""

from bot.demo.slack.app import App, Command, Shortcut
from bot.demo.slack.manifest import ManifestError, read_manifest
from bot.demo.slack.opening import demo_workspace
from bot.demo.slack.people import Channel, Person, UserGroup
from bot.demo.slack.server import SlackSimulator
from bot.demo.slack.timing import Timing
from bot.demo.slack.workspace import Workspace

__all__ = [
    "App",
    "Channel",
    "Command",
    "ManifestError",
    "Person",
    "Shortcut",
    "SlackSimulator",
    "Timing",
    "UserGroup",
    "Workspace",
    "demo_workspace",
    "read_manifest",
]
