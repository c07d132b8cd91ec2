"""A container that ends and should not: out of memory, killed by a probe, in an init container, by itself."""

from __future__ import annotations

from bot.domain.ages import parse_time
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.rollouts.snapshot import PodTrouble, Trouble, is_ready, short_image
from bot.domain.why.evidence import Snapshot, Words, container, ended, grouped, is_initial
from bot.domain.why.findings import (
    Fact,
    Finding,
    Rank,
    back_or,
    button,
    describe_pod,
    logs,
    quoted,
    rollback,
)

_KILLED = frozenset({0, 137, 143})
"""Codes of a program that was told to end, or made to."""
_LATELY = 3600.0
_CODES = {
    126: "its command cannot be executed",
    127: "its command is not in the image",
    132: "an illegal instruction, often an image for another processor",
    134: "it aborted",
    137: "it was killed",
    139: "it broke by a memory access",
    143: "it was told to end",
}


def analyze(seen: Snapshot) -> list[Finding]:
    found = [_finding(seen, group) for group in grouped(seen.troubles, Trouble.CRASH)]
    return found or _lately(seen)


def _finding(seen: Snapshot, group: tuple[PodTrouble, ...]) -> Finding:
    bad = group[0]
    pod = seen.pod(bad.pod)
    end = ended(pod, bad.container)
    common = {"pods": len(group), "old": not bad.new, "words": _words(seen, bad)}
    facts = _facts(bad, end)
    if bad.reason == "OOMKilled":
        return _memory(seen, bad, facts, common)
    if end.get("reason") == "StartError" or bad.exit_code == 128:  # noqa: PLR2004 - containerd's for no start
        return _not_started(seen, bad, end, common)
    if is_initial(pod, bad.container):
        return _initial(seen, bad, facts, common)
    for probe in ("Liveness", "Startup"):
        failing = seen.about_pod(bad.pod, "Unhealthy", f"{probe} probe failed")
        if failing and bad.exit_code in _KILLED:
            cause = text("the kubelet restarts {}: its {} probe fails ({})", code(bad.container),
                         probe.lower(), code(bad.reason))  # fmt: skip
            asked = quoted(failing.message, f"event on pod {bad.pod}", failing.last)
            return Finding(rank=Rank.LIVENESS, cause=cause, facts=(asked, *facts), step=text(
                "See why it does not answer, or give the probe more time."
            ), buttons=(logs(bad, seen.ref), *rollback(seen)), **common)  # fmt: skip
    return Finding(
        rank=Rank.CRASH,
        cause=_crash(bad),
        facts=facts,
        step=back_or(seen, "fix what its last words point to."),
        buttons=(*rollback(seen), logs(bad, seen.ref), describe_pod(bad.pod, seen.ref)),
        **common,
    )


def _crash(bad: PodTrouble) -> Text:
    image, reason = code(short_image(bad.image)), code(bad.reason)
    if bad.exit_code == 0:
        return text("{} ends at once, with exit code 0 ({})", image, reason)
    meaning = f", {_CODES[bad.exit_code]}" if bad.exit_code in _CODES else ""
    return text("{} crashes with exit code {}{} ({})", image, bad.exit_code, meaning, reason)


def _facts(bad: PodTrouble, end: Json) -> tuple[Fact, ...]:
    restarts = f", restarted {plural(bad.restarts, 'time')}" if bad.restarts else ""
    line = text("{} ended with exit code {} ({}){}", code(bad.container), end.get("exitCode", bad.exit_code),
                end.get("reason", "Error"), restarts)  # fmt: skip
    facts = [Fact(text=line, source=f"pod {bad.pod}", at=parse_time(end.get("finishedAt")))]
    if end.get("message"):
        facts.append(quoted(end["message"], "its termination message", None))
    return tuple(facts)


def _memory(seen: Snapshot, bad: PodTrouble, facts: tuple[Fact, ...], common: Json) -> Finding:
    limit = _limit(seen, bad)
    by = text("its limit of {}", code(limit)) if limit else text("what its node has; it has no limit")
    return Finding(
        rank=Rank.MEMORY,
        cause=text("{} needs more memory than {} ({})", code(bad.container), by, code("OOMKilled")),
        facts=facts,
        step=back_or(seen, "raise its memory limit, or find what it fills the memory with."),
        buttons=(*rollback(seen), logs(bad, seen.ref), describe_pod(bad.pod, seen.ref)),
        **common,
    )


def _limit(seen: Snapshot, bad: PodTrouble) -> str:
    resources = container(seen.pod(bad.pod), bad.container).get("resources") or {}
    return str((resources.get("limits") or {}).get("memory", ""))


def _not_started(seen: Snapshot, bad: PodTrouble, end: Json, common: Json) -> Finding:
    facts = (quoted(end["message"], f"pod {bad.pod}", parse_time(end.get("finishedAt"))),)
    return Finding(
        rank=Rank.START,
        cause=text("{} cannot start {} ({})", code(short_image(bad.image)), code(bad.container),
                   code(end.get("reason", "StartError"))),
        facts=facts if end.get("message") else (),
        step=back_or(seen, "correct its command."),
        buttons=(*rollback(seen), describe_pod(bad.pod, seen.ref)),
        **common | {"words": None},
    )  # fmt: skip


def _initial(seen: Snapshot, bad: PodTrouble, facts: tuple[Fact, ...], common: Json) -> Finding:
    return Finding(
        rank=Rank.INIT,
        cause=text("its init container {} fails with exit code {}, so nothing else starts ({})",
                   code(bad.container), bad.exit_code, code(f"Init:{bad.reason}")),
        facts=facts,
        step=back_or(seen, "fix what its last words point to."),
        buttons=(*rollback(seen), logs(bad, seen.ref), describe_pod(bad.pod, seen.ref)),
        **common,
    )  # fmt: skip


def _words(seen: Snapshot, bad: PodTrouble) -> Words | None:
    words = seen.words
    return words if words and words.container == bad.container else None


def _lately(seen: Snapshot) -> list[Finding]:
    """All runs now; but something ended badly within the hour."""
    found = []
    for pod in seen.pods:
        for status in pod.get("status", {}).get("containerStatuses") or ():
            last = status.get("lastState", {}).get("terminated") or {}
            when = parse_time(last.get("finishedAt")) or 0.0
            if last.get("exitCode") and is_ready(pod) and seen.now - when < _LATELY:
                found.append((when, pod["metadata"]["name"], status, last))
    if not found:
        return []
    when, name, status, last = max(found, key=lambda one: one[0])
    line = text("{} ended with exit code {} ({}), restarted {}", code(status["name"]), last["exitCode"],
                last.get("reason", "Error"), plural(status.get("restartCount", 0), "time"))  # fmt: skip
    return [
        Finding(
            rank=Rank.REMARK,
            cause=text("{} crashed and runs again", plural(len(found), "container")),
            facts=(Fact(text=line, source=f"pod {name}", at=when),),
            buttons=(button("Logs before the crash", f"logs {name} --previous", seen.ref),),
            pods=len(found),
        )
    ]
