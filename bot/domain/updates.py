"""A change of a workload's pod template: the write, and the plan that shows it and the way back."""

from __future__ import annotations

import re

from bot.domain.access import Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef, check_name
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.workloads import called, place, where

_LONGEST = 255
_HOST = r"(?=[^/]*[.:A-Z]|localhost/)[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*(?::[0-9]{1,5})?/"
_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?P<name>(?:{_HOST})?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@sha256:(?P<digest>[0-9a-f]{64}))?"
)
"""The grammar that registries share: only a host may have capitals, and only a host has a port."""

_USUAL = ("docker.io/library/", "docker.io/")


def check_image(image: str) -> str:
    """Give the image back, or say why it can be none."""
    found = _IMAGE.fullmatch(image)
    if found and len(found["name"]) <= _LONGEST:
        return image
    shown = image if len(image) <= 80 else image[:79] + "…"  # noqa: PLR2004 - what fits a line
    if "@" in image and not re.fullmatch(r"[^@]+@sha256:[0-9a-f]{64}", image):
        raise ValueError(f"`{shown}` is no image: a digest is sha256: and 64 signs from 0-9 and a-f.")
    if image != image.lower() and _IMAGE.fullmatch(image.lower()):
        raise ValueError(f"`{shown}` is no image: write the name in lower case, `{shown.lower()}`.")
    raise ValueError(f"`{shown}` is no image; write it as web:1.1 or registry.example.com/team/web:1.1.")


def named_images(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """The container and the image of each `CONTAINER=IMAGE`. The only one may be without a name, which is
    empty; of several, one without is called after its image, as kubectl has it. Raises `ValueError` for
    what can be no name.
    """
    found = []
    for word in words:
        name, equals, image = word.rpartition("=")
        if not equals and len(words) > 1:
            name = re.sub(r"[._]+", "-", re.split(r"[:@]", image.rpartition("/")[2])[0])
        found.append((check_name(name, "a container's name") if equals or name else "", image))
    return found


def shown_image(image: str) -> str:
    """As people may decide on it: with its registry, but for the one that is meant where none is written."""
    for usual in _USUAL:
        image = image.removeprefix(usual)
    name, at, digest = image.partition("@sha256:")
    return f"{name}@{digest[:12]}" if at else name


def shown_images(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, str]:
    """Both sides of a change; in full where they would look alike."""
    one, other = (", ".join(shown_image(image) for image in images) for images in (before, after))
    return (one, other) if one != other or before == after else (", ".join(before), ", ".join(after))


def is_floating(image: str) -> bool:
    """Whether the name means another image tomorrow: `latest`, said or left out."""
    found = _IMAGE.fullmatch(image)
    return found is not None and not found["digest"] and found["tag"] in {None, "latest"}


def floating_warning(images: tuple[str, ...]) -> tuple[Text, ...]:
    floating = [image for image in images if is_floating(image)]
    if not floating:
        return ()
    named = code(shown_image(floating[0]))
    return (text("{} has no fixed tag: each new pod runs whatever it means on that day.", named),)


def template_write(ref: ObjectRef, spec: Json, line: str) -> Write:
    """The patch of a workload's spec, with the line that caused it for the rollout history."""
    body = {"metadata": {"annotations": {CAUSE: line}}, "spec": spec}
    return Write(action="patch", target=ref, patch="strategic", body=body)


def template_plan(verb: str, ref: ObjectRef, found: Json, spec: Json, step: Step) -> Plan:
    """What the patch of the template changes, by its dry run, and how to come back."""
    old, new = _images(found, spec)
    before, after = shown_images(old, new)
    moves = old != new
    change = text("{} → {}", code(before), code(after)) if moves else text("{}, as now", code(after))
    touched = _touched(step)
    return Plan(
        verb=verb,
        title=text("Update {}: {}?", place(ref), change),
        button=f"Update {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · {}", place(ref), change),
        done=text("{} runs {}", place(ref), code(after)),
        steps=(step,),
        warnings=floating_warning(new) if moves else (),
        nothing=Text() if touched else _nothing(ref, new),
        follow=ref,
        inverse=_way_back(ref, step),
    )


def containers_plan(verb: str, ref: ObjectRef, what: Text, step: Step) -> Plan:
    """What a patch of the containers gives them, in the words of the line, by its dry run."""
    touched = _touched(step)
    return Plan(
        verb=verb,
        title=text("Update {}: {}?", place(ref), what),
        button=f"Update {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · {}", place(ref), what),
        done=text("{} has {}", place(ref), what),
        steps=(step,),
        nothing=Text() if touched else text("Nothing to change: {} has that already ({}).", place(ref), what),
        follow=ref,
        inverse=_way_back(ref, step),
    )


def _touched(step: Step) -> list[str]:
    """The paths that change beside the note of why."""
    return [change.path for change in step.changes if change.path != f"metadata.annotations[{CAUSE}]"]


def _way_back(ref: ObjectRef, step: Step) -> str:
    """Its earlier templates are kept, and can be rolled back to."""
    rolls = any(path.startswith("spec.template") for path in _touched(step))
    return f"rollback {called(ref)} {where(ref)}" if rolls else ""


def _images(found: Json, spec: Json) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The images of the containers that are touched, before and after."""
    old = {c["name"]: c.get("image", "") for c in found["spec"]["template"]["spec"]["containers"]}
    touched = spec["template"]["spec"]["containers"]
    return tuple(old[c["name"]] for c in touched), tuple(c.get("image", old[c["name"]]) for c in touched)


def _nothing(ref: ObjectRef, images: tuple[str, ...]) -> Text:
    runs = code(", ".join(shown_image(image) for image in images))
    said = text("Nothing to change: {} has {} already.", place(ref), runs)
    if any(is_floating(image) for image in images):
        return said + text(" {} lets its pods pull anew.", code(f"/k8s restart {called(ref)}"))
    return said
