"""A verb against a simulated cluster: what it is given, what it may see, and what reached the server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from bot.domain.access import Actor, Allowance, Decision, Effect, Place, Program, Standing
from bot.domain.keeping import Keepsakes
from bot.domain.message import Bullets, Facts, Message, Output, Paragraph, Table
from bot.domain.typed import split
from bot.engine.arguments import Args
from bot.engine.command import ChangeCommand, Outcome, ReadCommand, ReadContext, RunCommand, RunContext
from bot.engine.grammar import parse
from bot.kube.clusters import Clusters
from bot.service.cluster import GuardedCluster
from bot.service.gate import PolicyGate
from bot.service.in_force import InForce
from bot.service.keeping import Keeping
from bot.service.policy import Policy
from bot.service.rules import Rule
from bot.store.db import Database
from bot.store.kept import KeptTable
from bot.store.secrets import Sealer
from tests.commands.kube import NAMESPACE, Kube

CONTEXT = "demo"


class OpenGate:
    """Lets everything through, and remembers what it was asked about."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.seconds, self.bytes = 5.0, 10_000

    def check(self, _cluster: str, namespace: str, kind: str, program: Program | None = None) -> Decision:
        self.asked.append((namespace, kind))
        allowed = Allowance(profile="any", seconds=self.seconds, bytes=self.bytes) if program else None
        return Decision(effect=Effect.ALLOW, allowance=allowed)


class NothingKept:
    """Nothing was changed through the bot yet: what most verbs never ask about costs no database."""

    compares_secrets = False

    async def of(self, *_asked: Any) -> Keepsakes:
        return {}

    async def digest(self, *_asked: Any) -> str:
        raise AssertionError("nothing is kept that could be compared")


async def nothing_made(_ref):
    """Nobody has changed anything through the bot."""
    return ()


@pytest.fixture
def kubelets() -> dict[str, Any]:
    """How those of the cluster behave: fifty times as fast as life, where a test does not say otherwise."""
    return {"pace": 0.02}


@pytest.fixture
async def kube(kubelets: dict[str, Any]) -> AsyncIterator[Kube]:
    """A cluster with the namespace `shop`."""
    async with KubernetesSimulator(**kubelets) as simulator, aiohttp.ClientSession(simulator.url) as http:
        kube = Kube(simulator, http)
        await kube.namespace(NAMESPACE)
        yield kube


@pytest.fixture
def gate() -> OpenGate:
    return OpenGate()


@pytest.fixture
async def cluster(kube: Kube, gate: OpenGate, tmp_path: Path) -> AsyncIterator[GuardedCluster]:
    config = tmp_path / "kubeconfig"
    config.write_text(kube.simulator.kubeconfig(CONTEXT, NAMESPACE))
    clusters = await Clusters.load(kubeconfig=str(config))
    yield GuardedCluster(clusters.cluster(CONTEXT), gate)
    await clusters.close()


@pytest.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Keeping]:
    """What the bot keeps of revisions, Secrets left out."""
    database, sealer = await Database.open(f"sqlite:///{tmp_path / 'kept.db'}"), Sealer("key")
    yield Keeping(KeptTable(database, sealer), sealer, InForce.nothing(), time.time)
    await database.close()


@pytest.fixture
def ctx(request: pytest.FixtureRequest, cluster: GuardedCluster) -> ReadContext:
    asked_for = "keeping" in request.fixturenames
    kept = request.getfixturevalue("keeping") if asked_for else NothingKept()
    actor = Actor(id="U0ANA", team="T0SHOP", name="ana", standing=Standing.MEMBER)
    place = Place(team="T0SHOP", channel="C0SHOP", channel_name="shop-ops")
    return ReadContext(
        cluster=cluster,
        actor=actor,
        place=place,
        line="/k8s test",
        now=time.time,
        made=nothing_made,
        keeping=kept,
    )


