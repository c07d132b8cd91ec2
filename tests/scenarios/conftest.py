"""The places that scenarios play in."""

from __future__ import annotations

import shutil

import pytest

from tests.scenarios.programs import POLICY as PROGRAMS, QUICK
from tests.scenarios.walls import form_groups, wall
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


@pytest.fixture
async def walled(tmp_path):
    """Two clusters that are told of people; four user groups, of ana and of cho two each."""
    async with wall(tmp_path) as (place, other):
        form_groups(place)
        yield place, other


@pytest.fixture
async def asking(tmp_path):
    """A bot whose policy, which may be rewritten, wants a yes from @sre (ana and ben) in shop."""
    policy = tmp_path / "policy.yaml"
    shutil.copy("tests/scenarios/approvals.yaml", policy)
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        yield place
    await slept_out()


@pytest.fixture
async def inside(tmp_path):
    """A bot whose policy wants a yes from @sre (ana and ben) before anything runs in shop."""
    policy = tmp_path / "policy.yaml"
    shutil.copy("tests/scenarios/runs.yaml", policy)
    async with world(tmp_path, policy=policy, pace=0.02) as place:
        place.pace = QUICK
        await place.start_bot()
        yield place
    await slept_out()


@pytest.fixture
async def shop(tmp_path):
    """A world whose policy lets people run a few programs, and type to a shell."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(PROGRAMS, encoding="utf-8")
    async with world(tmp_path, policy=policy, pace=0.02) as place:
        place.pace = QUICK
        await place.start_bot()
        yield place
