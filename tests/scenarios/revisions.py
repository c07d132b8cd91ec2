"""A workload whose revisions read a ConfigMap and a Secret: how they are made, and what then changes."""

from __future__ import annotations

import asyncio

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
CONFIGS = "/api/v1/namespaces/shop/configmaps"
SECRETS = "/api/v1/namespaces/shop/secrets"
BACK = "Roll back to web:1.0"


async def is_out(place) -> None:
    async def rolled_out() -> bool:
        found = await place.deployment()
        status = found["status"]
        counts = [status.get(key) for key in ("replicas", "updatedReplicas", "availableReplicas")]
        seen = status["observedGeneration"] == found["metadata"]["generation"]
        return seen and counts == [2] * 3

    await place.until(rolled_out, "the rollout")


async def reads_settings(place, **data: str) -> None:
    """`web` reads a ConfigMap and a Secret from now on, as revision 2."""
    await place.api(CONFIGS, "POST", {"metadata": {"name": "web-env"}, "data": data or {"LEVEL": "info"}})
    await place.api(SECRETS, "POST", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    reads = [{"configMapRef": {"name": "web-env"}}, {"secretRef": {"name": "db"}}]
    container = {"name": "web", "envFrom": reads}
    await place.api(WEB, "PATCH", {"spec": {"template": {"spec": {"containers": [container]}}}}, STRATEGIC)
    await is_out(place)


async def changes(place, line: str, who: str = "ana"):
    """Ask for a change, press what is asked first, and give the question."""
    question = await place.says(who, line)
    await place.press(who, question, next(iter(question.buttons)))
    return question


async def deploys(place, image: str) -> None:
    """A new image through the bot, to its end."""
    followed = place.kinds().count("followed")
    await changes(place, f"set image web web={image}")
    await place.card("✅", image)
    await place.until(lambda: place.kinds().count("followed") > followed, "the end of the rollout")


async def level_is(place, level: str) -> None:
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await place.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": level}}, MERGE)


async def level(place) -> dict[str, str]:
    return dict((await place.api(f"{CONFIGS}/web-env"))["data"])


NO_CONFIGS = """
impersonate: false
channels:
  C0SHOP: {name: shop, namespace: shop}
policy:
  rules:
    - {name: all, verbs: "*", namespaces: [shop], effect: confirm}
    - {name: not-these, users: {U0BEN: ben}, verbs: "*", kinds: [configmaps], effect: deny}
"""


async def configures(place, words: str, outcome: str = "is in force") -> None:
    await place.configure((place.folder / "policy.yaml").read_text(encoding="utf-8") + words, outcome)
