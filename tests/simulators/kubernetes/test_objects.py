"""What every object goes through, whatever its kind: versions, names, dry runs, deletion."""

CONFIG = {"metadata": {"name": "c", "labels": {"a": "1"}}, "data": {"k": "v"}}


async def test_the_server_fills_in_what_is_its_own(api):
    made = await api.post(
        api.config_maps, {**CONFIG, "metadata": {"name": "c", "uid": "mine", "generation": 7}}
    )
    assert made.status == 201
    metadata = made["metadata"]
    assert metadata["uid"] != "mine"
    assert "generation" not in metadata  # config maps have none
    assert metadata["namespace"] == "default"
    assert metadata["resourceVersion"].isdigit()
    assert metadata["creationTimestamp"].endswith("Z")
    assert made["kind"] == "ConfigMap"


async def test_versions_only_grow_and_no_change_is_no_version(api):
    first = await api.post(api.config_maps, CONFIG)
    same = await api.put(f"{api.config_maps}/c", first.body)
    changed = await api.patch(f"{api.config_maps}/c", {"data": {"k": "w"}})
    assert same["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert int(changed["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])


async def test_a_stale_writer_is_refused(api):
    first = await api.post(api.config_maps, CONFIG)
    await api.patch(f"{api.config_maps}/c", {"data": {"k": "theirs"}})
    late = await api.put(f"{api.config_maps}/c", {**first.body, "data": {"k": "mine"}})
    assert (late.status, late["reason"]) == (409, "Conflict")
    assert late["message"].startswith(
        'Operation cannot be fulfilled on configmaps "c": the object has been modified'
    )
    blind = await api.put(f"{api.config_maps}/c", CONFIG)
    assert blind.status == 200  # who names no version overwrites


async def test_a_name_can_be_made_up(api):
    made = await api.post(api.config_maps, {"metadata": {"generateName": "c-"}})
    assert made["metadata"]["name"].startswith("c-")
    assert len(made["metadata"]["name"]) == 7


async def test_a_dry_run_shows_and_leaves_nothing(api):
    shown = await api.post(f"{api.config_maps}?dryRun=All", CONFIG)
    assert shown.status == 201
    assert "resourceVersion" not in shown["metadata"]
    assert (await api.get(f"{api.config_maps}/c")).status == 404
    await api.post(api.config_maps, CONFIG)
    patched = await api.patch(f"{api.config_maps}/c?dryRun=All", {"data": {"k": "w"}})
    deleted = await api.delete(f"{api.config_maps}/c?dryRun=All")
    assert (patched.status, patched["data"], deleted.status) == (200, {"k": "w"}, 200)
    assert (await api.get(f"{api.config_maps}/c"))["data"] == {"k": "v"}


async def test_generation_counts_the_spec_alone(api):
    await api.deploy(replicas=0)
    labelled = await api.patch(f"{api.deployments}/web", {"metadata": {"labels": {"x": "y"}}})
    scaled = await api.patch(f"{api.deployments}/web", {"spec": {"replicas": 1}})
    assert (labelled["metadata"]["generation"], scaled["metadata"]["generation"]) == (1, 2)


async def test_status_and_spec_are_written_at_their_own_addresses(api):
    await api.post(
        "/apis/policy/v1/namespaces/default/poddisruptionbudgets", {"metadata": {"name": "b"}, "spec": {}}
    )
    place = "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b"
    aside = await api.patch(place, {"status": {"expectedPods": 9}})
    below = await api.patch(f"{place}/status", {"status": {"expectedPods": 9}, "spec": {"minAvailable": 1}})
    assert aside["status"]["expectedPods"] == 0
    assert below["status"]["expectedPods"] == 9
    assert "minAvailable" not in below["spec"]


async def test_managed_fields_say_who_set_what(api):
    made = await api.post(f"{api.config_maps}?fieldManager=ana", CONFIG)
    changed = await api.patch(f"{api.config_maps}/c?fieldManager=ben", {"data": {"k": "w", "l": "x"}})
    assert [note["manager"] for note in made["metadata"]["managedFields"]] == ["ana"]
    owned = {note["manager"]: note["fieldsV1"] for note in changed["metadata"]["managedFields"]}
    assert owned["ben"] == {"f:data": {"f:k": {}, "f:l": {}}}
    assert owned["ana"] == {"f:metadata": {"f:labels": {"f:a": {}}}}


