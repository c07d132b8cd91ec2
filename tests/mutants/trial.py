"""One run of some tests in a process of its own, with one module of the bot replaced if so asked.

The process is a fork of one that has the libraries loaded and nothing of the bot, so a trial costs what its
tests cost and little more.
"""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import coverage
import pytest

_LIBRARIES = (
    "hypothesis", "pydantic", "sqlalchemy", "aiohttp.web", "slack_sdk",
    "slack_bolt.async_app", "kubernetes.aio", "yaml", "click", "wcwidth", "syrupy", "respx",
    "cryptography.fernet",
)  # fmt: skip
_QUIET = ("-q", "--assert=plain", "--capture=no", "--timeout=20", "-p", "no:xdist", "-p", "no:playwright")


def load_libraries() -> None:
    """Once, before the first trial: each fork then finds them loaded, and its collector leaves them alone."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    for plugin in importlib.metadata.entry_points(group="pytest11"):
        plugin.load()
    gc.freeze()


def start(work: Callable[[], Any]) -> tuple[int, int]:
    """Do the work in a fork; its process and the pipe on which the answer will come, as JSON."""
    receiving, sending = os.pipe()
    sys.stdout.flush()
    process = os.fork()
    if process:
        os.close(sending)
        return process, receiving
    os.close(receiving)
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123 - a device
        for stream in (0, 1, 2):
            os.dup2(nowhere.fileno(), stream)
    try:
        answer = json.dumps(work()).encode()
        with os.fdopen(sending, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def run(tests: Sequence[str], path: str = "", code: str = "") -> str:
    """Run tests by name, without their parameters, and give the first that fails; empty when all pass."""
    if path:
        sys.meta_path.insert(0, _Replaced(path, code))
    chosen = _Chosen(tests)
    place = tempfile.mkdtemp(prefix="mutants-")
    files = sorted({test.partition("::")[0] for test in tests})
    try:
        ended = pytest.main([*_QUIET, "-x", f"--basetemp={place}/kept", *files], plugins=[chosen])
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if ended == pytest.ExitCode.OK:
        return ""
    return chosen.failed or f"{files[0]}::collection"


def measure(suites: Sequence[str], sources: Sequence[str]) -> dict[str, Any]:
    """Which test reaches which line, and how long each takes."""
    os.environ["COVERAGE_CORE"] = "ctrace"
    cover = coverage.Coverage(data_file=None, source=list(sources), config_file=False)
    cover.set_option("run:concurrency", ["thread"])
    watching = _Watching(cover)
    cover.start()
    pytest.main([*_QUIET, *suites], plugins=[watching])
    cover.stop()
    data = cover.get_data()
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            line: [test for test in tests if test] for line, tests in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    return {"failed": sorted(watching.failed), "lines": lines, "seconds": watching.seconds}


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module its changed code."""

    def __init__(self, path: str, code: str) -> None:
        self._file, self._code = Path(path).absolute(), code
        self._name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._file, loader=self)

    def create_module(self, _spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._code, str(self._file), "exec"), module.__dict__)  # noqa: S102 - what a trial is


class _Chosen:
    """Keeps the wanted tests in the wanted order, and the name of the first that failed."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: i for i, test in enumerate(tests)}
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wanted = [item for item in items if plain(item.nodeid) in self._place]
        items[:] = sorted(wanted, key=lambda item: self._place[plain(item.nodeid)])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = plain(report.nodeid)


class _Watching:
    """Tells the coverage which test is running."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self._cover = cover
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        name, began = plain(item.nodeid), time.perf_counter()
        self._cover.switch_context(name)
        try:
            return (yield)
        finally:
            self._cover.switch_context("")
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(plain(report.nodeid))


def plain(test: str) -> str:
    """A test's name without its parameters, which a changed module may alter."""
    return test.partition("[")[0]
