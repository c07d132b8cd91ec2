"""Trouble of workloads: memory runs out, programs crash, probes fail, images vanish, quotas are full."""

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from bot.demo.kubernetes.scenario import ScenarioError

FAULTS = "/simulator/faults"
WEB = {"namespace": "default", "selector": "app=web"}


def state_of(pod, kind="state"):
    return pod["status"]["containerStatuses"][0][kind]


def died(pod, reason):
    return any(
        state_of(pod, kind).get("terminated", {}).get("reason") == reason for kind in ("state", "lastState")
    )


@pytest.mark.parametrize(
    "container",
    [{"image": "oom:1"}, {"image": "web:1.0", "resources": {"limits": {"memory": "4Mi"}}}],
)
async def test_a_container_that_fills_its_memory_is_killed(api, container):
    await api.run("greedy", **container)
    pod = await api.until(f"{api.pods}/greedy", lambda p: died(p, "OOMKilled"))
    kind = "state" if "terminated" in state_of(pod) else "lastState"
    assert state_of(pod, kind)["terminated"]["exitCode"] == 137
    await api.until(f"{api.pods}/greedy", lambda p: p["status"]["containerStatuses"][0]["restartCount"] >= 1)


async def test_planted_memory_kills_what_has_a_limit_below_it(api):
    await api.deploy(container={"resources": {"limits": {"memory": "64Mi"}}})
    await api.ready()
    await api.post(FAULTS, {"fault": "load", "memory": "100Mi", **WEB})
    pod = await api.first_pod()
    await api.until(f"{api.pods}/{pod}", lambda p: died(p, "OOMKilled"))
    await api.delete(FAULTS)
    await api.ready(replicas=1)


async def test_a_program_crashes_after_so_many_seconds(api):
    await api.deploy()
    await api.ready()
    await api.post(FAULTS, {"fault": "crash", "seconds": 2, "code": 7, **WEB})
    pod = await api.first_pod()
    found = await api.until(f"{api.pods}/{pod}", lambda p: died(p, "Error"))
    kind = "state" if "terminated" in state_of(found) else "lastState"
    assert state_of(found, kind)["terminated"]["exitCode"] == 7
    log = await api.until(f"{api.pods}/{pod}/log?previous=true", lambda text: "planted crash" in text)
    assert log.splitlines()[-1].endswith("FATAL planted crash")
    assert (await api.get(FAULTS))["faults"] == [{"fault": "crash", "seconds": 2, "code": 7, **WEB}]


async def test_an_image_vanishes_from_its_registry(api):
    await api.post(FAULTS, {"fault": "missing-image", "image": "shop:2.0"})
    await api.deploy(image="shop:2.0")
    words = ("ErrImagePull", "ImagePullBackOff")
    await api.until(api.pods, lambda found: state_of(found["items"][0])["waiting"]["reason"] in words)
    await api.delete(FAULTS)
    await api.ready()


async def test_a_probe_fails(api):
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1, "failureThreshold": 1}
    await api.deploy(container={"readinessProbe": probe})
    await api.ready()
    await api.post(FAULTS, {"fault": "probe", "probe": "readiness", **WEB})
    await api.until(f"{api.deployments}/web", lambda d: d["status"].get("unavailableReplicas") == 1)
    said = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    await api.until(api.events, lambda found: said in [event["message"] for event in found["items"]])
    await api.delete(FAULTS)
    await api.ready()


async def test_a_quota_is_full(api):
    await api.deploy()
    await api.ready()
    await api.post(FAULTS, {"fault": "full-quota", "namespace": "default"})
    await api.patch(f"{api.deployments}/web/scale", {"spec": {"replicas": 2}})
    await api.until(f"{api.deployments}/web", lambda d: "exceeded quota: planted-full" in str(d["status"]))
    await api.delete(FAULTS)
    await api.ready(replicas=2)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"fault": "crash"}, "crash needs seconds"),
        ({"fault": "probe", "probe": "soul"}, "it is one of liveness, readiness, startup"),
        ({"fault": "load", "cpu": "much"}, "quantities must match"),
        ({"fault": "load", "cpu": "1", "selector": "a in"}, "unable to parse requirement"),
        ({"fault": "missing-image"}, "missing-image needs image"),
        ({"fault": "full-quota", "namespace": "nowhere"}, 'there is no namespace "nowhere"'),
        ({"fault": "crash", "seconds": -1}, "seconds cannot be -1: it is a number of seconds"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(api, fault, said):
    refused = await api.post(FAULTS, fault)
    assert refused.status == 400
    assert said in refused["error"]


SCENARIO = """
objects:
  - apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: toys.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: toys, kind: Toy}
      versions:
        - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
  - {apiVersion: example.com/v1, kind: Toy, metadata: {name: ball, namespace: shop}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1.0"}]}
faults:
  - {fault: crash, seconds: 1, namespace: shop, selector: app=web}
"""


async def test_a_scenario_stands_from_the_start(tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(SCENARIO)
    sim = KubernetesSimulator(pace=0.02, scenario=path)
    async with sim, aiohttp.ClientSession(sim.url) as session:
        async with session.get("/apis/example.com/v1/namespaces/shop/toys/ball") as answer:
            assert (await answer.json())["kind"] == "Toy"
        async with session.get("/simulator/faults") as answer:
            assert [one["fault"] for one in (await answer.json())["faults"]] == ["crash"]
        await sim.stop()
        await sim.start()  # goes on with what was there
        async with session.get("/api/v1/namespaces/shop/pods") as answer:
            assert len((await answer.json())["items"]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "objects: {}\nfaults: [1, {fault: crash, code: 999}, {fault: [cut]}]\nnope: 1",
            (
                "a scenario has no nope, only objects and faults",
                "objects must be a list",
                "fault 1: unknown fault: 1",
                "fault 2: crash needs seconds",
                "fault 2: code cannot be 999: it is a whole number from 0 to 255",
                "fault 3: unknown fault: ['cut']",
            ),
        ),
        (
            """
objects:
  - {apiVersion: v1, kind: Nope, metadata: {name: n}}
  - {apiVersion: v1, kind: Pod, metadata: {name: p}}
faults: [{fault: lose-node, node: node-9}, {fault: full-quota, namespace: nowhere}]
""",
            (
                "object 1: there is no Nope of v1",
                'object 2: Pod "p" is invalid: spec.containers: Required value',
                'fault 1: there is no node "node-9"',
                'fault 2: there is no namespace "nowhere"',
            ),
        ),
        (
            "objects: [1, {kind: Pod}, {apiVersion: v1, kind: Pod, metadata: {namespace: 3}}]",
            (
                "object 1: it must be a mapping",
                "object 2: it needs apiVersion",
                "object 2: it needs metadata",
                "object 3: its namespace must be text",
            ),
        ),
        ("- 1", ("a scenario has objects and faults",)),
        (
            "[",
            ("while parsing a flow node expected the node content, but found '<stream end>' in",),
        ),
    ],
)
async def test_a_scenario_that_cannot_be_played_has_every_problem_told(tmp_path, text, said):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as told:
        await KubernetesSimulator(pace=0.02, scenario=path).start()
    assert len(told.value.problems) == len(said)
    for problem, wanted in zip(told.value.problems, said, strict=True):
        assert problem.startswith(f"{path}: {wanted}")


async def test_a_scenario_file_that_is_not_there(tmp_path):
    with pytest.raises(ScenarioError, match="No such file"):
        KubernetesSimulator(scenario=tmp_path / "none.yaml")
