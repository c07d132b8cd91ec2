"""Starting with wrong settings, beside another process, and without a Slack."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from bot.wiring import Bot
from tests.process import Executed, process
from tests.world import world


def serve(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"], env=clean | environment, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip


def test_wrong_settings_are_told_all_at_once_and_no_secret_with_them(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: {rules: []}")
    done = serve({
        "SLACK_BOT_TOKEN": "very-secret-token",
        "SLACK_APP_TOKEN": "another-secret",
        "SLACK_API_URL": "slack.com",
        "BOT_LISTEN": "everywhere",
        "BOT_ADMIN_LISTEN": "127.0.0.1:70000",
        "BOT_CONFIG": str(tmp_path / "none.yaml"),
        "BOT_DATA_DIR": str(tmp_path),
    })  # fmt: skip
    assert done.returncode == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "BOT_LISTEN", "BOT_ADMIN_LISTEN",
                 "BOT_CONFIG", "KUBECONFIG"):  # fmt: skip
        assert name in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: {since: 2026-13-45}")
    done = serve({
        "SLACK_BOT_TOKEN": "xoxb-x",
        "SLACK_APP_TOKEN": "xapp-x",
        "BOT_CONFIG": str(policy),
        "BOT_DATA_DIR": str(tmp_path),
        "KUBECONFIG": str(policy),
    })  # fmt: skip
    assert done.returncode == 2
    assert f"{policy}: it cannot be read as YAML: month must be" in done.stderr
    assert "Traceback" not in done.stderr


async def test_as_a_program_it_serves_until_it_is_told_to_end(alone):
    async with process(alone, Executed) as program:
        assert "web-" in (await alone.says("ana", "get pods")).text
        assert await program.end() == 0
    assert "ready: Socket Mode" in program.log
    assert "Traceback" not in program.log


async def test_a_second_process_on_the_same_data_refuses_in_a_sentence(place):
    done = await asyncio.to_thread(serve, place.environment)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].endswith("is in use by another process")
    assert "Traceback" not in done.stderr
    assert "web-" in (await place.says("cho", "get pods")).text


async def test_it_waits_for_a_slack_that_is_down_and_says_that_it_is_not_ready(tmp_path):
    async with world(tmp_path) as place:
        await place.fault("slack", fault="outage", seconds=0.4)
        place.bot = await Bot(place.settings()).__aenter__()
        async with place.http.get(f"http://{place.bot.admin_listen}/healthz") as answer:
            assert answer.status == 200
        async with place.http.get(f"http://{place.bot.admin_listen}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["checks"] == {"slack": False, "database": True}
        await place.until(place.is_ready)
        assert "web-" in (await place.says("cho", "get pods")).text


async def test_over_http_a_delivery_before_it_is_ready_is_put_off(tmp_path):
    async with world(tmp_path, socket_mode=False) as place:
        await place.fault("slack", fault="outage", seconds=0.4)
        place.bot = await Bot(place.settings()).__aenter__()
        assert await place.deliver({"command": "/k8s", "text": "get pods"}) == 503
        place.slack.request_url = f"http://{place.bot.listen}/slack/events"
        await place.until(place.is_ready)
        assert "web-" in (await place.says("cho", "get pods")).text
