"""What a namespace may hold: quotas that count and refuse, and ranges that fill in and refuse."""

import pytest

QUOTAS = "/api/v1/namespaces/default/resourcequotas"
RANGES = "/api/v1/namespaces/default/limitranges"


def pod(name="p", **resources):
    container = {"name": "main", "image": "web:1.0", "resources": resources}
    return {"metadata": {"name": name}, "spec": {"containers": [container]}}


async def limit(api, **hard):
    made = await api.post(QUOTAS, {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    assert made.status == 201


async def test_a_quota_tells_what_is_used(api):
    await limit(
        api,
        **{"pods": "5", "requests.cpu": "2", "limits.memory": "1Gi", "services": "3", "count/secrets": "9"},
    )
    for name in ("a", "b"):
        await api.post(api.pods, pod(name, requests={"cpu": "250m"}, limits={"memory": "128Mi", "cpu": "1"}))
    await api.post(api.services, {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}})
    used = {
        "pods": "2",
        "requests.cpu": "500m",
        "limits.memory": "256Mi",
        "services": "2",
        "count/secrets": "0",
    }
    found = await api.until(f"{QUOTAS}/q", lambda q: q["status"]["used"] == used)
    assert found["status"]["hard"] == found["spec"]["hard"]
    row = (await api.table(QUOTAS))["rows"][0]["cells"]
    assert "requests.cpu: 500m/2" in row[1]
    assert row[2] == "limits.memory: 256Mi/1Gi"
    await api.delete(f"{api.pods}/a", {"gracePeriodSeconds": 0})
    await api.until(f"{QUOTAS}/q", lambda q: q["status"]["used"]["pods"] == "1")


async def test_what_would_exceed_it_is_refused(api):
    await limit(api, **{"pods": "1", "requests.cpu": "1"})
    assert (await api.post(api.pods, pod("a", requests={"cpu": "600m"}))).status == 201
    refused = await api.post(api.pods, pod("b", requests={"cpu": "600m"}))
    assert (refused.status, refused["reason"]) == (403, "Forbidden")
    assert refused["message"] == (
        'pods "b" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=600m, '
        "used: pods=1,requests.cpu=600m, limited: pods=1,requests.cpu=1"
    )


async def test_what_a_quota_counts_must_be_stated(api):
    await limit(api, **{"limits.cpu": "1", "limits.memory": "1Gi"})
    refused = await api.post(api.pods, pod())
    assert refused["message"] == (
        'pods "p" is forbidden: failed quota: q: must specify limits.cpu for: main; limits.memory for: main'
    )


async def test_kinds_can_be_counted(api):
    await limit(api, **{"count/deployments.apps": "1", "configmaps": "2"})
    await api.deploy("one", replicas=0)
    refused = await api.post(
        api.deployments, {**(await api.get(f"{api.deployments}/one")).body, "metadata": {"name": "two"}}
    )
    assert refused["message"] == (
        'deployments.apps "two" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, '
        "used: count/deployments.apps=1, limited: count/deployments.apps=1"
    )
    await api.post(api.config_maps, {"metadata": {"name": "a"}})  # beside kube-root-ca.crt
    assert (await api.post(api.config_maps, {"metadata": {"name": "b"}})).status == 403


async def test_a_rollout_that_a_full_quota_stops_says_so(api):
    await limit(api, pods="2")
    await api.deploy(replicas=3)
    found = await api.until(
        f"{api.deployments}/web",
        lambda d: (
            any(c["type"] == "ReplicaFailure" for c in d["status"]["conditions"])
            and d["status"]["readyReplicas"] == 2
        ),
    )
    failure = next(one for one in found["status"]["conditions"] if one["type"] == "ReplicaFailure")
    assert (failure["status"], failure["reason"]) == ("True", "FailedCreate")
    told = "is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"
    assert told in failure["message"]
    events = (await api.get(f"{api.events}?fieldSelector=reason%3DFailedCreate"))["items"]
    assert events[0]["type"] == "Warning"
    assert events[0]["message"].startswith('Error creating: pods "web-')
    assert told in events[0]["message"]
    await api.patch(f"{QUOTAS}/q", {"spec": {"hard": {"pods": "9"}}})
    healed = await api.ready(replicas=3)
    assert "ReplicaFailure" not in str(healed["status"]["conditions"])


async def test_a_range_fills_in_what_is_not_said(api):
    item = {
        "type": "Container",
        "default": {"cpu": "500m"},
        "defaultRequest": {"cpu": "100m"},
        "max": {"memory": "1Gi"},
    }
    await api.post(RANGES, {"metadata": {"name": "r"}, "spec": {"limits": [item]}})
    made = await api.post(api.pods, pod())
    assert made["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "500m", "memory": "1Gi"},
        "requests": {"cpu": "100m", "memory": "1Gi"},
    }
    assert made["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container main; cpu, memory limit for container main"
    )


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (
            {"limits": {"cpu": "2"}, "requests": {"cpu": "1"}},
            "maximum cpu usage per Container is 1, but limit is 2",
        ),
        (
            {"limits": {"cpu": "150m"}, "requests": {"cpu": "50m"}},
            "minimum cpu usage per Container is 100m, but request is 50m",
        ),
        (
            {"limits": {"cpu": "800m"}, "requests": {"cpu": "100m"}},
            "cpu max limit to request ratio per Container is 4, but provided ratio is 8.000000",
        ),
    ],
)
async def test_a_range_refuses_what_is_beyond_it(api, resources, said):
    item = {
        "type": "Container",
        "min": {"cpu": "100m"},
        "max": {"cpu": "1"},
        "maxLimitRequestRatio": {"cpu": "4"},
    }
    await api.post(RANGES, {"metadata": {"name": "r"}, "spec": {"limits": [item]}})
    refused = await api.post(api.pods, pod(**resources))
    assert (refused.status, refused["message"]) == (403, f'pods "p" is forbidden: {said}')


async def test_a_range_for_whole_pods(api):
    item = {"type": "Pod", "max": {"memory": "64Mi"}}
    await api.post(RANGES, {"metadata": {"name": "r"}, "spec": {"limits": [item]}})
    refused = await api.post(api.pods, pod())
    assert refused["message"].endswith("maximum memory usage per Pod is 64Mi.  No limit is specified")


@pytest.mark.parametrize(
    ("path", "spec", "said"),
    [
        (QUOTAS, {"hard": {"pods": "many"}}, "spec.hard[pods]: Invalid value"),
        (QUOTAS, {"hard": {"pods": "1"}, "scopes": ["Lazy"]}, 'spec.scopes[0]: Unsupported value: "Lazy"'),
        (
            RANGES,
            {"limits": [{"type": "Pod", "max": {"cpu": "x"}}]},
            "spec.limits[0].max[cpu]: Invalid value",
        ),
    ],
)
async def test_amounts_that_are_none(api, path, spec, said):
    refused = await api.post(path, {"metadata": {"name": "q"}, "spec": spec})
    assert (refused.status, said in refused["message"]) == (422, True)


async def test_a_quota_for_pods_that_ask_for_nothing(api):
    spec = {"hard": {"pods": "1"}, "scopes": ["BestEffort"]}
    await api.post(QUOTAS, {"metadata": {"name": "q"}, "spec": spec})
    assert (await api.post(api.pods, pod("a"))).status == 201
    assert (await api.post(api.pods, pod("b", requests={"cpu": "1m"}))).status == 201
    assert (await api.post(api.pods, pod("c"))).status == 403
