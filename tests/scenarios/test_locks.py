"""A lock keeps everybody's changes away, from the plan and from the act, until its owner lifts it."""

from __future__ import annotations

import re


async def test_a_locked_workload_is_not_changed_until_it_is_unlocked(place):
    said = await place.says("ben", 'lock web --reason "load test" --for 2h')
    assert "shop/web on demo" in said.text
    refused = await place.says("ana", "scale web 3")
    assert "Locked by" in refused.text
    assert "load test" in refused.text
    assert await place.writes() == []
    other = await place.says("ana", "locks")
    assert "load test" in other.text
    await place.press("ben", said, "Unlock")
    await place.whisper("Lifted")
    question = await place.says("ana", "scale web 3")
    assert "from 2 to 3?" in question.text


async def test_a_lock_covers_what_belongs_to_what_is_locked(place):
    pods = (await place.api("/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb"))["items"]
    pod = pods[0]["metadata"]
    owner = pod["ownerReferences"][0]["name"]
    lines = (
        f"delete pod {pod['name']}",
        f"scale rs/{owner} 3",
        "autoscale web --max 5",
        f"label pod {pod['name']} a=b",
    )
    reads = len([r for r in await place.requests("GET") if r["path"].endswith(f"/replicasets/{owner}")])
    assert "Locked" not in (await place.says("ana", lines[0])).text
    after = len([r for r in await place.requests("GET") if r["path"].endswith(f"/replicasets/{owner}")])
    assert after == reads  # nothing is locked there: nobody is asked whose it is

    said = await place.says("ben", 'lock web --reason "load test"')
    for line in lines:
        refused = await place.says("ana", line)
        assert "Locked by ben: load test. It covers shop/web on demo." in refused.plain, line
    assert "Locked" not in (await place.says("ana", "scale cart 3")).text
    await place.fault("kubernetes", fault="status", status=403, method="GET", path=f"/replicasets/{owner}")
    assert "cannot be read" in (await place.says("ana", lines[0])).text
    await place.calm("kubernetes")
    await place.press("ben", said, "Unlock")
    await place.whisper("Lifted")
    question = await place.says("ana", lines[3])
    assert "Nothing has changed yet" in question.text
    await place.says("ben", 'lock web --reason "once more"')
    await place.press("ana", question, f"Label {pod['name']}")
    await place.whisper("Locked by", "once more")
    assert await place.writes() == []


async def test_a_lock_set_after_the_question_stops_the_act(place):
    question = await place.says("ana", "scale web 3")
    await place.says("ben", 'lock --namespace-wide --reason "incident"')
    await place.press("ana", question, "Scale to 3")
    await place.whisper("Locked by", "incident")
    assert await place.writes() == []


async def test_nobody_else_lifts_it_without_a_rule(place):
    said = await place.says("ana", 'lock --everything --reason "audit"')
    refused = await place.says("cho", "unlock " + lock_id(said))
    assert "no rule lets you lift it" in refused.text
    assert "Locked by" in (await place.says("ana", "scale web 3")).text


async def test_a_rule_with_a_confirm_asks_before_it_is_set_and_before_it_is_lifted(ruled):
    policy = ruled.folder / "policy.yaml"
    rule = "  rules:\n    - {name: slowly, verbs: [lock, unlock], effect: confirm}\n"
    policy.write_text(policy.read_text(encoding="utf-8").replace("  rules:\n", rule), encoding="utf-8")
    await ruled.stop_bot()
    await ruled.start_bot()
    asked = await ruled.says("ben", 'lock web --reason "load test"')
    assert "Nothing has run yet" in asked.text
    await ruled.press("ben", asked, "Run it")
    said = await ruled.becomes(asked, "Locked: shop/web on demo")
    asked = await ruled.says("ben", "unlock " + lock_id(said))
    assert "It keeps shop/web on demo from being changed: load test, by ben." in asked.plain
    assert "Locked by" in (await ruled.says("ana", "scale web 3")).text
    await ruled.press("ben", asked, "Run it")
    await ruled.becomes(asked, "Lifted: the lock of shop/web on demo")
    kinds = [kind for kind in ruled.kinds() if kind in {"asked", "set"}]
    assert kinds == ["asked", "set", "asked", "set"]


async def test_a_lock_survives_a_restart_and_ends_at_its_end(place):
    await place.says("ben", 'lock web --reason "load test" --for 1h')
    await place.stop_bot()
    await place.start_bot()
    assert "Locked by" in (await place.says("ana", "scale web 3")).text
    place.ahead = 3700.0
    assert "from 2 to 3?" in (await place.says("ana", "scale web 3")).text


async def test_setting_and_lifting_are_on_the_record(place):
    said = await place.says("ben", 'lock web --reason "load test"')
    await place.says("ben", "unlock " + lock_id(said))
    records = [record for record in place.records() if record["kind"] == "set"]
    assert [record["detail"]["outcome"] for record in records] == ["locked", "lifted"]
    assert records[0]["detail"]["lock"]["reason"] == "load test"


