"""One object seen as several kinds: autoscalers of the first version, events of both groups."""

V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"
V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


async def test_an_autoscaler_of_the_first_version_is_one_of_the_second(api):
    spec = {"maxReplicas": 5, "scaleTargetRef": TARGET, "targetCPUUtilizationPercentage": 60}
    made = await api.post(V1, {"metadata": {"name": "web"}, "spec": spec})
    assert (made.status, made["apiVersion"]) == (201, "autoscaling/v1")
    assert made["spec"] == spec | {"minReplicas": 1}
    stored = await api.get(f"{V2}/web")
    target = stored["spec"]["metrics"][0]["resource"]["target"]
    assert (stored["apiVersion"], target["averageUtilization"]) == ("autoscaling/v2", 60)
    await api.patch(f"{V1}/web", {"spec": {"targetCPUUtilizationPercentage": 70}})
    listed = await api.get(V1)
    assert listed["apiVersion"] == "autoscaling/v1"
    assert listed["items"][0]["spec"]["targetCPUUtilizationPercentage"] == 70
    assert (await api.table(V1))["rows"][0]["cells"][:3] == ["web", "Deployment/web", "cpu: <unknown>/70%"]
    conditions = await api.until(f"{V1}/web", lambda s: s["metadata"]["annotations"])
    assert "autoscaling.alpha.kubernetes.io/conditions" in conditions["metadata"]["annotations"]


async def test_the_second_version_is_preferred(api):
    found = await api.get("/apis/autoscaling")
    assert [one["version"] for one in found["versions"]] == ["v2", "v1"]
    assert found["preferredVersion"]["version"] == "v2"


async def test_events_are_one_store_for_both_groups(api):
    await api.run("lone")
    core = await api.until(api.events, lambda e: len(e["items"]) >= 3)
    newer = await api.get(EVENTS)
    assert {e["metadata"]["uid"] for e in core["items"]} <= {e["metadata"]["uid"] for e in newer["items"]}
    started = next(e for e in newer["items"] if e["reason"] == "Pulled" or e["reason"] == "Created")
    assert started["regarding"]["name"] == "lone"
    assert started["note"]
    assert "message" not in started
    assert (await api.table(EVENTS))["columnDefinitions"][0]["name"] == "Last Seen"
    body = {
        "metadata": {"name": "mine"},
        "regarding": {"kind": "Pod", "name": "lone", "namespace": "default"},
        "note": "hello",
        "reason": "Greeting",
        "type": "Normal",
        "action": "Greet",
        "reportingController": "test",
        "reportingInstance": "test-1",
        "eventTime": "2026-01-01T00:00:00.000000Z",
    }
    assert (await api.post(EVENTS, body))["regarding"]["name"] == "lone"
    seen = await api.get(f"{api.events}/mine")
    assert (seen["kind"], seen["message"], seen["involvedObject"]["name"]) == ("Event", "hello", "lone")
    async with api.watch(f"{EVENTS}?resourceVersion=0&fieldSelector=metadata.name%3Dmine") as watch:
        kind, event = await watch.next()
        assert (kind, event["apiVersion"], event["note"]) == ("ADDED", "events.k8s.io/v1", "hello")


async def test_the_clusters_own_service_has_the_api_server_behind_it(api):
    path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
    behind = await api.get(path)
    assert behind["metadata"]["labels"] == {"kubernetes.io/service-name": "kubernetes"}
    assert behind["endpoints"][0]["addresses"] == ["192.0.2.10"]
    assert [(port["name"], port["port"]) for port in behind["ports"]] == [("https", 6443)]
    old = await api.get("/api/v1/namespaces/default/endpoints/kubernetes")
    assert old["subsets"][0]["addresses"] == [{"ip": "192.0.2.10"}]
