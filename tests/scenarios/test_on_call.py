"""The running bot looks up who is on call where the configuration of the moment says."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import SettingsError
from bot.wiring import Bot

NIGHT = """
oncall:
  night: {rota: {shifts: [{users: {U0ANA: ana}, weekly: ["Mon 00:00", "Mon 00:00"]}]}}
"""
BEGUN = datetime.now(UTC).date() - timedelta(days=2)
TURNS = f"""
oncall:
  turns: {{rota: {{rotation: {{people: [U0ANA, U0CHO], every: 365d, from: {BEGUN} 00:00}}}}}}
"""
PRIMARY = """
oncall:
  primary: {pagerduty: {schedule: PABC123}}
"""


async def test_a_schedule_without_its_token_is_refused_and_the_old_one_stays(ruled, caplog):
    caplog.set_level(logging.INFO, "bot.wiring")
    policy = ruled.folder / "policy.yaml"
    whole = policy.read_text()

    policy.write_text(whole + PRIMARY)
    await ruled.until(lambda: "the old one stays" in caplog.text, "a refused configuration")
    assert "PAGERDUTY_TOKEN is needed: the on-call schedule primary is looked up with it" in caplog.text
    assert "web-" in (await ruled.says("cho", "get pods")).text

    policy.write_text(whole + NIGHT)
    await ruled.until(lambda: "is in force" in caplog.text, "a configuration in force")


async def test_whose_turn_it_is_may_do_more_and_is_told_until_when(ruled):
    await ruled.stop_bot()
    policy = ruled.folder / "policy.yaml"
    rule = "  rules:\n    - {name: by-turns, oncall: turns, verbs: cordon, effect: confirm}\n"
    policy.write_text(policy.read_text().replace("  rules:\n", rule) + TURNS)
    await ruled.start_bot()
    assert "on call" not in (await ruled.says("cho", "whoami")).plain
    assert "You are on call: turns until" in (await ruled.says("ana", "whoami")).plain
    said = (await ruled.says("ana", "can-i cordon node-1")).plain
    assert "Yes, after a confirm" in said
    assert "You are on call: turns until" in said
    assert "on call" not in (await ruled.says("ana", "can-i get pods")).plain
    assert "No: cordon" in (await ruled.says("cho", "can-i cordon node-1")).plain
    await ruled.stop_bot()
    ruled.ahead = 400 * 86400.0
    await ruled.start_bot()
    assert "Yes, after a confirm" in (await ruled.says("cho", "can-i cordon node-1")).plain


async def test_nothing_starts_without_a_token_that_is_needed(ruled):
    await ruled.stop_bot()
    policy = ruled.folder / "policy.yaml"
    policy.write_text(policy.read_text() + PRIMARY)
    with pytest.raises(SettingsError, match=r"^PAGERDUTY_TOKEN is needed"):
        await Bot(ruled.settings()).__aenter__()
