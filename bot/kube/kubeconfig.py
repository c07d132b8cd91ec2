"""Kubeconfig files: which contexts there are, checked before anything runs, and a client for one of them."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.kube_config import KubeConfigLoader, KubeConfigMerger
from pydantic import BaseModel, Field, ValidationError

from bot.domain.errors import SettingsError
from bot.domain.model import Frozen
from bot.kube import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

FRESH_SECONDS = 60.0
PLUGIN_SECONDS = 20.0


class _Context(BaseModel):
    cluster: str
    user: str = ""
    namespace: str = ""


class _NamedContext(BaseModel):
    name: str
    context: _Context


class _Server(BaseModel):
    server: str


class _NamedCluster(BaseModel):
    name: str
    cluster: _Server


class _NamedUser(BaseModel):
    name: str
    user: dict[str, Any] | None = None


class _File(BaseModel):
    current: str | None = Field(default=None, alias="current-context")
    contexts: list[_NamedContext] | None = None
    clusters: list[_NamedCluster] | None = None
    users: list[_NamedUser] | None = None


class Kubeconfig(Frozen):
    """What one or several files say together; as with kubectl, what is said first counts."""

    paths: str
    default: str
    namespaces: dict[str, str]
    """Of each context, in the order of the files."""
    plugins: frozenset[str]
    """Contexts whose credentials come from a program."""


def read_kubeconfig(paths: str) -> Kubeconfig:
    """Read a colon-separated list of files; every problem in them is told at once."""
    wanted = [Path(path).expanduser() for path in paths.split(os.pathsep) if path]
    existing = [path for path in wanted if path.is_file()]
    if not existing:
        raise SettingsError((f"there is no kubeconfig at {', '.join(map(str, wanted)) or 'an empty path'}",))
    problems: list[str] = []
    files = [file for path in existing if (file := _read_file(path, problems))]
    contexts: dict[str, _Context] = {}
    users: dict[str, dict[str, Any]] = {}
    for file in files:
        for context in file.contexts or ():
            contexts.setdefault(context.name, context.context)
        for user in file.users or ():
            users.setdefault(user.name, user.user or {})
    clusters = {cluster.name for file in files for cluster in file.clusters or ()}
    current = next((file.current for file in files if file.current), "")
    if not problems:
        problems.extend(_contradictions(contexts, clusters, set(users), current))
        problems.extend(_left_out({context.user for context in contexts.values()}, users))
    if problems:
        raise SettingsError(tuple(problems))
    return Kubeconfig(
        paths=os.pathsep.join(map(str, existing)),
        default=current or next(iter(contexts)),
        namespaces={name: context.namespace or "default" for name, context in contexts.items()},
        plugins=frozenset(
            name for name, context in contexts.items() if "exec" in users.get(context.user, {})
        ),
    )


def _read_file(path: Path, problems: list[str]) -> _File | None:
    """One file; what is wrong with it is told by place, never by content, which holds secrets."""
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as invalid:
        for problem in invalid.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in problem["loc"]) or "the whole file"
            problems.append(f"kubeconfig {path}: {place}: {problem['msg']}")
    except yaml.YAMLError as invalid:
        mark = getattr(invalid, "problem_mark", None)
        problems.append(f"kubeconfig {path} is not YAML" + (f" (line {mark.line + 1})" if mark else ""))
    except (OSError, UnicodeDecodeError):
        problems.append(f"kubeconfig {path} cannot be read")
    return None


def _contradictions(
    contexts: dict[str, _Context], clusters: set[str], users: set[str], current: str
) -> Iterator[str]:
    if not contexts:
        yield "the kubeconfig has no contexts"
    elif current and current not in contexts:
        yield f"the kubeconfig's current-context `{current}` is none of its contexts"
    elif not current and len(contexts) > 1:
        yield f"the kubeconfig has {len(contexts)} contexts and no current-context"
    for name, context in contexts.items():
        if context.cluster not in clusters:
            yield f"kubeconfig context `{name}` names cluster `{context.cluster}`, which is not there"
        if context.user and context.user not in users:
            yield f"kubeconfig context `{name}` names user `{context.user}`, who is not there"


def _left_out(named: set[str], users: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Whom kubectl would ask as and the client would not: the bot would have other rights than are meant."""
    for name in sorted(named & users.keys()):
        if any(key in users[name] for key in ("as", "as-groups", "as-uid", "as-user-extra")):
            yield f"kubeconfig user `{name}` has `as`, which is not followed here: name the bot's own account"


async def connect(config: Kubeconfig, context: str, *, fresh: float = FRESH_SECONDS) -> ApiClient:
    """A client for one context, which reads its credentials anew when they are `fresh` seconds old."""
    configuration = Configuration(
        connection_pool_maxsize=0
    )  # a watch that stays must never keep a read waiting
    try:
        merged = await asyncio.to_thread(lambda: KubeConfigMerger(config.paths).config)
        loader = KubeConfigLoader(config_dict=merged, config_base_path=None, active_context=context)
        credentials = _Credentials(context, loader, has_plugin=context in config.plugins, fresh=fresh)
        await credentials.refresh(configuration)
        configuration.refresh_api_key_hook = credentials.refresh
        return ApiClient(configuration)
    except (ConfigException, OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        # The loader checks little of what it reads: any of these is a kubeconfig that it cannot follow.
        raise errors.no_credentials(context) from problem


class _Credentials:
    """Reads tokens anew: a plugin's or a provider's when they run out, a token file's always.

    The client's own loader reads them once, and then a token that ran out is a 401 for ever.
    """

    def __init__(self, context: str, loader: KubeConfigLoader, *, has_plugin: bool, fresh: float) -> None:
        self._context = context
        self._loader = loader
        self._has_plugin = has_plugin
        self._fresh = fresh
        self._lock = asyncio.Lock()
        self._until = 0.0

    async def refresh(self, configuration: Configuration) -> None:
        async with self._lock:
            if time.monotonic() < self._until:
                return
            async with asyncio.timeout(PLUGIN_SECONDS):
                await self._loader.load_and_set(configuration)
            # A plugin that fails is only logged by the loader; an older token may still be good.
            if self._has_plugin and not (configuration.api_key or configuration.cert_file):
                raise errors.no_credentials(self._context)
            self._until = time.monotonic() + self._fresh
