"""kubectl itself against the simulated cluster: it prints what it prints against a real one."""

import json
import re

import pytest

from tests.simulators.kubernetes.kubectl import Kubectl


@pytest.fixture
def kubectl(sim, tmp_path):
    return Kubectl(sim, tmp_path)


@pytest.fixture
async def web(kubectl):
    """Three pods of web, rolled out."""
    made = await kubectl("create deployment web --image=web:1.0 --replicas=3")
    assert made == "deployment.apps/web created\n"
    await rolled_out(kubectl)


async def rolled_out(kubectl):
    said = await kubectl("rollout status deployment/web --timeout=10s")
    assert said.endswith('deployment "web" successfully rolled out\n')
    return said


async def test_get(kubectl, web):
    [deployment] = await kubectl.rows("get deployments")
    assert deployment[:4] == ["web", "3/3", "3", "3"]
    pods = await kubectl.rows("get pods --selector app=web --output wide")
    assert [pod[1:4] for pod in pods] == [["1/1", "Running", "0"]] * 3
    assert {pod[6] for pod in pods} <= {"node-1", "node-2", "node-3"}
    assert await kubectl("get deployment web -o jsonpath='{.spec.replicas}'") == "3"
    assert (await kubectl("get deployment web -o yaml")).startswith("apiVersion: apps/v1\nkind: Deployment\n")
    absent = await kubectl.run("get pod nope")
    assert (absent.code, absent.err) == (1, 'Error from server (NotFound): pods "nope" not found\n')
    assert (await kubectl.run("get pods -n nowhere")).err == "No resources found in nowhere namespace.\n"
    unknown = await kubectl.run("get widgets")
    assert unknown.err == 'error: the server doesn\'t have a resource type "widgets"\n'


async def test_watch_until_it_is_gone(kubectl, web):
    seen = await kubectl("delete deployment web --cascade=foreground")
    assert seen == 'deployment.apps "web" deleted from default namespace\n'
    assert (await kubectl.run("get all -l app=web")).err == "No resources found in default namespace.\n"


async def test_describe(kubectl, web):
    told = await kubectl("describe deployment web")
    assert "Replicas:               3 desired | 3 updated | 3 total | 3 available | 0 unavailable\n" in told
    assert "RollingUpdateStrategy:  25% max unavailable, 25% max surge\n" in told
    assert re.search(r"Normal  ScalingReplicaSet .* Scaled up replica set web-\w+ from 0 to 3\n", told)
    [name, *_], *_ = await kubectl.rows("get pods -l app=web")
    pod = await kubectl(f"describe pod {name}")
    assert re.search(r"Controlled By:  ReplicaSet/web-\w+\n", pod)
    for reason in ("Scheduled", "Pulled", "Created", "Started"):
        assert re.search(rf"Normal +{reason} ", pod)
    node = await kubectl("describe node node-1")
    assert re.search(r"Ready +True .* KubeletReady", node)
    assert "Non-terminated Pods:" in node


async def test_logs(kubectl, web):
    lines = (await kubectl("logs deployment/web --tail=2")).splitlines()
    assert all(" INFO " in line for line in lines)
    prefixed = (await kubectl("logs -l app=web --prefix --tail=1")).splitlines()
    assert sorted(line.split("/")[1][:4] for line in prefixed) == ["web-"] * 3
    await kubectl("run sad --image=crash:1 --restart=Never")
    await kubectl("wait --for=jsonpath='{.status.phase}'=Failed pod/sad --timeout=5s")
    assert "FATAL cannot reach database" in await kubectl("logs sad")
    refused = await kubectl.run("logs sad -c other")
    assert refused.err == "error: container other is not valid for pod sad out of: sad\n"


async def test_exec(kubectl, web):
    assert await kubectl("exec deploy/web -- echo hello") == "hello\n"
    assert await kubectl("exec -i deploy/web -- cat", stdin="over there\n") == "over there\n"
    failed = await kubectl.run("exec deploy/web -- sh -c 'echo oops >&2; exit 7'")
    assert (failed.code, failed.err) == (7, "oops\ncommand terminated with exit code 7\n")


