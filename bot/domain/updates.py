"""A change of a deployment's pod template: the write, and the plan that shows it and the way back."""

from __future__ import annotations

import re

from bot.domain.access import Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.rollout import CAUSE, short_image
from bot.domain.workloads import place, where

_IMAGE = re.compile(r"[a-z0-9][a-z0-9._/:-]{0,250}(@sha256:[0-9a-f]{64})?", re.IGNORECASE)


def check_image(image: str) -> str:
    """Give the image back, or say why it can be none."""
    if not _IMAGE.fullmatch(image):
        raise ValueError(
            f"`{image[:80]}` is no image; write it as web:1.1 or registry.example.com/team/web:1.1"
        )
    return image


def template_write(ref: ObjectRef, spec: Json, line: str) -> Write:
    """The patch of a deployment's spec, with the line that caused it for the rollout history."""
    body = {"metadata": {"annotations": {CAUSE: line}}, "spec": spec}
    return Write(action="patch", target=ref, patch="strategic", body=body)


def template_plan(verb: str, ref: ObjectRef, found: Json, spec: Json, step: Step) -> Plan:
    """What the patch of the template changes, by its dry run, and how to come back."""
    before, after = _images(found, spec)
    change = text("{} → {}", code(before), code(after)) if before != after else text("{}", code(after))
    touched = [c.path for c in step.changes if c.path != f"metadata.annotations[{CAUSE}]"]
    rolls = any(path.startswith("spec.template") for path in touched)
    return Plan(
        verb=verb,
        title=text("Update {}: {}?", place(ref), change),
        button=f"Update {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · {}", place(ref), change),
        done=text("{} runs {}", place(ref), code(after)),
        steps=(step,),
        warnings=_warnings(found),
        nothing=Text() if touched else text("{} is so already. Nothing was changed.", place(ref)),
        follow=ref,
        inverse=f"rollback {ref.name} {where(ref)}" if rolls else "",
    )


def _images(found: Json, spec: Json) -> tuple[str, str]:
    """The images of the containers that are touched, before and after."""
    old = {c["name"]: c.get("image", "") for c in found["spec"]["template"]["spec"]["containers"]}
    new = {c["name"]: c.get("image", old.get(c["name"], "")) for c in spec["template"]["spec"]["containers"]}
    return ", ".join(short_image(old[n]) for n in new), ", ".join(short_image(i) for i in new.values())


def _warnings(found: Json) -> tuple[Text, ...]:
    if found["spec"].get("paused"):
        return (text("It is paused: the change is stored, and no pod follows it until it is resumed."),)
    return ()