async def test_deletion_waits_for_finalizers(api):
    await api.post(api.config_maps, {"metadata": {"name": "c", "finalizers": ["example.com/hold"]}})
    marked = await api.delete(f"{api.config_maps}/c")
    assert marked["metadata"]["deletionTimestamp"]
    assert (await api.get(f"{api.config_maps}/c")).status == 200
    await api.patch(f"{api.config_maps}/c", {"metadata": {"finalizers": None}})
    assert (await api.get(f"{api.config_maps}/c")).status == 404


async def test_deletion_can_be_pinned_to_one_object(api):
    made = await api.post(api.config_maps, CONFIG)
    refused = await api.delete(f"{api.config_maps}/c", {"preconditions": {"uid": "another"}})
    assert (refused.status, refused["reason"]) == (409, "Conflict")
    gone = await api.delete(f"{api.config_maps}/c", {"preconditions": {"uid": made["metadata"]["uid"]}})
    assert (gone["status"], gone["details"]["uid"]) == ("Success", made["metadata"]["uid"])


async def test_dependents_go_with_their_owner_or_are_orphaned(api):
    await api.deploy(replicas=0)
    await api.until(api.replica_sets, lambda found: found["items"])
    await api.delete(f"{api.deployments}/web", {"propagationPolicy": "Orphan"})
    await api.until(f"{api.deployments}/web", lambda found: found.get("code") == 404)
    left = (await api.get(api.replica_sets))["items"]
    assert [one["metadata"].get("ownerReferences") for one in left] == [None]
    await api.deploy(replicas=0)  # adopts the orphan
    await api.until(api.replica_sets, lambda found: found["items"][0]["metadata"].get("ownerReferences"))
    await api.delete(f"{api.deployments}/web?propagationPolicy=Foreground")
    await api.until(f"{api.deployments}/web", lambda found: found.get("code") == 404)
    assert (await api.get(api.replica_sets))["items"] == []


async def test_a_namespace_comes_furnished_and_goes_empty(api):
    await api.post("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    await api.until(
        "/api/v1/namespaces/shop/serviceaccounts/default", lambda found: found["kind"] == "ServiceAccount"
    )
    held = {"metadata": {"name": "c", "finalizers": ["example.com/hold"]}}
    await api.post("/api/v1/namespaces/shop/configmaps", held)
    going = await api.delete("/api/v1/namespaces/shop")
    assert going["status"]["phase"] == "Terminating"
    late = await api.post("/api/v1/namespaces/shop/configmaps", {"metadata": {"name": "d"}})
    assert (late.status, late["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")
    stuck = await api.until(
        "/api/v1/namespaces/shop",
        lambda found: "configmaps. has 1" in found["status"]["conditions"][3]["message"],
    )
    assert [(one["type"], one["status"]) for one in stuck["status"]["conditions"]] == [
        ("NamespaceDeletionDiscoveryFailure", "False"),
        ("NamespaceDeletionGroupVersionParsingFailure", "False"),
        ("NamespaceDeletionContentFailure", "False"),
        ("NamespaceContentRemaining", "True"),
        ("NamespaceFinalizersRemaining", "True"),
    ]
    assert [one["message"] for one in stuck["status"]["conditions"][3:]] == [
        "Some resources are remaining: configmaps. has 1 resource instances",
        "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    ]
    await api.patch("/api/v1/namespaces/shop/configmaps/c", {"metadata": {"finalizers": None}})
    await api.until("/api/v1/namespaces/shop", lambda found: found.get("code") == 404)
    assert (await api.get("/api/v1/namespaces/shop/configmaps"))["items"] == []


async def test_a_collection_can_be_deleted_by_label(api):
    for name, team in (("a", "x"), ("b", "y")):
        await api.post(api.config_maps, {"metadata": {"name": name, "labels": {"team": team}}})
    await api.delete(f"{api.config_maps}?labelSelector=team%3Dx")
    left = (await api.get(f"{api.config_maps}?labelSelector=team"))["items"]
    assert [one["metadata"]["name"] for one in left] == ["b"]


async def test_secrets_take_plain_text_in(api):
    made = await api.post(
        "/api/v1/namespaces/default/secrets", {"metadata": {"name": "s"}, "stringData": {"k": "v"}}
    )
    assert (made["type"], made["data"]) == ("Opaque", {"k": "dg=="})
    assert "stringData" not in made.body
