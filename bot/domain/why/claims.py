"""Claims of storage: those that are not there, and those that no volume is bound to."""

from __future__ import annotations

from bot.domain.message import code, text
from bot.domain.model import Json
from bot.domain.resources import CLAIMS
from bot.domain.why.evidence import Snapshot, claim_names
from bot.domain.why.findings import Fact, Finding, Rank, button, describe_pod, nowhere, quoted


def analyze(seen: Snapshot) -> list[Finding]:
    """Claims that are missing, or have no volume yet; for a claim itself, also one that waits for a pod."""
    if seen.ref.type == CLAIMS:
        return [one for one in (_claim(seen, seen.target),) if one]
    known = {claim["metadata"]["name"]: claim for claim in seen.claims or ()}
    found = [_claim(seen, known[name]) for name in claim_names(seen.pods) if name in known]
    absent = [_absent(seen, name) for name in claim_names(seen.pods) if name not in known]
    return [*(one for one in found if one), *(absent if seen.claims is not None else ())]


def _claim(seen: Snapshot, claim: Json) -> Finding | None:
    name, phase = claim["metadata"]["name"], claim.get("status", {}).get("phase", "Pending")
    if phase == "Bound":
        return None
    event = next(seen.about(f"persistentvolumeclaim/{name}"), None)
    waits = event is not None and event.reason == "WaitForFirstConsumer"
    is_target = seen.ref.type == CLAIMS
    if waits and not is_target:
        return None  # it binds when the pod is placed: whatever keeps the pod is the cause
    kind = claim.get("spec", {}).get("storageClassName") or ""
    facts = [_asks_for(claim, kind)]
    if event:
        facts.insert(0, quoted(event.message, f"event {event.reason}", event.last))
    whose = text("it") if is_target else text("its claim {}", code(name))
    cause, step, rank = text("no volume is bound to {}", whose), _step(kind), Rank.CLAIM
    if waits:
        cause, step = text("{} waits for the first pod that mounts it", whose), "Start a pod that uses it."
        rank = Rank.OFF
    elif phase == "Lost":
        cause, step = text("the volume of {} is gone", whose), "Bring the volume back, or make a new claim."
    return Finding(
        rank=rank,
        cause=text("{} ({})", cause, code(phase)),
        facts=tuple(facts),
        step=text("{}", step),
        buttons=(
            button("Its events", f"events --for pvc/{name}", seen.ref),
            button("Storage classes", "get storageclasses", nowhere(seen.ref)),
        ),
        pods=sum(name in claim_names([pod]) for pod in seen.pods),
    )


def _asks_for(claim: Json, kind: str) -> Fact:
    size = (claim.get("spec", {}).get("resources", {}).get("requests") or {}).get("storage", "no size")
    of_class = text(" of class {}", code(kind)) if kind else text(", and names no storage class")
    return Fact(
        text=text("it asks for {}{}", code(size), of_class), source=f"pvc {claim['metadata']['name']}"
    )


def _step(kind: str) -> str:
    return "See whether its storage class can make volumes." if kind else "Name a storage class in it."


def _absent(seen: Snapshot, name: str) -> Finding:
    pods = [pod["metadata"]["name"] for pod in seen.pods if name in claim_names([pod])]
    return Finding(
        rank=Rank.CLAIM,
        cause=text("it mounts the claim {}, and there is none in {}", code(name), code(seen.ref.namespace)),
        facts=(Fact(text=text("it mounts {}", code(name)), source=f"pod {pods[0]}"),),
        step=text("Create the claim, or name one that exists."),
        buttons=(button("Claims", "get pvc", seen.ref), describe_pod(pods[0], seen.ref)),
        pods=len(pods),
    )
