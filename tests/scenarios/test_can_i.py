"""What somebody may do is told to them, from where they ask; of a cluster that is not for them nothing is."""

from __future__ import annotations


async def test_it_tells_from_where_a_line_would_be_let_through_and_does_nothing(place):
    answer = await place.says("cho", "can-i scale web 4 -n shop", channel="general")
    assert "No: scale in shop on demo." in answer.plain
    assert "Rule shop-changes would allow you in #shop, #ops." in answer.plain
    answer = await place.says("cho", "auth can-i scale web 4 -n shop")
    assert "Yes, after a confirm: scale in shop on demo." in answer.plain
    assert [r for r in await place.requests("PATCH", "POST") if "deployments" in r["path"]] == []
    assert {record["verb"] for record in place.records()} == {"can-i"}


async def test_whom_the_policy_gives_nothing_there_is_told_nothing_of_it(ruled):
    policy = ruled.folder / "policy.yaml"
    rule = "  rules:\n    - {name: only-ben, users: {U0BEN: ben}, verbs: '*', effect: allow}\n"
    policy.write_text(f"policy:\n{rule}")
    await ruled.stop_bot()
    await ruled.start_bot()
    for line in ("can-i get pods", "can-i --context demo get pods", "can-i get pods --context demo"):
        answer = await ruled.says("cho", line)
        assert "The policy gives you nothing on the cluster that is meant here." in answer.plain, line
        assert "only-ben" not in answer.plain
        assert "demo" not in answer.plain
    unknown = (await ruled.says("cho", "can-i get pods --context nowhere")).plain
    assert "There is no cluster nowhere" in unknown
    locked = (await ruled.says("cho", "locks")).plain
    assert "The policy gives you nothing on the cluster that is meant here." in locked
    for line in ("freeze", "scale web 4", "get pods", "get pod $POD", "drain node-1", "exec web -- ls"):
        answer = await ruled.says("cho", line)
        assert "The policy gives you nothing on the cluster that is meant here." in answer.plain, line
        assert "demo" not in answer.plain, line
        assert "only-ben" not in answer.plain, line
    for line in ("help", "locks", "home", "clusters", "cluster use --clear"):
        assert "demo" not in (await ruled.says("cho", line)).plain, line
    assert "demo" not in str(await ruled.home("cho", "What you can do here"))
    told = (await ruled.says("cho", "whoami")).plain
    assert "U0CHO" in told
    assert "demo" not in told
    assert "Yes, at once: get in " in (await ruled.says("ben", "can-i get pods")).plain
