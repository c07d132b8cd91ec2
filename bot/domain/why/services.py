"""A service that nobody answers: nothing is selected, nothing is ready, or the port is another one."""

from __future__ import annotations

import difflib

from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import SERVICES
from bot.domain.rollouts.snapshot import is_ready
from bot.domain.why.evidence import Snapshot
from bot.domain.why.findings import Fact, Finding, Rank, button, describe_pod


def analyze(seen: Snapshot) -> list[Finding]:
    if seen.ref.type != SERVICES or seen.target["spec"].get("type") == "ExternalName":
        return []
    found = [*([] if seen.unread & {"pods", "slices"} else _unanswered(seen)), *_ports(seen), _external(seen)]
    return [one for one in found if one]


def endpoints(slices: tuple[Json, ...]) -> tuple[int, int]:
    """How many endpoints are ready, and how many there are."""
    every = [end for one in slices for end in one.get("endpoints") or ()]
    ready = [end for end in every if (end.get("conditions") or {}).get("ready") is not False]
    return len(ready), len(every)


def _unanswered(seen: Snapshot) -> list[Finding]:
    ready, whole = endpoints(seen.slices)
    chosen = seen.target["spec"].get("selector") or {}
    if ready:
        return []
    if not chosen:
        return [_finding(seen, text("it selects no pods and has no endpoints of its own"), (),
                         "Give it a selector, or endpoints.")]  # fmt: skip
    if not seen.pods:
        return [_nothing_selected(seen, chosen)]
    count = Fact(text=text("{} of {} endpoints ready", ready, whole), source="EndpointSlice")
    return [] if any(is_ready(pod) for pod in seen.pods) and not whole else [
        _finding(seen, text("its pods are not ready, so nobody answers"), (count,),
                 "Mend the pods; the service follows by itself.")
    ]  # fmt: skip


def _nothing_selected(seen: Snapshot, chosen: Json) -> Finding:
    shown = ",".join(f"{key}={value}" for key, value in chosen.items())
    facts = [Fact(text=text("selects {}, which 0 pods have", code(shown)), source=f"service {seen.ref.name}")]
    near = _nearest(seen.neighbours, chosen)
    if near is None:
        step = "Correct the selector, or start pods with these labels."
        return _finding(seen, text("no pod has the labels that it selects"), tuple(facts), step)
    name, has = near["metadata"]["name"], _labels(near)
    if all(has.get(key) == value for key, value in chosen.items()):
        facts.append(Fact(text=text("would be selected, and has no pods"), source=f"deployment {name}"))
        found = _finding(seen, text("deployment {}, which it selects, has no pods", code(name)), tuple(facts),
                         "See why the deployment has none.")  # fmt: skip
        why = button(f"Why {name}", f"why deployment/{name}", seen.ref)
        return found.model_copy(update={"buttons": (why, *found.buttons)})
    differs = ", ".join(f"{key}={has.get(key, '')}" for key, value in chosen.items() if has.get(key) != value)
    facts.append(Fact(text=text("its pods have {}", code(differs)), source=f"deployment {name}"))
    return _finding(seen, text("no pod has the labels that it selects; deployment {} comes near", code(name)),
                    tuple(facts), "Correct the selector, or the labels.")  # fmt: skip


def _labels(workload: Json) -> Json:
    found: Json = workload["spec"]["template"]["metadata"].get("labels") or {}
    return found


def _nearest(neighbours: tuple[Json, ...], chosen: Json) -> Json | None:
    """The deployment whose labels are most like those that are selected, if any is like them at all."""

    def likeness(workload: Json) -> float:
        has = _labels(workload)
        ratios = [
            difflib.SequenceMatcher(None, str(has.get(key, "")), str(value)).ratio()
            for key, value in chosen.items()
        ]
        return sum(ratios) / len(ratios)

    best = max(neighbours, key=likeness, default=None)
    return best if best is not None and likeness(best) >= 0.6 else None  # noqa: PLR2004 - as for names


def _ports(seen: Snapshot) -> list[Finding]:
    """A target port by a name that no container has; or by a number, where all of them say others."""
    declared = [
        port for pod in seen.pods for one in pod["spec"]["containers"] for port in one.get("ports") or ()
    ]
    if not seen.pods:
        return []
    names, numbers = {port.get("name") for port in declared}, {port.get("containerPort") for port in declared}
    found = []
    for port in seen.target["spec"].get("ports") or ():
        wanted = port.get("targetPort", port.get("port"))
        by_name = isinstance(wanted, str) and not wanted.isdecimal()
        if (wanted in names) if by_name else (not numbers or int(wanted) in numbers):
            continue
        shown = ", ".join(sorted({f"{p.get('name', '')} {p.get('containerPort')}".strip() for p in declared}))
        facts = (
            Fact(text=text("port {} goes to {}", port.get("port"), code(wanted)),
                 source=f"service {seen.ref.name}"),
            Fact(text=text("says {}", code(shown or "no ports")),
                 source=f"pod {seen.pods[0]['metadata']['name']}"),
        )  # fmt: skip
        what = text("no container of its pods has a port named {}" if by_name
                    else "no container of its pods says that it listens on {}", code(wanted))  # fmt: skip
        one = _finding(seen, what, facts, "Correct the service's target port, or the container's ports.")
        found.append(one.model_copy(update={"rank": Rank.SERVICE if by_name else Rank.REMARK}))
    return found


def _external(seen: Snapshot) -> Finding | None:
    spec, given = seen.target["spec"], seen.target.get("status", {}).get("loadBalancer") or {}
    if spec.get("type") != "LoadBalancer" or given.get("ingress"):
        return None
    return _finding(seen, text("no load balancer has given it an address yet"), (
        Fact(text=text("type {}, no address", code("LoadBalancer")), source=f"service {seen.ref.name}"),
    ), "See whether the cluster has something that makes load balancers.")  # fmt: skip


def _finding(seen: Snapshot, cause: Text, facts: tuple[Fact, ...], step: str) -> Finding:
    shows = (button("Pods", "get pods", seen.ref),) if not seen.pods else ()
    first = () if not seen.pods else (describe_pod(seen.pods[0]["metadata"]["name"], seen.ref),)
    describe = button("Describe the service", f"describe service {seen.ref.name}", seen.ref)
    return Finding(rank=Rank.SERVICE, cause=cause, facts=facts, step=text("{}", step),
                   buttons=(describe, *shows, *first))  # fmt: skip
