"""`python -m bot demo` as a process of its own, and the two addresses that it prints."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START = 20.0
_PAGE = re.compile(r"^Open (http\S+)$", re.MULTILINE)
_CLUSTER = re.compile(r"kubectl --kubeconfig (\S+)")


@dataclass(frozen=True)
class Demo:
    url: str
    """The page, with its token."""
    kubeconfig: Path


@contextlib.contextmanager
def running(*options: str, listen: str = "127.0.0.1:0") -> Iterator[Demo]:
    """Start it, wait until it says where it is, and stop it at the end as Ctrl-C would."""
    command = [sys.executable, "-m", "bot", "demo", "--listen", listen, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _where(process)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(START)
            process.kill()


def _where(process: subprocess.Popen[str]) -> Demo:
    told = ""
    for line in lines(process, START):
        told += line
        page, cluster = _PAGE.search(told), _CLUSTER.search(told)
        if page and cluster:
            return Demo(page[1], Path(cluster[1]))
    raise RuntimeError(f"the demo did not start:\n{told}")


def lines(process: subprocess.Popen[str], seconds: float) -> Iterator[str]:
    """What a process prints, line by line; one that takes too long is ended."""
    assert process.stdout
    patience = threading.Timer(seconds, process.kill)
    patience.start()
    try:
        yield from iter(process.stdout.readline, "")
    finally:
        patience.cancel()