async def test_create(kubectl):
    said = {
        "namespace shop": "namespace/shop",
        "configmap settings --from-literal=colour=green": "configmap/settings",
        "secret generic key --from-literal=word=sesame": "secret/key",
        "serviceaccount robot": "serviceaccount/robot",
        "role reader --verb=get,list --resource=pods": "role.rbac.authorization.k8s.io/reader",
        "rolebinding reader --role=reader --user=ana": "rolebinding.rbac.authorization.k8s.io/reader",
        "service clusterip api --tcp=80:8080": "service/api",
        "quota small --hard=pods=10": "resourcequota/small",
        "poddisruptionbudget web --selector=app=web --min-available=1": "poddisruptionbudget.policy/web",
        "cronjob nightly --image=hello:1 --schedule='0 3 * * *'": "cronjob.batch/nightly",
        "job once --image=hello:1": "job.batch/once",
    }
    for line, name in said.items():
        assert await kubectl(f"create {line}") == f"{name} created\n"
    assert await kubectl("get secret key -o jsonpath='{.data.word}'") == "c2VzYW1l"
    assert (await kubectl.rows("get cronjob nightly"))[0][:6] == ["nightly", "0", "3", "*", "*", "*"]
    await kubectl("wait --for=condition=Complete job/once --timeout=5s")
    assert "goodbye" in await kubectl("logs job/once")
    again = await kubectl.run("create namespace shop")
    assert again.err == 'Error from server (AlreadyExists): namespaces "shop" already exists\n'
    dry = await kubectl("create namespace mall --dry-run=server")
    assert dry == "namespace/mall created (server dry run)\n"
    assert "mall" not in await kubectl("get namespaces")


async def test_expose(kubectl, web):
    assert await kubectl("expose deployment web --port=80 --target-port=8080") == "service/web exposed\n"
    [service] = await kubectl.rows("get service web")
    assert (service[1], service[3:5]) == ("ClusterIP", ["<none>", "80/TCP"])
    told = await kubectl("describe service web")
    assert len(re.search(r"Endpoints: +(.*)\n", told)[1].split(",")) == 3
    assert "v=1.0" in await kubectl("get --raw /api/v1/namespaces/default/services/web:80/proxy/")


async def test_scale(kubectl, web):
    assert await kubectl("scale deployment/web --replicas=5") == "deployment.apps/web scaled\n"
    await rolled_out(kubectl)
    assert len(await kubectl.rows("get pods -l app=web")) == 5
    mistaken = await kubectl.run("scale deployment/web --current-replicas=3 --replicas=1")
    assert "Expected replicas to be 3, was 5" in mistaken.err


async def test_rollouts(kubectl, web):
    fault = json.dumps({"fault": "missing-image", "image": "web:1.1"})
    await kubectl("create --raw /simulator/faults -f -", fault)
    assert await kubectl("set image deployment/web web=web:1.1") == "deployment.apps/web image updated\n"
    stuck = await kubectl.run("rollout status deployment/web --timeout=1s")
    assert 'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been' in stuck.out
    assert stuck.err == "error: timed out waiting for the condition\n"
    await kubectl("delete --raw /simulator/faults")
    await rolled_out(kubectl)
    await kubectl("annotate deployment web kubernetes.io/change-cause='a new look'")
    history = "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         a new look\n\n"
    assert await kubectl("rollout history deployment/web") == history
    assert "Image:\tweb:1.0\n" in await kubectl("rollout history deployment/web --revision=1")
    assert await kubectl("rollout undo deployment/web") == "deployment.apps/web rolled back\n"
    await rolled_out(kubectl)
    assert {pod[6] for pod in await kubectl.rows("get rs -o wide -l app=web")} == {"web:1.0", "web:1.1"}
    assert "web:1.0" in await kubectl("get deployment web -o wide")
    assert await kubectl("rollout pause deployment/web") == "deployment.apps/web paused\n"
    refused = await kubectl.run("rollout restart deployment/web")
    assert "can't restart paused deployment" in refused.err
    assert await kubectl("rollout resume deployment/web") == "deployment.apps/web resumed\n"
    assert await kubectl("rollout restart deployment/web") == "deployment.apps/web restarted\n"
    await rolled_out(kubectl)


