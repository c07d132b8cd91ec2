"""audit: the record of what was asked, decided and done."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission
from bot.domain.ages import parse_duration
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Facts, Icon, Message, Output, Part, Table, code, plural, text
from bot.domain.records import Record
from bot.engine.command import Args, BotCommand, BotContext, Flag, Positional

_MOST = 100


class AuditArgs(Args):
    words: Annotated[tuple[str, ...], Positional("[show N | verify]"), Field(max_length=2)] = ()
    user: Annotated[str, Flag("--user", help="records of one person, by Slack id", metavar="ID")] = ""
    verb: Annotated[str, Flag("--verb", help="records of one verb", metavar="VERB")] = ""
    name: Annotated[str, Flag("--name", help="records about one object", metavar="NAME")] = ""
    since: Annotated[str, Flag("--since", help="no older than this, such as 2h or 7d", metavar="AGE")] = ""
    limit: Annotated[int, Flag("--limit", help="how many", metavar="N"), Field(ge=1, le=_MOST)] = 15

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
        return self.namespace or "*"


async def run(ctx: BotContext, args: AuditArgs) -> Message:
    if args.words == ("verify",):
        return await _verify(ctx)
    if args.words:
        return await _show(ctx, int(args.words[1]))
    since = ctx.now() - parse_duration(args.since) if args.since else 0.0
    found = await ctx.records.search(
        actor=args.user.strip("<@>").partition("|")[0],
        verb=args.verb,
        target=args.name,
        since=since,
        limit=args.limit,
    )
    rows = tuple(_row(record) for record in found)
    if not rows:
        return Message(headline=text("No records fit."))
    return Message(
        headline=text("{}, the newest first", plural(len(rows), "record")),
        parts=(
            Table(
                columns=("NO", "WHEN (UTC)", "WHO", "WHAT", "WHERE", "CAME OF IT"),
                rows=rows,
                drop=("WHEN (UTC)", "WHERE"),
            ),
        ),
        buttons=(
            Button(label=f"Show {rows[0][0]}", command=f"audit show {rows[0][0]}"),
            Button(label="Verify", command="audit verify"),
        ),
        footer=text("{} shows one whole.", code("/k8s audit show N")),
    )


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


def outcome(said: dict[str, Any]) -> str:
    """In two or three words, what came of it."""
    detail = said.get("detail", {})
    for key in ("result", "phase", "outcome", "error"):
        if key in detail:
            return str(detail[key])
    return "planned" if "plan" in detail else "ok"


async def _show(ctx: BotContext, seq: int) -> Message:
    record = await ctx.records.show(seq)
    if record is None:
        raise TargetNotFoundError(f"there is no record {seq}")
    said = json.loads(record.text)
    rows = [
        ("at", record.at),
        ("kind", said["kind"]),
        ("who", f"{said.get('actor_name', '')} ({said['actor']})".strip()),
        ("where asked", said.get("channel", "-") or "-"),
        ("asked", said.get("asked", "-") or "-"),
        ("understood", json.dumps(said.get("understood", {}), ensure_ascii=False)),
        (
            "on",
            " ".join(p for p in (said.get("cluster"), said.get("namespace"), said.get("target")) if p) or "-",
        ),
        ("decided", " ".join(f"{k}: {v}" for k, v in said.get("decision", {}).items()) or "-"),
        ("came of it", outcome(said)),
        ("hash", record.hash),
        ("the one before", record.previous),
    ]
    detail = json.dumps(said.get("detail", {}), indent=1, ensure_ascii=False)
    parts: tuple[Part, ...] = (Facts(rows=tuple(rows)), Output(text=detail, name=f"record-{seq}.json"))
    return Message(headline=text("Record {}", code(seq)), parts=parts)


async def _verify(ctx: BotContext) -> Message:
    count, why = await ctx.records.verify()
    if why:
        return Message(icon=Icon.FAILED, headline=text("The record is NOT whole: {}.", why),
                       footer=text("{} before it hold.", plural(count, "record")))  # fmt: skip
    return Message(
        icon=Icon.DONE, headline=text("{}, all of them whole and in order.", plural(count, "record"))
    )


COMMAND = BotCommand(
    name="audit",
    summary="The record of what was asked, decided and done.",
    examples=("audit --since 24h", "audit show 12", "audit verify"),
    args=AuditArgs,
    permission=Permission.AUDIT_READ,
    kinds=lambda _: ("records",),
    mostly="records",
    run=run,
)
