"""What somebody may see of a workload, as the cluster says it; and on whose behalf a door asks."""

from __future__ import annotations

import itertools

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from bot.domain.errors import PersonDeniedError
from bot.domain.identity import Identity
from bot.domain.resources import DEPLOYMENTS, PODS, ObjectRef
from bot.domain.sight import Sight
from bot.kube.clusters import Clusters as RawClusters
from bot.service.cluster import Clusters
from bot.service.gate import FollowGate

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ANA = Identity(user="slack:U0ANA", groups=("slack:sre",), record="a")
WEB = ObjectRef(cluster="demo", namespace="default", type=DEPLOYMENTS, name="web")
WHOLE = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"], "resourceNames": ["web"]}
LISTED = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
PRINTED = {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}


GATE = FollowGate("demo", "default", frozenset({"pods"}))


@pytest.fixture
async def simulator():
    async with KubernetesSimulator() as simulator:
        yield simulator


@pytest.fixture
async def clusters(simulator, tmp_path):
    config = tmp_path / "kubeconfig"
    config.write_text(simulator.kubeconfig("demo", "default"))
    raw = await RawClusters.load(kubeconfig=str(config))
    yield Clusters(raw)
    await raw.close()


@pytest.fixture
async def grant(simulator):
    async with aiohttp.ClientSession(simulator.url) as http:

        async def grant(*rules):
            binding = {
                "metadata": {"name": "ana"},
                "roleRef": {"kind": "Role", "name": "ana"},
                "subjects": [{"kind": "Group", "name": "slack:sre"}],
            }
            bodies = {"roles": {"metadata": {"name": "ana"}, "rules": [*rules]}, "rolebindings": binding}
            for plural, body in bodies.items():
                async with http.post(f"{RBAC}/namespaces/default/{plural}", json=body) as answer:
                    assert answer.status == 201

        yield grant


@pytest.mark.parametrize(
    ("rules", "sight"),
    [
        ((), Sight()),
        ((WHOLE,), Sight(workload=True)),
        ((LISTED,), Sight(pods=True)),
        ((PRINTED,), Sight(logs=True)),
        ((WHOLE, LISTED, PRINTED), Sight(workload=True, pods=True, logs=True)),
    ],
)
async def test_each_right_lets_one_thing_be_seen(clusters, grant, rules, sight):
    await grant(*rules)
    assert await clusters.sight(WEB, ANA) == sight


async def test_a_door_asks_on_somebodys_behalf_or_as_the_bot(clusters):
    with pytest.raises(PersonDeniedError):
        await clusters.behind("demo", GATE, ANA).list(PODS, "default")
    assert await clusters.behind("demo", GATE, None).list(PODS, "default") == ()


async def test_the_names_of_namespaces_are_those_that_the_bot_sees(clusters):
    assert {"default", "kube-system"} <= set(await clusters.namespaces("demo"))


@pytest.mark.parametrize("seen", [*itertools.product((False, True), repeat=3)])
def test_what_two_walls_let_be_seen_is_what_both_do(seen):
    one = dict(zip(("workload", "pods", "logs"), seen, strict=True))
    for other in (Sight(**one), Sight(workload=True, pods=True, logs=True)):
        assert Sight(**one) & other == Sight(**one)
        assert other & Sight(**one) == Sight(**one)
    assert Sight(**one) & Sight() == Sight()


def test_nothing_is_seen_unless_it_is_said():
    assert Sight() == Sight(workload=False, pods=False, logs=False)
