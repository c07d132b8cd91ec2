"""What the policy says reaches people as sentences, and a changed policy counts from then on."""

from __future__ import annotations

import logging


async def test_a_wrong_channel_is_refused_with_the_channel_where_it_would_be_allowed(place):
    answer = await place.says("cho", "scale web 4 -n shop", channel="general")
    assert "Not allowed: scale in shop on demo" in answer.plain
    assert "Rule shop-changes would allow you in #shop, #ops." in answer.plain
    assert "Nothing was changed" in answer.text
    [record] = await place.recorded("refusal")
    assert (record["verb"], record["namespace"], record["channel"]) == ("scale", "shop", "C0GENERAL")


async def test_a_person_without_a_rule_is_told_who_can(place):
    answer = await place.says("cho", "audit")
    assert "Not allowed: audit" in answer.plain
    assert "@sre can do it (rule sre-reads-the-record)." in answer.plain


async def test_a_forbidden_namespace_stays_forbidden_and_is_not_even_read(place):
    answer = await place.says("ana", "scale coredns 1 -n kube-system")
    assert "Rule hands-off-the-system forbids it." in answer.plain
    asked = [r["path"] for r in await place.requests("GET", "PATCH")]
    assert not [path for path in asked if "coredns" in path]
    await place.recorded("refusal")


async def test_what_lives_in_no_namespace_needs_a_rule_for_all_of_them(ruled):
    policy = ruled.folder / "policy.yaml"
    everything = policy.read_text()
    policy.write_text(everything.replace("verbs: [get,", "namespaces: [shop, default]\n      verbs: [get,"))
    await ruled.stop_bot()
    await ruled.start_bot()
    assert "web-" in (await ruled.says("cho", "get pods -n shop")).text
    answer = await ruled.says("cho", "get nodes")
    assert "Not allowed: get in all namespaces" in answer.plain
    assert "covers shop, default, not all namespaces" in answer.plain
    await ruled.recorded("read", "refusal")


async def test_a_policy_that_changed_before_the_press_refuses_at_the_act_and_a_broken_one_changes_nothing(
    ruled, caplog
):
    caplog.set_level(logging.INFO, "bot.wiring")
    policy = ruled.folder / "policy.yaml"
    whole = policy.read_text()

    policy.write_text(whole.replace("verbs: [audit]", "verbs: [audti]"))
    await ruled.until(lambda: "the old one stays" in caplog.text, "a refused configuration")
    assert "did you mean 'audit'" in caplog.text
    policy.write_text("[" * 3000)
    await ruled.until(lambda: caplog.text.count("the old one stays") == 2, "one that cannot even be read")
    assert "Traceback" not in caplog.text
    question = await ruled.says("cho", "scale web 4")
    assert "Scale to 4" in question.buttons

    policy.write_text(whole.replace("namespaces: [kube-system]", "namespaces: [kube-system, shop]"))
    await ruled.until(lambda: "is in force" in caplog.text, "a configuration in force")
    await ruled.press("cho", question, "Scale to 4")

    ended = await ruled.becomes(question, "forbids it", "Nothing was changed")
    assert "Rule hands-off-the-system forbids it." in ended.plain
    assert await ruled.writes() == []
    assert await ruled.cards() == []
    records = await ruled.recorded("asked", "refusal")
    assert "hands-off-the-system" in records[1]["detail"]["said"]
