"""get: which objects it finds, by their names, by a selector, and a page after another."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from commands import get
from tests.commands import get_answers

ask, said = get_answers.ask, get_answers.said


async def test_names_of_one_type_share_a_table(kube, ask):
    await kube.pod("a", "web:1.0")
    await kube.pod("b", "web:1.0")
    for line in ("pod a b", "pod/a po/b"):
        (table,) = (await ask(get.COMMAND, line)).parts
        assert [row[0] for row in table.rows] == ["a", "b"]


async def test_one_type_by_several_names_is_asked_for_once(kube, ask):
    await kube.pod("a", "web:1.0")
    (table,) = (await ask(get.COMMAND, "po,pods,pod")).parts
    assert [row[0] for row in table.rows] == ["a"]


async def test_a_workloads_name_in_place_of_a_pods_brings_its_pods(kube, ask):
    await kube.pod("web-6c8d9f7b5d-x2x4k", "web:1.0")
    with pytest.raises(TargetNotFoundError) as refused:
        await ask(get.COMMAND, "pod web")
    assert refused.value.near == ("web-6c8d9f7b5d-x2x4k",)


async def test_a_missing_name_does_not_hide_the_others(kube, ask):
    await kube.pod("web-a", "web:1.0")
    table, missing = (await ask(get.COMMAND, "pod web-a web-z")).parts
    assert [row[0] for row in table.rows] == ["web-a"]
    assert missing.text.plain() == (
        "there is no pod web-z in namespace shop on cluster demo. Did you mean web-a?"
    )


async def test_the_only_name_missing_is_an_error_with_the_nearest(kube, ask):
    await kube.pod("web-a", "web:1.0")
    with pytest.raises(TargetNotFoundError) as missing:
        await ask(get.COMMAND, "pod web-b")
    assert missing.value.near == ("web-a",)


async def test_selectors_are_the_servers_own(kube, ask):
    await kube.pod("a", "web:1.0", labels={"app": "web"})
    await kube.pod("b", "web:1.0", labels={"app": "other"})
    (table,) = (await ask(get.COMMAND, "pods -l 'app in (web,api)'")).parts
    assert [row[0] for row in table.rows] == ["a"]
    (table,) = (await ask(get.COMMAND, "pods --field-selector metadata.name=b")).parts
    assert [row[0] for row in table.rows] == ["b"]
    with pytest.raises(ClusterRejectedError, match="refuses"):
        await ask(get.COMMAND, "pods -l '!!'")


async def test_nothing_found_says_where_it_looked(ask, shown):
    assert shown(await ask(get.COMMAND, "pods")) == ("No pods in shop on demo.\n-A looks in every namespace.")
    assert shown(await ask(get.COMMAND, "pods,svc -l app=web -n other")) == (
        "No pods, services in other on demo.\nNone has the labels app=web.\n-A looks in every namespace."
    )
    assert shown(await ask(get.COMMAND, "pods -A --field-selector spec.nodeName=x")) == (
        "No pods in all namespaces on demo.\nNone has the fields spec.nodeName=x."
    )


async def test_a_long_list_is_read_page_by_page(kube, said):
    maps = [{"metadata": {"name": f"map-{number:04}"}} for number in range(1203)]
    for part in range(0, len(maps), 50):
        await asyncio.gather(*(kube.create("configmaps", one) for one in maps[part : part + 50]))
    await kube.forget()
    found = await said("configmaps")
    assert len(found.groups[0].rows) >= 1203
    assert [one["path"] for one in await kube.requests()].count("/api/v1/namespaces/shop/configmaps") == 3
    found = await said("configmaps -o yaml")
    assert found.lines.count("  kind: ConfigMap") == 500
    assert re.match(r"500 objects of a type are read; at least 7\d\d more not shown", found.footer.plain())
