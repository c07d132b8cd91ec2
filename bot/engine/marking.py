"""Labels and annotations: words that are set on objects or taken away, by two verbs that differ in little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from bot.domain.access import Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import UsageError
from bot.domain.listing import plural_of
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.redaction import redact_value
from bot.domain.resources import LABEL_KEY, ObjectRef, Target, parse_targets
from bot.domain.typed import join
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ReadContext
from bot.engine.finding import MOST, count, flags, named, objects, whom

_SHOWN = 60


class MarkArgs(Args):
    noun: ClassVar[str]
    """What is set, such as `label`."""

    words: Annotated[tuple[str, ...], Positional("TYPE NAME KEY=VALUE"), Field(max_length=24)] = ()
    selector: Annotated[
        str, Flag("-l", "--selector", help="every object with these labels", metavar="KEY=VALUE")
    ] = ""
    overwrite: Annotated[bool, Flag("--overwrite", help="change one that is there already")] = False

    @model_validator(mode="after")
    def _all_parts(self) -> MarkArgs:
        for key, value in self.marks.items():
            if not LABEL_KEY.fullmatch(key):
                raise ValueError(f"`{key[:80]}` cannot be {self.noun}'s key.")
            self.check(key, value)
        targets = self.targets
        names = [name for target in targets for name in target.names]
        bare = self.noun.split()[-1]
        if not targets or not (names or self.selector):
            raise ValueError(f"Which object? Write TYPE NAME, or TYPE/NAME, before the {bare}.")
        if names and self.selector:
            raise ValueError("Either names or `-l`.")
        if not self.marks:
            raise ValueError(f"Which {bare}? Write KEY=VALUE after the name, or KEY- to take one away.")
        if len(names) > MOST:
            raise ValueError(f"No more than {MOST} objects at a time.")
        return self

    def check(self, key: str, value: str | None) -> None:
        """Raise `ValueError` for what cannot be set; None stands for one that is taken away."""

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets(tuple(word for word in self.words if not _is_mark(word)))

    @property
    def marks(self) -> dict[str, str | None]:
        """None stands for one that is taken away."""
        found: dict[str, str | None] = {}
        for word in self.words:
            if "=" in word:
                key, _, value = word.partition("=")
                found[key] = value
            elif _is_mark(word):
                found[word[:-1]] = None
        return found


def _is_mark(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


def kinds(args: MarkArgs) -> tuple[str, ...]:
    return tuple(plural_of(target.word) for target in args.targets)


@dataclass(frozen=True)
class Marking:
    """What makes the one verb differ from the other."""

    verb: str
    place: Literal["labels", "annotations"]
    done: str
    warnings: Callable[[tuple[Step, ...], dict[ObjectRef, Json]], tuple[Text, ...]] = lambda *_: ()

    async def plan(self, ctx: ReadContext, args: MarkArgs) -> Plan:
        found = await objects(ctx.cluster, args.targets, args.namespace, labels=args.selector)
        refs = [ref for ref, _ in found]
        self._refuse_taken(args, found)
        body = {"metadata": {self.place: args.marks}}
        writes = [Write(action="patch", target=ref, patch="merge", body=body) for ref in refs]
        steps = [await ctx.cluster.dry_run(write) for write in writes]
        changing = tuple(step for step in steps if step.changes)
        touched = [step.write.target for step in changing or steps]
        nothing = text("Nothing to change: {} has that already ({}).", whom(refs), _asked(args))
        return Plan(
            verb=self.verb,
            title=text("{} {}: {}?", self.verb.capitalize(), whom(refs), _asked(args)),
            button=f"{self.verb.capitalize()} {refs[0].name if len(refs) == 1 else count(touched)}"[:75],
            risk=Risk.REVERSIBLE,
            doing=text("{} · {}", whom(refs), _asked(args)),
            done=text("{} · {} {}", whom(refs), self.done, _asked(args)),
            steps=changing or tuple(steps),
            warnings=self.warnings(changing, dict(found)),
            nothing=Text() if changing else nothing,
            inverse=self._inverse(changing[0], args) if len(changing) == 1 else "",
        )

    def _refuse_taken(self, args: MarkArgs, found: list[tuple[ObjectRef, Json]]) -> None:
        """One that has another value now is not lost unless that is asked for."""
        for ref, item in found:
            now = item["metadata"].get(self.place) or {}
            taken = [
                f"{key}={_shown(key, now[key])}"
                for key, value in args.marks.items()
                if value is not None and now.get(key, value) != value
            ]
            if taken and not args.overwrite:
                again = join([self.verb, *(named(ref) for ref, _ in found), *_spelled(args.marks)])
                raise UsageError(
                    f"`{ref}` has {', '.join(f'`{mark}`' for mark in taken)} already.",
                    hint="`--overwrite` changes it.",
                    suggestions=(f"{again} --overwrite {flags(ref)}",),
                )

    def _inverse(self, step: Step, args: MarkArgs) -> str:
        """The line that brings it back; none where that would have to spell a secret."""
        before = {change.path: change.before for change in step.changes}
        back = {key: before[path] for key in args.marks if (path := self._path(key)) in before}
        if any(value is not None and redact_value(key, value) != value for key, value in back.items()):
            return ""
        line = join([self.verb, named(step.write.target), *_spelled(back)])
        return f"{line} --overwrite {flags(step.write.target)}" if back else ""

    def _path(self, key: str) -> str:
        path = f"metadata.{self.place}"
        return f"{path}[{key}]" if "." in key or "/" in key else f"{path}.{key}"


def _spelled(marks: dict[str, str | None]) -> list[str]:
    """As they are typed: `tier=front`, `old-`."""
    return [f"{key}-" if value is None else f"{key}={value}" for key, value in marks.items()]


def _asked(args: MarkArgs) -> Text:
    """`tier=front`, without `old`."""
    put = [f"{key}={_shown(key, value)}" for key, value in args.marks.items() if value is not None]
    off = [key for key, value in args.marks.items() if value is None]
    said = [text("{}", code(", ".join(put)))] if put else []
    said += [text("without {}", code(", ".join(off)))] if off else []
    return said[0] if len(said) == 1 else text("{}, {}", *said)


def _shown(key: str, value: str) -> str:
    shown = redact_value(key, value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
