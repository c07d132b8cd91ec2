"""audit: the record of what was asked, decided and done."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Need, Permission
from bot.domain.ages import parse_duration
from bot.domain.errors import TargetNotFoundError, UnknownVerbError
from bot.domain.message import (
    Button,
    Facts,
    Icon,
    Message,
    Output,
    Paragraph,
    Part,
    Table,
    Text,
    code,
    plural,
    text,
)
from bot.domain.model import Json
from bot.domain.records import Record
from bot.domain.resources import nearest
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import BotCommand, BotContext

_MOST = 100
_LOOKED_AT = 1000
"""Records among which those of one cluster are looked for, where the bot serves several."""
_WORDS = ("show", "verify")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(\|[^>]*)?>|([UW][A-Z0-9]+)")


class AuditArgs(Args):
    words: Annotated[tuple[str, ...], Positional("show N | verify"), Field(max_length=2)] = ()
    user: Annotated[str, Flag("--user", help="of one person", metavar="@NAME")] = ""
    verb: Annotated[str, Flag("--verb", help="of one verb", metavar="VERB")] = ""
    name: Annotated[str, Flag("--name", help="about one object", metavar="NAME")] = ""
    since: Annotated[str, Flag("--since", help="no older than this, such as 2h or 7d", metavar="AGE")] = ""
    limit: Annotated[int, Flag("--limit", help="how many", metavar="N"), Field(ge=1, le=_MOST)] = 15
    only: str = ""
    """The namespace that the line itself names; the channel's own does not narrow the record."""

    @model_validator(mode="before")
    @classmethod
    def _narrowed(cls, given: Any) -> Any:
        """Keep what `-n` said, and read `--verb set image` as it is meant."""
        words = tuple(given.get("words", ()))
        if given.get("verb") and words and words[0] not in _WORDS:
            given = {**given, "verb": " ".join((given["verb"], *words)), "words": ()}
        return {"only": given.get("namespace", ""), **given}

    @field_validator("user")
    @classmethod
    def _is_person(cls, user: str) -> str:
        """Slack sends a completed @name as `<@U0ANA|ana>`."""
        found = _PERSON.fullmatch(user) if user else None
        if user and not found:
            raise ValueError("Whose? Let Slack complete `--user @name`.")
        return (found[1] or found[3]) if found else ""

    @model_validator(mode="after")
    def _known(self) -> AuditArgs:
        words = self.words
        shows = len(words) == 2 and words[0] == "show" and words[1].isdecimal()  # noqa: PLR2004 - a word and a number
        if words and words != ("verify",) and not shows:
            raise ValueError("Write audit, audit show N, or audit verify.")
        if self.since:
            parse_duration(self.since)
        return self

    def reach(self) -> str:
        """Without `-n` the record of everything is asked for."""
        return self.only or ANY


async def run(ctx: BotContext, args: AuditArgs) -> Message:
    if args.words == ("verify",):
        return await _verify(ctx)
    if args.words:
        return await _show(ctx, args, int(args.words[1]))
    several = len(ctx.clusters) > 1
    found = await ctx.records.search(
        actor=args.user,
        verb=_verb(ctx, args.verb),
        namespace=args.only,
        target=args.name,
        since=ctx.now() - parse_duration(args.since) if args.since else 0.0,
        limit=_LOOKED_AT if several else args.limit,
    )
    rows = tuple(_row(record) for record in found if _is_in_reach(ctx, args, record))[: args.limit]
    if not rows:
        return Message(headline=text("No record fits{}.", _where(ctx, args)))
    more = " There may be older ones: --limit N shows more." if len(rows) == args.limit else ""
    newest = f"audit show {rows[0][0]}{_narrowed(args)}"
    return Message(
        headline=text("{}{}, the newest first", plural(len(rows), "record"), _where(ctx, args)),
        parts=(
            Table(
                columns=("NO", "WHEN (UTC)", "WHO", "WHAT", "WHERE", "CAME OF IT"),
                rows=rows,
                drop=("WHEN (UTC)", "WHERE"),
            ),
        ),
        buttons=(
            Button(label=f"Show {rows[0][0]}", command=newest),
            Button(label="Verify", command=f"audit verify{_narrowed(args)}"),
        ),
        footer=text("{} shows one whole.{}", code("/k8s audit show N"), more),
    )


def _narrowed(args: AuditArgs) -> str:
    return f" -n {args.only}" if args.only else ""


def _where(ctx: BotContext, args: AuditArgs) -> Text:
    if args.only:
        return text(" of {} on {}", code(args.only), code(ctx.cluster))
    return text(" on {}", code(ctx.cluster)) if len(ctx.clusters) > 1 else Text()


def _verb(ctx: BotContext, typed: str) -> str:
    """The verb by its first name; records know no other. Raises `UnknownVerbError`."""
    wanted = " ".join(typed.lower().split())
    found = next((command.name for command in ctx.commands if wanted in command.names), "")
    if wanted and not found:
        near = nearest(wanted, [command.name for command in ctx.commands])
        hint = f"Did you mean `{near[0]}`?" if near else "`/k8s help` lists what there is."
        raise UnknownVerbError(f"There is no verb `{wanted[:40]}`.", hint=hint)
    return found


