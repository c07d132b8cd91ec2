"""rollback: which revision it goes back to, and which others it offers."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError
from commands import rollback, set_image
from tests.commands.change_steps import carry_out, lines
from tests.commands.revisions import at_revision, rolled


async def test_with_no_revision_named_the_others_are_a_press_away(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    (other,) = (await plan(rollback.COMMAND, "web")).instead
    assert re.fullmatch(r"Revision 1: web:1\.0, \d+s old", other.label)
    assert other.command == "rollback web --to-revision=1 -n shop --context demo"
    planned = await plan(rollback.COMMAND, "web --to-revision=1")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 1: web:1.2 → web:1.0?"
    assert planned.instead == ()


async def test_a_revision_that_was_rolled_back_from_is_not_offered_again(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    await at_revision(kube, 4)
    await kube.rolled_out("web")
    planned = await plan(rollback.COMMAND, "web")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 1: web:1.1 → web:1.0?"
    assert lines(planned)[0] == "Revision 3 (web:1.2) is newer and passed over: left by a rollback."
    assert [button.command for button in planned.instead] == [
        "rollback web --to-revision=3 -n shop --context demo"
    ]
    forced = await plan(rollback.COMMAND, "web --to-revision=3")
    assert forced.title.plain() == "Roll back shop/web on demo to revision 3: web:1.1 → web:1.2?"
    assert lines(forced)[0] == "Revision 3: left by a rollback."


async def test_where_all_that_is_left_is_known_to_be_broken_it_asks_which(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    await at_revision(kube, 3)
    await kube.rolled_out("web")
    with pytest.raises(
        TargetNotFoundError, match="no earlier revision that is not known to be broken"
    ) as refused:
        await plan(rollback.COMMAND, "web")
    assert re.fullmatch(r"There is: 2 \(`web:1\.1`, \d+s old, left by a rollback\)\.", refused.value.hint)
    assert refused.value.suggestions == ("rollback web --to-revision=2 -n shop --context demo",)


async def test_the_revisions_are_shown_with_what_is_known_of_each(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    step = (await plan(set_image.COMMAND, "web web=web:1.2")).steps[0]
    await cluster.apply(step, "0123456789abcdef")
    await at_revision(kube, 3)
    await kube.set_image("web", "web:1.3")
    await at_revision(kube, 4)
    await kube.rolled_out("web")
    (shown,) = (await plan(rollback.COMMAND, "web")).beside
    assert shown.columns == ("REVISION", "HEALTH", "IMAGE", "AGE", "CURRENT FOR", "BY")
    kept = [(row[0], row[1], row[2], row[5]) for row in shown.rows]
    assert kept == [
        ("4 · current", "1 ready now", "web:1.3", "not known"),
        ("3", "not known", "web:1.2", "/k8s test"),
        ("2", "not known", "web:1.1", "not known"),
        ("1", "not known", "web:1.0", "not known"),
    ]
    assert all(re.fullmatch(r"\d+s", row[4]) for row in shown.rows)
    (shown,) = (await plan(rollback.COMMAND, "web --to-revision=2")).beside
    assert [row[0] for row in shown.rows] == ["4 · current", "2"]


async def test_the_form_offers_what_can_be_gone_back_to(kube, ctx):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    choices = await rollback.offered(ctx, {"target": "web", "namespace": "shop"})
    assert [(choice.label, choice.value) for choice in choices] == [("2: web:1.1", "2"), ("1: web:1.0", "1")]
    assert re.fullmatch(r"\d+s old · not known", choices[0].description)
    assert await rollback.offered(ctx, {}) == ()


async def test_a_revision_that_is_not_there_is_answered_with_those_that_are(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no revision 9") as refused:
        await plan(rollback.COMMAND, "web --to-revision=9")
    assert re.fullmatch(
        r"There is: 2 \(`web:1\.1`, \d+s old\), 1 \(`web:1\.0`, \d+s old\)\.", refused.value.hint
    )
    assert refused.value.suggestions == (
        "rollback web --to-revision=2 -n shop --context demo",
        "rollback web --to-revision=1 -n shop --context demo",
    )


async def test_a_first_revision_has_none_before_it(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no earlier revision") as refused:
        await plan(rollback.COMMAND, "web")
    assert refused.value.hint == "It has run only what it runs now."
