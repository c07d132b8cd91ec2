"""Slack: the only room that knows its library, its blocks and its limits."""