@pytest.mark.parametrize("kind", ["statefulset", "daemonset"])
async def test_the_way_back_of_what_has_controller_revisions(kubectl, kind):
    template = {
        "metadata": {"labels": {"app": "db"}},
        "spec": {"containers": [{"name": "db", "image": "web:1.0"}]},
    }
    spec = {"selector": {"matchLabels": {"app": "db"}}, "template": template}
    made = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "db"}, "spec": spec}
    made["kind"] = {"statefulset": "StatefulSet", "daemonset": "DaemonSet"}[kind]
    await kubectl("create -f -", json.dumps(made))
    await kubectl(f"rollout status {kind}/db --timeout=10s")
    await kubectl(f"set image {kind}/db db=web:1.1")
    await kubectl(f"rollout status {kind}/db --timeout=10s")
    history = f"{kind}.apps/db \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n"
    assert await kubectl(f"rollout history {kind}/db") == history
    assert "Image:\tweb:1.0\n" in await kubectl(f"rollout history {kind}/db --revision=1")
    assert await kubectl(f"rollout undo {kind}/db") == f"{kind}.apps/db rolled back\n"
    await kubectl(f"rollout status {kind}/db --timeout=10s")
    assert await kubectl(f"rollout history {kind}/db") == history.replace("1  ", "3  ").replace(
        "3         <none>\n2         <none>", "2         <none>\n3         <none>"
    )
    again = await kubectl(f"rollout undo {kind}/db --to-revision=3")
    assert "skipped rollback (current template already matches revision 3)" in again
    missing = await kubectl.run(f"rollout undo {kind}/db --to-revision=9")
    assert "unable to find specified revision 9 in history" in missing.err


async def test_a_rollout_that_fails(kubectl):
    await kubectl("create deployment web --image=web:missing")
    hasty = '{"spec":{"progressDeadlineSeconds":5}}'
    await kubectl(f"patch deployment web -p '{hasty}'")
    failed = await kubectl.run("rollout status deployment/web --timeout=10s")
    assert failed.err.endswith('error: deployment "web" exceeded its progress deadline\n')
    [pod] = await kubectl.rows("get pods")
    assert pod[2] in ("ErrImagePull", "ImagePullBackOff")


async def test_label_and_annotate(kubectl, web):
    assert await kubectl("label deployment web tier=front") == "deployment.apps/web labeled\n"
    kept = await kubectl.run("label deployment web tier=back")
    assert kept.err == "error: 'tier' already has a value (front), and --overwrite is false\n"
    assert await kubectl("label deployment web tier-") == "deployment.apps/web unlabeled\n"
    assert await kubectl("annotate deployment web why=because") == "deployment.apps/web annotated\n"
    assert (
        "Annotations:            deployment.kubernetes.io/revision: 1\n                        why: because"
        in (await kubectl("describe deployment web"))
    )


async def test_cordon_and_drain(kubectl, web):
    assert await kubectl("cordon node-1") == "node/node-1 cordoned\n"
    states = {row[0]: row[1] for row in await kubectl.rows("get nodes")}
    assert states == {"node-1": "Ready,SchedulingDisabled", "node-2": "Ready", "node-3": "Ready"}
    drained = await kubectl("drain node-2 --ignore-daemonsets --grace-period=1")
    assert drained.startswith("node/node-2 cordoned\n")
    assert drained.endswith("node/node-2 drained\n")
    await rolled_out(kubectl)
    pods = await kubectl.rows("get pods -o wide --field-selector spec.nodeName=node-2")
    assert pods == []
    assert await kubectl("uncordon node-1 node-2") == "node/node-1 uncordoned\nnode/node-2 uncordoned\n"


async def test_can_i(kubectl):
    assert await kubectl("auth can-i delete pods") == "yes\n"
    stranger = await kubectl.run("auth can-i delete pods --as=ana")
    assert (stranger.code, stranger.out) == (1, "no\n")
    refused = await kubectl.run("delete pod web --as=ana")
    assert refused.err == (
        'Error from server (Forbidden): pods "web" is forbidden: User "ana" cannot delete resource "pods" in'
        ' API group "" in the namespace "default"\n'
    )
    assert ["Username", "kubernetes-admin"] in await kubectl.rows("auth whoami")


