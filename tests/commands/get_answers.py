"""What tests of get share: an answer as it is first shown, and as it is kept.

A file asks so by `ask = get_answers.ask`: its own fixture, in place of the one of all verbs.
"""

from __future__ import annotations

import pytest

from bot.domain.message import Message
from bot.domain.typed import split
from bot.domain.views import Kept, shown as view
from bot.engine.grammar import parse
from commands import get
from commands.get import GetArgs


@pytest.fixture
def ask(ask):
    """What is shown of the answer at first."""

    async def show(command, line):
        found = await ask(command, line)
        return found if isinstance(found, Message) else view(Kept(result=found))

    return show


@pytest.fixture
def said(ctx):
    """The result as it is kept."""

    async def said(line):
        args = parse(GetArgs, split(line), name="get")
        return await get.run(ctx, args.model_copy(update={"namespace": "shop", "context": "demo"}))

    return said
