"""Watches: from a version on, filtered, formed, and ended in all the ways that real ones end."""

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
CONFIG = {"metadata": {"name": "c", "labels": {"a": "1"}}}


async def version(api):
    return (await api.get(api.config_maps))["metadata"]["resourceVersion"]


async def test_from_a_version_nothing_is_missed_and_nothing_told_twice(api):
    start = await version(api)
    await api.post(api.config_maps, CONFIG)
    async with api.watch(f"{api.config_maps}?resourceVersion={start}") as watch:
        added = await watch.next()
        await api.patch(f"{api.config_maps}/c", {"data": {"k": "v"}})
        modified = await watch.next()
        await api.delete(f"{api.config_maps}/c")
        deleted = await watch.next()
    assert [kind for kind, _ in (added, modified, deleted)] == ["ADDED", "MODIFIED", "DELETED"]
    versions = [int(obj["metadata"]["resourceVersion"]) for _, obj in (added, modified, deleted)]
    assert versions == sorted(set(versions))
    assert modified[1]["kind"] == "ConfigMap"


async def test_without_a_version_the_present_comes_first(api):
    async with api.watch(api.config_maps) as watch:
        kind, obj = await watch.next()
    assert (kind, obj["metadata"]["name"]) == ("ADDED", "kube-root-ca.crt")


async def test_objects_enter_and_leave_a_selection_by_changing(api):
    start = await version(api)
    async with api.watch(f"{api.config_maps}?labelSelector=a%3D1&resourceVersion={start}") as watch:
        await api.post(api.config_maps, {"metadata": {"name": "c", "labels": {"a": "2"}}})
        await api.patch(f"{api.config_maps}/c", {"metadata": {"labels": {"a": "1"}}})
        assert (await watch.next())[0] == "ADDED"
        await api.patch(f"{api.config_maps}/c", {"data": {"k": "v"}})
        assert (await watch.next())[0] == "MODIFIED"
        await api.patch(f"{api.config_maps}/c", {"metadata": {"labels": {"a": None}}})
        kind, obj = await watch.next()
        assert (kind, obj["metadata"].get("labels")) == ("DELETED", None)


async def test_one_object_by_its_name(api):
    await api.post(api.config_maps, CONFIG)
    async with api.watch(f"{api.config_maps}?fieldSelector=metadata.name%3Dc") as watch:
        assert (await watch.next())[1]["metadata"]["name"] == "c"
        await api.post(api.config_maps, {"metadata": {"name": "other"}})
        await api.post("/simulator/faults", {"fault": "cut-watches"})
        assert await watch.rest() == []


async def test_a_version_that_is_forgotten_is_gone(api):
    start = await version(api)
    await api.post("/simulator/faults", {"fault": "forget-versions"})
    for old in ("1", start):
        async with api.watch(f"{api.config_maps}?resourceVersion={old}") as watch:
            events = await watch.rest()
        assert [(kind, obj["code"], obj["reason"]) for kind, obj in events] == [("ERROR", 410, "Expired")]
        assert events[0][1]["message"].startswith(f"too old resource version: {old} (")


async def test_time_is_up_with_a_bookmark_and_not_without(api):
    start = await version(api)
    async with api.watch(
        f"{api.config_maps}?resourceVersion={start}&timeoutSeconds=1&allowWatchBookmarks=true"
    ) as watch:
        (kind, mark), *more = await watch.rest()
    assert (kind, more) == ("BOOKMARK", [])
    assert int(mark["metadata"]["resourceVersion"]) >= int(start)
    assert mark["kind"] == "ConfigMap"


async def test_initial_events_end_with_a_bookmark(api):
    query = (
        "allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1"
    )
    async with api.watch(f"{api.config_maps}?{query}&resourceVersion=0") as watch:
        first, mark = await watch.next(), await watch.next()
    assert first[0] == "ADDED"
    assert mark[0] == "BOOKMARK"
    assert mark[1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    async with api.watch(f"{api.config_maps}?{query}") as watch:  # a consistent present cannot be promised
        assert [(kind, obj["code"]) for kind, obj in await watch.rest()] == [("ERROR", 504)]


async def test_rows_can_be_watched(api):
    await api.post(api.config_maps, CONFIG)
    async with api.watch(api.config_maps, Accept=TABLE) as watch:
        first, second = await watch.next(), await watch.next()
    assert [row["cells"][0] for _, table in (first, second) for row in table["rows"]] == [
        "c",
        "kube-root-ca.crt",
    ]
    assert first[1]["columnDefinitions"]
    assert second[1]["columnDefinitions"] == []


async def test_watches_are_cut_when_asked(api):
    start = await version(api)
    async with api.watch(f"{api.config_maps}?resourceVersion={start}") as watch:
        await api.post(api.config_maps, {"metadata": {"name": "seen"}})
        assert (await watch.next())[0] == "ADDED"
        await api.post("/simulator/faults", {"fault": "cut-watches"})
        assert await watch.rest() == []
