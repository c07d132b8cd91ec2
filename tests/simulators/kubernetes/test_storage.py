"""Claims and volumes: how they find each other, and what waits until they have."""

import pytest

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


def claim(name, **spec):
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {"name": name}, "spec": wanted | spec}


def volume(name, storage="2Gi", **spec):
    wanted = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": storage}, "hostPath": {"path": "/v"}}
    return {"metadata": {"name": name}, "spec": wanted | spec}


def pod(name, **source):
    main = {"name": "main", "image": "web:1.0", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    spec = {"containers": [main], "volumes": [{"name": "v", **source}], "terminationGracePeriodSeconds": 1}
    return {"metadata": {"name": name}, "spec": spec}


def pod_with(name, claim_name):
    return pod(name, persistentVolumeClaim={"claimName": claim_name})


def in_phase(phase):
    return lambda found: found["status"]["phase"] == phase


async def event(api, name, reason):
    where = f"{api.events}?fieldSelector=involvedObject.name%3D{name},reason%3D{reason}"
    return (await api.until(where, lambda found: found["items"]))["items"][0]


async def test_a_claim_of_the_usual_class_is_bound_when_a_pod_needs_it(api):
    made = await api.post(CLAIMS, claim("a"))
    assert made["spec"]["storageClassName"] == "standard"
    assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    waits = await event(api, "a", "WaitForFirstConsumer")
    assert waits["message"] == "waiting for first consumer to be created before binding"
    assert (await api.get(f"{CLAIMS}/a"))["status"]["phase"] == "Pending"
    await api.post(api.pods, pod_with("user", "a"))
    bound = await api.until(f"{CLAIMS}/a", in_phase("Bound"))
    await api.until(f"{api.pods}/user", in_phase("Running"))
    made = await api.get(f"{VOLUMES}/{bound['spec']['volumeName']}")
    assert (made["status"]["phase"], made["spec"]["claimRef"]["name"]) == ("Bound", "a")
    assert bound["status"]["capacity"] == {"storage": "1Gi"}


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        ({"storageClassName": "fast"}, "ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found'),
        (
            {"storageClassName": ""},
            "FailedBinding",
            "no persistent volumes available for this claim and no storage class is set",
        ),
        (
            {"storageClassName": "cloud"},
            "ExternalProvisioning",
            "Waiting for a volume to be created either by the external provisioner 'ebs.example.com' or",
        ),
    ],
)
async def test_a_claim_that_nothing_fits_stays_pending_and_says_why(api, asked, reason, said):
    await api.post(CLASSES, {"metadata": {"name": "cloud"}, "provisioner": "ebs.example.com"})
    await api.post(CLAIMS, claim("a", **asked))
    told = await event(api, "a", reason)
    assert told["message"].startswith(said)
    assert told["source"] == {"component": "persistentvolume-controller"}
    await api.post(api.pods, pod_with("user", "a"))
    refused = await event(api, "user", "FailedScheduling")
    assert refused["message"] == (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. no new claims to "
        "deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )
    assert (await api.table(f"{CLAIMS}/a"))["rows"][0]["cells"][1] == "Pending"


async def test_a_volume_that_comes_later_is_found(api):
    await api.post(CLAIMS, claim("a", storageClassName=""))
    await api.post(api.pods, pod_with("user", "a"))
    await event(api, "user", "FailedScheduling")
    await api.post(VOLUMES, volume("small", storage="1Mi"))
    await api.post(VOLUMES, volume("big", storage="9Gi"))
    await api.post(VOLUMES, volume("fit"))
    await api.until(f"{CLAIMS}/a", in_phase("Bound"))
    await api.until(f"{api.pods}/user", in_phase("Running"))
    rows = {row["cells"][0]: row["cells"][1:6] for row in (await api.table(VOLUMES))["rows"]}
    held = (await api.get(f"{CLAIMS}/a"))["spec"]["volumeName"]
    assert held in ("big", "fit")
    assert rows[held][3:] == ["Bound", "default/a"]
    assert rows["small"] == ["1Mi", "RWO", "Retain", "Available", ""]


async def test_a_claim_that_is_not_there(api):
    await api.post(api.pods, pod_with("user", "none"))
    refused = await event(api, "user", "FailedScheduling")
    assert refused["message"].startswith('0/3 nodes are available: persistentvolumeclaim "none" not found. ')
    await api.post(CLAIMS, claim("none"))
    await api.until(f"{api.pods}/user", in_phase("Running"))


@pytest.mark.parametrize(("policy", "left"), [("Delete", None), ("Retain", "Released")])
async def test_a_claim_in_use_goes_when_its_last_pod_has_gone(api, policy, left):
    await api.post(VOLUMES, volume("v", persistentVolumeReclaimPolicy=policy))
    await api.post(CLAIMS, claim("a", storageClassName=""))
    await api.post(api.pods, pod_with("user", "a"))
    await api.until(f"{api.pods}/user", in_phase("Running"))
    going = await api.delete(f"{CLAIMS}/a")
    assert going["metadata"]["deletionTimestamp"]
    assert (await api.table(f"{CLAIMS}/a"))["rows"][0]["cells"][1] == "Terminating"
    await api.delete(f"{api.pods}/user")
    await api.until(CLAIMS, lambda found: not found["items"])
    if left:
        await api.until(f"{VOLUMES}/v", in_phase(left))
    else:
        await api.until(VOLUMES, lambda found: not found["items"])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"configMap": {"name": "c"}}, 'configmap "c" not found'),
        ({"secret": {"secretName": "s"}}, 'secret "s" not found'),
        ({"projected": {"sources": [{"secret": {"name": "s"}}]}}, 'secret "s" not found'),
    ],
)
async def test_a_pod_waits_for_what_its_volume_is_filled_with(api, source, said):
    await api.post(api.pods, pod("user", **source))
    told = await event(api, "user", "FailedMount")
    assert told["message"] == f'MountVolume.SetUp failed for volume "v" : {said}'
    waiting = await api.get(f"{api.pods}/user")
    assert waiting["status"]["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    await api.post("/api/v1/namespaces/default/secrets", {"metadata": {"name": "s"}})
    await api.post(api.config_maps, {"metadata": {"name": "c"}})
    await api.until(f"{api.pods}/user", in_phase("Running"))


async def test_a_key_that_a_volume_names_must_be_there_unless_it_is_optional(api):
    await api.post(api.config_maps, {"metadata": {"name": "c"}, "data": {"known": "1"}})
    items = [{"key": "unknown", "path": "x"}]
    await api.post(api.pods, pod("strict", configMap={"name": "c", "items": items}))
    await api.post(api.pods, pod("easy", configMap={"name": "c", "items": items, "optional": True}))
    told = await event(api, "strict", "FailedMount")
    assert told["message"].endswith("references non-existent config key: unknown")
    await api.until(f"{api.pods}/easy", in_phase("Running"))


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (
            CLAIMS,
            claim("a", accessModes=[]),
            "spec.accessModes: Required value: at least 1 access mode is required",
        ),
        (CLAIMS, claim("a", resources={}), "spec.resources[storage]: Required value"),
        (CLAIMS, claim("a", accessModes=["Any"]), 'spec.accessModes: Unsupported value: "Any"'),
        (VOLUMES, volume("v", capacity={}), "spec.capacity: Required value"),
        (
            VOLUMES,
            {
                "metadata": {"name": "v"},
                "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1"}},
            },
            "spec: Required value: must specify a volume type",
        ),
        (CLASSES, {"metadata": {"name": "c"}}, "provisioner: Required value"),
    ],
)
async def test_what_cannot_be(api, path, body, said):
    refused = await api.post(path, body)
    assert refused.status == 422
    assert said in refused["message"]


async def test_a_claim_keeps_its_spec(api):
    await api.post(CLAIMS, claim("a"))
    refused = await api.patch(f"{CLAIMS}/a", {"spec": {"storageClassName": "other"}})
    assert refused.status == 422
    assert "spec: Forbidden: spec is immutable after creation except resources.requests" in refused["message"]
    more = await api.patch(f"{CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    assert more.status == 200
