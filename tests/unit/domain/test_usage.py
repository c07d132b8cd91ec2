"""What is used, beside what may be: sums, the fullest container, and who has no figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.domain import usage
from bot.domain.usage import NEAR, of_containers, of_nodes, of_pods, sorted_by, total, without_figures

MEBI = 1024**2


def measured(name: str, /, namespace: str = "shop", **containers: tuple[str, str]) -> Any:
    parts = [
        {"name": one, "usage": {"cpu": cpu, "memory": memory}} for one, (cpu, memory) in containers.items()
    ]
    return {"metadata": {"name": name, "namespace": namespace}, "containers": parts}


def pod(
    name: str, /, *containers: Any, namespace: str = "shop", phase: str = "Running", init: Any = ()
) -> Any:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": list(containers), "initContainers": list(init)},
        "status": {"phase": phase},
    }


def container(name: str, requests: Any = None, limits: Any = None) -> Any:
    return {"name": name, "resources": {"requests": requests, "limits": limits}}


def test_a_pod_is_the_sum_of_its_containers_and_as_full_as_the_fullest():
    metrics = [measured("web", a=("10m", "60Mi"), b=("20m", "10Mi"))]
    specs = [
        pod(
            "web",
            container("a", {"memory": "32Mi"}, {"memory": "64Mi", "cpu": "100m"}),
            container("b", None, {"memory": "640Mi"}),
        )
    ]
    (row,) = of_pods(metrics, specs)
    assert (row.memory.used, row.memory.request, row.memory.limit) == (70 * MEBI, 32 * MEBI, 704 * MEBI)
    assert row.memory.percent == 93
    assert row.is_near
    assert (row.cpu.used, row.cpu.request) == (Decimal("0.030"), None)
    assert row.cpu.limit is None, "one container has none, so the pod has none"
    assert row.cpu.percent == 10


def test_each_container_has_its_own_row_a_sidecar_among_them():
    metrics = [measured("web", web=("1m", "1Mi"), mesh=("2m", "9Mi"))]
    specs = [pod("web", container("web"), init=[container("mesh", None, {"memory": "10Mi"})])]
    mesh, web = of_containers(metrics, specs)
    assert (mesh.container, mesh.memory.percent, mesh.is_near) == ("mesh", 90, True)
    assert (web.container, web.memory.percent, web.is_near) == ("web", None, False)


def test_just_below_is_not_near():
    specs = [pod("web", container("a", None, {"memory": "100Mi"}))]
    (row,) = of_pods([measured("web", a=("1m", f"{NEAR - 1}Mi"))], specs)
    assert not row.is_near


def test_cpu_near_its_limit_counts_too():
    specs = [pod("web", container("a", None, {"cpu": "100m"}))]
    (row,) = of_pods([measured("web", a=("95m", "1Mi"))], specs)
    assert row.is_near


def test_pods_of_the_same_name_are_told_apart_by_their_namespace():
    metrics = [measured("web", "two", a=("1m", "1Mi")), measured("web", "one", a=("1m", "1Mi"))]
    specs = [pod("web", container("a", None, {"memory": "1Mi"}), namespace="two")]
    one, two = of_pods(metrics, specs)
    assert (one.namespace, one.memory.percent) == ("one", None)
    assert (two.namespace, two.memory.percent) == ("two", 100)


def test_figures_that_are_junk_are_unknown():
    (row,) = of_pods([measured("web", a=("much", "1Mi"))], [])
    assert (row.cpu.used, row.memory.used) == (None, MEBI)
    assert total([row], "cpu") == 0


def test_a_node_without_figures_stays_in_the_list():
    nodes = [
        {"metadata": {"name": name}, "status": {"allocatable": {"cpu": "2", "memory": "4Gi"}}}
        for name in "ba"
    ]
    metrics = [{"metadata": {"name": "b"}, "usage": {"cpu": "500m", "memory": "1Gi"}}]
    a, b = of_nodes(metrics, nodes)
    assert (a.name, a.cpu.used, a.cpu.percent) == ("a", None, None)
    assert (b.name, b.cpu.percent, b.memory.percent) == ("b", 25, 25)
    assert of_nodes([], [{"metadata": {"name": "bare"}}])[0].memory.limit is None


def test_who_has_no_figures_though_it_has_not_ended():
    pods = [
        pod("done", phase="Succeeded"),
        pod("died", phase="Failed"),
        pod("new", phase="Pending"),
        pod("web"),
    ]
    assert without_figures([measured("web", a=("1m", "1Mi"))], pods) == ("new",)
    assert usage.phase({"status": {}}) == "Unknown"


def test_the_largest_first_and_the_unknown_last():
    figures = of_pods([measured(n, a=(cpu, "1Mi")) for n, cpu in (("a", "1m"), ("b", "?"), ("c", "3m"))], [])
    assert [row.name for row in sorted_by(figures, "cpu")] == ["c", "a", "b"]
    assert total(figures, "cpu") == Decimal("0.004")
