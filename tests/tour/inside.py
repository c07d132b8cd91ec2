"""Reach inside: one HTTP request, one program, and a terminal in a thread."""

from __future__ import annotations

from tests.tour.exploring import APP, SECRET
from tests.tour.stage import Stage, Step, expect, shows

PORT = 8080


def proxy_pod(stage: Stage) -> str:
    name = next(iter(stage.cluster.pods(APP)))
    answer = stage.types(f"proxy pod/{name}:{PORT}")
    served = stage.cluster.get(f"/api/v1/namespaces/shop/pods/{name}:{PORT}/proxy/").strip()
    shows(answer, "200", served)
    return f"the API server's own proxy gives {served!r}"


def proxy_service(stage: Stage) -> str:
    answer = stage.types("proxy svc/db /healthz")
    (pod,) = stage.cluster.pods("db")
    shows(answer, "200", "/healthz", pod)
    return f"{pod} answered, the one pod behind db"


def execute(stage: Stage) -> str:
    name = next(iter(stage.cluster.pods(APP)))
    shows(stage.types(f"exec {name} -c {APP} -- hostname"), "exit 0", f"  {name}")
    return f"the pod is called {name}"


def execute_as_noted(stage: Stage) -> str:
    """`exec POD CONTAINER CMD`, as kubectl took it once and the notes have it."""
    name, pod = next(iter(stage.cluster.pods(APP).items()))
    answer = stage.types(f"exec {name} {APP} cat /etc/hosts")
    shows(answer, "exit 0", "cat /etc/hosts", pod["status"]["podIP"])
    return f"its address is {pod['status']['podIP']}"


def terminal(stage: Stage) -> str:
    """Each reply is a line typed; what comes of it is read from the thread, and so is what it remembers."""
    name, pod = next(iter(stage.cluster.pods(APP).items()))
    stage.types(f"exec -it {name} {APP} bash")
    card = stage.card("Terminal of", name)
    stage.replies(card, "cat /etc/hosts")
    stage.thread(card, pod["status"]["podIP"], name)
    stage.replies(card, "GREETING=hello")
    stage.replies(card, "echo $GREETING from $HOSTNAME")
    stage.thread(card, f"hello from {name}")
    stage.replies(card, "exit")
    ended = stage.card("Terminal of", name, "ended with exit 0")
    expect(ended.ts == card.ts, "it ended on another card")
    shows(ended, "lines typed")
    outputs = [said for said in stage.replied(card) if not said.files]
    expect(len(outputs) == 1, f"{len(outputs)} messages have its output")
    expect(SECRET not in outputs[0].text, "a password is shown")
    return f"{name} has the address {pod['status']['podIP']}; four lines typed, one message with their output"


REACH = "Reach inside from outside"
STEPS = (
    Step(REACH, "One request to a pod", proxy_pod),
    Step(REACH, "One request to a Service", proxy_service),
    Step(REACH, "A program in a container", execute),
    Step(REACH, "The same as the notes write it", execute_as_noted),
    Step(REACH, "A terminal: every reply in its thread is a line typed", terminal),
)
