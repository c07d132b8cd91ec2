"""A wire that answers as it is told, the simulated cluster, and clients for both."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.demo.kubernetes import KubernetesSimulator
from bot.kube.client import Cluster
from bot.kube.clusters import Clusters
from bot.kube.transport import Limits

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

KNOWN = "demo"


def kubeconfig(
    url: str, context: str = KNOWN, namespace: str = "shop", user: dict[str, Any] | None = None
) -> str:
    return yaml.safe_dump(
        {
            "current-context": context,
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "users": [{"name": "u", "user": user or {}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u", "namespace": namespace}}],
        }
    )


class Wire:
    """An HTTP server under the test's control. The last answer it was told is given again and again."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[Any] = []
        self.url = ""
        self._answers: list[Answer] = []

    def say(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Wire:
        async def answer(_request: web.Request) -> web.StreamResponse:
            if isinstance(body, str | bytes):
                return web.Response(body=body, status=status, headers=headers)
            return web.json_response(body, status=status, headers=headers)

        return self.do(answer)

    def refuse(self, status: int, message: str = "", reason: str = "", **details: str) -> Wire:
        said = {"kind": "Status", "status": "Failure", "message": message, "reason": reason, "code": status}
        return self.say({**said, "details": details}, status)

    def cut(self) -> Wire:
        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.transport
            request.transport.abort()
            return web.Response()

        return self.do(answer)

    def hang(self, seconds: float = 5.0) -> Wire:
        async def answer(_request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return web.Response()

        return self.do(answer)

    def do(self, answer: Answer) -> Wire:
        self._answers.append(answer)
        return self

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.json() if request.can_read_body else None)
        return await (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])(request)


@asynccontextmanager
async def serving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    wire = Wire()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", wire.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust).start()
    wire.url = f"{'https' if trust else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    yield wire
    await runner.cleanup()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with serving() as wire:
        yield wire


@pytest.fixture
async def secure_wire(tmp_path: Path) -> AsyncIterator[Wire]:
    """A wire behind TLS. The certificate that must be trusted is `ca.crt` in the test's folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today, day = datetime.now(UTC), timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, today - day, today + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "ca.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(tmp_path / "ca.crt", tmp_path / "key")
    async with serving(trust) as wire:
        yield wire


@pytest.fixture
async def load(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Clusters]]]:
    """Load clusters from a kubeconfig's text; they are closed after the test."""
    loaded: list[Clusters] = []

    async def load(text: str, **options: Any) -> Clusters:
        path = tmp_path / f"config-{len(loaded)}"
        path.write_text(text)
        loaded.append(await Clusters.load(kubeconfig=str(path), **options))
        return loaded[-1]

    yield load
    for clusters in loaded:
        await clusters.close()


@pytest.fixture
def wire_kubeconfig(wire: Wire) -> str:
    return kubeconfig(wire.url)


@pytest.fixture
async def wired(wire_kubeconfig: str, load: Callable[..., Awaitable[Clusters]]) -> Clusters:
    """The wire as cluster `demo`, with little patience."""
    return await load(wire_kubeconfig, limits=Limits(connect=0.5, read=2.0, write=0.3, pause=0.02))


@pytest.fixture
def cluster(wired: Clusters) -> Cluster:
    """The wire as a cluster."""
    return wired.cluster(KNOWN)


@pytest.fixture
async def simulator() -> AsyncIterator[KubernetesSimulator]:
    async with KubernetesSimulator(pace=0.02) as simulator:
        yield simulator


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Somebody else's client."""
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def plant(simulator: KubernetesSimulator) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Ask the simulated cluster for trouble."""
    async with ClientSession() as session:

        async def plant(fault: str, **details: Any) -> None:
            url = f"{simulator.url}/simulator/faults"
            async with session.post(url, json={"fault": fault, **details}) as answer:
                assert answer.status < 300, await answer.text()

        yield plant


@pytest.fixture
async def simulated(simulator: KubernetesSimulator, load: Callable[..., Awaitable[Clusters]]) -> Clusters:
    return await load(simulator.kubeconfig(KNOWN))


@pytest.fixture
def unused_kubeconfig(unused_tcp_port: int) -> str:
    """Of a cluster where nobody listens."""
    return kubeconfig(f"http://127.0.0.1:{unused_tcp_port}")


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    yield
    left = {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}
    assert not left
