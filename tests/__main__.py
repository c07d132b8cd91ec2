"""`python -m tests`: the tests of the bot, as `make test` runs them; with `--proofs` the slow proofs.

The proofs hold the simulators to the recordings, to kubectl and to the official client, play their page in
Chromium, start the demo, and play every verb, every line of kubectl's and every long silence to its end.
Where no Chromium is found the browser tests are left out, and that is said; with `CI=true` it is a failure.
"""

from __future__ import annotations

import os
import shutil
import sys

import pytest

PROOFS = (
    "tests/simulators",
    "tests/browser",
    "tests/cli/test_demo.py",
    "tests/scenarios/test_any_presses.py",
    "tests/scenarios/test_kubectl_lines.py",
    "tests/scenarios/test_long_silences.py",
    "tests/scenarios/test_no_way_around.py",
)


def main() -> int:
    given = sys.argv[1:]
    is_proof = "--proofs" in given
    chosen = list(PROOFS) if is_proof else [f"--ignore={path}" for path in PROOFS]
    others = [word for word in given if word != "--proofs"]
    arguments = ["-q", "-n", "5", "--dist", "worksteal", *chosen, *others]
    if is_proof and not (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    ):
        if os.environ.get("CI") == "true":
            print("no Chromium here, and CI=true: the browser tests must run")
            return 1
        print("no Chromium here: the browser tests are left out")
        arguments += ["-m", "not browser"]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
