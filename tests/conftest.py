"""What every test is given: a clean environment, no network, no stray task, a clock and a database."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import inspect
import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, settings

from bot.store.db import Database
from tests.factories import Clock

LOOPBACK = "127.0.0.0/8,::1,localhost"
_FOREIGN = re.compile(r"(SLACK_|BOT_).*|KUBECONFIG|(https?|all|no)_proxy", re.IGNORECASE)
_GRACE = 0.2
"""Seconds in which what a test has already ended may finish ending."""

settings.register_profile(
    "house",
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Allow loopback alone, from the first session fixture on."""
    config.option.allow_hosts = LOOPBACK
    config.option.allow_unix_socket = True
    gc.set_threshold(50_000, 20, 50)  # as the bot itself does: the collector costs an eighth of the time


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several share the tests, the files come in no room's order: each has of those that compute and
    of those that wait, and the long ones are not all left to the end.
    """
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: hashlib.sha256(item.path.name.encode()).digest())


def _certificate_of_nobody() -> bytes:
    """One that signed itself, with a key that is thrown away."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=36500))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    trusted = tmp_path_factory.mktemp("tls") / "nobody.pem"
    trusted.write_bytes(_certificate_of_nobody())
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if _FOREIGN.fullmatch(name)]:
            patch.delenv(name)
        # Nothing public is reached, and reading every public certificate costs each client 50 ms.
        patch.setenv("SSL_CERT_FILE", str(trusted))
        yield


@pytest.fixture(autouse=True)
def _every_task_ends(request: pytest.FixtureRequest) -> None:
    """Set up first and so torn down last, in the loop of a test that has one."""
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("_no_stray_tasks")


@pytest.fixture
async def _no_stray_tasks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=_GRACE)
    assert not left, f"tasks outlive the test: {sorted(task.get_name() for task in left)}"


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is set."""
    return Clock()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """An open database on a file of its own."""
    database = await Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    yield database
    await database.close()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A placeholder differs from process to process, and a test's name must not."""
    return argname if isinstance(val, str) and "[redacted:" in val else None
