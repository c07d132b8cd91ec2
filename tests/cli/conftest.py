"""The program as an operator starts it: a process, its arguments, what it prints and how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from tests.cli.policies import RULES

PATIENCE = 20.0


@dataclass
class Program:
    """`python -m bot …`, under way."""

    process: asyncio.subprocess.Process
    told: str = field(default="")

    async def says(self, pattern: str) -> str:
        """Read until this is printed, and give its group."""
        async with asyncio.timeout(PATIENCE):
            while not (found := re.search(pattern, self.told)):
                piece = await self.process.stdout.read(4096)
                assert piece, f"it ended, and never said {pattern!r}, but:\n{self.told}"
                self.told += piece.decode()
        return found[found.re.groups]

    async def is_answered(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    async def ends(self) -> int:
        """Wait for its end, with everything it said by then in `told`."""
        async with asyncio.timeout(PATIENCE):
            self.told += (await self.process.stdout.read()).decode()
            return await self.process.wait()


@asynccontextmanager
async def _started(*arguments: str, **environment: str) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
    )  # fmt: skip
    program = Program(process)
    try:
        yield program
    finally:
        if process.returncode is None:
            process.terminate()
        await program.ends()
        process.stdin.close()


@pytest.fixture
def started():
    return _started


@pytest.fixture
def ran():
    """Run it to its end with nobody at the keyboard; give the exit code and what it printed."""

    async def ran(*arguments: str, **environment: str) -> tuple[int, str]:
        async with _started(*arguments, **environment) as program:
            program.process.stdin.close()
            return await program.ends(), program.told

    return ran


@pytest.fixture
def run(told_by):
    """The same in this process, beside what it asks; a start of its own costs a second of imports."""

    async def run(*arguments: str, **environment: str) -> tuple[int, str]:
        return await asyncio.to_thread(told_by, *arguments, **environment)

    return run


@pytest.fixture
def told_by():
    """Run it in this process; give the exit code and what it printed."""

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        found = CliRunner(env=environment).invoke(main, arguments, catch_exceptions=False)
        return found.exit_code, found.output

    return run


@pytest.fixture
def config(tmp_path):
    def write(*rules, **more):
        path = tmp_path / "policy.yaml"
        content = {
            "policy": {"rules": list(rules or RULES), **more},
            "channels": {"C0SHOP": {"namespace": "shop"}},
            "oncall": {"shop": {"pagerduty": {"schedule": "PSHOP01"}}},
        }
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    return write
