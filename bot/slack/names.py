"""What Slack calls the bot's entrances by: the manifest asks for them under these names."""

from __future__ import annotations

COMMAND = "/k8s"
WHY = "why"
"""The shortcut on a message: what is wrong with what it is about."""
