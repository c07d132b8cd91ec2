"""What a real Kubernetes 1.36 answered, and how an answer is held against it.

The files beside this one were recorded from an API server with its controllers, a scheduler and a kubelet.
Each scenario is a list of steps: a title, an HTTP status, an answer. What differs from run to run (uids,
times, addresses, hashes, versions) stands there as a placeholder, and is replaced alike in what we compare.

A fact is one leaf of one answer: its path and its value, or the status. Facts that the recording has and the
simulator does not show are missing; those that it shows and the recording lacks are invented.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# Keys whose value says nothing that another run would repeat.
PLACEHOLDERS = {
    "uid": "<uid>",
    "resourceVersion": "<rv>",
    "continue": "<continue>",
    "containerID": "<cid>",
    "imageID": "<image-id>",
    "lastHeartbeatTime": "<time>",
    "remainingItemCount": "<n>",
    "pod-template-hash": "<hash>",
    "nodeName": "<node>",
    "hostname": "<node>",
    "host": "<node>",
}
# Keys that tell of the machine, of its make, or of how often it was written to.
LEFT_OUT = {
    "managedFields",
    "selfLink",
    "hostIP",
    "hostIPs",
    "podIPs",
    "volumes",
    "volumeMounts",
    "machineID",
    "systemUUID",
    "bootID",
    "images",
    "nodeInfo",
    "capacity",
    "allocatable",
    "volumesInUse",
    "runtimeHandlers",
    "features",
    "allocatedResources",
    "user",
    "terminatingReplicas",
    "observedGeneration",
    "generation",
}
NAMES = "web|crash|bad|big|probe|pair|oom"
RULES = [
    (re.compile(pattern), placeholder)
    for pattern, placeholder in (
        (r"^\d{4}-\d\d-\d\dT[\d:.]+Z$", "<time>"),
        (r"\b\d+\.\d+\.\d+\.\d+\b", "<ip>"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uid>"),
        (rf"\b({NAMES})-[0-9a-z]{{8,10}}-[0-9a-z]{{5}}\b", r"\1-<hash>-<id>"),
        (rf"\b({NAMES})-[0-9a-z]{{8,10}}\b(?!-<)", r"\1-<hash>"),
        (rf"\b({NAMES}|web-ip)-[0-9a-z]{{5}}\b", r"\1-<id>"),
        (r"\b(containerd|docker)://[0-9a-f]+\b", "<cid>"),
        (r"^\d+(ms|s|m|h|d)(\d+s)?$", "<age>"),
        (r"\(\d+s ago\)|\(\d+m(\d+s)? ago\)", "(<age> ago)"),
        (r"\b3[0-2]\d{3}\b", "<nodeport>"),
        (r"pod-template-hash=[0-9a-z]+", "pod-template-hash=<hash>"),
    )
]
NODE_PORTS = range(30000, 32768)


def recorded(scenario: str) -> set[str]:
    """Every fact of a scenario, as the real cluster showed it."""
    steps = json.loads((HERE / f"{scenario}.json").read_text())
    return {fact for step in steps for fact in facts(step["step"], step["status"], step["answer"])}


def facts(step: str, status: int | None, answer: Any) -> Iterator[str]:
    yield f"{step}: status={status}"
    yield from (f"{step}: {leaf}" for leaf in leaves(answer))


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        if not value:
            yield f"{path}={{}}"
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        yield f"{path}.length={len(value)}"
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield f"{path}={json.dumps(value)}"


class Plainly:
    """Tells an answer without what is peculiar to this run: its namespace, its nodes, its moment."""

    def __init__(self, namespace: str, nodes: set[str]) -> None:
        self.namespace, self.nodes = namespace, nodes

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: PLACEHOLDERS.get(key) or self(inner)
                for key, inner in value.items()
                if key not in LEFT_OUT
            }
        if isinstance(value, list):
            items = [self(inner) for inner in value]
            if all(isinstance(item, dict) for item in items):
                items.sort(key=lambda item: json.dumps(item, sort_keys=True))
            return items
        if isinstance(value, str):
            return self._text(value)
        is_port = isinstance(value, int) and not isinstance(value, bool) and value in NODE_PORTS
        return "<nodeport>" if is_port else value

    def _text(self, value: str) -> str:
        if value in self.nodes:
            return "<node>"
        value = value.replace(self.namespace, "<ns>")
        for pattern, placeholder in RULES:
            value = pattern.sub(placeholder, value)
        return value
