"""The tutorial's end: update with no downtime, break it, roll back; and who may do what, and who did."""

from __future__ import annotations

from tests.tour.exploring import APP, IMAGE
from tests.tour.page import until
from tests.tour.said import Said
from tests.tour.stage import Stage, Step, expect, shows

REPLICAS = 3
LAST = f"{IMAGE}:v1"
"""What runs from the last rollback on."""


def _runs(stage: Stage, image: str, count: int = REPLICAS) -> None:
    """Only pods of this image, and all of them ready."""
    until(
        lambda: stage.cluster.images(APP) == [image] * count and len(stage.cluster.pods(APP)) == count,
        f"{count} ready pods that run {image}",
    )


def set_image(stage: Stage) -> str:
    card = stage.changes(f"set image deployment/{APP} {APP}={IMAGE}:v2")
    shows(card, "✅", f"{APP}:v2", "successfully rolled out")
    _runs(stage, f"{IMAGE}:v2")
    return f"{REPLICAS} pods run v2, and none v1"


def describe_pods(stage: Stage) -> str:
    pods = stage.cluster.pods(APP)
    shows(stage.types(f"describe pods {next(iter(pods))}"), f"{APP}:v2")
    return "the pod's spec says v2"


def rollout_status(stage: Stage) -> str:
    shows(stage.types(f"rollout status deployment/{APP}"), "successfully rolled out")
    status = stage.cluster.deployment(APP)["status"]
    expect(status["updatedReplicas"] == status["availableReplicas"] == REPLICAS, f"the status is {status}")
    return f"{status['updatedReplicas']} updated, {status['availableReplicas']} available"


def deploy_again(stage: Stage) -> str:
    states: list[Said] = []

    def ended(card: Said) -> bool:
        states.append(card)
        return card.has_ended

    stage.changes(f"deploy {APP} --image {IMAGE}:v3", ends=ended)
    edits = len({card.text for card in states})
    expect(edits > 1 and len({card.ts for card in states}) == 1, "the card was not edited in place")
    _runs(stage, f"{IMAGE}:v3")
    return f"{REPLICAS} pods run v3; one card followed it, with {edits} states"


def history(stage: Stage) -> str:
    revisions = stage.cluster.revisions(APP)
    answer = stage.types(f"rollout history deployment/{APP}")
    shows(answer, *(image.rpartition("/")[2] for image in revisions.values()))
    return "its ReplicaSets keep " + ", ".join(
        f"{number}: {image.rpartition(':')[2]}" for number, image in sorted(revisions.items())
    )


def broken_image(stage: Stage) -> str:
    line = f"deploy {APP} --image {IMAGE}:missing"
    card = stage.changes(line, ends=lambda card: "cannot be pulled" in card.text)
    stage.thread(card, "cannot be pulled")
    available = stage.cluster.deployment(APP)["status"]["availableReplicas"]
    shows(card, f"{available} of {REPLICAS}")
    expect(stage.cluster.images(APP) == [f"{IMAGE}:v3"] * available, "something else is ready")
    waiting = [
        state["state"]["waiting"]["reason"]
        for pod in stage.cluster.pods(APP).values()
        for state in pod["status"].get("containerStatuses") or []
        if "waiting" in state["state"]
    ]
    expect(waiting, "no pod waits for its image")
    return f"the new pod is in {waiting[0]}; {available} of {REPLICAS} still run v3"


def why(stage: Stage) -> str:
    answer = stage.types(f"why {APP}")
    shows(answer, "cannot be pulled", f"{APP}:missing", "What changed")
    expect(any(button.label for button in answer.buttons), "no next step is offered")
    events = stage.cluster.named("events").values()
    told = [
        one for one in events if one["type"] == "Warning" and f"{IMAGE}:missing" in one.get("message", "")
    ]
    expect(told, "the cluster tells of no such failure")
    return f"the cluster tells of it: {told[0]['reason']}, {told[0]['message'][:60]}…"


def undo(stage: Stage) -> str:
    shows(stage.changes(f"rollout undo deployment/{APP}"), "↩️", f"{APP}:v3")
    _runs(stage, f"{IMAGE}:v3")
    stage.card(f"{APP}:missing", "overtaken")
    return f"{REPLICAS} pods run v3; the card of the broken one claims no success"


