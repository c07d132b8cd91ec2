"""A workspace, a cluster and a bot between them: what scenario tests and proofs by hand play in.

People act through the page's own endpoints, faults are asked of the simulators over the wire, and what
came of it is read from the channel and from the cluster's API.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.cli.manifest import events, manifest, scopes
from bot.demo.kubernetes import KubernetesSimulator
from bot.demo.slack import SlackSimulator, demo_workspace, read_manifest, signing
from bot.engine.command import Command
from bot.engine.registry import verb_names
from bot.settings import Settings, read_config, read_settings
from bot.slack.budget import Pace
from bot.wiring import COMMANDS, Bot
from tests.seen import Seen

PEOPLE = {"ana": "U0ANA", "ben": "U0BEN", "cho": "U0CHO", "gus": "U0GUS", "dia": "U0DIA", "sol": "U0SOL"}
CHANNELS = {"shop": "C0SHOP", "ops": "C0OPS", "general": "C0GENERAL"}
SECRET = "demo-signing-secret"
POLICY = Path("tests/scenarios/shop.yaml")
PATIENCE = 10.0
"""Seconds, counted by the pauses between two looks: how long each look takes does not count."""
_SHORT, _LONG, _EACH = 0.02, 0.05, 1.1
"""Seconds between two looks at first and at last, and how they grow: to look is work, too."""


@dataclass
class World:
    folder: Path
    kube: KubernetesSimulator
    slack: SlackSimulator
    http: aiohttp.ClientSession
    environment: dict[str, str]
    bot: Bot | None = None
    commands: tuple[Command, ...] = field(default=COMMANDS, repr=False)
    ahead: float = 0.0
    """Seconds by which the bot's clock is ahead of everybody else's."""
    pace: Pace | None = None
    """How patient the bot is with Slack; its own where there is none."""

    def now(self) -> float:
        return time.time() + self.ahead

    def settings(self) -> Settings:
        return read_settings(self.environment)

    async def start_bot(self) -> Bot:
        """Install what the policy's manifest asks for, start, and wait until it is ready."""
        if config := self.environment.get("BOT_CONFIG"):
            found = read_config(Path(config), verb_names(self.commands))
            policy, emails = found.policy, found.reads_emails
            self.slack.workspace.app.scopes = set(
                scopes(types_to_programs=policy.types_to_programs, reads_emails=emails)
            )
            self.slack.workspace.app.events = set(events(types_to_programs=policy.types_to_programs))
        self.bot = await Bot(
            self.settings(), clock=self.now, commands=self.commands, pace=self.pace
        ).__aenter__()
        if "SLACK_APP_TOKEN" not in self.environment:
            self.slack.request_url = f"http://{self.bot.listen}/slack/events"
        await self.until(self.is_ready)
        return self.bot

    async def configure(self, text: str, outcome: str = "is in force") -> None:
        """Rewrite the configuration, and wait until the bot says what comes of it."""
        config = self.settings().config
        assert config
        with _heard("bot.wiring") as said:
            config.write_text(text, encoding="utf-8")
            await self.until(lambda: any(outcome in words for words in said), "the configuration")

    async def stop_bot(self) -> None:
        if self.bot:
            bot, self.bot = self.bot, None
            await bot.__aexit__(None, None, None)

    async def is_ready(self) -> bool:
        assert self.bot
        async with self.http.get(f"http://{self.bot.admin_listen}/readyz") as answer:
            return answer.status == 200

    async def until(self, test: Callable[[], Any], what: str = "", seconds: float = PATIENCE) -> Any:
        """Wait for something to become true, and give it."""
        pause, left = _SHORT, seconds
        while left > 0:
            found = test()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(pause)
            left, pause = left - pause, min(pause * _EACH, _LONG)
        shown = "\n---\n".join(
            f"{m.ts} {'(ephemeral) ' if m.is_ephemeral else ''}{m.text}" for m in await self.messages()
        )
        raise AssertionError(f"it did not happen: {what or test}\nThe channel shows:\n{shown}")

    # ------------------------------------------------------------ as a person

    async def command(self, who: str, line: str, channel: str = "shop") -> dict[str, Any]:
        return await self._page(
            "command", {"as": PEOPLE[who], "channel": CHANNELS[channel], "text": f"/k8s {line}".strip()}
        )

    async def says(self, who: str, line: str, channel: str = "shop") -> Seen:
        """Type a line, and wait for the answer that only this person sees."""
        before = {message.ts for message in await self.messages(channel)}
        answer = await self.command(who, line, channel)
        assert answer["ok"], answer
        return await self.until(lambda: self._new_ephemeral(before, channel), f"an answer to {line!r}")

    async def _new_ephemeral(self, before: set[str], channel: str) -> Seen | None:
        found = [m for m in await self.messages(channel) if m.is_ephemeral and m.ts not in before]
        answered = [m for m in found if "Asking the cluster…" not in m.text]  # that is a sign, no answer
        return answered[-1] if answered else None

    async def press(self, who: str, message: Seen, label: str, channel: str = "shop") -> dict[str, Any]:
        button = message.buttons[label]
        return await self._page(
            "action", {"as": PEOPLE[who], "channel": CHANNELS[channel], "message_ts": message.ts, **button}
        )

    async def form(self, who: str = "ana") -> dict[str, Any]:
        """Wait for a form to be open before this person, and give its view."""

        async def found() -> Any:
            views = (await self.sees(who))["views"]
            return views[-1] if views else None

        return dict(await self.until(found, "a form"))

    async def agree(
        self, who: str, message: Seen, label: str, channel: str = "shop", **fields: str
    ) -> dict[str, Any]:
        """Press a button whose yes needs more than the press, and fill that in."""
        await self.press(who, message, label, channel)
        return await self.submit(who, await self.form(who), **fields)

    async def told(self, who: str, *words: str) -> str:
        """Wait for a direct message of the bot to have all these words."""

        async def found() -> str | None:
            state = await self.sees(who)
            direct = [one["id"] for one in state["channels"] if one.get("is_im")]
            said = [json.dumps(m, ensure_ascii=False) for c in direct for m in state["messages"].get(c, [])]
            return next((one for one in reversed(said) if all(word in one for word in words)), None)

        return await self.until(found, f"a direct message to {who} with {words}")

    async def sees(self, who: str = "ana") -> dict[str, Any]:
        async with self.http.get(f"{self.slack.url}/page/state", params={"as": PEOPLE[who]}) as answer:
            return dict(await answer.json())

    async def choices(self, who: str, view: dict[str, Any], key: str, typed: str = "") -> list[str]:
        """What a menu of the form offers."""
        name = f"field:{key}"
        place = {"as": PEOPLE[who], "view_id": view["id"], "action_id": name, "block_id": name}
        answer = await self._page("options", {**place, "value": typed})
        return [option["value"] for option in answer.get("options", [])]

    async def choose(self, who: str, view: dict[str, Any], key: str, value: str) -> None:
        """Choose something that the menu offers."""
        assert value in await self.choices(who, view, key)
        name = f"field:{key}"
        place = {"as": PEOPLE[who], "view_id": view["id"], "action_id": name, "block_id": name}
        answer = await self._page("action", {**place, "selected_option": {"value": value}})
        assert answer["ok"], answer

    async def submit(self, who: str, view: dict[str, Any], **given: str) -> dict[str, Any]:
        return await self._page(
            "view/submit", {"as": PEOPLE[who], "view_id": view["id"], "values": _values(view, given)}
        )

    async def write(self, who: str, text: str, channel: str = "shop", thread: str = "") -> dict[str, Any]:
        """Post a message, as people do."""
        body = {"as": PEOPLE[who], "channel": CHANNELS[channel], "text": text, "thread_ts": thread}
        return await self._page("message", body)

    async def shortcut(self, who: str, name: str, message: Seen, channel: str = "shop") -> dict[str, Any]:
        body = {
            "as": PEOPLE[who],
            "callback_id": name,
            "channel": CHANNELS[channel],
            "message_ts": message.ts,
        }
        return await self._page("shortcut", body)

    async def home(self, who: str, *words: str) -> dict[str, Any]:
        """Open the bot's own tab, and wait for it to have these words."""
        await self._page("home", {"as": PEOPLE[who]})

        async def found() -> Any:
            view = (await self.sees(who)).get("home")
            return (
                view if view and all(word in json.dumps(view, ensure_ascii=False) for word in words) else None
            )

        return dict(await self.until(found, f"a tab with {words}"))

    async def deliver(self, body: dict[str, str] | bytes, *, secret: str = SECRET, age: float = 0.0,
                      **headers: str) -> int:  # fmt: skip
        """Send the bot what claims to come from Slack, past the simulated Slack; give the status."""
        assert self.bot
        raw = urlencode(body).encode() if isinstance(body, dict) else body
        signed = signing.headers(secret, raw, time.time() - age)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"http://{self.bot.listen}/slack/events"
        async with self.http.post(url, data=raw, headers=kind | signed | headers) as answer:
            await answer.read()
            return answer.status

    async def _page(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.http.post(f"{self.slack.url}/page/{what}", json=body) as answer:
            return dict(await answer.json())

    # ------------------------------------------------------------ what came of it

    async def becomes(self, message: Seen, *words: str, channel: str = "shop") -> Seen:
        """Wait for this very message to be edited so that it has all these words."""

        async def found() -> Seen | None:
            same = [m for m in await self.messages(channel) if m.ts == message.ts]
            return same[0] if same and all(word in same[0].text for word in words) else None

        return await self.until(found, f"the message {message.ts} with {words}")

    async def whisper(self, *words: str, channel: str = "shop") -> Seen:
        """Wait for something that only one person sees to have all these words."""

        async def found() -> Seen | None:
            seen = [m for m in await self.messages(channel) if m.is_ephemeral]
            return next((m for m in reversed(seen) if all(word in m.text for word in words)), None)

        return await self.until(found, f"a whisper with {words}")

    async def messages(self, channel: str = "shop") -> list[Seen]:
        async with self.http.get(
            f"{self.slack.url}/simulator/messages", params={"channel": CHANNELS[channel]}
        ) as answer:
            return [Seen(message) for message in (await answer.json())["messages"]]

    async def cards(self, channel: str = "shop") -> list[Seen]:
        """What everybody in the channel sees, threads left out."""
        return [m for m in await self.messages(channel) if not m.is_ephemeral and m.thread in ("", m.ts)]

    async def card(self, *words: str, channel: str = "shop") -> Seen:
        """Wait for the newest card to have all these words."""

        async def found() -> Seen | None:
            cards = await self.cards(channel)
            return cards[-1] if cards and all(word in cards[-1].text for word in words) else None

        return await self.until(found, f"a card with {words}")

    async def thread(self, card: Seen, *words: str, channel: str = "shop") -> Seen:
        async def found() -> Seen | None:
            lines = [m for m in await self.messages(channel) if m.thread == card.ts and m.ts != card.ts]
            return next((line for line in lines if all(word in line.text for word in words)), None)

        return await self.until(found, f"a line in the thread with {words}")

    async def api(
        self, path: str, method: str = "GET", body: Any = None, kind: str = "application/json"
    ) -> Any:
        """The cluster's own API, as its administrator."""
        data = None if body is None else json.dumps(body)
        headers = {"Content-Type": kind, "User-Agent": "test"}
        async with self.http.request(method, self.kube.url + path, data=data, headers=headers) as answer:
            return await answer.json()

    async def deployment(self, name: str = "web", namespace: str = "shop") -> Any:
        return await self.api(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")

    async def requests(self, *methods: str) -> list[dict[str, Any]]:
        """What the bot asked of the cluster."""
        async with self.http.get(f"{self.kube.url}/simulator/requests") as answer:
            every = (await answer.json())["requests"]
        return [r for r in every if r["method"] in methods and r.get("userAgent") != "test"]

    async def writes(self) -> list[dict[str, Any]]:
        """What the bot asked of the cluster that was no dry run."""
        return [r for r in await self.requests("PATCH", "POST", "PUT", "DELETE") if not r["dryRun"]]

    async def fault(self, where: str, **what: Any) -> None:
        """Ask a simulator for trouble."""
        url = self.kube.url if where == "kubernetes" else self.slack.url
        async with self.http.post(f"{url}/simulator/faults", json=what) as answer:
            assert answer.status < 300, await answer.text()

    async def calm(self, where: str) -> None:
        """Take all planted trouble away."""
        url = self.kube.url if where == "kubernetes" else self.slack.url
        async with self.http.delete(f"{url}/simulator/faults") as answer:
            assert answer.status < 300

    async def recorded(self, *kinds: str) -> list[dict[str, Any]]:
        """Wait for the records to be of exactly these kinds, in this order."""
        await self.until(lambda: self.kinds() == list(kinds), f"records {kinds}")
        return self.records()

    def kinds(self) -> list[str]:
        return [str(record["kind"]) for record in self.records()]

    def records(self) -> list[dict[str, Any]]:
        """The records, read from the file as an auditor would."""
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.folder / "k8s-bot.db")) as connection:
            return [json.loads(row[0]) for row in connection.execute("SELECT text FROM records ORDER BY seq")]


