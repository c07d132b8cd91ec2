"""events: what happened lately, the newest first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.errors import UsageError
from bot.domain.happenings import read, table
from bot.domain.message import Message, text
from bot.domain.results import Rows
from bot.domain.views import Kept, View, shown as seen
from bot.engine.grammar import parse
from commands import events
from commands.events import EventsArgs, render

BORN = "2026-01-01T00:00:00Z"
NOW = 1_767_226_200.0  # 2026-01-01T00:10:00Z


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", EventsArgs()),
        ("-n shop", EventsArgs(namespace="shop")),
        ("-A", EventsArgs(everywhere=True)),
        ("--for pod/web-0", EventsArgs(about="pod/web-0")),
        ("--for=deploy/web --limit 5", EventsArgs(about="deploy/web", limit=5)),
        ("--types=warning --since 30m", EventsArgs(types="Warning", since="30m")),
        ("--types=Normal,Warning", EventsArgs()),
    ],
)
def test_grammar(line, expected):
    assert parse(EventsArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("web", "unexpected"),
        ("--for web", "write TYPE/NAME"),
        ("--for pod/Web_0", "cannot be a name"),
        ("--types=Loud", "either Warning or Normal"),
        ("--limit 0", "greater than or equal to 1"),
        ("--since soon", "not a duration"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=f"(?i){re.escape(said)}"):
        parse(EventsArgs, tuple(line.split()), name="events")


def test_it_reaches_where_it_looks():
    assert EventsArgs(everywhere=True).reach() == "*"
    assert EventsArgs(namespace="shop").reach() == "shop"
    assert events.COMMAND.kinds(EventsArgs(about="pod/web-0")) == ("events",)


async def test_one_read(kube, ask, only_reads, gate):
    await kube.forget()
    await ask(events.COMMAND, "")
    await only_reads()
    assert [asked["path"] for asked in await kube.requests()] == ["/api/v1/namespaces/shop/events"]
    assert gate.asked == [("shop", "events")]


async def test_a_bad_image_is_a_warning_with_its_repeats(kube, ask):
    await kube.pod("bad", "web:missing")
    await kube.until(lambda: _says(ask, "--for pod/bad --types=Warning", "ErrImagePull"))
    found = await ask(events.COMMAND, "--for pod/bad")
    message = seen(Kept(result=found))
    assert re.fullmatch(r"\d+ events about pod/bad in shop on demo · \d+ warnings", message.plain())
    (rows,) = found.groups
    assert rows.columns == ("LAST SEEN", "REASON", "MESSAGE")
    assert "⚠️ Failed" in [row[1] for row in rows.rows]
    assert "Scheduled" in [row[1] for row in rows.rows]
    only = seen(Kept(result=found, view=View(unready=True)))
    assert re.fullmatch(r"\d+ warning events about pod/bad in shop on demo", only.plain())
    assert {row[1].split()[0] for row in only.parts[0].rows} == {"⚠️"}


async def test_only_what_is_asked_about(kube, ask):
    await kube.pod("a", "web:1.0")
    await kube.pod("b", "web:1.0")
    await kube.until(lambda: _says(ask, "", "pod/b"))
    assert {row[2] for row in (await ask(events.COMMAND, "")).groups[0].rows} >= {"pod/a", "pod/b"}
    everywhere = (await ask(events.COMMAND, "-A")).groups[0]
    assert everywhere.columns == ("NAMESPACE", "LAST SEEN", "REASON", "OBJECT", "MESSAGE")


async def test_where_only_some_namespaces_may_be_seen_those_are_read_and_named(kube, ctx, gate):
    await kube.namespace("other")
    await kube.namespace("hidden")
    for namespace in ("shop", "other", "hidden"):
        await kube.call(
            "POST", f"/api/v1/namespaces/{namespace}/pods",
            {"metadata": {"name": namespace}, "spec": {"containers": [{"name": "a", "image": "web:1.0"}]}},
        )  # fmt: skip
    args = EventsArgs(everywhere=True, context="demo", within=("shop", "other"))

    async def both():
        found = await events.COMMAND.run(ctx, args)
        both = isinstance(found, Rows) and {"shop", "other"} == {row[0] for row in found.groups[0].rows}
        return found if both else None

    found = await kube.until(both)
    assert [note.plain() for note in found.notes] == ["Only in the namespaces that you may see: shop, other."]
    assert set(gate.asked) == {("shop", "events"), ("other", "events")}


async def test_a_node_has_its_events_wherever_they_are(kube, ask, gate):
    await kube.fault(fault="lose-node", node="node-1")
    await kube.until(lambda: _says(ask, "--for node/node-1", "NodeNotReady"))
    message = seen(Kept(result=await ask(events.COMMAND, "--for node/node-1")))
    assert message.plain().startswith("1 event about node/node-1 on demo")
    assert set(gate.asked) == {("*", "events")}


async def test_its_permission_is_for_events_whatever_they_are_about(narrow):
    assert (await narrow(events.COMMAND, "--for deploy/web")).plain().startswith("No events about")


async def test_nothing_happened(ask, shown):
    assert shown(await ask(events.COMMAND, "--for pod/web-0")) == (
        "No events about pod/web-0 in shop on demo.\nThe cluster keeps events for an hour or so."
    )


def event(reason: str, last: str, **more):
    about = {"kind": "Pod", "name": "web-0"}
    return {
        "metadata": {"namespace": "shop", "creationTimestamp": BORN},
        "involvedObject": about, "type": "Normal", "reason": reason, "message": f"{reason} it",
        "lastTimestamp": last,
    } | more  # fmt: skip


def test_message(shown):
    found = read(
        [
            event("Pulled", "2026-01-01T00:08:00Z"),
            event("BackOff", "2026-01-01T00:09:50Z", type="Warning", count=12, firstTimestamp=BORN),
            event("Started", "2026-01-01T00:08:30Z"),
        ]
    )  # fmt: skip
    args = EventsArgs(namespace="shop", limit=2)
    assert shown(seen(Kept(result=render(text(" in shop on prod"), args, found, NOW)))) == (
        "2 events in shop on prod · 1 warning\n"
        "LAST SEEN | REASON | OBJECT | MESSAGE\n"
        "10s (x12 over 10m) | ⚠️ BackOff | pod/web-0 | BackOff it\n"
        "90s | Started | pod/web-0 | Started it\n"
        "[Only warnings] \n"
        "[As file] \n"
        "[Share] \n"
        "1 older event not shown. --limit shows more."
    )


def test_twenty_on_a_page_and_the_rest_behind_a_button():
    found = read(event("Pulled", f"2026-01-01T00:08:{second:02}Z") for second in range(25))
    rows = render(text(" in shop on prod"), EventsArgs(), found, NOW)
    first, second = (seen(Kept(result=rows, view=View(page=page))) for page in (1, 2))
    assert first.plain() == "25 events in shop on prod"
    assert [len(message.parts[0].rows) for message in (first, second)] == [20, 5]
    assert "Next page" in [button.label for button in first.buttons]


def test_warnings_alone_are_told_once(shown):
    found = read([event("BackOff", "2026-01-01T00:09:50Z", type="Warning")])
    rows = render(text(" in shop on prod"), EventsArgs(types="Warning"), found, NOW)
    assert seen(Kept(result=rows)).plain() == "1 warning in shop on prod"


async def test_older_ones_are_left_out(ctx, kube, shown):
    await kube.create("events", event("Old", "2026-01-01T00:00:00Z") | {"metadata": {"name": "old"}})
    await kube.create("events", event("New", "2026-01-01T00:09:00Z") | {"metadata": {"name": "new"}})
    args = EventsArgs(namespace="shop", context="demo", since="5m")
    found = await events.COMMAND.run(replace(ctx, now=lambda: NOW), args)
    assert shown(seen(Kept(result=found))).splitlines()[:3] == [
        "1 event in shop on demo in the last 5m",
        "LAST SEEN | REASON | OBJECT | MESSAGE",
        "60s | New | pod/web-0 | New it",
    ]
    none = await events.COMMAND.run(replace(ctx, now=lambda: NOW), args.model_copy(update={"since": "10s"}))
    assert none.plain() == "No events in shop on demo in the last 10s."


def test_both_shapes_of_events():
    series = {"count": 7, "lastObservedTime": "2026-01-01T00:09:00.000000Z"}
    new = event("Scaled", "", lastTimestamp=None, eventTime="2026-01-01T00:05:00.000000Z", series=series)
    bare = {"metadata": {"creationTimestamp": "2026-01-01T00:01:00Z"}}
    one, other = read([bare, new])
    assert (one.reason, one.count, NOW - one.last, NOW - one.first) == ("Scaled", 7, 60.0, 300.0)
    assert (other.count, NOW - other.last, other.is_warning) == (1, 540.0, False)


def test_messages_are_one_line_redacted_and_trimmed():
    (one,) = read([event("Failed", "2026-01-01T00:09:00Z", message="password=hunter2\n" + "x" * 900)])
    (row,) = table([one], NOW, objects=False).rows
    assert re.match(r"password=\[redacted:\w+\] x+…$", row[2])
    assert len(row[2]) == 400


async def _says(ask, line, words):
    found = await ask(events.COMMAND, line)
    if isinstance(found, Message):
        return False
    return any(words in cell for row in found.groups[0].rows for cell in row)
