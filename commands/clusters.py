"""clusters: which there are for you, whether each answers, and which one is meant here."""

from __future__ import annotations

import asyncio

from bot.domain.access import Permission
from bot.domain.errors import AccessDeniedError
from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Paragraph,
    Table,
    Text,
    code,
    marked,
    plural,
    text,
)
from bot.domain.typed import join
from bot.domain.whereabouts import Because, Sighting, Usual
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext
from bot.engine.whereabouts import HIDDEN

_MOST = 50
"""Clusters that are looked at for one answer."""
_OFFERED = 3
_WHY = {
    Because.YOURS: "{} is the default here: you chose it.{}",
    Because.CHANNEL: "{} is the default here: it is this channel's.{}",
    Because.CONTEXT: "{} is the default here: the kubeconfig names it.{}",
}


class ClustersArgs(Args):
    pass


async def run(ctx: BotContext, _args: ClustersArgs) -> Message:
    if not ctx.visible:
        raise AccessDeniedError(
            "No cluster is open to you from here.", hint="`/k8s whoami` shows what you may do."
        )
    seen = await asyncio.gather(*map(ctx.look, ctx.visible[:_MOST]))
    usual = ctx.usual if ctx.usual.cluster in ctx.visible else None
    return render(tuple(seen), usual, len(ctx.visible) - len(seen))


def render(seen: tuple[Sighting, ...], usual: Usual | None, left: int = 0) -> Message:
    silent = [one for one in seen if not one.answers]
    notes = [marked(f"{one.problem[:1].upper()}{one.problem[1:]}.") for one in silent]
    other = text(" {} chooses another for you alone.", code("cluster use")) if len(seen) > 1 else Text()
    why = text(_WHY[usual.because], code(usual.cluster), other) if usual else text("{}{}", HIDDEN, other)
    notes.append(why)
    if left:
        notes.append(text("{} not looked at.", plural(left, "more cluster")))
    down = f" · {plural(len(silent), 'does', 'do')} not answer" if silent else ""
    return Message(
        icon=Icon.WARNING if silent else None,
        headline=text("{}{}{}", plural(len(seen) + left, "cluster"), down, _here(usual)),
        parts=(
            Table(
                columns=("CLUSTER", "ANSWERS", "DEFAULT", "NODES", "VERSION"),
                rows=tuple(_row(one, usual) for one in seen),
                drop=("VERSION",),
            ),
            *([Bullets(items=tuple(notes))] if len(notes) > 1 else [Paragraph(text=notes[0])]),
        ),
        buttons=_next_steps(seen, usual),
    )  # fmt: skip


def _here(usual: Usual | None) -> Text:
    return (
        text(" · here you are in {} on {}", code(usual.namespace), code(usual.cluster)) if usual else Text()
    )


def _row(one: Sighting, usual: Usual | None) -> tuple[str, ...]:
    took = f"{one.took:.1f} s" if one.took >= 1 else f"{one.took * 1000:.0f} ms"
    answers = f"in {took}" if one.answers else "⚠️ no"
    nodes = "–" if one.nodes is None else str(one.nodes)
    if one.nodes is not None and one.ready is not None:
        nodes = f"{one.ready} of {one.nodes} ready"
    default = usual.because.value if usual and one.cluster == usual.cluster else ""
    return one.cluster, answers, default, nodes, one.version or "–"


def _next_steps(seen: tuple[Sighting, ...], usual: Usual | None) -> tuple[Button, ...]:
    others = [one.cluster for one in seen if one.answers and not (usual and one.cluster == usual.cluster)]
    uses = [
        Button(label=f"Use {name}"[:75], command=join(("cluster", "use", name))) for name in others[:_OFFERED]
    ]
    mine = usual is not None and usual.because is Because.YOURS
    return (*uses, *([Button(label="Forget my choice", command="cluster use --clear")] if mine else []))


COMMAND = BotCommand(
    name="clusters",
    summary="Which clusters there are for you, and whether each answers.",
    examples=("clusters",),
    args=ClustersArgs,
    permission=Permission.BOT_ASK,
    aliases=("config get-contexts",),
    run=run,
)
