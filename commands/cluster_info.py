"""cluster-info: which Kubernetes this is, whether it answers, and how many of its nodes do."""

from __future__ import annotations

from bot.domain.access import ANY, Permission
from bot.domain.message import Bullets, Button, Facts, Icon, Message, Part, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import ENDPOINTSLICES, NAMESPACES, NODES
from bot.engine.arguments import ReadArgs
from bot.engine.command import ReadCommand, ReadContext

_API = "kubernetes.io/service-name=kubernetes"
"""The API server as the cluster itself knows it: no address here comes with anybody's credentials."""


class ClusterInfoArgs(ReadArgs):
    def reach(self) -> str:
        return ANY


async def run(ctx: ReadContext, _args: ClusterInfoArgs) -> Message:
    version = await ctx.cluster.version()
    nodes = await ctx.cluster.list(NODES, ANY)
    namespaces = await ctx.cluster.list(NAMESPACES, ANY)
    slices = await ctx.cluster.list(ENDPOINTSLICES, "default", labels=_API)
    return render(ctx.cluster.name, version, nodes, len(namespaces), slices)


def render(
    cluster: str, version: Json, nodes: tuple[Json, ...], namespaces: int, slices: tuple[Json, ...]
) -> Message:
    ready = [node for node in nodes if _is_ready(node)]
    lost = [node["metadata"]["name"] for node in nodes if node not in ready]
    rows = [
        ("version", f"{version.get('gitVersion', '?')}, {version.get('platform', '?')}"),
        ("nodes", f"{len(ready)} of {len(nodes)} ready"),
        ("namespaces", str(namespaces)),
    ]
    where = api_address(slices)
    parts: list[Part] = []
    if where:
        parts.append(Bullets(items=(text("Kubernetes control plane is running at {}", code(where)),)))
    parts.append(Facts(rows=tuple(rows)))
    if lost:
        parts.append(Bullets(items=(text("Not ready: {}", code(", ".join(lost[:10]))),)))
    look = [
        Button(label=f"Describe {name}"[:75], command=f"describe node {name} --context {cluster}")
        for name in lost[:1]
    ]
    return Message(
        icon=Icon.WARNING if lost or not nodes else None,
        headline=text(
            "{} answers: Kubernetes {} · {} of {} ready",
            code(cluster), version.get("gitVersion", "?"), len(ready), plural(len(nodes), "node"),
        ),
        parts=tuple(parts),
        buttons=(*look, Button(label="Nodes", command=f"get nodes --context {cluster}")),
    )  # fmt: skip


def api_address(slices: tuple[Json, ...]) -> str:
    """`https://10.0.0.1:6443`, or nothing where the cluster does not say."""
    for found in slices:
        hosts = [host for endpoint in found.get("endpoints") or () for host in endpoint.get("addresses", ())]
        ports = [port["port"] for port in found.get("ports") or () if port.get("port")]
        if hosts and ports:
            host = f"[{hosts[0]}]" if ":" in hosts[0] else hosts[0]
            return f"https://{host}:{ports[0]}"
    return ""


def _is_ready(node: Json) -> bool:
    conditions = node.get("status", {}).get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


COMMAND = ReadCommand(
    name="cluster-info",
    summary="Which Kubernetes this is, and whether it and its nodes answer.",
    examples=("cluster-info", "cluster-info --context staging"),
    args=ClusterInfoArgs,
    permission=Permission.CLUSTER_READ,
    kinds=lambda _: (NODES.plural,),
    also_reads=(NAMESPACES, ENDPOINTSLICES),
    run=run,
)
