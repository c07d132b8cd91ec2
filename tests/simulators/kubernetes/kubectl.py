"""The released kubectl, pointed at a simulator and at nothing else."""

import asyncio
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.demo.kubernetes import KubernetesSimulator

PROGRAM = Path(sys.executable).with_name("kubectl")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Kubectl:
    """Called with a command line, gives back what was printed; anything but success is a failure."""

    def __init__(self, sim: KubernetesSimulator, home: Path) -> None:
        config = home / "kubeconfig"
        config.write_text(sim.kubeconfig())
        self._home = home
        self._environment = {"KUBECONFIG": str(config), "HOME": str(home), "PATH": os.environ["PATH"]}

    async def __call__(self, line: str, stdin: str | None = None) -> str:
        ran = await self.run(line, stdin)
        assert ran.code == 0, f"kubectl {line}: exit {ran.code}\n{ran.out}{ran.err}"
        return ran.out

    async def rows(self, line: str) -> list[list[str]]:
        """Read what is printed as a table, without its heading."""
        return [each.split() for each in (await self(line)).splitlines()[1:]]

    async def run(self, line: str, stdin: str | None = None) -> Ran:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *shlex.split(line),
            stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd=self._home,
        )
        async with asyncio.timeout(20):
            out, err = await process.communicate(stdin.encode() if stdin is not None else None)
        return Ran(process.returncode or 0, out.decode(), err.decode())
