from __future__ import annotations

import pytest

from tests.world import world


@pytest.fixture
async def place(tmp_path):
    """Both simulators and the bot over Socket Mode."""
    async with world(tmp_path) as found:
        await found.start_bot()
        yield found


@pytest.fixture(params=["socket", "http"])
async def either(request, tmp_path):
    """The same over both ways in."""
    async with world(tmp_path, socket_mode=request.param == "socket") as found:
        await found.start_bot()
        yield found
