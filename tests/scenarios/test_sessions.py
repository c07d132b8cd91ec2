"""A verb that lives on: its stages in one message, its button, a restart between two steps."""

from __future__ import annotations

import pytest

from bot.domain.access import Permission
from bot.domain.message import Message, text
from bot.engine.arguments import Args
from bot.engine.command import Event, Live, ReadCommand, Stage
from bot.wiring import COMMANDS
from tests.world import world

POLICY = """
impersonate: false
policy:
  rules:
    - {name: all, verbs: "*", effect: allow}
"""


class CountArgs(Args):
    pass


async def count(ctx, args, state, event):
    """Counts the deployments it sees, once a step, until it is stopped."""
    number = state.get("number", 0) + 1
    seen = await ctx.cluster.resolve("deployments")
    names = [d["metadata"]["name"] for d in await ctx.cluster.list(seen, args.namespace)]
    ended = event is Event.STOP
    headline = text("{} {}: step {}", "Stopped" if ended else "Counting", ", ".join(names), number)
    return Stage(
        state={"number": number}, message=Message(headline=headline), wake_in=None if ended else 0.05
    )


async def once(_ctx, _args):
    """What it would answer where it does not go on; it always does."""
    return Message(headline=text("Counted once"))


COUNT = ReadCommand(
    name="count",
    summary="Count.",
    examples=("count",),
    args=CountArgs,
    permission=Permission.OBJECT_READ,
    run=once,
    live=Live(wanted=lambda _: True, step=count),
)


@pytest.fixture
async def counting(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    async with world(tmp_path, policy=policy) as place:
        place.commands = (*COMMANDS, COUNT)
        await place.start_bot()
        yield place


async def test_a_session_edits_one_message_until_its_button_ends_it(counting):
    await counting.says("cho", "count")
    card = await counting.card("Counting web: step 2")
    assert (await counting.press("cho", card, "Stop"))["ok"]
    ended = await counting.card("Stopped web: step")
    assert ended.ts == card.ts
    assert "Stop" not in ended.buttons
    await counting.until(lambda: [r["kind"] for r in counting.records()] == ["read", "followed"])


async def test_only_whoever_began_it_can_stop_it(counting):
    await counting.says("cho", "count")
    card = await counting.card("step 2")
    await counting.press("ben", card, "Stop")
    await counting.until(lambda: "refusal" in [r["kind"] for r in counting.records()])
    await counting.card("Counting web: step 4")


async def test_a_restart_goes_on_with_the_same_message_and_the_kept_state(counting):
    await counting.says("cho", "count")
    card = await counting.card("step 2")
    await counting.stop_bot()
    shown = (await counting.cards())[-1].text
    reached = int(shown.rsplit("step ", 1)[1].split()[0])
    await counting.start_bot()
    again = await counting.card(f"step {reached + 2}")
    assert again.ts == card.ts
    assert len(await counting.cards()) == 1
