"""audit review: what was done before anybody else said yes, with a button for whoever may sign it off."""

import pytest

from bot.domain.message import Button, text
from bot.engine.command import Waiting
from commands.audit_review import COMMAND
from tests.commands.bot_context import bot_context

MINE = Waiting(
    said=text("cho: shop/web is back on web:1.0 (record 4 · aaaa)"),
    until=0.0,
    buttons=(Button(label="Sign off record 4…", press=f"{'a' * 32}:sign"),),
)
OTHERS = Waiting(said=text("ana: shop/db is back (record 7) · waits for @sre"), until=0.0, buttons=())


@pytest.fixture
def reviewed(db, shown):
    async def read(*reviews):
        message = await COMMAND.run(bot_context(db, reviews=reviews), COMMAND.args())
        return shown(message).splitlines(), message.buttons

    return read


async def test_nothing_that_waits_is_said(reviewed):
    lines, buttons = await reviewed()
    assert (lines, buttons) == (["✅ Nothing waits to be signed off."], ())


async def test_each_is_listed_and_what_one_may_sign_has_its_button(reviewed):
    lines, buttons = await reviewed(MINE, OTHERS)
    assert lines[0] == "⚠️ 2 changes to be signed off"
    assert "• cho: shop/web is back on web:1.0 (record 4 · aaaa)" in lines
    assert "• ana: shop/db is back (record 7) · waits for @sre" in lines
    assert [button.label for button in buttons] == ["Sign off record 4…"]


async def test_ones_own_are_not_ones_own_to_sign(reviewed):
    lines, buttons = await reviewed(OTHERS)
    assert "None of these is yours to sign off." in lines
    assert buttons == ()


async def test_a_message_holds_as_many_buttons_as_it_can(reviewed):
    _, buttons = await reviewed(*[MINE] * 30)
    assert 1 < len(buttons) <= 10
