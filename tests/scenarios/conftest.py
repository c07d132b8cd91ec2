"""The places that scenarios play in."""

from __future__ import annotations

import shutil

import pytest

from tests.world import POLICY, slept_out, world


@pytest.fixture
async def place(tmp_path):
    """Both simulators and the bot over Socket Mode."""
    async with world(tmp_path) as found:
        await found.start_bot()
        yield found


@pytest.fixture
async def web(tmp_path):
    """The same over signed HTTP, for what arrives otherwise than Slack would send it."""
    async with world(tmp_path, socket_mode=False) as found:
        await found.start_bot()
        yield found


@pytest.fixture
async def ruled(tmp_path):
    """The bot with a policy file that a scenario may rewrite."""
    policy = tmp_path / "policy.yaml"
    shutil.copy(POLICY, policy)
    async with world(tmp_path, policy=policy) as found:
        await found.start_bot()
        yield found


@pytest.fixture(params=["socket", "http"])
async def either(request, tmp_path):
    """The same over both ways in."""
    async with world(tmp_path, socket_mode=request.param == "socket") as found:
        await found.start_bot()
        yield found


@pytest.fixture
async def alone(tmp_path):
    """A world whose bot is a process, started by the scenario."""
    async with world(tmp_path) as place:
        yield place
    await slept_out()
