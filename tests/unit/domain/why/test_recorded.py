"""Verdicts over what a real API server, its kubelet and its scheduler answered."""

from __future__ import annotations

from bot.domain.ages import parse_time
from bot.domain.model import Json
from bot.domain.resources import NODES, PODS, SERVICES
from bot.domain.why.evidence import Words
from tests.factories import pod
from tests.unit.domain.why.objects import RECORDED, headline, lines, named, seen

NOW = parse_time("2026-11-23T13:18:30Z") or 0.0
BORN = "2026-11-23T13:16:00Z"
_CRASHING = (
    "between two starts a crashing pod says (not CrashLoopBackOff: that reason shows for a moment only)"
)


def recorded_pod(step: str, name: str) -> Json:
    """A pod with the status that was recorded; its spec is what the recording asked for."""
    status = RECORDED[step]
    container = next(iter(status.get("containerStatuses") or [{"name": "big"}]))["name"]
    metadata = {"name": name, "namespace": "shop", "uid": "uid-pod", "creationTimestamp": BORN, "labels": {}}
    return {
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"name": container, "image": container}]},
        "status": status,
    }


def test_an_image_that_the_registry_does_not_have():
    name = "web-6c9d7b99df-qlhjd"
    events = RECORDED["events of a pod whose image is missing"]
    told = lines(seen(recorded_pod("the new pod says", name), PODS, events=tuple(events), now=NOW))
    assert told[0] == (
        f"❌ pod shop/{name} on prod: web:missing cannot be pulled: not found in registry (ImagePullBackOff)."
    )
    assert told[1].startswith(
        '• Back-off pulling image "docker.io/library/web:missing": ErrImagePull: failed to pull'
    )
    assert told[1].endswith("not found · pod web-6c9d7b99df-qlhjd, 1 min 38 s ago")
    assert told[2] == "• tried in vain 2 times · event, 1 min 27 s ago"
    assert told[3:5] == ["Next: Deploy an image that the registry has.", "It serves nothing now."]


def test_a_crash_between_two_starts():
    words = Words(
        pod="crash-6dcb4b456c-pdmfr", container="crash",
        text=RECORDED["between two starts the current log has the last words"].strip(),
    )  # fmt: skip
    found = recorded_pod(_CRASHING, "crash-6dcb4b456c-pdmfr")
    events = tuple(RECORDED["events of a crashing pod"])
    ended = (
        "• crash ended with exit code 3 (Error), restarted 2 times"
        " · pod crash-6dcb4b456c-pdmfr, 1 min 9 s ago"
    )
    assert lines(seen(found, PODS, events=events, now=NOW, words=words))[:7] == [
        "❌ pod shop/crash-6dcb4b456c-pdmfr on prod: crash:1 crashes with exit code 3 (Error).",
        ended,
        "Last words of crash-6dcb4b456c-pdmfr:",
        "> 2026-11-23T13:17:20Z INFO starting",
        "> 2026-11-23T13:17:20Z FATAL cannot reach database db:5432: connection refused",
        "Next: Fix what its last words point to.",
        "It serves nothing now.",
    ]


def test_a_pod_that_no_node_takes():
    found = recorded_pod("an unschedulable pod says", "big")
    found["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100"}}
    told = lines(seen(found, PODS, now=NOW))
    assert told[0] == (
        "❌ pod shop/big on prod: no node takes its pod: 1 node without enough free cpu (Unschedulable)."
    )
    assert told[1].startswith("• 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate")
    assert told[1].endswith("scheduler on pod big, 38 s ago")
    assert told[2] == "• it asks for cpu 100 · its spec"
    assert told[3] == "Next: Ask for less, scale something down, or add a node."


def test_a_pod_that_is_never_ready():
    found = recorded_pod("a pod that is never ready says", "probe")
    probe = {"httpGet": {"path": "/nope", "port": 8080}}
    found["spec"]["containers"][0]["readinessProbe"] = probe
    told = lines(seen(found, PODS, now=NOW))
    assert told[0] == (
        "❌ pod shop/probe on prod: it runs, but its readiness probe GET :8080/nope does not pass"
        " (ContainersNotReady)."
    )
    assert told[1] == "• it is not ready · pod probe, 38 s ago"


def test_a_rollout_whose_deadline_has_passed():
    spec = RECORDED["a deployment at zero"]["spec"] | {"replicas": 2, "progressDeadlineSeconds": 5}
    target = named("Deployment", "web", spec=spec, status=RECORDED["the deployment says"],
                   metadata={"generation": 2, "creationTimestamp": BORN})  # fmt: skip
    assert lines(seen(target, now=NOW))[:4] == [
        "⚠️ shop/web on prod: its new pods did not become available within 5 s (ProgressDeadlineExceeded).",
        '• ReplicaSet "web-6c9d7b99df" has timed out progressing. · deployment web, 1 min 31 s ago',
        "Next: See why its new pods do not come up.",
        "2 of 2 available.",
    ]


def test_a_deployment_at_zero():
    told = lines(seen(RECORDED["a deployment at zero"], now=NOW))
    assert told[0].endswith("on prod: it is scaled to 0, so nothing runs.")
    assert told[0].startswith("⏸ ")
    assert "[Scale to 1] scale deployment/web 1 -n t-scale-6a68ab --context prod" in told


def test_a_node_that_is_well():
    assert (
        headline(seen(RECORDED["a node has"], NODES, now=NOW))
        == "✅ node node-1 on prod is healthy: nothing found."
    )


def test_a_service_that_two_pods_answer():
    slices = tuple(RECORDED["endpoint slices"]["items"])
    found = seen(RECORDED["NodePort"], SERVICES, slices=slices, pods=(pod(), pod("web-1a-y")), now=NOW)
    told = lines(found)
    assert told[0].endswith("is healthy: nothing found.")
    assert "2 of 2 endpoints ready." in told


def test_a_service_that_nothing_gives_an_address():
    slices = tuple(RECORDED["endpoint slices"]["items"])
    found = seen(RECORDED["LoadBalancer"], SERVICES, slices=slices, pods=(pod(),), now=NOW)
    assert "no load balancer has given it an address yet" in headline(found)


def test_an_autoscaler_that_has_not_looked_yet_is_no_trouble():
    spec = RECORDED["a deployment at zero"]["spec"] | {"replicas": 1}
    target = RECORDED["a deployment at zero"] | {"spec": spec}
    found = seen(target, autoscalers=(RECORDED["autoscaler"],), now=NOW)
    assert len(found.autoscalers) == 1
    assert "autoscaler" not in headline(found)
