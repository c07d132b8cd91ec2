"""`demo`: one address that opens with its token, and a real cluster only when its name was confirmed."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from bot.demo.scenario import put_up_shop
from tests.tour.page import Page, until

ADDRESS = r"Open (http://127\.0\.0\.1:\d+/\?token=\S+)"


@pytest.fixture
async def demo(started):
    async with started("demo", "--listen", "127.0.0.1:0") as program:
        yield program


@pytest.fixture
async def real(tmp_path):
    """A cluster that is not the demo's own, and the kubeconfig of somebody who may do everything there."""
    async with KubernetesSimulator(pace=0.05) as kube:
        await put_up_shop(kube.url)
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(kube.kubeconfig(context="prod", namespace="shop"), encoding="utf-8")
        yield kube, str(kubeconfig)


async def replicas(kube):
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{kube.url}/apis/apps/v1/namespaces/shop/deployments/web") as answer,
    ):
        return (await answer.json())["spec"]["replicas"]


def look_around(url):
    with contextlib.closing(Page(url)) as page:
        page.open()
        page.wait_for_bot()


def scale_by_hand(url, line):
    """Type a line on the page, press its button, and wait until the card is done."""
    with contextlib.closing(Page(url)) as page:
        page.open()
        page.wait_for_bot()
        plan = page.types("ana", line)
        assert plan.affirmative, plan.text
        page.presses("ana", plan, plan.affirmative)
        until(lambda: any("has 5 replicas" in said.headline for said in page.messages("ana")), "card")


async def test_one_address_that_needs_its_token_and_refuses_strangers(demo):
    url = await demo.says(ADDRESS)
    assert demo.told.count("token=") == 1
    address = urlsplit(url)
    state = f"{address.scheme}://{address.netloc}/page/state"

    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:

        async def get(where, **headers):
            async with http.get(where, headers=headers) as answer:
                return answer.status, await answer.text()

        status, text = await get(state)
        assert (status, "no_page_token" in text) == (403, True)
        status, text = await get(url)
        assert status == 200
        assert "<html" in text
        status, text = await get(state)
        assert status == 200, "the cookie opens it from here on"
        status, text = await get(state, Host="evil.example.com")
        assert (status, "foreign_host" in text) == (403, True)
        status, text = await get(state, Origin="https://evil.example.com")
        assert (status, "foreign_origin" in text) == (403, True)


async def test_it_leaves_nothing_behind(demo):
    url = await demo.says(ADDRESS)
    folder = await demo.says(r"--kubeconfig (\S+)/kubeconfig")
    await asyncio.to_thread(look_around, url)
    demo.process.terminate()
    assert await demo.ends() == 0
    assert "Traceback" not in demo.told
    assert not await asyncio.to_thread(Path(folder).exists)


async def test_a_real_cluster_is_named_and_left_alone_unless_confirmed(started, real):
    kube, kubeconfig = real
    async with started("demo", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig) as program:
        assert await program.says("through the context '([^']+)'") == "prod"
        await program.is_answered("yes")
        assert await program.ends() == 1
    assert "Nothing was started." in program.told
    assert "Open http" not in program.told
    assert await replicas(kube) == 3


async def test_nobody_at_the_keyboard_is_no_confirmation(ran, real):
    code, told = await ran("demo", "--listen", "127.0.0.1:0", "--kubeconfig", real[1])
    assert code == 1
    assert "Open http" not in told
    assert "Traceback" not in told


async def test_a_kubeconfig_that_cannot_be_read_is_told_in_a_line(ran, tmp_path):
    code, told = await ran("demo", "--kubeconfig", str(tmp_path / "none"))
    assert code == 1
    assert f"{tmp_path / 'none'} cannot be used" in told
    assert "Traceback" not in told


async def test_confirmed_it_acts_on_that_cluster(started, real):
    kube, kubeconfig = real
    async with started("demo", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig) as program:
        await program.says("Type the context's name")
        await program.is_answered("prod")
        await asyncio.to_thread(scale_by_hand, await program.says(ADDRESS), "scale web 5")
        assert await replicas(kube) == 5
        assert "The simulated cluster" not in program.told
