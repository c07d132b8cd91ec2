"""label: labels of an object, set or taken away."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.listing import plural_of
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import LABEL_KEY, LABEL_VALUE, PODS, ObjectRef, Target, parse_targets
from bot.domain.workloads import place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

MOST = 10
"""Objects; more than these are no change for a chat."""


class LabelArgs(Args):
    words: Annotated[tuple[str, ...], Positional("TYPE NAME KEY=VALUE"), Field(max_length=24)] = ()
    selector: Annotated[
        str, Flag("-l", "--selector", help="every object with these labels", metavar="KEY=VALUE")
    ] = ""
    overwrite: Annotated[bool, Flag("--overwrite", help="change a label that is there already")] = False

    @model_validator(mode="after")
    def _all_parts(self) -> LabelArgs:
        for key, value in self.labels.items():
            if not LABEL_KEY.fullmatch(key):
                raise ValueError(f"`{key[:80]}` cannot be a label's key.")
            if value is not None and not LABEL_VALUE.fullmatch(value):
                raise ValueError(f"`{value[:80]}` cannot be a label's value.")
        targets = self.targets
        names = [name for target in targets for name in target.names]
        if not targets or not (names or self.selector):
            raise ValueError("Which object? Write TYPE NAME, or TYPE/NAME, before the label.")
        if names and self.selector:
            raise ValueError("Either names or `-l`.")
        if not self.labels:
            raise ValueError("Which label? Write KEY=VALUE after the name, or KEY- to take one away.")
        if len(names) > MOST:
            raise ValueError(f"No more than {MOST} objects at a time.")
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

    @property
    def spelled(self) -> str:
        """The labels as they are typed: `tier=front old-`."""
        return " ".join(
            f"{key}-" if value is None else f"{key}={value}" for key, value in self.labels.items()
        )


def _is_label(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


async def plan(ctx: ReadContext, args: LabelArgs) -> Plan:
    found = await _objects(ctx, args)
    taken = [(ref, clashes) for ref, item in found if (clashes := _clashes(args, item))]
    if taken and not args.overwrite:
        ref, clashes = taken[0]
        again = f"label {' '.join(_named(ref) for ref, _ in found)} {args.spelled} --overwrite {_where(ref)}"
        raise UsageError(
            f"`{ref}` has {', '.join(f'`{label}`' for label in clashes)} already.",
            hint="`--overwrite` changes it.",
            suggestions=(again,),
        )
    body = {"metadata": {"labels": args.labels}}
    writes = [Write(action="patch", target=ref, patch="merge", body=body) for ref, _ in found]
    steps = [await ctx.cluster.dry_run(write) for write in writes]
    changing = tuple(step for step in steps if step.changes)
    touched = [step.write.target for step in changing or steps]
    whom = _whom([ref for ref, _ in found])
    ref = found[0][0]
    return Plan(
        verb="label",
        title=text("Label {}: {}?", whom, _asked(args)),
        button=f"Label {ref.name if len(found) == 1 else _count(touched)}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · {}", whom, _asked(args)),
        done=text("{} · labelled {}", whom, _asked(args)),
        steps=changing or tuple(steps),
        warnings=_warnings(changing, dict(found)),
        nothing=Text()
        if changing
        else text("Nothing to change: {} has that already ({}).", whom, _asked(args)),
        inverse=_inverse(changing[0], args) if len(changing) == 1 else "",
    )


async def _objects(ctx: ReadContext, args: LabelArgs) -> list[tuple[ObjectRef, Json]]:
    """Every object that is meant, as it is now."""
    found: list[tuple[ObjectRef, Json]] = []
    for target in args.targets:
        kind = await ctx.cluster.resolve(target.word)
        namespace = args.namespace if kind.namespaced else None
        items = [await ctx.cluster.get(kind, args.namespace, name) for name in target.names]
        if args.selector:
            items += await ctx.cluster.list(kind, args.namespace, labels=args.selector)
        if len(items) > MOST:
            raise UsageError(f"That is {len(items)} {kind.plural}, and {MOST} is the most at a time.")
        found += [
            (
                ObjectRef(
                    cluster=ctx.cluster.name, namespace=namespace, type=kind, name=item["metadata"]["name"]
                ),
                item,
            )
            for item in items
        ]
    if not found:
        raise TargetNotFoundError(
            f"nothing in namespace `{args.namespace}` has the labels `{args.selector[:80]}`"
        )
    return found


def _clashes(args: LabelArgs, item: Json) -> list[str]:
    """The labels that have another value now."""
    now = item["metadata"].get("labels") or {}
    return [
        f"{k}={now[k]}"
        for k, value in args.labels.items()
        if value is not None and now.get(k, value) != value
    ]


def _whom(refs: list[ObjectRef]) -> Text:
    """`pod shop/web-1 on demo`, or how many of which kinds."""
    if len(refs) == 1:
        return text("{} {}", refs[0].type.singular or refs[0].type.kind.lower(), place(refs[0]))
    what = _count(refs)
    where_now = text("in {} on {}", code(refs[0].namespace), code(refs[0].cluster))
    return text("{} {}", what, where_now if refs[0].namespace else text("on {}", code(refs[0].cluster)))


def _count(refs: list[ObjectRef]) -> str:
    """`2 pods`, or `3 objects` where they are of several kinds."""
    kind = refs[0].type
    same = all(ref.type == kind for ref in refs)
    return (
        plural(len(refs), kind.singular or kind.kind.lower(), kind.plural) if same else f"{len(refs)} objects"
    )


def _asked(args: LabelArgs) -> Text:
    """`tier=front`, without `old`."""
    put = [f"{key}={value}" for key, value in args.labels.items() if value is not None]
    off = [key for key, value in args.labels.items() if value is None]
    said = [text("{}", code(", ".join(put)))] if put else []
    said += [text("without {}", code(", ".join(off)))] if off else []
    return said[0] if len(said) == 1 else text("{}, {}", *said)


def _warnings(steps: tuple[Step, ...], items: dict[ObjectRef, Json]) -> tuple[Text, ...]:
    """A pod that loses a label by which it is selected is let go by its owner, and cut off from traffic."""
    lost = [
        (step.write.target, owner)
        for step in steps
        if step.write.target.type == PODS and any(change.before is not None for change in step.changes)
        for owner in items[step.write.target]["metadata"].get("ownerReferences") or []
        if owner.get("controller")
    ]
    return tuple(
        text("{} {} may select by it: then it lets {} go and starts another, and Services pass it by.",
             owner["kind"], code(owner["name"]), code(ref.name))
        for ref, owner in lost[:3]
    )  # fmt: skip


def _inverse(step: Step, args: LabelArgs) -> str:
    before = {change.path: change.before for change in step.changes}
    words = []
    for key in args.labels:
        path = f"metadata.labels[{key}]" if "." in key or "/" in key else f"metadata.labels.{key}"
        if path in before:
            words.append(f"{key}-" if before[path] is None else f"{key}={before[path]}")
    ref = step.write.target
    return f"label {_named(ref)} {' '.join(words)} --overwrite {_where(ref)}" if words else ""


def _named(ref: ObjectRef) -> str:
    return f"{ref.type.plural}/{ref.name}"


def _where(ref: ObjectRef) -> str:
    return where(ref) if ref.namespace else f"--context {ref.cluster}"


def _kinds(args: LabelArgs) -> tuple[str, ...]:
    return tuple(plural_of(target.word) for target in args.targets)


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