def settled(command: ReadCommand[Any] | RunCommand[Any] | ChangeCommand[Any], line: str) -> Args:
    """The arguments as the engine hands them on: with the namespace and the cluster filled in."""
    args = parse(command.args, split(line), name=command.name)
    return args.model_copy(update={"namespace": args.namespace or NAMESPACE, "context": CONTEXT})


@pytest.fixture
def ask(ctx: ReadContext) -> Callable[..., Awaitable[Message]]:
    """`await ask(get.COMMAND, "pods")`: what the verb answers to the line."""

    async def ask(command: ReadCommand[Any], line: str) -> Message:
        return await command.run(ctx, settled(command, line))

    return ask


@pytest.fixture
def run(ctx: ReadContext) -> Callable[..., Awaitable[Outcome]]:
    """`await run(exec.COMMAND, "web-0 -- ls")`: what came of it, and what the record keeps."""
    running = RunContext(**{field.name: getattr(ctx, field.name) for field in fields(ctx)})

    async def run(command: RunCommand[Any], line: str) -> Outcome:
        planned = await command.plan(running, settled(command, line))
        return await command.run(running, planned.run)

    return run


@pytest.fixture
def narrow(ctx: ReadContext) -> Callable[..., Awaitable[Message]]:
    """Ask under a policy that allows this verb on the kinds that the line names, and on nothing else."""

    async def narrow(command: ReadCommand[Any] | RunCommand[Any], line: str) -> Any:
        args = settled(command, line)
        kinds = command.kinds(args)
        rule = Rule(name="narrow", verbs=(command.name,), kinds=kinds, effect=Effect.ALLOW)
        gate = PolicyGate(
            InForce(Policy(rules=(rule,)), {}), actor=ctx.actor, place=ctx.place, verb=command.name,
            permission=command.permission, risk=command.risk, main=kinds[0],
            covers=frozenset(kind.plural for kind in command.also_reads),
        )  # fmt: skip
        door = GuardedCluster(ctx.cluster._raw, gate)
        if isinstance(command, RunCommand):
            running = RunContext(**{field.name: getattr(ctx, field.name) for field in fields(ctx)})
            running = replace(running, cluster=door)
            return await command.run(running, (await command.plan(running, args)).run)
        return await command.run(replace(ctx, cluster=door), args)

    return narrow


@pytest.fixture
def plan(ctx: ReadContext) -> Callable[..., Awaitable[Any]]:
    """`await plan(scale.COMMAND, "web 4")`: what the verb would do."""

    async def plan(command: ChangeCommand[Any], line: str) -> Any:
        return await command.plan(ctx, settled(command, line))

    return plan


@pytest.fixture
def only_reads(kube: Kube) -> Callable[[], Awaitable[None]]:
    """Assert that since `kube.forget()` nothing but reads, or dry runs, reached the server."""

    async def only_reads() -> None:
        seen = [asked for asked in await kube.requests() if asked["userAgent"].startswith("k8s-bot")]
        assert seen, "nothing was asked at all"
        assert [a for a in seen if a["method"] != "GET" and not a["dryRun"]] == []

    return only_reads


@pytest.fixture
def shown() -> Callable[[Message], str]:
    """A message as lines of plain text: what is said, without how it looks."""
    return _shown


def _shown(message: Message) -> str:
    lines = [message.plain()]
    for part in message.parts:
        match part:
            case Paragraph():
                lines.append(part.text.plain())
            case Bullets():
                lines += [f"• {item.plain()}" for item in part.items]
            case Facts():
                lines += [f"{name}: {value}" for name, value in part.rows]
            case Table():
                lines += [" | ".join(row) for row in (part.columns, *part.rows)]
            case Output():
                lines += [f"> {line}" for line in part.text.split("\n")]
    lines += [f"[{button.label}] {button.command}" for button in message.buttons]
    return "\n".join([*lines, *([message.footer.plain()] if message.footer else [])])
