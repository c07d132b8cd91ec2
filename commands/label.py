"""label: labels of an object, set or taken away."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.resources import BUILT_IN, LABEL_KEY, LABEL_VALUE, PODS, ObjectRef, Target, parse_targets
from bot.domain.workloads import place, where
from bot.engine.command import Args, ChangeCommand, Flag, Positional, ReadContext

_MOST = 10


class LabelArgs(Args):
    words: Annotated[tuple[str, ...], Positional("TYPE NAME KEY=VALUE"), Field(min_length=2, max_length=24)]
    overwrite: Annotated[bool, Flag("--overwrite", help="change a label that is there already")] = False

    @model_validator(mode="after")
    def _all_parts(self) -> LabelArgs:
        labels = self.labels
        if not labels:
            raise ValueError("Which label? Write KEY=VALUE after the name, or KEY- to take one away.")
        for key, value in labels.items():
            if not LABEL_KEY.fullmatch(key):
                raise ValueError(f"`{key[:80]}` cannot be a label's key")
            if value is not None and not LABEL_VALUE.fullmatch(value):
                raise ValueError(f"`{value[:80]}` cannot be a label's value")
        names = [name for target in self.targets for name in target.names]
        if not names:
            raise ValueError("Which object? Write TYPE NAME or TYPE/NAME first.")
        if len(names) > _MOST:
            raise ValueError(f"{_MOST} objects at a time.")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets(tuple(word for word in self.words if not _is_label(word)))

    @property
    def labels(self) -> dict[str, str | None]:
        """None stands for a label that is taken away."""
        found: dict[str, str | None] = {}
        for word in self.words:
            if "=" in word:
                key, _, value = word.partition("=")
                found[key] = value
            elif _is_label(word):
                found[word[:-1]] = None
        return found


def _is_label(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


async def plan(ctx: ReadContext, args: LabelArgs) -> Plan:
    steps: list[Step] = []
    for target in args.targets:
        kind = await ctx.cluster.resolve(target.word)
        for name in target.names:
            found = await ctx.cluster.get(kind, args.namespace, name)
            _check_overwrite(args, found["metadata"].get("labels") or {}, name)
            namespace = args.namespace if kind.namespaced else None
            ref = ObjectRef(cluster=ctx.cluster.name, namespace=namespace, type=kind, name=name)
            body = {"metadata": {"labels": args.labels}}
            steps.append(
                await ctx.cluster.dry_run(Write(action="patch", target=ref, patch="merge", body=body))
            )
    ref = steps[0].write.target
    what = text("{} {}", code(ref.type.singular or ref.type.kind.lower()), place(ref))
    more = len(steps) - 1
    shown = ", ".join(key if value is None else f"{key}={value}" for key, value in args.labels.items())
    whom = what + text(" and {} more", more) if more else what
    changed = any(step.changes for step in steps)
    return Plan(
        verb="label",
        title=text("Label {}?", whom),
        button=f"Label {ref.name}"[:75] if not more else f"Label {plural(len(steps), 'object')}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · {}", whom, code(shown)),
        done=text("{} is labelled {}", whom, code(shown)),
        steps=tuple(steps),
        warnings=_warnings(steps),
        nothing=Text() if changed else text("{} is labelled so already. Nothing was changed.", whom),
        inverse=_inverse(steps, args) if not more else "",
    )


def _check_overwrite(args: LabelArgs, labels: dict[str, str], name: str) -> None:
    for key, value in args.labels.items():
        if value is not None and key in labels and labels[key] != value and not args.overwrite:
            raise UsageError(
                f"`{name}` has `{key}={labels[key]}` already.", hint="Add --overwrite to change it."
            )


def _warnings(steps: list[Step]) -> tuple[Text, ...]:
    """A pod that loses a label its owner selects by is let go, and replaced."""
    taken = any(
        step.write.target.type == PODS and change.before is not None
        for step in steps
        for change in step.changes
    )
    return (text("A pod whose owner no longer selects it is replaced, and lives on alone."),) if taken else ()


def _inverse(steps: list[Step], args: LabelArgs) -> str:
    ref = steps[0].write.target
    before = {c.path: c.before for c in steps[0].changes}
    words = []
    for key in args.labels:
        path = f"metadata.labels[{key}]" if "." in key or "/" in key else f"metadata.labels.{key}"
        if path in before:
            words.append(f"{key}-" if before[path] is None else f"{key}={before[path]}")
    place_flags = where(ref) if ref.namespace else f"--context {ref.cluster}"
    return f"label {ref.type.plural}/{ref.name} {' '.join(words)} --overwrite {place_flags}" if words else ""


def _kinds(args: LabelArgs) -> tuple[str, ...]:
    known = {word: kind.plural for kind in BUILT_IN for word in kind.words}
    return tuple(known.get(target.word.lower(), target.word.lower()) for target in args.targets)


COMMAND = ChangeCommand(
    name="label",
    summary="Set or take away labels of an object.",
    examples=("label pod web-7c9d8-x2x4k version=v1", "label service/web tier=front --overwrite -n shop"),
    args=LabelArgs,
    permission=Permission.OBJECT_LABEL,
    risk=Risk.REVERSIBLE,
    kinds=_kinds,
    also_reads=(),
    plan=plan,
)
