"""top: what pods and nodes use right now, and who is near a limit."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain import usage
from bot.domain.access import ANY, Permission
from bot.domain.charts import of_usage
from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError
from bot.domain.message import Button, File, Message, Paragraph, Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import NODES, PODS, ResourceType, Target, parse_targets
from bot.domain.results import Rows, narrowed
from bot.domain.typed import join
from bot.domain.usage import MEASURES, NODE_METRICS, POD_METRICS, Figure, Measure, write
from bot.domain.usage_table import group
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext
from bot.pictures import bars

_FEW = 5
_NEAR = ("nearly full", "nearly full")
_OF_NODE = "Percents are of what the node has to give."
_OF_LIMIT = "Percents are of the limit; – where there is none."
_OF_FULLEST = "Percents are of the limit of the fullest container; – where there is none."


class TopArgs(ReadArgs):
    target: Annotated[tuple[str, ...], Positional("TYPE [NAME]"), Field(min_length=1, max_length=2)]
    selector: Annotated[str, Flag("-l", "--selector", help="only with these labels", metavar="K=V")] = ""
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False
    containers: Annotated[bool, Flag("--containers", help="each container of a pod")] = False
    order: Annotated[str, Flag("--sort-by", help="the largest first", metavar="cpu|memory")] = ""
    chart: Annotated[bool, Flag("--chart", help="a picture too, of the largest")] = False

    @field_validator("order")
    @classmethod
    def _is_measured(cls, order: str) -> str:
        if order.lower() not in {"", "cpu", "memory"}:
            raise ValueError("sort-by: either cpu or memory.")
        return order.lower()

    @model_validator(mode="after")
    def _can_be_asked(self) -> TopArgs:
        if self.asked.word.lower() not in (*PODS.words, *NODES.words):
            raise ValueError(f"`{self.asked.word[:40]}` is not measured: write `top pods` or `top nodes`.")
        if self.name and self.selector:
            raise ValueError("Either a name or a selector, not both.")
        if self.of_nodes and (self.everywhere or self.containers):
            raise ValueError("Nodes have no namespace and no containers: leave `-A` and `--containers` out.")
        if self.name and self.everywhere:
            raise ValueError("A name means one namespace: write `-n NAMESPACE` in place of `-A`.")
        return self

    @property
    def asked(self) -> Target:
        return parse_targets(self.target)[0]

    @property
    def of_nodes(self) -> bool:
        return self.asked.word.lower() in NODES.words

    @property
    def name(self) -> str:
        return next(iter(self.asked.names), "")

    @property
    def first(self) -> Measure:
        """Memory, whose limit is what kills, unless it is CPU that is asked for."""
        return "cpu" if self.order == "cpu" else "memory"

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace


async def run(ctx: ReadContext, args: TopArgs) -> Message | Rows:
    kind, metrics_kind = (NODES, NODE_METRICS) if args.of_nodes else (PODS, POD_METRICS)
    objects, metrics = await asyncio.gather(
        _read(ctx, args, kind), _read(ctx, args, metrics_kind), return_exceptions=True
    )
    if isinstance(objects, BaseException):
        raise objects
    if isinstance(metrics, TargetNotFoundError):
        metrics = await _none_or_absent(ctx, args, metrics_kind)
    if isinstance(metrics, ClusterUnavailableError):
        raise ClusterUnavailableError(
            f"Cluster `{ctx.cluster.name}` answers, but its metrics API does not: {metrics.message}.",
            hint="It is served by metrics-server, most often in kube-system.",
            suggestions=(f"get pods -n kube-system -l k8s-app=metrics-server --context {ctx.cluster.name}",),
        ) from metrics
    if isinstance(metrics, BaseException):
        raise metrics
    found = render(ctx.cluster.name, args, objects, metrics)
    return await _with_picture(args, found, objects, metrics) if args.chart else found


async def _read(ctx: ReadContext, args: TopArgs, kind: ResourceType) -> list[Json]:
    if args.name:
        return [await ctx.cluster.get(kind, args.namespace, args.name)]
    lists = await asyncio.gather(*(
        ctx.cluster.list(kind, place, labels=args.selector) for place in args.namespaces()
    ))  # fmt: skip
    return [item for items in lists for item in items]


async def _none_or_absent(ctx: ReadContext, args: TopArgs, kind: ResourceType) -> list[Json]:
    """Nothing is measured for the one that was named; or the cluster measures nothing at all."""
    try:
        await ctx.cluster.list(kind, args.reach())
    except TargetNotFoundError as error:
        raise TargetNotFoundError(
            f"Cluster `{ctx.cluster.name}` has no metrics API, so nobody knows what is used there.",
            hint="An administrator can install metrics-server.",
        ) from error
    return []


def render(cluster: str, args: TopArgs, objects: list[Json], metrics: list[Json]) -> Message | Rows:
    figures, noun = _figures(args, objects, metrics)
    where = _where(cluster, args)
    silent = () if args.of_nodes else usage.without_figures(metrics, objects)
    if not figures:
        return _nothing(args, objects, silent, where)
    chosen = usage.sorted_by(figures, args.first) if args.order else figures
    rows = group(chosen, noun, first=args.first, namespaces=args.everywhere, bounds=not args.of_nodes)
    limited = any(head.endswith("%") for head in rows.columns)
    footer = _OF_NODE if args.of_nodes else _OF_LIMIT if args.containers else _OF_FULLEST
    return Rows(
        where=where,
        groups=(rows,),
        ill=_NEAR,
        notes=(_together(figures), *_unmeasured(silent), *narrowed(args.within)),
        buttons=_next_steps(cluster, args, chosen),
        footer=text(footer) if limited else Text(),
        name="top",
    )


def _figures(args: TopArgs, objects: list[Json], metrics: list[Json]) -> tuple[tuple[Figure, ...], str]:
    if args.of_nodes:
        return usage.of_nodes(metrics, objects), "node"
    if args.containers:
        return usage.of_containers(metrics, objects), "container"
    return usage.of_pods(metrics, objects), "pod"


def _where(cluster: str, args: TopArgs) -> Text:
    if args.of_nodes:
        return text(" on {}", code(cluster))
    if args.name and args.containers:
        return text(" of {} in {} on {}", code(args.name), code(args.namespace), code(cluster))
    return text(" in {} on {}", "all namespaces" if args.everywhere else code(args.namespace), code(cluster))


def _together(figures: tuple[Figure, ...]) -> Text:
    cpu, memory = (write(measure, usage.total(figures, measure)) for measure in MEASURES)
    return text("Together {} of CPU and {} of memory.", cpu, memory)


def _unmeasured(silent: tuple[str, ...]) -> tuple[Text, ...]:
    if not silent:
        return ()
    some = ", ".join(silent[:_FEW]) + ("…" if len(silent) > _FEW else "")
    return (text("{} without figures yet: {}.", plural(len(silent), "pod"), code(some)),)


def _nothing(args: TopArgs, objects: list[Json], silent: tuple[str, ...], where: Text) -> Message:
    notes = [text("None has the labels {}.", code(args.selector))] if args.selector and not objects else []
    if args.name and silent:
        said = text("{} is {}; figures come some 15 s after its containers have started.", code(args.name),
                    usage.phase(objects[0]))  # fmt: skip
        return Message(
            headline=text("No figures for {}{}.", code(args.name), where), parts=(Paragraph(text=said),)
        )
    notes += [*_unmeasured(silent), *narrowed(args.within)]
    noun = "nodes" if args.of_nodes else "running pods"
    return Message(
        headline=text("No {}{}.", noun, where), parts=tuple(Paragraph(text=note) for note in notes)
    )


def _next_steps(cluster: str, args: TopArgs, figures: tuple[Figure, ...]) -> tuple[Button, ...]:
    """For the first that is nearly full, what it is; and the picture, where none was asked for."""
    near = next((figure for figure in figures if figure.is_near), None)
    kind = "node" if args.of_nodes else "pod"
    buttons = []
    if near:
        there = f" -n {near.namespace}" if near.namespace else ""
        line = f"describe {kind} {near.name}{there} --context {cluster}"
        buttons.append(Button(label=f"Describe {near.name}"[:75], command=line))
    if not args.chart and len(figures) > 1:
        place = () if args.of_nodes else ("-A",) if args.everywhere else ("-n", args.namespace)
        labels = ("-l", args.selector) if args.selector else ()
        part = ("--containers",) if args.containers else ()
        line = join(("top", f"{kind}s", "--chart", *part, *labels, *place, "--context", cluster))
        buttons.append(Button(label="Chart", command=line))
    return tuple(buttons)


async def _with_picture(
    args: TopArgs, found: Message | Rows, objects: list[Json], metrics: list[Json]
) -> Message | Rows:
    """Drawn beside the loop, which others wait for."""
    if isinstance(found, Message):
        return found
    figures, noun = _figures(args, objects, metrics)
    title = f"{plural(len(figures), noun)}{found.where.plain()}"
    chart = of_usage(title, figures, first=args.first)
    drawn = await asyncio.to_thread(bars.draw, chart)
    picture = File(name="top.png", title=title, content=drawn, alt=chart.alt())
    return found.model_copy(update={"pictures": (picture,)})


COMMAND = ReadCommand(
    name="top",
    summary="What pods and nodes use right now, and who is near a limit.",
    examples=("top pods", "top pods -A --sort-by memory", "top pods web-0 --containers", "top nodes --chart"),
    args=TopArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: (NODES.plural if args.of_nodes else PODS.plural,),
    mostly=PODS.plural,
    run=run,
)
