"""cluster use: which cluster your own lines in this channel mean, unless they say so themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from bot.domain.access import Permission
from bot.domain.errors import ClusterUnknownError
from bot.domain.message import Button, Icon, Message, Paragraph, code, text
from bot.domain.resources import nearest
from bot.domain.typed import join
from bot.domain.whereabouts import Because, Usual
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import BotCommand, BotContext
from bot.engine.whereabouts import HIDDEN

_FORGET = "-"
_SUGGESTED = 4


class ClusterUseArgs(Args):
    name: Annotated[str, Positional("NAME")] = ""
    clear: Annotated[bool, Flag("--clear", help="forget it; so does - in place of the name")] = False

    @model_validator(mode="after")
    def _one_thing(self) -> ClusterUseArgs:
        if self.namespace or self.context:
            raise ValueError(
                "Only a cluster is chosen: write `-n` and `--context` with the line they are for."
            )
        if not self.name and not self.clear:
            raise ValueError("Which cluster? `/k8s clusters` lists them.")
        if self.name and self.clear and self.name != _FORGET:
            raise ValueError("Either a cluster, or `--clear`.")
        return self

    @property
    def forgets(self) -> bool:
        return self.clear or self.name == _FORGET


async def run(ctx: BotContext, args: ClusterUseArgs) -> Message:
    if args.forgets:
        usual = await ctx.choose("")
        if usual.cluster not in ctx.visible:
            return Message(headline=text("You have chosen none now. {}", HIDDEN))
        return forgotten(usual, had=ctx.usual.because is Because.YOURS)
    if args.name not in ctx.visible:
        near = nearest(args.name, ctx.visible, _SUGGESTED) or list(ctx.visible[:_SUGGESTED])
        raise ClusterUnknownError(
            f"There is no cluster `{args.name[:60]}` for you here.",
            hint="`/k8s clusters` lists those that there are.",
            suggestions=tuple(join(("cluster", "use", name)) for name in near),
        )
    return chosen(await ctx.choose(args.name))


def chosen(usual: Usual) -> Message:
    return Message(
        icon=Icon.DONE,
        headline=text("Here, your lines now mean {} on {}.", code(usual.namespace), code(usual.cluster)),
        parts=(Paragraph(text=text(
            "Yours alone, in this channel alone. {} and {} on a line still come first.", code("-n"),
            code("--context"),
        )),),
        buttons=(
            Button(label="Cluster info", command=join(("cluster-info", "--context", usual.cluster))),
            Button(label="Forget my choice", command="cluster use --clear"),
        ),
    )  # fmt: skip


def forgotten(usual: Usual, *, had: bool) -> Message:
    said = "Forgotten. Here, your lines mean {} on {} again." if had else (
        "You had chosen none. Here, your lines mean {} on {}."
    )  # fmt: skip
    why = text("It is {} default.", usual.because.value)
    return Message(
        headline=text(said, code(usual.namespace), code(usual.cluster)), parts=(Paragraph(text=why),)
    )


COMMAND = BotCommand(
    name="cluster use",
    summary="Which cluster your own lines in this channel mean.",
    examples=("cluster use staging", "cluster use --clear"),
    args=ClusterUseArgs,
    permission=Permission.BOT_ASK,
    aliases=("config use-context",),
    run=run,
)
