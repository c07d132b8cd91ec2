"""What is used, and the autoscalers that go by it: load is planted, shared among the pods, and answered."""

FAULTS = "/simulator/faults"
METRICS = "/apis/metrics.k8s.io/v1beta1"
SCALERS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
BUSY = {"fault": "load", "namespace": "default", "selector": "app=web"}


def asking(cpu):
    return {"resources": {"requests": {"cpu": cpu}}}


async def autoscale(api, *, percent=50, most=6, **behavior):
    target = {"type": "Utilization", "averageUtilization": percent}
    spec = {
        "minReplicas": 1,
        "maxReplicas": most,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        "behavior": behavior,
    }
    made = await api.post(SCALERS, {"metadata": {"name": "web"}, "spec": spec})
    assert made.status == 201, made.body


def conditions(scaler):
    return {one["type"]: (one["status"], one["reason"]) for one in scaler["status"]["conditions"]}


async def test_pods_and_nodes_tell_what_they_use(api):
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    await api.post(FAULTS, BUSY | {"cpu": "1"})
    listed = await api.get(f"{METRICS}/namespaces/default/pods?labelSelector=app%3Dweb")
    assert (listed["kind"], listed["apiVersion"]) == ("PodMetricsList", "metrics.k8s.io/v1beta1")
    usage = [item["containers"][0]["usage"]["cpu"] for item in listed["items"]]
    assert usage == ["501000000n", "501000000n"]  # an even share of the work, and a little for itself
    name = listed["items"][0]["metadata"]["name"]
    assert (await api.get(f"{METRICS}/namespaces/default/pods/{name}"))["window"] == "15s"
    nodes = await api.get(f"{METRICS}/nodes")
    assert [node["metadata"]["name"] for node in nodes["items"]] == ["node-1", "node-2", "node-3"]
    cpu = sum(int(node["usage"]["cpu"].removesuffix("n")) for node in nodes["items"])
    assert cpu == 3 * 120_000_000 + 2 * 501_000_000
    row = (await api.table(f"{METRICS}/namespaces/default/pods"))["rows"][0]["cells"]
    assert (row[0], row[1]) == (name, "501m")
    missing = await api.get(f"{METRICS}/namespaces/default/pods/nope")
    assert (missing.status, missing["message"]) == (404, 'podmetrics.metrics.k8s.io "default/nope" not found')


async def test_a_limit_bounds_what_is_used(api):
    await api.deploy(container={"resources": {"limits": {"cpu": "200m"}}})
    await api.ready()
    await api.post(FAULTS, BUSY | {"cpu": "3"})
    listed = await api.get(f"{METRICS}/namespaces/default/pods")
    assert listed["items"][0]["containers"][0]["usage"]["cpu"] == "200000000n"


async def test_an_autoscaler_answers_load_and_comes_down_when_it_has_gone(api):
    await api.deploy(container=asking("100m"))
    await api.ready()
    await autoscale(api, scaleDown={"stabilizationWindowSeconds": 30})
    await api.post(FAULTS, BUSY | {"cpu": "190m"})
    await api.ready(replicas=4)  # each half as busy as it asked for
    settled = await api.until(
        f"{SCALERS}/web",
        lambda s: (
            s["status"]["currentReplicas"] == 4 and conditions(s)["AbleToScale"][1] == "ReadyForNewScale"
        ),
    )
    assert conditions(settled)["ScalingActive"] == ("True", "ValidMetricFound")
    current = settled["status"]["currentMetrics"][0]["resource"]["current"]
    assert (current["averageUtilization"], current["averageValue"]) == (48, "48m")
    assert (await api.table(SCALERS))["rows"][0]["cells"][2] == "cpu: 48%/50%"
    await api.delete(FAULTS)
    await api.ready(replicas=1)
    messages = [event["message"] for event in (await api.get(api.events))["items"]]
    above = "cpu resource utilization (percentage of request) above target"
    assert f"New size: 4; reason: {above}" in messages
    assert "New size: 1; reason: All metrics below target" in messages


async def test_an_autoscaler_stays_within_its_bounds(api):
    await api.deploy(container=asking("100m"))
    await api.ready()
    await autoscale(api, most=3)
    await api.post(FAULTS, BUSY | {"cpu": "2"})
    await api.ready(replicas=3)
    full = await api.until(f"{SCALERS}/web", lambda s: conditions(s)["ScalingLimited"][0] == "True")
    assert conditions(full)["ScalingLimited"] == ("True", "TooManyReplicas")


async def test_an_autoscaler_without_requests_says_what_it_misses(api):
    await api.deploy()
    await api.ready()
    await autoscale(api)
    told = await api.until(f"{SCALERS}/web", lambda s: "missing request for cpu" in str(s["status"]))
    assert conditions(told)["ScalingActive"] == ("False", "FailedGetResourceMetric")
    pod = await api.first_pod()
    assert told["status"]["conditions"][1]["message"] == (
        "the HPA was unable to compute the replica count: failed to get cpu utilization: "
        f"missing request for cpu in container web of Pod {pod}"
    )
