"""why: each trouble is planted over the wire, and the verdict is read."""

from __future__ import annotations

from commands import why


async def test_try(kube, ask, shown):
    await kube.deploy("web")
    print(shown(await ask(why.COMMAND, "web")))
    print(sorted(r["path"] for r in await kube.requests() if r["userAgent"].startswith("k8s-bot")))
    await kube.set_image("web", "web:missing")
    import asyncio

    await asyncio.sleep(1)
    print(shown(await ask(why.COMMAND, "web")))
    await kube.deploy("cr", "crash:1", ready=False)
    await asyncio.sleep(1)
    print(shown(await ask(why.COMMAND, "cr")))
    print(shown(await ask(why.COMMAND, "no/node-1")))
    await kube.deploy("oom", "oom:1", ready=False, resources={"limits": {"memory": "64Mi"}})
    await asyncio.sleep(1)
    print(shown(await ask(why.COMMAND, "oom")))