def _is_in_reach(ctx: BotContext, args: AuditArgs, record: Record) -> bool:
    """What was decided on is one cluster, and with `-n` one namespace: nothing of others is shown."""
    said = json.loads(record.text)
    elsewhere = said.get("cluster", "") not in ("", ctx.cluster)
    return not elsewhere and (not args.only or said.get("namespace", "") == args.only)


def _row(record: Record) -> tuple[str, ...]:
    said = json.loads(record.text)
    place = "/".join(part for part in (said.get("namespace"), said.get("target")) if part)
    return (
        str(record.seq),
        record.at[5:19].replace("T", " "),
        said.get("actor_name") or said["actor"],
        f"{said['kind']} {said.get('verb', '')}".strip(),
        place or "-",
        outcome(said),
    )


def outcome(said: Json) -> str:
    """In two or three words, what came of it."""
    detail = said.get("detail", {})
    for key in ("result", "phase", "outcome", "error"):
        if key in detail:
            return str(detail[key])
    if "incident" in detail:
        return f"incident {detail['incident']}"
    return {"asked": "planned", "intent": "begun", "reviewed": "signed off"}.get(said["kind"], "ok")


async def _show(ctx: BotContext, args: AuditArgs, seq: int) -> Message:
    record = await ctx.records.show(seq)
    if record is None or not _is_in_reach(ctx, args, record):
        error = TargetNotFoundError(
            f"there is no record {seq}{_where(ctx, args).plain()}",
            hint="Without `-n` it is looked for in all namespaces." if args.only else "",
        )
        error.suggestions = (f"audit show {seq}",) if args.only else ("audit",)
        raise error
    said = json.loads(record.text)
    verb, target = said.get("verb", ""), (said.get("cluster"), said.get("namespace"), said.get("target"))
    rows = [
        ("at", record.at),
        ("who", f"{said.get('actor_name', '')} ({said['actor']})".strip()),
        ("where asked", said.get("channel", "") or "-"),
        ("asked", said.get("asked", "") or "-"),
        ("understood", _pairs(said.get("understood", {}))),
        ("on", " ".join(part for part in target if part) or "-"),
        ("decided", _decided(said.get("decision", {}) or said.get("detail", {}).get("decision", {}))),
        ("approved by", _people(said.get("detail", {}).get("approved_by", []))),
        ("for", _people([found] if (found := said.get("detail", {}).get("for")) else [])),
        ("came of it", outcome(said)),
        ("took", f"{said['detail']['took_ms']} ms" if "took_ms" in said.get("detail", {}) else ""),
        ("operation", said["operation"]),
        ("hash", record.hash),
        ("the one before", record.previous),
    ]
    rest = {key: value for key, value in said.get("detail", {}).items() if key != "took_ms"}
    parts: list[Part] = [Facts(rows=tuple(row for row in rows if row[1]))]
    if rest:
        detail = json.dumps(rest, indent=1, ensure_ascii=False)
        parts.append(Output(text=detail, name=f"record-{seq}.json"))
    what = f"{said['kind']} {verb}".strip()
    before = f"audit show {seq - 1}{_narrowed(args)}"
    buttons = (Button(label="The one before", command=before),) if seq > 1 else ()
    return Message(headline=text("Record {} · {}", code(seq), what), parts=tuple(parts), buttons=buttons)


def _decided(decision: Json) -> str:
    """The effect and by which rule, and whom it asks for."""
    plain = {key: value for key, value in decision.items() if key not in {"needs", "allowance"}}
    asked = "; ".join(Need.model_validate(need).people for need in decision.get("needs", ()))
    return f"{_pairs(plain)}{f', by {asked}' if asked else ''}"


def _people(found: list[Json]) -> str:
    return ", ".join(f"{one.get('name', '')} ({one['id']})".strip() for one in found)


def _pairs(values: Json) -> str:
    """`replicas 4, target web`, for people; the record itself keeps the JSON."""
    spelled = {
        key: " ".join(str(item) for item in value) if isinstance(value, list) else str(value)
        for key, value in values.items()
    }
    return ", ".join(f"{key} {value}" for key, value in spelled.items()) or "-"


async def _verify(ctx: BotContext) -> Message:
    count, why = await ctx.records.verify()
    if why:
        return Message(
            icon=Icon.FAILED,
            headline=text("The record is not whole: {}.", why),
            parts=(Paragraph(text=text("Before that, {}.", _hold(count))),),
        )
    return Message(icon=Icon.DONE, headline=text("The record is whole: {}.", _hold(count)))


def _hold(count: int) -> str:
    return "1 record holds" if count == 1 else f"{count} records hold, each following the one before"


COMMAND = BotCommand(
    name="audit",
    summary="The record of what was asked, decided and done.",
    examples=("audit --since 24h", "audit -n shop --verb rollback", "audit show 12", "audit verify"),
    args=AuditArgs,
    permission=Permission.AUDIT_READ,
    kinds=lambda _: ("records",),
    mostly="records",
    run=run,
)
