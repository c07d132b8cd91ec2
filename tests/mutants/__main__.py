"""`make mutants`: change the domain and the services in one small thing at a time; does a test mind?

A change that no test minds survives. Each survivor is killed by a sharper test or stands in `explained.toml`
with the reason why no test should mind; any other fails the run. A mutant meets the tests that reach its
line: those of `tests/unit` first, then the quickest of `tests/commands`. Verdicts are kept beside the
environment, and hold while the module and the tests that gave them are the same; `--fresh` forgets them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.mutants import trial
from tests.mutants.operators import Mutant, mutants

SOURCES = ("bot/domain", "bot/service")
SUITES = ("tests/unit", "tests/commands")
KEPT = Path(".venv/mutants.json")
EXPLAINED = Path(__file__).with_name("explained.toml")
_AT_ONCE = 2
_MOST = 60
"""Tests beyond the unit tests that one mutant meets: the quickest of those that reach its line."""
_LONGEST = 120.0
"""Seconds after which a trial that does not end counts as minded."""


def main() -> int:
    began = time.monotonic()
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    trial.load_libraries()
    found = [m for file in _files(SOURCES) for m in mutants(str(file), file.read_text())]
    found = [m for m in found if not wanted or any(m.path.startswith(word) for word in wanted)]
    kept = _Kept("--fresh" in sys.argv)
    reach = _Reach(kept)
    verdicts = {m.key: kept.verdict(m, reach) for m in found}
    left = [m for m in found if verdicts[m.key] is None]
    print(f"{len(found)} mutants of {', '.join(SOURCES)}; {len(left)} to try", flush=True)
    try:
        for mutant, killer in _try_all(left, reach):
            verdicts[mutant.key] = killer
            kept.keep(mutant, reach, killer)
            if not killer:
                print(f"  alive: {mutant.path}:{mutant.line} {mutant.before} → {mutant.after}", flush=True)
    finally:
        kept.write()
    survivors = [m for m in found if not verdicts[m.key]]
    return _tell(found, survivors, reach, time.monotonic() - began, whole=not wanted)


def _tell(found: list[Mutant], survivors: list[Mutant], reach: _Reach, seconds: float, *, whole: bool) -> int:
    reasons: dict[str, str] = tomllib.loads(EXPLAINED.read_text())
    for mutant in survivors:
        print(mutant.key.replace(" ", f":{mutant.line} ", 1))
        untried = "NOT EXPLAINED" if any(reach.tests(mutant)) else "NO TEST REACHES IT"
        print(f"    {reasons.get(mutant.key, untried)}")
    loose = [m for m in survivors if m.key not in reasons]
    stale = sorted(reasons.keys() - {m.key for m in survivors}) if whole else []
    for key in stale:
        print(f"explained, and no survivor any more: {key}")
    print(
        f"{len(found)} mutants, {len(found) - len(survivors)} killed, {len(survivors)} survived, "
        f"{len(survivors) - len(loose)} of them explained; {seconds:.0f} s"
    )
    return 1 if loose or stale else 0


def _files(places: Iterable[str]) -> list[Path]:
    return sorted(file for place in places for file in Path(place).rglob("*.py"))


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


class _Kept:
    """Verdicts of earlier runs."""

    def __init__(self, fresh: bool) -> None:  # noqa: FBT001 - the one thing there is to say
        known = json.loads(KEPT.read_text()) if KEPT.exists() and not fresh else {}
        self.reach: dict[str, Any] = known.get("reach", {})
        self._verdicts: dict[str, list[str]] = known.get("verdicts", {})
        self._seen: dict[str, str] = {}
        self._unwritten = 0

    def verdict(self, mutant: Mutant, reach: _Reach) -> str | None:
        """The test that minded, empty for a survivor, nothing where it must be tried."""
        known = self._verdicts.get(mutant.key)
        if known is None or known[1] != self._basis(mutant, reach, known[0]):
            return None
        return known[0]

    def keep(self, mutant: Mutant, reach: _Reach, killer: str) -> None:
        self._verdicts[mutant.key] = [killer, self._basis(mutant, reach, killer)]
        self._unwritten += 1
        if self._unwritten % 25 == 0:
            self.write()

    def write(self) -> None:
        KEPT.write_text(json.dumps({"reach": self.reach, "verdicts": self._verdicts}))

    def _basis(self, mutant: Mutant, reach: _Reach, killer: str) -> str:
        tests = [killer] if killer else [*reach.tests(mutant)[0], *reach.tests(mutant)[1]]
        files = sorted({test.partition("::")[0] for test in tests})
        return _hash(mutant.code, *(self._text(file) for file in files))

    def _text(self, file: str) -> str:
        if file not in self._seen:
            place = Path(file)
            self._seen[file] = _hash(place.read_text()) if place.is_file() else ""
        return self._seen[file]


class _Reach:
    """Which tests reach which line of the sources; measured anew whenever a source or a test has changed."""

    def __init__(self, kept: _Kept) -> None:
        basis = _hash(*(file.read_text() for file in _files(("bot", "commands", *SUITES))))
        if kept.reach.get("basis") != basis:
            print("which test reaches which line …", flush=True)
            measured = _answer(*trial.start(lambda: trial.measure(SUITES, SOURCES)))
            if not measured or not measured["seconds"]:
                raise SystemExit("the tests do not even start; see `make test`")
            kept.reach = {"basis": basis, **measured}
        self._lines: dict[str, dict[str, list[str]]] = kept.reach["lines"]
        self._seconds: dict[str, float] = kept.reach["seconds"]
        self._modules: dict[str, set[str]] = {}
        self._failed = set(kept.reach["failed"])
        for test in sorted(self._failed):
            print(f"fails unchanged, and so is left out: {test}")

    def tests(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        """The unit tests, and the quickest others, that reach a mutant's line.

        A line that runs at import is reached by every test that reaches its module, or imports from it.
        """
        lines = self._lines.get(mutant.path, {})
        names = set(lines.get(str(mutant.line), ())) or self._of_module(mutant.path, lines)
        ordered = sorted(names - self._failed, key=lambda test: (self._seconds.get(test, 0.0), test))
        unit = [test for test in ordered if test.startswith(SUITES[0])]
        return unit, [test for test in ordered if test not in set(unit)][:_MOST]

    def _of_module(self, path: str, lines: dict[str, list[str]]) -> set[str]:
        if path not in self._modules:
            name = path.removesuffix(".py").replace("/", ".")
            importing = {str(file) for file in _files(SUITES) if f"from {name} import" in file.read_text()}
            found = {test for test in self._seconds if test.partition("::")[0] in importing}
            self._modules[path] = found | {test for tests in lines.values() for test in tests}
        return self._modules[path]


def _try_all(  # noqa: C901 - one loop over trials: begin, look, end
    left: list[Mutant], reach: _Reach
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with the test that minded it, as the trials end."""
    waiting = [(mutant, 0) for mutant in reversed(left)]
    running: dict[int, tuple[Mutant, int, int, float]] = {}
    done = 0
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                mutant, stage = waiting.pop()
                tests = reach.tests(mutant)[stage]
                if tests:
                    process, pipe = trial.start(lambda m=mutant, t=tests: trial.run(t, m.path, m.code))
                    running[process] = (mutant, stage, pipe, time.monotonic())
                elif stage == 0:
                    waiting.append((mutant, 1))
                else:
                    yield mutant, ""
            for process in list(running):
                mutant, stage, pipe, began = running[process]
                ended, _ = os.waitpid(process, os.WNOHANG)
                if not ended and time.monotonic() - began > _LONGEST:
                    os.kill(process, signal.SIGKILL)
                if not ended:
                    continue
                del running[process]
                killer = _read(pipe)
                if killer == "" and stage == 0:
                    waiting.append((mutant, 1))
                    continue
                done += 1
                if done % 200 == 0:
                    print(f"{done} of {len(left)} tried", flush=True)
                yield mutant, "time" if killer is None else killer
            time.sleep(0.005)
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _answer(process: int, pipe: int) -> Any:
    """Wait for a fork and read what it said."""
    said = _read(pipe)
    os.waitpid(process, 0)
    return said


def _read(pipe: int) -> Any:
    with os.fdopen(pipe, "rb") as stream:
        said = stream.read()
    return json.loads(said) if said else None


if __name__ == "__main__":
    sys.exit(main())
