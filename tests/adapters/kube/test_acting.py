"""On whose behalf: each request says it itself, on one pool of connections, and no two people mix."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress

import pytest
import yaml

from bot.demo.kubernetes import KubernetesSimulator
from bot.domain.changes import Write
from bot.domain.cluster import ExecRequest, LogRequest, WebRequest
from bot.domain.errors import (
    BotError,
    ClusterDeniedError,
    ClusterRejectedError,
    PersonDeniedError,
    TargetNotFoundError,
)
from bot.domain.identity import Identity
from bot.domain.resources import CONFIGMAPS, PODS, ObjectRef

ANA = Identity(user="slack:U0ANA", groups=("slack:shop", "slack:sre"), record="a" * 32)
BEN = Identity(user="slack:ben@demo.example", record="b" * 32)
MENU = ObjectRef(cluster="demo", namespace="default", type=CONFIGMAPS, name="menu")
RBAC = "/apis/rbac.authorization.k8s.io/v1"
LOG = LogRequest(namespace="default", pod="p", tail=1, limit_bytes=1000)
PROGRAM = ExecRequest(namespace="default", pod="p", argv=("id",))


def told(entry):
    """Who the request said that it is for."""
    headers = {name.lower(): values for name, values in entry["headers"].items()}
    user, record = headers.pop("impersonate-user", [None]), headers.pop("impersonate-extra-record", [None])
    groups = headers.pop("impersonate-group", [])
    assert (headers, len(user), len(record)) == ({}, 1, 1)
    return (user[0], tuple(groups), record[0])


def known(identity):
    return (identity.user, identity.groups, identity.record)


NOBODY = (None, (), None)


async def requests(simulator, session):
    async with session.get(f"{simulator.url}/simulator/requests") as answer:
        every = (await answer.json())["requests"]
    return [one for one in every if one["userAgent"].startswith("k8s-bot")]


async def bind(simulator, session, name, role, *, kind="User"):
    body = {
        "metadata": {"name": name.replace(":", "-").lower()},
        "roleRef": {"kind": "ClusterRole", "name": role},
        "subjects": [{"kind": kind, "name": name}],
    }
    async with session.post(f"{simulator.url}{RBAC}/clusterrolebindings", json=body) as answer:
        assert answer.status == 201, await answer.text()


async def create_menu(simulator, session):
    url = f"{simulator.url}/api/v1/namespaces/default/configmaps"
    async with session.post(url, json={"metadata": {"name": "menu"}, "data": {"soup": "leek"}}) as answer:
        assert answer.status == 201


PATCH = Write(action="patch", target=MENU, patch="merge", body={"data": {"soup": "pea"}})
CALLS = {
    "get": lambda door: door.get(MENU),
    "list": lambda door: door.list(CONFIGMAPS, "default"),
    "pages": lambda door: door.list(CONFIGMAPS, None, limit=1),
    "table": lambda door: door.table(CONFIGMAPS, "default"),
    "collect": lambda door: door.collect(CONFIGMAPS, "default", lambda item: item["metadata"]["name"]),
    "dry run": lambda door: door.write(PATCH, dry_run=True),
    "write": lambda door: door.write(PATCH, dry_run=False),
    "delete": lambda door: door.write(
        Write(action="delete", target=MENU, body={"preconditions": {"uid": "other"}}), dry_run=False
    ),
    "logs": lambda door: door.logs(LOG),
    "run": lambda door: door.run(PROGRAM, seconds=5, most_bytes=1000),
    "open": lambda door: door.open(PROGRAM, most_bytes=1000),
    "fetch": lambda door: door.fetch(WebRequest(kind="pods", namespace="default", name="p", port="80")),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_every_kind_of_request_says_for_whom_it_is_and_the_next_is_the_bots_own(
    simulated, simulator, session, call
):
    await create_menu(simulator, session)
    await bind(simulator, session, ANA.user, "cluster-admin")
    raw = simulated.cluster("demo")
    with_ana = raw.acting(ANA)
    with suppress(TargetNotFoundError, ClusterRejectedError):  # there is no pod, and the uid is another's
        await call(with_ana)
    made = await requests(simulator, session)
    assert made
    assert {told(one) for one in made} == {known(ANA)}
    before = len(made)
    await raw.list(PODS, "default")
    [own] = (await requests(simulator, session))[before:]
    assert told(own) == NOBODY


async def test_what_the_cluster_is_and_can_hold_is_asked_as_the_bot(simulated, simulator, session):
    door = simulated.cluster("demo").acting(ANA)
    await door.version()
    assert (await door.resolve("storageclasses")).plural == "storageclasses"
    made = await requests(simulator, session)
    assert len(made) >= 3
    assert {told(one) for one in made} == {NOBODY}


async def test_a_group_is_a_header_of_its_own_on_the_wire(cluster, wire):
    wire.say({"metadata": {}, "items": []})
    await cluster.acting(ANA).list(PODS, "shop")
    [request] = wire.requests
    assert request.headers.getall("Impersonate-Group") == ["slack:shop", "slack:sre"]
    assert request.headers.getall("Impersonate-User") == ["slack:U0ANA"]
    assert request.headers["Accept"] == "application/json"


async def test_a_request_that_is_sent_again_is_still_theirs(cluster, wire):
    wire.refuse(503, "no leader").cut().say({"metadata": {}, "items": []})
    await cluster.acting(ANA).list(PODS, "shop")
    assert len(wire.requests) == 3
    assert {request.headers["Impersonate-Extra-record"] for request in wire.requests} == {ANA.record}


async def test_two_hundred_calls_of_four_people_on_two_clusters_never_mix(load, session):
    """Over one pool a cluster, with rights that only one of each two groups has."""
    people = [
        Identity(user=f"slack:U0{name}", groups=(f"slack:{name.lower()}", f"slack:{other}"), record=name * 8)
        for name, other in zip(("ANA", "BEN", "CHO", "DAN"), ("a", "b", "c", "d"), strict=True)
    ]
    async with KubernetesSimulator() as one, KubernetesSimulator() as two:
        first, second = yaml.safe_load(one.kubeconfig("one")), yaml.safe_load(two.kubeconfig("two"))
        for entries in ("clusters", "users", "contexts"):
            first[entries] += second[entries]
        clusters = await load(yaml.safe_dump(first))
        for simulator, group in ((one, "slack:a"), (one, "slack:c"), (two, "slack:b")):
            await bind(simulator, session, group, "view", kind="Group")
        lets = {("one", "slack:U0ANA"), ("one", "slack:U0CHO"), ("two", "slack:U0BEN")}

        async def ask(place, who, turn):
            labels = f"turn={turn},of={who.record}"
            try:
                await clusters.cluster(place).acting(who).list(CONFIGMAPS, "default", labels=labels)
            except PersonDeniedError as error:
                return error.message
            return ""

        asked = [
            (place, who, turn) for place, who, turn in itertools.product(("one", "two"), people, range(25))
        ]
        answers = await asyncio.gather(*(ask(*one) for one in asked))
        for (place, who, _), let in zip(asked, answers, strict=True):
            assert bool(let) is ((place, who.user) not in lets)
            assert f"`{who.user}`" in let or not let
        for simulator in (one, two):
            made = [r for r in await requests(simulator, session) if "labelSelector" in r["query"]]
            assert len(made) == 100
            for entry in made:
                [who] = [one for one in people if f"of%3D{one.record}" in entry["query"]]
                assert told(entry) == known(who)
                assert entry["user"] == who.user
        await clusters.close()


# ---------------------------------------------------------------- what the second wall says


async def test_the_clusters_own_refusal_says_whose_it_is_and_what_is_missing(simulated, simulator, session):
    await create_menu(simulator, session)
    door = simulated.cluster("demo").acting(ANA)
    with pytest.raises(PersonDeniedError) as refused:
        await door.list(CONFIGMAPS, "default")
    what = "`configmaps` in namespace `default`"
    said = f"cluster `demo` itself, by its RBAC, does not let `slack:U0ANA` list {what}"
    need = f"`slack:U0ANA`, `slack:shop`, `slack:sre` would need a role with `list` on {what}."
    assert refused.value.message == said
    assert refused.value.hint == f"The bot's policy allows it. In the cluster, {need}"
    for call in (
        CALLS["dry run"],
        CALLS["write"],
        CALLS["logs"],
        CALLS["run"],
        CALLS["open"],
        CALLS["fetch"],
    ):
        with pytest.raises(PersonDeniedError):
            await call(door)


async def test_a_bot_that_may_not_impersonate_is_an_operators_matter(simulator, session, load):
    config = yaml.safe_load(simulator.kubeconfig("demo"))
    config["users"][0]["user"] = {"token": "bot"}
    await bind(simulator, session, "bot", "view")
    raw = (await load(yaml.safe_dump(config))).cluster("demo")
    await raw.list(CONFIGMAPS, "default")
    with pytest.raises(ClusterDeniedError) as refused:
        await raw.acting(ANA).list(CONFIGMAPS, "default")
    assert not isinstance(refused.value, PersonDeniedError)
    assert refused.value.message == (
        "the bot may not ask cluster `demo` on behalf of people, so nothing was done"
    )
    assert "grant `impersonate` on `users` to `bot`" in refused.value.hint
    assert "impersonate: {except: […]}" in refused.value.hint


async def test_a_refusal_of_somebody_else_is_not_taken_for_the_persons(cluster, wire):
    said = (
        'pods is forbidden: User "system:serviceaccount:bot:bot" cannot list resource "pods" in API group ""'
    )
    wire.refuse(403, said, "Forbidden")
    with pytest.raises(ClusterDeniedError) as refused:
        await cluster.acting(ANA).list(PODS, "shop")
    assert not isinstance(refused.value, PersonDeniedError)


# ---------------------------------------------------------------- what somebody may see


async def test_a_review_is_asked_as_the_bot_about_the_very_person(simulated, simulator, session):
    raw = simulated.cluster("demo")
    pods = ObjectRef(cluster="demo", namespace="default", type=PODS, name="")
    assert not await raw.lets(ANA, "list", pods)
    await bind(simulator, session, "slack:sre", "view", kind="Group")
    assert await raw.lets(ANA, "list", pods)
    assert await raw.lets(ANA, "get", pods, "log")
    assert not await raw.lets(ANA, "delete", MENU)
    assert not await raw.lets(BEN, "list", pods)
    *_, last = await requests(simulator, session)
    assert told(last) == NOBODY
    assert last["path"] == "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    assert last["body"]["spec"] == {
        "user": "slack:ben@demo.example",
        "groups": ["system:authenticated"],
        "extra": {"record": [BEN.record]},
        "resourceAttributes": {
            "verb": "list", "group": "", "resource": "pods", "subresource": "", "namespace": "default",
            "name": "",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [{}, {"status": {}}, {"status": {"allowed": "yes"}}, {"status": {"allowed": False}}, {"status": None}],
)
async def test_what_is_no_clear_yes_is_a_no(cluster, wire, answer):
    wire.say({"kind": "SubjectAccessReview", **answer}, 201)
    assert await cluster.lets(ANA, "get", MENU) is False


async def test_a_review_that_cannot_be_asked_is_an_error_and_no_answer(cluster, wire):
    wire.refuse(403, 'User "bot" cannot create resource "subjectaccessreviews" in API group "x"', "Forbidden")
    with pytest.raises(ClusterDeniedError, match="may not create `subjectaccessreviews"):
        await cluster.lets(ANA, "get", MENU)
    wire.say("<html>", 201)
    with pytest.raises(BotError):
        await cluster.lets(ANA, "get", MENU)