def rollback(stage: Stage) -> str:
    """With no revision named, the likeliest is asked about, and the others stand beside it."""
    revisions = {image: number for number, image in stage.cluster.revisions(APP).items()}
    question = stage.types(f"rollback {APP}")
    shows(question, "HEALTH", f"{APP}:v2", "left by a rollback")
    plan = stage.presses(question, f"Revision {revisions[LAST]}: ")
    shows(stage.agrees(plan), "↩️", f"{APP}:v1")
    _runs(stage, LAST)
    return f"{REPLICAS} pods run v1"


def restart(stage: Stage) -> str:
    before = set(stage.cluster.pods(APP))
    stage.changes(f"restart {APP}")
    _runs(stage, LAST)
    after = set(stage.cluster.pods(APP))
    expect(not before & after, f"these were not replaced: {sorted(before & after)}")
    return f"{len(after)} pods, each of them new"


def events(stage: Stage) -> str:
    answer = stage.types("events --limit 40")
    reasons = {event["reason"] for event in stage.cluster.named("events").values()}
    seen = sorted(reason for reason in reasons if reason in answer.text)
    expect(seen, "nothing that happened is in it")
    return f"the cluster tells of {', '.join(seen)} too"


def refused(stage: Stage) -> str:
    before = stage.cluster.deployment(APP)["metadata"]["generation"]
    answer = stage.types(f"scale {APP} 9", "gus")
    expect(answer.affirmative is None, "a guest was offered a button")
    shows(answer, "❌")
    after = stage.cluster.deployment(APP)
    expect(after["metadata"]["generation"] == before, "the deployment was touched")
    return f"{after['spec']['replicas']} replicas are wanted as before"


def mistake(stage: Stage) -> str:
    before = stage.cluster.apps("deployments")
    shows(stage.types("scale web-shop 4"), "web")
    shows(stage.types("sclae web 4"), "scale")
    after = stage.cluster.apps("deployments")
    generations = [
        {name: one["metadata"]["generation"] for name, one in all_.items()} for all_ in (before, after)
    ]
    expect(generations[0] == generations[1], "something was changed")
    return "nothing was changed"


def whoami(stage: Stage) -> str:
    shows(stage.types("whoami"), "ana", "scale")
    return _record_of(stage, "whoami")


def audit(stage: Stage) -> str:
    answer = stage.types("audit --limit 80")
    shows(answer, "restart", "rollback", "expose", "gus", APP)
    return _record_of(stage, "audit")


def help_(stage: Stage) -> str:
    shows(stage.types("help"), "deploy", "scale", "expose", "logs", "rollback")
    return _record_of(stage, "help")


def _record_of(stage: Stage, verb: str) -> str:
    """What speaks of the bot itself leaves the cluster alone."""
    image = stage.cluster.images(APP)
    expect(image == [LAST] * REPLICAS, f"after {verb} its pods run {image}")
    return "the cluster is as it was"


UPDATE, BACK, WHO = "Update with no downtime", "Roll back", "Who may, and who did"
STEPS = (
    Step(UPDATE, "A new image, in kubectl's spelling", set_image),
    Step(UPDATE, "What a pod runs now", describe_pods),
    Step(UPDATE, "How far the rollout is", rollout_status),
    Step(UPDATE, "The next, in the short form, with a card that follows it", deploy_again),
    Step(BACK, "What ran before", history),
    Step(BACK, "An image that does not exist", broken_image),
    Step(BACK, "Why it does not run", why),
    Step(BACK, "Back to what ran, in kubectl's spelling", undo),
    Step(BACK, "Further back, in the short form, with a revision that is picked", rollback),
    Step(BACK, "Every pod anew", restart),
    Step(WHO, "What happened lately", events),
    Step(WHO, "A guest is refused", refused),
    Step(WHO, "Mistakes are told, and do nothing", mistake),
    Step(WHO, "What ana may do here", whoami),
    Step(WHO, "Who did what", audit),
    Step(WHO, "What there is", help_),
)
