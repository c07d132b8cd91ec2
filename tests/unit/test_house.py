"""The rules every test lives under hold."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from bot.store.db import Database
from tests.factories import NOW, Clock


def test_nothing_outside_the_machine_is_reached():
    with socket.socket() as outside, pytest.raises(UserWarning, match="allowed"):
        outside.connect(("192.0.2.1", 443))


async def test_loopback_is_reached():
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def test_unix_sockets_are_reached(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_no_setting_of_the_operator_leaks_in():
    assert not [name for name in os.environ if name.startswith(("SLACK_", "BOT_")) or name == "KUBECONFIG"]


def test_the_clock_moves_only_by_hand(clock: Clock):
    assert clock() == NOW
    clock.advance(2)
    assert clock() == NOW + 2
    clock.now = 5.0
    assert clock() == 5.0


async def test_the_database_is_open(db: Database):
    assert await db.ready()
