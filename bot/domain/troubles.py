"""What is wrong with a pod, in one sentence with Kubernetes' own word in it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.message import Text, bold, code, plural, text
from bot.domain.model import Json
from bot.domain.redaction import redact
from bot.domain.rollouts.snapshot import PodTrouble, Progress, Trouble, pod_troubles, short_image

_LONGEST = 300


def cause(bad: PodTrouble) -> Text:
    """Why it does not run, with what Kubernetes says of it."""
    image, reason, said = code(short_image(bad.image)), code(bad.reason), _said(bad.message)
    if bad.kind is Trouble.IMAGE:
        missing = "not found in registry, " if "not found" in bad.message.lower() else ""
        return text("{} cannot be pulled ({}{})", image, missing, reason)
    if bad.kind is Trouble.CRASH and bad.exit_code == 0:
        return text("{} ends at once, with exit code 0 ({})", image, reason)
    if bad.kind is Trouble.CRASH:
        return text("{} crashes with exit code {} ({})", image, bad.exit_code, reason)
    if bad.kind is Trouble.CONFIG:
        return text("{} cannot start: {} ({})", image, said, reason)
    if bad.kind is Trouble.UNSCHEDULABLE:
        return text("no node takes its pod: {} ({})", said, reason)
    return text("it runs, but {} ({})", said or "is not ready", reason)


def causes(troubles: Iterable[PodTrouble]) -> tuple[Text, ...]:
    """Each cause once, with the pods that have it: ten pods of one bad image are one line."""
    pods: dict[Text, list[str]] = {}
    for bad in troubles:
        pods.setdefault(cause(bad), []).append(bad.pod)
    return tuple(
        text("{}: {}", code(names[0]) if len(names) == 1 else f"{len(names)} pods", why)
        for why, names in pods.items()
    )


def worst_first(pods: Iterable[Json], now: float) -> list[Json]:
    """Those in trouble before the others, and in each group the newest first."""
    newest = sorted(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp", "")), reverse=True)
    return sorted(newest, key=lambda pod: not pod_troubles(pod, None, now))


def still_works(progress: Progress) -> Text:
    """What is up, and what it runs: the last line of every failure."""
    if progress.available == 0:
        serves = bold("nothing serves now") if progress.desired else "none is wanted"
        return text("0 of {} available: {}.", progress.desired, serves)
    if progress.old:
        runs = code(", ".join(short_image(image) for image in progress.old_images))
        whole = progress.available >= progress.desired
        rest = "nothing is down" if whole else f"{progress.available} of {progress.desired} available"
        return text("{} of {} still run {}, {}.", progress.old, progress.desired, runs, rest)
    return text("{} of {} available.", progress.available, progress.desired)


def kept_back(progress: Progress) -> Text:
    """Which pods keep an older template because that is how it is set up; empty where none does."""
    if progress.held and progress.on_delete:
        return text("{} of its pods keep an older template until they are deleted ({}).",
                    progress.held, code("OnDelete"))  # fmt: skip
    if progress.held:
        return text("Its partition keeps {} on the older template.", plural(progress.held, "pod"))
    return Text()


def kept_from(progress: Progress) -> Text:
    """What else it waits for than a pod in trouble; empty where that is not known."""
    if progress.lingering:
        return text("{} was deleted, and does not go ({})", code(progress.lingering), code("Terminating"))
    if progress.refused:
        return text("no further pod can be made: {}", redact(progress.refused[:_LONGEST]))
    return Text()


def _said(message: str) -> str:
    line = redact(" ".join(message.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
