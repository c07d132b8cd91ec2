"""`policy check`: a configuration file looked at before it is in force."""

from __future__ import annotations

import asyncio
import os
import time

from bot.cli.policy_lines import VERBS, chosen, contexts, loaded
from bot.cli.serve import complain
from bot.domain.errors import SettingsError
from bot.service.doubts import doubts
from bot.service.in_force import InForce
from bot.service.named import named_in
from bot.service.rota_doubts import rota_doubts


def check(path: str | None) -> int:
    """0 with a summary and every doubt when it would be taken, 2 and every problem when it would not."""
    try:
        found = loaded(path)
        said = [*doubts(found.policy, VERBS, contexts().names), *rota_doubts(found.oncall, time.time())]
        said += _drift(found)
    except SettingsError as error:
        return complain(error)
    print(f"{chosen(path)}: {len(found.policy.rules)} rules, policy {found.policy.hash[:12]}")
    for one in said:
        print(f"warning: {one}")
    return 0


def _drift(found: InForce) -> list[str]:
    """Where Slack can be asked, what there is no longer as the file calls it."""
    token = os.environ.get("SLACK_BOT_TOKEN", "").strip()
    if not token:
        return []
    from bot.slack.drift import workspace

    async def asked() -> list[str]:
        async with workspace(token, slack_url()) as slack:
            return await slack.drift(named_in(found))

    return asyncio.run(asked())


def slack_url() -> str:
    url = os.environ.get("SLACK_API_URL", "").strip() or "https://slack.com/api/"
    return url if url.endswith("/") else f"{url}/"
