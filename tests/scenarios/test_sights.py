"""What a card shows is what its asker may see: by the policy, and by the cluster's own rights."""

from __future__ import annotations

from tests.scenarios.test_rollouts_go_wrong import lines, patiently
from tests.scenarios.test_two_clusters import pair
from tests.scenarios.walls import DEPLOYS, NOBODY, RBAC, allow, bind, journal, told

MERGE = "application/merge-patch+json"


async def pod_names(place):
    found = await place.api("/api/v1/namespaces/shop/pods")
    return [pod["metadata"]["name"] for pod in found["items"]]


async def test_who_may_not_see_pods_sees_the_rollout_and_no_pod_of_it(walled):
    place, _ = walled
    await patiently(place, seconds=2)
    await allow(place, place.kube, "slack:shop", *DEPLOYS)
    await place.says("cho", "set image deployment/web web=web:missing")
    card = await place.card("is stuck", "exceeded its progress deadline")
    assert "Its pods are not shown: cluster demo does not let" in card.plain
    said = "\n".join(message.text for message in await place.messages())
    assert not [name for name in await pod_names(place) if name in said]
    assert await lines(place, card) == []
    reads = [one for one in await journal(place, place.kube) if one["path"].endswith("/namespaces/shop/pods")]
    assert not [one for one in reads if told(one) == NOBODY and "watch" not in one["query"]]
    followed = await place.until(lambda: [r for r in place.records() if r["kind"] == "followed"])
    assert [record["detail"]["phase"] for record in followed] == ["stuck"]
    assert followed[0]["detail"]["troubles"] == []


async def test_who_may_not_read_logs_sees_the_crash_without_its_last_words(walled):
    place, _ = walled
    await patiently(place, held=60)
    await allow(place, place.kube, "slack:shop", *DEPLOYS, "/pods: get list")
    await place.says("cho", "set image deployment/web web=crash:1")
    card = await place.card("crash:1", "What its pods print is not shown: cluster")
    line = await place.thread(card, "exit 3")
    assert "Last words" not in line.text
    assert not [one for one in await journal(place, place.kube) if one["path"].endswith("/log")]


async def test_what_the_policy_does_not_let_somebody_read_is_on_no_card_of_theirs(tmp_path):
    rules = {"rules": [{"name": "images", "verbs": "set image", "effect": "allow"}]}
    async with pair(tmp_path, policy=rules) as (place, _):
        await patiently(place, held=60)
        await place.says("cho", "set image deployment/web web=crash:1")
        card = await place.card("Its pods are not shown: the policy does not let", "see that")
        said = "\n".join(message.text for message in await place.messages())
        assert not [name for name in await pod_names(place) if name in said]
        assert await lines(place, card) == []


async def test_a_cluster_that_cannot_say_hides_the_pods_until_it_can(walled):
    place, _ = walled
    await patiently(place)
    await bind(place, place.kube, "edit", "slack:shop")
    await place.fault("kubernetes", fault="status", status=503, path="/subjectaccessreviews")
    await place.says("cho", "set image deployment/web web=web:missing")
    card = await place.card("Its pods are not shown: whether", "is not known now")
    await place.calm("kubernetes")
    place.ahead += 61.0
    card = await place.becomes(card, "ImagePull", "web:missing")
    assert "not shown" not in card.text
    await place.thread(card, "not found")


async def test_who_may_no_longer_see_what_they_changed_is_told_that_and_no_more(walled):
    place, _ = walled
    await patiently(place)
    await allow(place, place.kube, "slack:shop", "apps/deployments: patch get")
    await place.fault("kubernetes", fault="status", status=503, path="/subjectaccessreviews")
    await place.says("cho", "set image deployment/web web=web:missing")
    card = await place.card("is not known now")
    await place.api(f"{RBAC}/clusterrolebindings/some-slack-shop", "DELETE")
    await place.calm("kubernetes")
    place.ahead += 61.0
    card = await place.becomes(card, "cannot be followed any further", "The change was made")
    assert "the cluster's own rights do not let its asker see it" in card.text
    followed = await place.until(lambda: [r for r in place.records() if r["kind"] == "followed"])
    assert followed[0]["detail"]["phase"] == "unreadable"


async def test_an_address_is_waited_for_as_whoever_asked_for_it(walled):
    place, _ = walled
    await bind(place, place.kube, "edit", "slack:shop")
    await place.says("cho", "expose deployment/web --port 80 --type LoadBalancer")
    await place.until(lambda: "conclusion" in place.kinds())

    async def looked():
        made = await journal(place, place.kube)
        return [one for one in made if one["path"].endswith("/services/web") and one["method"] == "GET"]

    reads = await place.until(looked, "a look at the service")
    assert {told(one)[0] for one in reads} == {"slack:U0CHO"}
    address = {"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}}
    await place.api("/api/v1/namespaces/shop/services/web/status", "PATCH", address, MERGE)
    await place.card("203.0.113.7")


async def test_it_is_asked_again_each_hour_what_somebody_may_see(walled):
    place, _ = walled
    await patiently(place, held=60)
    await allow(place, place.kube, "slack:shop", *DEPLOYS, "/pods: get list", "/pods/log: get")
    await place.says("cho", "set image deployment/web web=crash:1")
    card = await place.card("crash:1", "exit code 3")
    assert "not shown" not in card.text
    await place.api(f"{RBAC}/clusterrolebindings/some-slack-shop", "DELETE")
    await allow(place, place.kube, "slack:shop", *DEPLOYS, role="fewer")
    place.ahead += 3601.0
    card = await place.becomes(card, "Its pods are not shown: cluster")
    assert not [name for name in await pod_names(place) if name in card.text]