@contextlib.contextmanager
def _heard(name: str) -> Iterator[list[str]]:
    """What a logger says meanwhile."""
    log, said = logging.getLogger(name), list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield said
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def _values(view: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """What a client sends as the state of a form's fields."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        name = block.get("block_id", "")
        if block["type"] != "input" or name.removeprefix("field:") not in given:
            continue
        answer = given[name.removeprefix("field:")]
        kind = block["element"]["type"]
        if kind.endswith("_select"):
            option = {"text": {"type": "plain_text", "text": answer}, "value": answer}
            values[name] = {name: {"type": kind, "selected_option": option if answer else None}}
        elif kind == "checkboxes":
            chosen = block["element"]["options"] if answer == "true" else []
            values[name] = {name: {"type": kind, "selected_options": chosen}}
        else:
            values[name] = {name: {"type": kind, "value": answer}}
    return values


@contextlib.asynccontextmanager
async def world(
    folder: Path, *, socket_mode: bool = True, pace: float = 0.05, policy: Path = POLICY
) -> AsyncIterator[World]:
    """Both simulators running, with a deployment `web` of two pods in `shop`; the bot is not started yet."""
    async with contextlib.AsyncExitStack() as stack:
        kube = await stack.enter_async_context(KubernetesSimulator(pace=pace))
        app = read_manifest(manifest(socket_mode=socket_mode, url="https://k8s-bot.example.com"))
        slack = await stack.enter_async_context(SlackSimulator(workspace=demo_workspace(app)))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        )
        (folder / "kubeconfig").write_text(
            kube.kubeconfig(context="demo", namespace="shop"), encoding="utf-8"
        )
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.api_url,
            "KUBECONFIG": str(folder / "kubeconfig"),
            "BOT_DATA_DIR": str(folder),
            "BOT_CONFIG": str(policy),
            "BOT_LISTEN": "127.0.0.1:0",
        }
        if socket_mode:
            environment["SLACK_APP_TOKEN"] = "xapp-demo"
        place = World(folder, kube, slack, http, environment)
        async with http.get(slack.page_url) as page:
            assert page.status == 200
        await put_up_web(place)
        try:
            yield place
        finally:
            await place.stop_bot()


async def slept_out(seconds: float = 2.0) -> None:
    """Let the simulators answer what nobody waits for any more, such as a dead process's last calls."""
    slow = [task for task in asyncio.all_tasks() if "RequestHandler" in repr(task.get_coro())]
    if slow:
        await asyncio.wait(slow, timeout=seconds)


async def put_up_web(place: World) -> None:
    await place.api(
        "/api/v1/namespaces", "POST", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    )
    container = {"name": "web", "image": "docker.io/library/web:1.0", "ports": [{"containerPort": 8080}]}
    spec = {
        "replicas": 2,
        "progressDeadlineSeconds": 20,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
        },
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    await place.api("/apis/apps/v1/namespaces/shop/deployments", "POST", body)

    async def is_up() -> bool:
        return bool((await place.deployment())["status"].get("availableReplicas") == 2)

    await place.until(is_up, "the deployment web")
