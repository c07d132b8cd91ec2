"""`python -m tests`: the whole suite, as `make test` runs it.

Where no Chromium is found the browser tests are left out, and that is said; with `CI=true` it is a failure.
"""

from __future__ import annotations

import os
import shutil
import sys

import pytest


def main() -> int:
    arguments = ["-q", "-n", "3", "--dist", "worksteal", *sys.argv[1:]]
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        if os.environ.get("CI") == "true":
            print("no Chromium here, and CI=true: the browser tests must run")
            return 1
        print("no Chromium here: the browser tests are left out")
        arguments += ["-m", "not browser"]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
