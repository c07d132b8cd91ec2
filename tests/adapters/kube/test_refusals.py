"""What the API server's answers mean, in the words of the bot."""

from typing import NamedTuple

import pytest

from bot.domain.changes import Write
from bot.domain.errors import (
    BotError,
    ClusterDeniedError,
    ClusterRejectedError,
    ClusterUnavailableError,
    TargetNotFoundError,
)
from bot.domain.resources import DEPLOYMENTS, NODES, ObjectRef, ResourceType

WEB = ObjectRef(cluster="demo", namespace="shop", type=DEPLOYMENTS, name="web")
CREATE = Write(action="create", target=WEB, body={"kind": "Deployment"})
WIDGETS = ResourceType(group="x.io", version="v1", plural="widgets", kind="Widget", namespaced=True)

CANNOT_LIST = (
    'pods is forbidden: User "system:serviceaccount:bot:bot" cannot list resource "pods" in API group "" '
    'in the namespace "shop"'
)
CANNOT_PATCH = (
    'deployments.apps "web" is forbidden: '
    'User "slack:U1" cannot patch resource "deployments" in API group "apps"'
)
CANNOT_ASK = 'forbidden: User "x" cannot get path "/version"'
QUOTA = 'pods "web" is forbidden: exceeded quota: small, requested: pods=1, used: pods=9, limited: pods=9'
CONFLICT = "Operation cannot be fulfilled: the object has been modified"


class Case(NamedTuple):
    status: int
    reason: str
    message: str
    error: type[BotError]
    sentence: str
    details: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


CASES = [
    Case(404, "NotFound", 'deployments.apps "web" not found', TargetNotFoundError,
         "there is no deployment `web` in namespace `shop` on cluster `demo`",
         {"kind": "deployments", "name": "web"}),
    Case(404, "NotFound", "the server could not find the requested resource", TargetNotFoundError,
         "cluster `demo` has no resource `deployments` in `apps/v1`"),
    Case(401, "Unauthorized", "Unauthorized", ClusterDeniedError, "does not accept the bot's credentials"),
    Case(403, "Forbidden", CANNOT_LIST, ClusterDeniedError, "may not list `pods` in namespace `shop`"),
    Case(403, "Forbidden", CANNOT_PATCH, ClusterDeniedError, "`slack:U1` may not patch `deployments.apps`"),
    Case(403, "Forbidden", CANNOT_ASK, ClusterDeniedError, "may not get `/version`"),
    Case(403, "", "", ClusterDeniedError, "does not let the bot do this"),
    Case(403, "Forbidden", QUOTA, ClusterRejectedError, "exceeded quota: small"),
    Case(400, "BadRequest", "unable to parse requirement", ClusterRejectedError, "unable to parse"),
    Case(409, "Conflict", CONFLICT, ClusterRejectedError, "the object has been modified"),
    Case(415, "UnsupportedMediaType", "415: Unsupported Media Type", ClusterRejectedError, "Unsupported"),
    Case(422, "Invalid", "spec.replicas: Invalid value: -1", ClusterRejectedError, "Invalid value: -1"),
    Case(429, "TooManyRequests", "", ClusterUnavailableError, "too much to do"),
    Case(503, "ServiceUnavailable", "no leader", ClusterUnavailableError, "right now: no leader"),
]  # fmt: skip
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.sentence[:30]}")


@every_case
async def test_a_refused_read(cluster, wire, case):
    wire.refuse(case.status, case.message, case.reason, **case.details)
    with pytest.raises(case.error) as caught:
        await cluster.get(WEB)
    assert case.sentence in caught.value.message
    if isinstance(caught.value, ClusterRejectedError):
        assert (caught.value.status, caught.value.reason) == (case.status, case.reason)


@every_case
async def test_a_refused_change(cluster, wire, case):
    wire.refuse(case.status, case.message, case.reason, **case.details)
    with pytest.raises(case.error) as caught:
        await cluster.write(CREATE, dry_run=False)
    assert case.sentence in caught.value.message
    assert len(wire.requests) == 1


async def test_an_administrator_is_told_what_to_grant(cluster, wire):
    wire.refuse(403, CANNOT_PATCH, "Forbidden")
    with pytest.raises(ClusterDeniedError) as caught:
        await cluster.get(WEB)
    assert caught.value.hint == "An administrator has to grant `patch` on `deployments.apps` to `slack:U1`."


async def test_a_namespace_that_is_missing_is_named(cluster, wire):
    wire.refuse(404, 'namespaces "shop" not found', "NotFound", kind="namespaces", name="shop")
    with pytest.raises(TargetNotFoundError, match=r"^there is no namespace `shop` on cluster `demo`$"):
        await cluster.write(CREATE, dry_run=True)


async def test_what_lives_in_no_namespace_is_not_missed_in_one(cluster, wire):
    wire.refuse(404, 'nodes "n1" not found', "NotFound", kind="nodes", name="n1")
    with pytest.raises(TargetNotFoundError, match=r"^there is no node `n1` on cluster `demo`$"):
        await cluster.get(ObjectRef(cluster="demo", namespace=None, type=NODES, name="n1"))


async def test_a_group_the_server_does_not_know(cluster, wire):
    wire.say("404 page not found\n", 404)
    with pytest.raises(TargetNotFoundError, match=r"^cluster `demo` has no resource `widgets` in `x.io/v1`$"):
        await cluster.list(WIDGETS, "shop")


async def test_the_servers_words_are_trimmed_to_one_clean_line(cluster, wire):
    wire.refuse(422, "bad\x1b[31m value:\n\n\u202e" + "x" * 400, "Invalid")
    with pytest.raises(ClusterRejectedError) as caught:
        await cluster.get(WEB)
    said = caught.value.message.removeprefix("cluster `demo` refuses: ")
    assert said.startswith("bad [31m value: xxx")
    assert said.endswith("x…")
    assert len(said) == 300


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "[]", "{}", '{"cut'])
async def test_an_answer_that_is_not_the_apis(cluster, wire, body):
    wire.say(body)
    with pytest.raises(ClusterUnavailableError, match="is not the Kubernetes API"):
        await cluster.get(WEB)


async def test_a_name_can_lead_nowhere_else(cluster, wire):
    for name in ("", ".", ".."):
        with pytest.raises(TargetNotFoundError):
            await cluster.get(WEB.model_copy(update={"name": name}))
    assert not wire.requests
    wire.refuse(404)
    with pytest.raises(BotError):
        await cluster.get(WEB.model_copy(update={"name": "../a?b"}))
    assert wire.requests[0].raw_path == "/apis/apps/v1/namespaces/shop/deployments/..%2Fa%3Fb"
