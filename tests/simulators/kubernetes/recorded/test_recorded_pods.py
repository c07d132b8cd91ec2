"""What runs in pods and how it is reached: logs, exec, services."""

import json
import re

import pytest

WEB = "docker.io/library/web:1.0"
STAMPED = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ")


async def test_logs(play, pair):
    await play.deploy("web", WEB)
    await play.rolled_out(1)
    [name] = await play.pod_names()
    path = f"{play.pods}/{name}/log"
    await play.pause(6)

    whole = await play.get(path)
    media, _, _ = whole.headers["Content-Type"].partition(";")
    seen = {"status": whole.status, "type": media, "lines": whole.body.count("\n") >= 2}
    play.note("whole log", seen | {"ends with newline": whole.body.endswith("\n")})
    tail = await play.get(f"{path}?tailLines=1")
    play.note("tail of one", {"status": tail.status, "lines": tail.body.count("\n")})
    none = await play.get(f"{path}?tailLines=0")
    play.note("tail of none", {"status": none.status, "length": len(none.body)})
    stamped = await play.get(f"{path}?timestamps=true&tailLines=1")
    play.note(
        "timestamps", {"status": stamped.status, "rfc3339nano first": bool(STAMPED.match(stamped.body))}
    )
    limited = await play.get(f"{path}?limitBytes=10")
    play.note("limit", {"status": limited.status, "length": len(limited.body)})
    for query in ("?previous=true", "?container=nope", "?tailLines=-1", "?sinceSeconds=0"):
        answer = await play.get(f"{path}{query}")
        play.note(f"log{query}", {"status": answer.status, "answer": play.plainly(answer.body)})

    await play.post(play.pods, pair)
    await play.until(
        f"{play.pods}/pair", lambda pod: all(each["ready"] for each in pod["status"]["containerStatuses"])
    )
    await play.pause(0.5)
    await play.get(f"{play.pods}/pair/log", "which container")
    await play.get(f"{play.pods}/pair/log?container=b", "this container")
    assert play.was_as_recorded("logs")


@pytest.fixture
def pair():
    talker = ["/bin/sh", "-c", "echo from b; sleep 1000"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pair"},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": [
                {"name": "a", "image": WEB},
                {"name": "b", "image": "docker.io/library/web:1.1", "command": talker},
            ],
        },
    }


async def test_exec_in_a_container(play):
    await play.deploy("web", WEB)
    await play.rolled_out(1)
    [name] = await play.pod_names()
    commands = {
        "echo": ["echo", "hello"],
        "to stderr": ["sh", "-c", "echo oops >&2"],
        "exit code": ["sh", "-c", "exit 7"],
    }
    for title, command in commands.items():
        for protocol in ("v5.channel.k8s.io", "v4.channel.k8s.io"):
            play.note(
                f"{title} over {protocol}", play.plainly(await play.run(name, *command, protocol=protocol))
            )
    ran = await play.run(name, "no-such-program")
    ended = ran["frames"]["3"]
    told = {key: ended.get(key) for key in ("status", "reason", "code")}
    play.note("no such program", {"status": ran["status"], "channel 3": told})
    nowhere = await play.run(name, "id", stdout="1", container="nope")
    play.note("no such container", {"status": nowhere["status"]})
    nobody = await play.run("nope", "id", stdout="1")
    play.note("no such pod", {"status": nobody["status"]})
    assert play.was_as_recorded("exec-in-a-container")


def service(name, kind, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"type": kind} | spec,
    }


async def test_expose(play):
    await play.deploy("web", WEB, 2)
    await play.rolled_out(2)
    await make_services(play)
    slices = (
        "/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices"
        "?labelSelector=kubernetes.io%2Fservice-name%3Dweb-ip"
    )
    await play.until(slices, lambda found: len(found["items"][0]["endpoints"]) == 2)
    await play.get(slices, "endpoint slices")

    through = await play.get(f"{play.services}/web-ip:80/proxy/")
    play.note(
        "through the API server", {"status": through.status, "answers": "v=1.0" in json.dumps(through.body)}
    )
    nowhere = await play.get(f"{play.services}/nope:80/proxy/")
    play.note("proxy to no service", {"status": nowhere.status, "answer": play.plainly(nowhere.body)})
    table = await play.table(play.services)
    rows = sorted([play.plainly(cell) for cell in row["cells"]] for row in table["rows"])
    names = [column["name"] for column in table["columnDefinitions"]]
    play.note("services as a table", {"columns": names, "rows": rows})

    pod, *_ = await play.pod_names()
    await play.patch(f"{play.pods}/{pod}", {"metadata": {"labels": {"version": "v1"}}}, "merge")
    await play.table(f"{play.pods}?labelSelector=version%3Dv1", "find it by its label")
    await play.patch(f"{play.pods}/{pod}", {"metadata": {"labels": {"app": "other"}}}, "merge")
    await play.until(
        slices, lambda found: pod not in json.dumps(found) and len(found["items"][0]["endpoints"]) == 2
    )
    pods = (await play.get(play.pods))["items"]
    orphans = [pod for pod in pods if not pod["metadata"].get("ownerReferences")]
    play.note("the deployment replaced it", {"pods": len(pods), "orphan": len(orphans)})
    assert play.was_as_recorded("expose")


async def make_services(play):
    web = {
        "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}],
        "selector": {"app": "web"},
    }
    wanted = {
        "ClusterIP": service("web-ip", "ClusterIP", **web),
        "NodePort": service("web-node", "NodePort", **web),
        "LoadBalancer": service("web-lb", "LoadBalancer", **web),
        "ExternalName": service("db", "ExternalName", externalName="db.example.com"),
        "no port": service("bad", "ClusterIP", selector={"app": "web"}),
        "bad port": service("bad", "ClusterIP", ports=[{"port": 70000}]),
        "bad type": service("bad", "Nope", **web),
        "a node port that is taken": service("bad", "NodePort", ports=[{"port": 80, "nodePort": 80}]),
    }
    for title, body in wanted.items():
        await play.post(play.services, body, title)
