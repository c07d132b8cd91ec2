"""No verb reaches a cluster without a decision and an intent, and what reaches it is what was shown."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from urllib.parse import parse_qs

import pytest

from bot.domain.changes import MARK
from bot.domain.cluster import WebRequest
from bot.engine.command import ChangeCommand, RunCommand
from bot.engine.planned import Planned
from bot.engine.registry import Registry
from bot.store.secrets import Sealer
from bot.wiring import COMMANDS
from tests.world import slept_out, world

CONFIRMED = """
impersonate: false
lock_after_rollback: false
channels: {C0SHOP: {name: shop, namespace: shop}}
policy:
  exec: {look: {programs: ["ls *"]}}
  rules:
    - {name: looks, verbs: "@reads", effect: allow}
    - {name: changes, verbs: "@changes", effect: confirm}
    - {name: runs, verbs: "@runs", exec: look, effect: confirm}
"""
READING = CONFIRMED.replace('"@changes", effect: confirm', '"@changes", effect: deny').replace(
    '"@runs", exec: look, effect: confirm', '"@runs", effect: deny'
)
APPROVED = CONFIRMED.replace("effect: confirm", "effect: approve, by: {groups: {S0SRE: sre}}")
LINES = (
    "deploy api --image web:1",
    "label deployment/web tier=front",
    "annotate deployment/web owner=shop",
    "scale web 3",
    "autoscale web --min=2 --max=5 --cpu-percent=80",
    "expose web --port 8080",
    "set image web web=web:2",
    "set env web MODE=fast",
    "set resources web --requests=cpu=100m",
    "pause web",
    "resume web",
    "restart web",
    "rollback web --to-revision 1",
    "cordon {node}",
    "uncordon {node}",
    "drain {node}",
    "delete deployment api",
    "exec deploy/web -- ls /",
    "proxy svc/web /healthz",
)
MARKED = f"/metadata/annotations/{MARK.replace('/', '~1')}"
NO_INTENT = (
    "CREATE TRIGGER gone BEFORE INSERT ON records WHEN NEW.kind = 'intent' "
    "BEGIN SELECT json('no JSON, which SQLite calls an error of the database'); END"
)


@pytest.fixture
async def ruled(tmp_path):
    """A world without a bot, whose policy a scenario chooses."""
    policy = tmp_path / "policy.yaml"
    shutil.copy("tests/scenarios/approvals.yaml", policy)
    async with world(tmp_path, policy=policy) as place:
        yield place
    await slept_out()


async def begun(place, policy):
    (place.folder / "policy.yaml").write_text(policy)
    await place.start_bot()


async def lines(place):
    pods = (await place.api("/api/v1/namespaces/shop/pods"))["items"]
    node = next(pod["spec"]["nodeName"] for pod in pods)
    return tuple(line.format(node=node) for line in LINES)


def database(place):
    return contextlib.closing(sqlite3.connect(place.folder / "k8s-bot.db", isolation_level=None))


def plan_of(place, question):
    """The plan as its row keeps it, and its id."""
    label = next(iter(question.buttons))
    plan = question.value(label).partition(":")[0]
    with database(place) as connection:
        [(sealed,)] = connection.execute("SELECT data FROM operations WHERE id = ?", (plan,)).fetchall()
    return plan, Planned.model_validate_json(Sealer.of("", place.folder).open(sealed))


async def agreed(place, question, planned, who="cho"):
    """Say yes, with the name and the reason that are asked for."""
    label = next(iter(question.buttons))
    asked_for = {"name": planned.to_type} if planned.to_type else {}
    asked_for |= {"reason": "because"} if planned.needs else {}
    if not asked_for:
        await place.press(who, question, label)
        return
    answer = await place.agree(who, question, label, **asked_for)
    assert not answer.get("errors"), answer


async def reached(place):
    """What reached the cluster that was no mere look: writes, programs, and what is fetched from a pod."""
    ran = [r for r in await place.requests("GET") if r["path"].rstrip("/").split("/")[-1] == "exec"
           or "/proxy" in r["path"]]  # fmt: skip
    return [*await place.writes(), *ran]


def bare(body):
    """What is sent, without the change's own mark and the version that it was made for."""
    if isinstance(body, list):  # a JSON patch
        return [one for one in body if one["path"] not in {"/metadata/resourceVersion", MARKED}]
    if body.get("kind") in {"DeleteOptions", "Eviction"}:
        body = {k: v for k, v in body.get("deleteOptions", body).items() if k not in {"apiVersion", "kind"}}
    metadata = dict(body.get("metadata") or {})
    metadata.pop("resourceVersion", None)
    metadata["annotations"] = {k: v for k, v in metadata.get("annotations", {}).items() if k != MARK}
    options = {k: v for k, v in (body.get("preconditions") or {}).items() if k != "resourceVersion"}
    kept = {k: v for k, v in body.items() if k not in {"metadata", "preconditions", "dryRun"}}
    metadata = {k: v for k, v in metadata.items() if v}
    return (
        kept | ({"metadata": metadata} if metadata else {}) | ({"preconditions": options} if options else {})
    )


def mark_of(body):
    if isinstance(body, list):
        return next(one["value"] for one in body if one["path"] == MARKED)
    return (body.get("metadata", {}).get("annotations") or {}).get(MARK)


def of(place, operation, kind):
    return [r for r in place.records() if r["kind"] == kind and r["operation"] == operation]


