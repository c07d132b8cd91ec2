"""Services: their addresses, their ports, and who stands behind them."""

PORT = {"port": 80, "targetPort": 8080}
SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"


def service(name="web", kind="ClusterIP", **spec):
    return {
        "metadata": {"name": name},
        "spec": {"type": kind, "selector": {"app": "web"}, "ports": [dict(PORT)], **spec},
    }


async def test_each_type_gets_what_is_its_own(api):
    plain = await api.post(api.services, service())
    node = await api.post(api.services, service("n", "NodePort"))
    outside = await api.post(
        api.services,
        {"metadata": {"name": "x"}, "spec": {"type": "ExternalName", "externalName": "db.example.com"}},
    )
    headless = await api.post(api.services, service("h", clusterIP="None"))
    assert plain["spec"]["clusterIP"].startswith("10.")
    assert 30000 <= node["spec"]["ports"][0]["nodePort"] <= 32767
    assert "clusterIP" not in outside["spec"]
    assert headless["spec"]["clusterIPs"] == ["None"]
    rows = {row["cells"][0]: row["cells"] for row in (await api.table(api.services))["rows"]}
    assert rows["x"][1:5] == ["ExternalName", "<none>", "db.example.com", "<none>"]


async def test_addresses_and_ports_are_kept_and_never_shared(api):
    first = await api.post(api.services, service("a", "NodePort", ports=[{**PORT, "nodePort": 30080}]))
    taken = await api.post(api.services, service("b", "NodePort", ports=[{**PORT, "nodePort": 30080}]))
    assert "provided port is already allocated" in taken["message"]
    outside = await api.post(api.services, service("b", "NodePort", ports=[{**PORT, "nodePort": 80}]))
    assert "The range of valid ports is 30000-32767" in outside["message"]
    grown = await api.patch(f"{api.services}/a", {"spec": {"type": "LoadBalancer"}})
    assert grown["spec"]["clusterIP"] == first["spec"]["clusterIP"]
    assert grown["spec"]["ports"][0]["nodePort"] == 30080
    moved = await api.patch(f"{api.services}/a", {"spec": {"clusterIP": "10.96.7.7"}})
    assert "may not change once set" in moved["message"]
    shrunk = await api.patch(f"{api.services}/a", {"spec": {"type": "ClusterIP"}})
    assert "nodePort" not in shrunk["spec"]["ports"][0]


async def test_endpoints_follow_the_pods(api):
    await api.post(api.services, service())
    await api.deploy(replicas=2)
    found = await api.until(
        f"{SLICES}?labelSelector=kubernetes.io/service-name%3Dweb",
        lambda s: (
            len(s["items"][0]["endpoints"]) == 2
            and all(e["conditions"]["ready"] for e in s["items"][0]["endpoints"])
        ),
    )
    assert found["items"][0]["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]
    old = await api.until(
        "/api/v1/namespaces/default/endpoints/web", lambda e: len(e["subsets"][0]["addresses"]) == 2
    )
    assert old["subsets"][0]["ports"] == [{"port": 8080, "protocol": "TCP"}]
    pod = await api.first_pod()
    await api.patch(f"{api.pods}/{pod}", {"metadata": {"labels": {"app": "other"}}})
    await api.until(
        f"{SLICES}?labelSelector=kubernetes.io/service-name%3Dweb",
        lambda s: pod not in str(s) and len(s["items"][0]["endpoints"]) == 2,
    )


async def test_requests_go_through_the_api_server(api):
    await api.post(api.services, service())
    empty = await api.get(f"{api.services}/web:80/proxy/")
    assert (empty.status, empty["message"]) == (503, 'no endpoints available for service "web"')
    await api.deploy(image="kubernetes-bootcamp:v1")
    await api.ready()
    answer = await api.get(f"{api.services}/web:80/proxy/")
    assert answer.body == f"Hello Kubernetes bootcamp! | Running on: {await api.first_pod()} | v=1\n"
    assert (await api.get(f"{api.services}/web:80/proxy/nope")).status == 404
    assert (await api.get(f"{api.pods}/{await api.first_pod()}:8080/proxy/")).body == answer.body
    closed = await api.get(f"{api.pods}/{await api.first_pod()}:9/proxy/")
    assert (closed.status, "connection refused" in closed["message"]) == (503, True)
    assert (await api.get(f"{api.services}/nope:80/proxy/")).status == 404


async def test_a_load_balancer_is_pending_until_somebody_gives_addresses(api):
    await api.post(api.services, service("lb", "LoadBalancer"))
    assert (await api.table(f"{api.services}/lb"))["rows"][0]["cells"][3] == "<pending>"
    await api.post("/simulator/faults", {"fault": "load-balancer", "on": True})
    given = await api.until(f"{api.services}/lb", lambda s: s["status"]["loadBalancer"]["ingress"])
    address = given["status"]["loadBalancer"]["ingress"][0]["ip"]
    assert (await api.table(f"{api.services}/lb"))["rows"][0]["cells"][3] == address


async def test_a_budget_refuses_evictions(api):
    budget = {
        "metadata": {"name": "web"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
    }
    place = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    await api.post(place, budget)
    await api.deploy(replicas=2)
    await api.ready(replicas=2)
    pod = await api.first_pod()
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
    refused = await api.post(f"{api.pods}/{pod}/eviction", eviction)
    assert (refused.status, refused["reason"]) == (429, "TooManyRequests")
    assert (
        refused["details"]["causes"][0]["message"]
        == "The disruption budget web needs 2 healthy pods and has 2 currently"
    )
    await api.patch(f"{place}/web", {"spec": {"minAvailable": 1}})
    await api.until(f"{place}/web", lambda b: b["status"]["disruptionsAllowed"] == 1)
    assert (await api.post(f"{api.pods}/{pod}/eviction", eviction)).status == 201
    await api.until(f"{api.pods}/{pod}", lambda found: found.get("code") == 404)
