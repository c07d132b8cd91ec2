"""Every cluster the bot may speak to, by name: a kubeconfig's contexts, or the one it runs in."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.incluster_config import (
    SERVICE_CERT_FILENAME,
    SERVICE_TOKEN_FILENAME,
    InClusterConfigLoader,
)

from bot.domain.errors import ClusterUnknownError, SettingsError
from bot.domain.resources import nearest
from bot.kube.client import Cluster
from bot.kube.kubeconfig import Kubeconfig, connect, read_kubeconfig
from bot.kube.transport import Limits, Transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


class Clusters:
    """Names and their clusters. A cluster is connected to when it is first asked something."""

    def __init__(
        self,
        connects: Mapping[str, Callable[[], Awaitable[ApiClient]]],
        namespaces: Mapping[str, str],
        default: str,
        limits: Limits | None = None,
    ) -> None:
        self.default = default
        self._namespaces = dict(namespaces)
        self._clusters = {
            name: Cluster(name, Transport(name, connect, limits)) for name, connect in connects.items()
        }

    @classmethod
    async def load(
        cls, *, kubeconfig: str = "", in_cluster: str = "", limits: Limits | None = None
    ) -> Clusters:
        """From kubeconfig files, listed as in `KUBECONFIG`, or from inside a cluster, called `in_cluster`."""
        if in_cluster:
            return cls({in_cluster: service_account()}, {in_cluster: "default"}, in_cluster, limits)
        config = await asyncio.to_thread(read_kubeconfig, kubeconfig)
        connects = {name: _context(config, name) for name in config.namespaces}
        return cls(connects, config.namespaces, config.default, limits)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._clusters)

    def namespace(self, name: str) -> str:
        """Where a command without `-n` goes."""
        self.cluster(name)
        return self._namespaces[name]

    def cluster(self, name: str) -> Cluster:
        found = self._clusters.get(name)
        if found is None:
            known = ", ".join(f"`{known}`" for known in self.names)
            near = nearest(name, self.names, 1)
            hint = f"Did you mean `{near[0]}`?" if near else ""
            raise ClusterUnknownError(f"there is no cluster `{name[:60]}`; known: {known}", hint=hint)
        return found

    async def close(self) -> None:
        await asyncio.gather(*(cluster.close() for cluster in self._clusters.values()))


def _context(config: Kubeconfig, name: str) -> Callable[[], Awaitable[ApiClient]]:
    return lambda: connect(config, name)


def service_account(
    token: str = SERVICE_TOKEN_FILENAME,
    certificate: str = SERVICE_CERT_FILENAME,
    environ: Mapping[str, str] = os.environ,
) -> Callable[[], Awaitable[ApiClient]]:
    """How to connect as the pod's own service account, whose token is read anew every minute."""
    loader = InClusterConfigLoader(token, certificate, environ=environ)
    try:
        loader.load_and_set(Configuration())
    except (ConfigException, OSError) as problem:
        raise SettingsError(
            ("no kubeconfig is given, and this is not a pod with a service account",)
        ) from problem

    async def connect_here() -> ApiClient:
        configuration = Configuration(connection_pool_maxsize=0)
        loader.load_and_set(configuration)
        return ApiClient(configuration)

    return connect_here
