"""What was read is looked at again from its buttons, in every form, and as far as the policy goes."""

from __future__ import annotations


async def test_all_namespaces_are_those_that_one_may_see(ruled):
    policy = ruled.folder / "policy.yaml"
    narrow = policy.read_text().replace("verbs: [get,", "namespaces: [shop, default]\n      verbs: [get,")
    policy.write_text(narrow)
    await ruled.stop_bot()
    await ruled.start_bot()
    answer = await ruled.says("cho", "get pods -A")
    assert "2 pods in 2 of the namespaces on demo" in answer.plain
    assert "the policy lets you see these" in answer.text
    asked = [request["path"] for request in await ruled.requests("GET")]
    assert not [path for path in asked if "kube-system" in path]
    answer = await ruled.says("cho", "describe pods -A")
    assert "2 pods in 2 of the namespaces" in answer.plain


async def test_a_document_is_a_message_and_a_file(place):
    answer = await place.says("cho", "get deploy web -o yaml")
    assert "1 deployment in shop on demo as YAML" in answer.plain
    assert "kind: Deployment" in answer.text
    await place.press("cho", answer, "As file")
    sent = await place.whisper("web.yaml is in your direct messages")
    assert "web.yaml" in sent.text


async def test_a_secret_is_not_in_what_is_kept_either(place):
    body = {"metadata": {"name": "db"}, "stringData": {"password": "hunter2-and-more"}}
    await place.api("/api/v1/namespaces/shop/secrets", "POST", body)
    for line in ("get secret db -o yaml", "get secrets -o json", "describe secret db"):
        answer = await place.says("cho", line)
        assert "hunter2" not in answer.text
        assert "aHVudGVyMi" not in answer.text
    held = "".join(str(record) for record in place.records())
    assert "hunter2" not in held


async def test_a_mistake_in_a_path_names_its_place(place):
    answer = await place.says("cho", "get pods -o jsonpath='{.items[0'")
    assert "At character 10 of the path" in answer.text
    answer = await place.says("cho", "get pods --watch")
    assert "rollout status" in answer.text
