"""`python -m tests.tour`: the tutorial, played in the demo as people would, each step checked in the cluster.

It starts a demo of its own. `--url` and `--kubeconfig` name one that runs already: both are what that demo
printed. Exit 0 only when every step had its effect.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.tour import exploring, exposing, healing, inside, together, updating
from tests.tour.cluster import clusters
from tests.tour.demo import Demo, running
from tests.tour.page import MissingError, Page
from tests.tour.stage import Stage

STEPS = (
    *exploring.STEPS,
    *inside.STEPS,
    *healing.STEPS,
    *exposing.STEPS,
    *together.STEPS,
    *updating.STEPS,
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.tour", description="Play the tutorial in the demo."
    )
    parser.add_argument("--url", default="", help="the page of a demo that runs, with its token")
    parser.add_argument("--kubeconfig", type=Path, help="with --url: the file which that demo named")
    asked = parser.parse_args()
    if bool(asked.url) != bool(asked.kubeconfig):
        parser.error("--url and --kubeconfig belong together")
    with contextlib.ExitStack() as stack:
        demo = Demo(asked.url, asked.kubeconfig) if asked.url else stack.enter_context(running())
        stage = stack.enter_context(_stage(demo))
        began = time.monotonic()
        is_whole = stage.play(STEPS)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0 if is_whole else 1


@contextlib.contextmanager
def _stage(demo: Demo) -> Iterator[Stage]:
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(contextlib.closing(Page(demo.url)))
        found = clusters(demo.kubeconfig)
        for cluster in found.values():
            stack.enter_context(contextlib.closing(cluster))
        try:
            page.open()
            page.wait_for_bot()
        except MissingError as missing:
            raise SystemExit(f"the demo cannot be used: {missing}") from missing
        yield Stage(page, found)


if __name__ == "__main__":
    sys.exit(main())
