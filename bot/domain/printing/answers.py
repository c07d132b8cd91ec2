"""From what was found to the answer: rows, lines, or the sentence that there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import listing
from bot.domain.cluster import ApiTable
from bot.domain.errors import BotError
from bot.domain.listing import Row, own_columns, shown
from bot.domain.message import Button, Message, Paragraph, Text, code, marked, plural, text
from bot.domain.model import Frozen
from bot.domain.printing.beside import Beside
from bot.domain.printing.documents import MOST_OBJECTS, Document
from bot.domain.printing.forms import Form
from bot.domain.printing.printed import document
from bot.domain.resources import DEPLOYMENTS, NODES, PODS, ResourceType
from bot.domain.results import Group, Lines, Rows
from bot.domain.views import aligned

_NAMES = {"yaml": "as YAML", "json": "as JSON", "name": "by name", "jsonpath": "by jsonpath"}
_ENDINGS = {"yaml": "yaml", "json": "json"}
_FEW = 5
_PRINTING = {"yaml", "json", "jsonpath", "custom-columns"}


class Question(Frozen):
    """What was asked, as far as the answer speaks of it."""

    cluster: str
    namespace: str
    everywhere: bool = False
    within: tuple[str, ...] = ()
    """The namespaces that all of them were narrowed to."""
    selector: str = ""
    fields: str = ""
    name: str = ""
    """The one object that was meant by its name."""
    is_all: bool = False
    form: Form = Form()
    beside: Beside = Beside()
    no_heads: bool = False


def answer(asked: Question, tables: list[ApiTable], missing: Sequence[BotError]) -> Message | Rows | Lines:
    """Raises `UsageError` for an order that cannot be had, or paths that find too much."""
    whole = listing.joined(tables)
    filled = tuple(table for table in whole if _count(table))
    notes = _notes(asked, whole, missing)
    if not filled:
        return _nothing(asked, whole)
    if asked.form.kind in _NAMES:
        return _lines(asked, filled, notes)
    groups = tuple(_group(asked, table) for table in filled)
    name = filled[0].type.plural if len(filled) == 1 else "all" if asked.is_all else "resources"
    if asked.no_heads:
        lines = tuple(line for group in groups for line in aligned(group, heads=False))
        headline = text("{}{}", _counted(filled), _where(asked, filled))
        before = tuple(Paragraph(text=note) for note in notes)
        return Lines(headline=headline, lines=lines, before=before, footer=_left(filled), name=f"{name}.txt")
    return Rows(
        where=_where(asked, filled),
        groups=groups,
        notes=notes,
        buttons=_next_steps(asked, filled),
        footer=_left(filled),
        name=name,
    )


def _count(table: ApiTable) -> int:
    return max(len(table.rows), len(table.taken))


def _notes(asked: Question, tables: tuple[ApiTable, ...], missing: Sequence[BotError]) -> tuple[Text, ...]:
    notes = [text("{}. {}", marked(error.message), marked(error.hint)) for error in missing]
    if not asked.is_all and any(map(_count, tables)):
        notes += [text("No {}.", table.type.plural) for table in tables if not _count(table)]
    if asked.within:
        more = len(asked.within) - _FEW
        names = ", ".join(asked.within[:_FEW]) + (f" and {more} more" if more > 0 else "")
        notes.append(text("Only in {}: the policy lets you see these.", names))
    if asked.form.kind in _PRINTING and any(table.type.kind == "Secret" for table in tables):
        notes.append(text("The values of Secrets are never shown."))
    return tuple(notes)


def _group(asked: Question, table: ApiTable) -> Group:
    if asked.form.kind == "custom-columns":
        return own_columns(table, asked.form.heads, asked.beside)
    return shown(table, asked.beside, wide=asked.form.kind == "wide")


def _lines(asked: Question, tables: tuple[ApiTable, ...], notes: tuple[Text, ...]) -> Lines | Message:
    found = [table.taken[index].found for table in tables for index in listing.ordered(table, asked.beside)]
    written = document(asked.form, found, single=bool(asked.name))
    headline = text("{}{} {}", _counted(tables), _where(asked, tables), _NAMES[asked.form.kind])
    if not written.lines:
        nothing = text("These paths find nothing in {}{}.", _counted(tables), _where(asked, tables))
        return Message(headline=nothing, parts=tuple(Paragraph(text=note) for note in notes))
    ending = _ENDINGS.get(asked.form.kind, "txt")
    return Lines(
        headline=headline,
        lines=written.lines,
        before=tuple(Paragraph(text=note) for note in notes),
        footer=_cut(asked, tables, written),
        name=f"{asked.name or tables[0].type.plural}.{ending}",
    )


def _cut(asked: Question, tables: tuple[ApiTable, ...], written: Document) -> Text:
    more = sum(table.remaining for table in tables) + written.left_out
    if not more:
        return Text()
    most = f"{MOST_OBJECTS:,} objects of a type are read; " if asked.form.is_document else ""
    return text("{}at least {} more not shown: narrow it down with -l or -n.", most, f"{more:,}")


def _left(tables: tuple[ApiTable, ...]) -> Text:
    more = sum(table.remaining for table in tables)
    return (
        text("At least {} more on the server: narrow it down with -l or -n.", f"{more:,}") if more else Text()
    )


def _counted(tables: tuple[ApiTable, ...]) -> str:
    return ", ".join(plural(_count(t), listing.one(t.type), t.type.plural) for t in tables)


def _where(asked: Question, tables: tuple[ApiTable, ...]) -> Text:
    on = code(asked.cluster)
    if not any(table.type.namespaced for table in tables):
        return text(" on {}", on)
    if asked.within:
        return text(" in {} of the namespaces on {}", len(asked.within), on)
    if asked.everywhere:
        return text(" in all namespaces on {}", on)
    return text(" in {} on {}", code(asked.namespace), on)


def _nothing(asked: Question, tables: tuple[ApiTable, ...]) -> Message:
    kinds = ", ".join(table.type.plural for table in tables)
    hints = []
    if asked.selector:
        hints.append(text("None has the labels {}.", code(asked.selector)))
    if asked.fields:
        hints.append(text("None has the fields {}.", code(asked.fields)))
    if asked.within:
        hints += _notes(asked, tables, ())
    elif not asked.everywhere and any(table.type.namespaced for table in tables):
        hints.append(text("{} looks in every namespace.", code("-A")))
    return Message(
        headline=text("No {}{}.", kinds, _where(asked, tables)),
        parts=tuple(Paragraph(text=hint) for hint in hints),
    )


def _next_steps(asked: Question, tables: tuple[ApiTable, ...]) -> tuple[Button, ...]:
    """For the first that is not ready: what is wrong with it, and what it said."""
    if asked.form.kind == "custom-columns":
        return ()
    for table in tables:
        bad = min(listing.unready(table), default=None)
        if table.type in {PODS, DEPLOYMENTS, NODES} and bad is not None:
            return _looks(asked.cluster, table.type, listing.rows(table, asked.namespace)[bad])
    if tables[0].type == DEPLOYMENTS and len(tables[0].rows) == 1:
        first = listing.rows(tables[0], asked.namespace)[0]
        there = f"-n {first.namespace} --context {asked.cluster}"
        return (Button(label="Rollout status", command=f"rollout status {first.name} {there}"),)
    return ()


def _looks(cluster: str, kind: ResourceType, row: Row) -> tuple[Button, ...]:
    name, label = f"{kind.singular}/{row.name}", f"Describe {row.name}"[:75]
    if not kind.namespaced:
        return (Button(label=label, command=f"describe {name} --context {cluster}"),)
    there = f"-n {row.namespace} --context {cluster}"
    look = Button(label=label, command=f"describe {name} {there}")
    happened = Button(label="Events", command=f"events --for {name} {there}")
    return (look, Button(label="Logs", command=f"logs {name} {there}"), happened)
