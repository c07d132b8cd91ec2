"""A policy that lets people run a few programs and type to a shell; what they type, and what was run."""

from __future__ import annotations

from typing import Any

from bot.slack.budget import Pace
from tests.world import CHANNELS, PEOPLE, World

QUICK = Pace(edits_per_second=50, edits_at_once=50, edit_gap=0.05, posts_per_second=50, posts_at_once=50)

POLICY = """
impersonate: false
channels:
  C0SHOP: {name: shop, namespace: shop}
policy:
  exec:
    look: {programs: ["ls *", "cat *", "echo *", "env", "sleep *"], seconds: 1, bytes: 2000}
    shell: {programs: ["sh"], shell: true, interactive: true}
  rules:
    - {name: looks, verbs: [exec, proxy], effect: allow, exec: [look, shell]}
"""


async def writes_in(shop: World, who: str, thread: str, text: str) -> None:
    body = {"as": PEOPLE[who], "channel": CHANNELS["shop"], "thread_ts": thread, "text": text}
    assert (await shop._page("message", body))["ok"]


async def pods(shop: World) -> list[str]:
    found = await shop.api("/api/v1/namespaces/shop/pods")
    return sorted(pod["metadata"]["name"] for pod in found["items"])


async def executions(shop: World) -> list[dict[str, Any]]:
    return [r for r in await shop.requests("GET") if r["path"].endswith("/exec")]