def same_as_shown(planned, plan, sent):
    """Each write of the plan was sent once, as the plan has it, with the plan's id where it can bear one; or
    what it runs was, once.
    """
    if planned.plan.run:
        [one] = sent
        assert_run_as_shown(planned.plan.run, one)
        return
    assert [bare(one["body"]) for one in sent] == [bare(step.write.body) for step in planned.plan.steps]
    marks = {mark_of(one["body"]) for one in sent if one["method"] in {"PATCH", "POST"}} - {None}
    assert marks <= {plan}


def assert_run_as_shown(meant, sent):
    there = f"/api/v1/namespaces/shop/{meant.target.type.plural}/"
    request = meant.request
    if isinstance(request, WebRequest):
        assert (sent["method"], sent["path"]) == ("GET", f"{there}{request.name}/proxy{request.path}")
        return
    assert sent["path"] == f"{there}{request.pod}/exec"
    query = parse_qs(sent["query"])
    assert (tuple(query["command"]), query["container"]) == (request.argv, [request.container])
    assert "tty" not in query
    assert "stdin" not in query


def test_the_lines_below_are_of_every_verb_that_changes_or_runs():
    registry = Registry(COMMANDS)
    played = {registry.find(tuple(line.split()))[0].name for line in LINES}
    assert played == {c.name for c in COMMANDS if isinstance(c, (ChangeCommand, RunCommand))}


async def test_what_is_applied_is_what_was_shown_and_its_intent_is_on_the_record(ruled):
    await begun(ruled, CONFIRMED)
    for line in await lines(ruled):
        told = await reached(ruled)
        dry = len([r for r in await ruled.requests("PATCH", "POST", "DELETE") if r["dryRun"]])
        question = await ruled.says("cho", line)
        assert question.buttons, question.text
        assert await reached(ruled) == told, line
        plan, planned = plan_of(ruled, question)
        looked = [r for r in await ruled.requests("PATCH", "POST", "DELETE") if r["dryRun"]][dry:]
        await agreed(ruled, question, planned)
        await ruled.until(lambda plan=plan: of(ruled, plan, "conclusion"), line)
        [intent], [conclusion] = of(ruled, plan, "intent"), of(ruled, plan, "conclusion")
        runs = planned.plan.run is not None
        assert conclusion["detail"]["result"] in {"applied", "exited", "answered"}, (line, conclusion)
        assert intent["detail"]["decision"]["rule"] == ("runs" if runs else "changes")
        sent = [one for one in (await reached(ruled)) if one not in told]
        same_as_shown(planned, plan, sent)
        shown = [bare(one["body"]) for one in looked]
        assert runs or all(bare(one["body"]) in shown for one in sent), line


async def test_what_the_policy_forbids_asks_the_cluster_for_nothing(ruled):
    await begun(ruled, READING)
    for line in await lines(ruled):
        before = await ruled.requests("GET", "PATCH", "POST", "PUT", "DELETE")
        answer = await ruled.says("cho", line)
        assert "Not allowed" in answer.plain, line
        assert not answer.buttons
        after = await ruled.requests("GET", "PATCH", "POST", "PUT", "DELETE")
        assert after == before, line
    assert set(ruled.kinds()) == {"refusal"}


async def looked_at(place, meant):
    """How often it was read what is to be asked, as before each run."""
    return len([r for r in await place.requests("GET") if r["path"] == meant.target.path])


async def test_without_an_intent_on_the_record_nothing_is_sent(ruled):
    await begun(ruled, CONFIRMED)
    with database(ruled) as connection:
        connection.execute(NO_INTENT)
    every = await lines(ruled)
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
    await ruled.api("/api/v1/namespaces/shop/services", "POST", service)
    for line in every:
        if line.startswith(("resume", "uncordon", "rollback", "delete", "expose")):
            continue  # there is nothing yet that they would change, or all of it already
        question = await ruled.says("cho", line)
        if line.startswith(("exec", "proxy")):
            _, planned = plan_of(ruled, question)
            looks = await looked_at(ruled, planned.plan.run)
            await ruled.press("cho", question, next(iter(question.buttons)))

            async def is_held(meant=planned.plan.run, looks=looks):
                return await looked_at(ruled, meant) > looks

            await ruled.until(is_held, f"a last look before {line}")
            continue
        cards = len(await ruled.cards())
        _, planned = plan_of(ruled, question)
        await agreed(ruled, question, planned)

        async def is_begun(cards=cards):
            return len(await ruled.cards()) > cards

        await ruled.until(is_begun, f"a card for {line}")
    assert await reached(ruled) == []
    assert not {"intent", "conclusion"} & set(ruled.kinds())


@pytest.mark.parametrize(
    "line", ["scale web 4", "deploy api --image web:1", "delete deployment web", "exec deploy/web -- ls /"]
)
async def test_what_is_approved_after_a_restart_is_what_was_shown(ruled, line):
    await begun(ruled, APPROVED)
    question = await ruled.says("cho", line)
    plan, planned = plan_of(ruled, question)
    await ruled.stop_bot()
    await ruled.start_bot()
    await agreed(ruled, question, planned)
    message = await ruled.card("asks", "0 of 1 from @sre")
    await ruled.stop_bot()
    assert await reached(ruled) == []
    await ruled.start_bot()
    await ruled.press("ben", message, next(iter(message.buttons)))
    await ruled.until(lambda: of(ruled, plan, "conclusion"), line)
    assert of(ruled, plan, "conclusion")[0]["detail"]["result"] in {"applied", "exited"}
    same_as_shown(planned, plan, await reached(ruled))
