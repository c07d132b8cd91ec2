"""The chart as Helm itself renders it, offline."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

Manifest = dict[str, Any]
Render = Callable[..., dict[str, list[Manifest]]]


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def chart(root: Path) -> Iterator[helm_python.Chart]:
    with helm_python.Chart.load(root / "helm") as loaded:
        yield loaded


@pytest.fixture(scope="session")
def render(chart: helm_python.Chart) -> Render:
    """Manifests by kind; values as on a command line, `render("slack.socketMode=false")`, or as keywords."""

    def rendered(*settings: str, **values: Any) -> dict[str, list[Manifest]]:
        given = values | helm_python.parse_set_string(",".join(settings))
        by_kind: dict[str, list[Manifest]] = {}
        for path, text in chart.render(given, name="k8s-bot", namespace="ops").items():
            if path.endswith(".yaml"):
                for manifest in filter(None, yaml.safe_load_all(text)):
                    by_kind.setdefault(manifest["kind"], []).append(manifest)
        return by_kind

    return rendered


@pytest.fixture(scope="session")
def pod(render: Render) -> Callable[..., Manifest]:
    """The specification of the one pod."""

    def of(*settings: str, **values: Any) -> Manifest:
        [deployment] = render(*settings, **values)["Deployment"]
        spec: Manifest = deployment["spec"]["template"]["spec"]
        return spec

    return of