APP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: COLOUR}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {containers: [{name: app, image: "web:1.0"}]}
"""


async def test_apply(kubectl):
    green, blue = APP.replace("COLOUR", "green"), APP.replace("COLOUR", "blue")
    assert await kubectl("apply -f -", green) == "configmap/settings created\ndeployment.apps/app created\n"
    again = "configmap/settings unchanged\ndeployment.apps/app unchanged\n"
    assert await kubectl("apply -f -", green) == again
    shown = await kubectl.run("diff -f -", blue)
    assert shown.code == 1
    assert "-  colour: green\n+  colour: blue\n" in shown.out
    changed = "configmap/settings configured\ndeployment.apps/app unchanged\n"
    assert await kubectl("apply -f -", blue) == changed
    await kubectl("wait --for=condition=Available deployment/app --timeout=5s")


PAIR = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: pair}
spec:
  selector: {matchLabels: {app: pair}}
  strategy: {type: STRATEGY}
  template:
    metadata: {labels: {app: pair}}
    spec: {containers: [{name: one, image: "web:1.0"}, {name: two, image: "IMAGE"}]}
"""


async def test_apply_merges_as_the_published_schemas_say(kubectl):
    await kubectl("apply -f -", PAIR.replace("STRATEGY", "RollingUpdate").replace("IMAGE", "web:1.0"))
    await kubectl("set env deployment/pair -c one COLOUR=green")
    await kubectl("apply -f -", PAIR.replace("STRATEGY", "Recreate").replace("IMAGE", "web:1.1"))
    shown = await kubectl("get deployment pair -o jsonpath='{.spec.strategy} {..image} {..env[0].value}'")
    assert shown == '{"type":"Recreate"} web:1.0 web:1.1 green'


async def test_explain(kubectl):
    told = await kubectl("explain deployment.spec.strategy.rollingUpdate")
    assert told.startswith("GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n")
    assert "FIELD: rollingUpdate <RollingUpdateDeployment>\n" in told
    assert "  maxSurge\t<IntOrString>\n" in told
    unknown = await kubectl.run("explain pod.spec.nope")
    assert unknown.err == 'error: field "nope" does not exist\n'


async def test_apply_on_the_server_side(kubectl):
    green, blue = APP.replace("COLOUR", "green"), APP.replace("COLOUR", "blue")
    assert "configmap/settings serverside-applied\n" in await kubectl("apply --server-side -f -", green)
    other = "apply --server-side --field-manager=other -f -"
    conflict = await kubectl.run(other, blue)
    assert 'Apply failed with 1 conflict: conflict with "kubectl": .data.colour' in conflict.err
    assert "configmap/settings serverside-applied\n" in await kubectl(f"{other} --force-conflicts", blue)
    mistyped = await kubectl.run("apply -f -", APP.replace("image:", "picture:"))
    assert 'unknown field "spec.template.spec.containers[0].picture"' in mistyped.err


async def test_autoscale(kubectl, web):
    made = await kubectl("autoscale deployment web --min=4 --max=6 --cpu=80%")
    assert made == "horizontalpodautoscaler.autoscaling/web autoscaled\n"
    await kubectl("wait --for=jsonpath='{.spec.replicas}'=4 deployment/web --timeout=5s")
    [autoscaler] = await kubectl.rows("get hpa web")
    assert autoscaler[:2] == ["web", "Deployment/web"]
    assert autoscaler[-4:-2] == ["4", "6"]
    assert "Reference:" in await kubectl("describe hpa web")


async def test_top(kubectl, web):
    assert [row[0] for row in await kubectl.rows("top nodes")] == ["node-1", "node-2", "node-3"]
    used = await kubectl.rows("top pods -l app=web")
    assert len(used) == 3
    assert all(re.fullmatch(r"\d+m", cpu) and re.fullmatch(r"\d+Mi", memory) for _, cpu, memory in used)