async def test_the_configuration_makes_everything_read_only(ruled):
    policy = ruled.folder / "policy.yaml"
    policy.write_text(
        policy.read_text(encoding="utf-8") + "\nread_only: moving the cluster\n", encoding="utf-8"
    )

    async def is_locked():
        return "moving the cluster" in (await ruled.says("ana", "scale web 3")).text

    await ruled.until(is_locked, "the switch")
    assert "An operator lifts it" in (await ruled.says("ana", "scale web 3")).text
    assert "2 pods" in (await ruled.says("ana", "get pods")).text


ALWAYS = """
freezes:
  - name: always
    reason: the year ends
    weekly: [Mon 00:00, Mon 00:00]
    namespaces: [shop]
    allows: [restart]
"""


async def test_a_freeze_is_told_keeps_changes_away_but_what_it_allows_and_has_exceptions(ruled):
    first = (ruled.folder / "policy.yaml").read_text(encoding="utf-8")
    await rules(ruled, first + ALWAYS)
    listed = await ruled.says("ana", "freeze")
    assert "1 freeze holds on demo now" in listed.plain
    assert "always: the year ends · now, until" in listed.plain
    assert "in shop · restart may go on" in listed.plain
    refused = await ruled.says("ana", "scale web 3")
    assert "freeze always: the year ends" in refused.plain
    assert "Restart shop/web" in (await ruled.says("ana", "restart web")).plain
    assert await ruled.writes() == []

    await rules(ruled, first + ALWAYS + "    except: [[2020-01-01, 2999-01-01]]")
    assert "none comes within a year" in (await ruled.says("ana", "freeze")).plain
    assert "from 2 to 3?" in (await ruled.says("ana", "scale web 3")).plain


LOCKERS = """
policy:
  rules:
    - {name: reads, verbs: [get, locks], effect: allow}
    - {name: locks-demo, verbs: [lock, unlock], clusters: [demo], effect: allow}
    - {name: asks-first, users: {U0BEN: ben}, verbs: [lock], effect: confirm}
"""


async def test_who_may_lock_one_cluster_locks_no_other(ruled):
    await rules(ruled, LOCKERS)
    refused = await ruled.says("ana", 'lock --everything --reason "incident"')
    assert "Not allowed" in refused.text
    assert "all of demo" in (await ruled.says("ana", 'lock --cluster-wide --reason "incident"')).text


async def test_a_policy_that_wants_a_confirm_is_heeded_by_locks_too(ruled):
    await rules(ruled, LOCKERS)
    question = await ruled.says("ben", 'lock web --reason "load test"')
    assert "Run /k8s lock --context demo -n shop web" in question.plain
    assert "Nothing is locked" in (await ruled.says("ana", "locks")).text
    await ruled.press("ben", question, "Run it")
    await ruled.whisper("Locked:", "shop/web on demo")


async def test_a_secret_in_a_reason_reaches_nobody(place):
    token = "ghp_" + "a" * 24
    said = await place.says("ben", f'lock web --reason "see token={token}"')
    refused = await place.says("ana", "scale web 3")
    listed = await place.says("ana", "locks")
    for shown in (said.text, refused.text, listed.text, str(place.records())):
        assert "redacted:" in shown
        assert token not in shown


async def rules(place, policy: str) -> None:
    """Put another policy in force."""
    await place.configure(policy)


def lock_id(said) -> str:
    """The id that its button lifts it by, as `locks` would show it."""

    return re.search(r"[0-9a-f]{8}", said.text)[0]


async def test_what_is_locked_does_not_go_with_its_namespace(ruled):
    policy = ruled.folder / "policy.yaml"
    rule = "{name: ends, users: {U0ANA: ana}, verbs: delete, kinds: namespaces, effect: confirm}"
    guard = "{name: hands-off, namespaces: guarded, verbs: '*', effect: deny}"
    locks = "{name: locks, verbs: lock, effect: allow}"
    rules = f"[{rule}, {guard}, {locks}]"
    policy.write_text(f"impersonate: false\npolicy: {{rules: {rules}}}\n", encoding="utf-8")
    await ruled.stop_bot()
    await ruled.start_bot()
    await ruled.says("ben", 'lock web --reason "load test"')
    assert "load test" in (await ruled.says("ana", "delete namespace shop")).plain
    await ruled.api("/api/v1/namespaces", "POST", {"metadata": {"name": "guarded"}})
    assert "Rule hands-off forbids it" in (await ruled.says("ana", "delete namespace guarded")).plain
    await ruled.api("/api/v1/namespaces", "POST", {"metadata": {"name": "other"}})
    assert "Delete namespace other" in (await ruled.says("ana", "delete namespace other")).plain
