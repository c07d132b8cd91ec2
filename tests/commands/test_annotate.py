"""annotate: the same way as label, with words of any form."""

from __future__ import annotations

import re

import pytest

from bot.domain.changes import MARK
from bot.domain.errors import StalePlanError, UsageError
from bot.engine.cards import field_rows
from bot.engine.grammar import parse
from commands import annotate
from commands.annotate import AnnotateArgs
from tests.commands.change_steps import WORKLOADS, carry_out, patch, writes


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        (("pod", "a", "note=two words, and more"), {"note": "two words, and more"}),
        (("deploy/web", "example.com/owner=x/y", "old-"), {"example.com/owner": "x/y", "old": None}),
        (("pods", "-l", "app=web", "note="), {"note": ""}),
    ],
)
def test_grammar(words, marks):
    assert parse(AnnotateArgs, words).marks == marks


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "Which object? Write TYPE NAME, or TYPE/NAME, before the annotation."),
        ("pod a", "Which annotation? Write KEY=VALUE after the name, or KEY- to take one away."),
        ("pod a -l app=web v=1", "Either names or `-l`."),
        ("pod a /v=1", "`/v` cannot be an annotation's key."),
        (f"pod a {MARK}=mine", f"`{MARK}` is how the bot knows its own changes again."),
        (f"pod a {MARK}-", f"`{MARK}` is how the bot knows its own changes again."),
        (f"pod a v={'x' * 1001}", "The value of `v` is longer than 1000 characters."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(AnnotateArgs, tuple(line.split()), name="annotate")


def test_the_policy_is_asked_by_plural():
    assert annotate.COMMAND.kinds(parse(AnnotateArgs, ("deploy/web", "no/one", "x=y"))) == (
        "deployments",
        "nodes",
    )


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.pod("a", "web:1.0")
    await kube.forget()
    await plan(annotate.COMMAND, "pod a note=x")
    await only_reads()


async def test_what_was_approved_is_what_is_done_and_can_be_undone(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await patch(kube, "web", {"metadata": {"annotations": {"note": "old words"}}})
    planned = await plan(annotate.COMMAND, "deploy/web note='new words' --overwrite")
    assert planned.title.plain() == "Annotate deployment shop/web on demo: note=new words?"
    assert planned.button == "Annotate web"
    assert planned.done.plain() == "deployment shop/web on demo · annotated note=new words"
    assert field_rows(planned) == (("metadata.annotations.note", "old words → new words"),)
    assert planned.inverse == ("annotate deployments/web 'note=old words' --overwrite -n shop --context demo")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["metadata"]["annotations"]["note"] == "new words"
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}
    (after,) = await carry_out(cluster, await plan(annotate.COMMAND, planned.inverse.partition(" ")[2]))
    assert after["metadata"]["annotations"]["note"] == "old words"


async def test_another_value_is_not_lost_unasked(kube, plan):
    await kube.pod("a", "web:1.0", annotations={"note": "old words"})
    with pytest.raises(UsageError, match="`shop/a` has `note=old words` already") as refused:
        await plan(annotate.COMMAND, "pod a note='new words'")
    assert refused.value.suggestions == (
        "annotate pods/a 'note=new words' --overwrite -n shop --context demo",
    )


async def test_a_secret_is_never_spelled_not_even_by_the_way_back(kube, plan):
    await kube.pod("a", "web:1.0", annotations={"db-password": "hunter2hunter2"})
    planned = await plan(annotate.COMMAND, "pod a db-password=hunter3hunter3 --overwrite")
    said = f"{planned.title.plain()} {planned.doing.plain()} {planned.done.plain()} {field_rows(planned)}"
    assert "hunter" not in said
    assert "[redacted:" in said
    assert planned.inverse == ""
    with pytest.raises(UsageError) as refused:
        await plan(annotate.COMMAND, "pod a db-password=hunter3hunter3")
    assert "hunter2" not in refused.value.message


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await kube.pod("a", "web:1.0", annotations={"note": "x"})
    planned = await plan(annotate.COMMAND, "pod a note=x none-")
    assert planned.nothing.plain() == (
        "Nothing to change: pod shop/a on demo has that already (note=x, without none)."
    )


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(annotate.COMMAND, "deploy/web note=a")
    await patch(kube, "web", {"metadata": {"annotations": {"note": "b"}}})
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"metadata\.annotations\.note is now b"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
