"""rollout history: what a deployment ran before, and one revision in full."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.domain.revisions.revision import Revision
from bot.engine.grammar import parse
from commands import rollout_history
from commands.rollout_history import RolloutHistoryArgs, listed, one_of

REF = ObjectRef(cluster="prod", namespace="shop", type=DEPLOYMENTS, name="web")
NOW = 1_767_312_000.0  # 2026-01-02


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", RolloutHistoryArgs(target=("web",))),
        ("deployment/web --revision=2", RolloutHistoryArgs(target=("deployment/web",), revision=2)),
        ("deploy web -n shop", RolloutHistoryArgs(target=("deploy", "web"), namespace="shop")),
    ],
)
def test_grammar(line, expected):
    assert parse(RolloutHistoryArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [("", "is needed"), ("svc/web", "Not for services"), ("web --revision=last", "not a valid int")],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(RolloutHistoryArgs, tuple(line.split()), name="rollout history")


async def test_only_reads(kube, ask, only_reads):
    await kube.deploy("web")
    await kube.forget()
    await ask(rollout_history.COMMAND, "web")
    await only_reads()


async def test_its_permission_covers_sets(kube, narrow):
    await kube.deploy("web")
    assert (await narrow(rollout_history.COMMAND, "web")).headline


async def test_the_newest_first_and_the_current_marked(kube, ask):
    await kube.deploy("web", replicas=1)
    await kube.set_image("web", "web:2.0")
    await kube.until(lambda: _has(ask, 2))
    message = await ask(rollout_history.COMMAND, "deployment/web")
    assert message.plain() == "2 revisions of shop/web on demo"
    (table,) = message.parts
    assert table.columns == ("REVISION", "IMAGE", "AGE", "CHANGE-CAUSE")
    assert [row[:2] for row in table.rows] == [("2 · current", "web:2.0"), ("1", "web:1.0")]
    assert [button.command for button in message.buttons] == [
        "rollback web --to-revision=1 -n shop --context demo",
        "rollout history web --revision=2 -n shop --context demo",
    ]


async def test_one_revision_names_its_variables_and_no_value(kube, ask, shown):
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "MODE", "value": "fast"}]
    await kube.deploy("web", replicas=1, env=env, ports=[{"containerPort": 8080}])
    said = shown(await ask(rollout_history.COMMAND, "web --revision=1"))
    assert re.fullmatch(
        r"Revision 1 of shop/web on demo · current\n"
        r"image \(web\): web:1.0\nports \(web\): 8080/TCP\nenv \(web\): DB_PASSWORD, MODE\n"
        r"age: \d+s\nchange-cause: <none>",
        said,
    )


async def test_a_revision_that_is_not_there(kube, ask):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="has no revision 7") as missing:
        await ask(rollout_history.COMMAND, "web --revision=7")
    assert missing.value.hint == "It has: 1."


def revision(number: int, image: str, cause: str = "") -> Revision:
    return Revision(
        number=number, name=f"web-{number}", images=(image,), created="2026-01-01T00:00:00Z", cause=cause,
        ready=0, replicas=0, template={"spec": {"containers": [{"name": "web", "image": image}]}},
    )  # fmt: skip


def test_message_of_all(shown):
    known = (
        revision(3, "web:3", "/k8s deploy web --image web:3 -e TOKEN=abcdef"),
        revision(2, "example.com/web:2"),
    )
    said = shown(listed(REF, known, "3", NOW))
    assert re.sub(r"\[redacted:\w+\]", "[redacted]", said) == (
        "2 revisions of shop/web on prod\n"
        "REVISION | IMAGE | AGE | CHANGE-CAUSE\n"
        "3 · current | web:3 | 24h | /k8s deploy web --image web:3 -e TOKEN=[redacted]\n"
        "2 | web:2 | 24h | <none>\n"
        "[Roll back to web:2] rollback web --to-revision=2 -n shop --context prod\n"
        "[Show revision 3] rollout history web --revision=3 -n shop --context prod"
    )


def test_message_of_an_earlier_one(shown):
    assert shown(one_of(REF, revision(2, "web:2", "set image"), "3", NOW)) == (
        "Revision 2 of shop/web on prod\n"
        "image (web): web:2\n"
        "age: 24h\n"
        "change-cause: set image\n"
        "[Roll back to web:2] rollback web --to-revision=2 -n shop --context prod\n"
        "No pod runs it now."
    )


def test_message_of_none(shown):
    assert shown(listed(REF, (), "", NOW)) == "shop/web on prod has never been rolled out."


async def _has(ask, count):
    (table,) = (await ask(rollout_history.COMMAND, "web")).parts
    return len(table.rows) == count and "current" in table.rows[0][0]
