"""Modals and Home: triggers, the stack of three, hashes, submissions and what an answer does."""

import asyncio

import pytest
from aiohttp import web

WORDS = {"type": "plain_text", "text": "Next"}


class Dialogs:
    """An app that opens modals in front of ana, and ana, who fills them in."""

    def __init__(self, client, hands, inbox, modal):
        self.client, self.hands, self.inbox, self.modal = client, hands, inbox, modal

    async def trigger(self):
        """Do something that may open a modal, and give its trigger."""
        before = len(self.inbox.payloads)
        await self.hands.command("/k8s scale")
        return (await self.inbox.has(before + 1))[before]["trigger_id"]

    async def open(self, **changes):
        return (await self.client.views_open(trigger_id=await self.trigger(), view=self.modal(**changes)))[
            "view"
        ]

    async def push(self, **changes):
        return (await self.client.views_push(trigger_id=await self.trigger(), view=self.modal(**changes)))[
            "view"
        ]

    async def submit(self, view, amount="4"):
        values = {"replicas": {"amount": {"type": "plain_text_input", "value": amount}}}
        return await self.hands.do("view/submit", view_id=view["id"], values=values)

    async def close(self, view, **how):
        return await self.hands.do("view/close", view_id=view["id"], **how)

    def app_answers(self, **body):
        self.inbox.answer = lambda _payload: web.json_response(body)

    async def shown(self):
        return (await self.hands.sees())["views"]


@pytest.fixture
def dialogs(client, hands, inbox, modal):
    return Dialogs(client, hands, inbox, modal)


async def test_a_trigger_opens_one_modal_within_three_seconds(dialogs, client, modal, clock, refused):
    first, late = await dialogs.trigger(), await dialogs.trigger()
    opened = await client.views_open(trigger_id=first, view=modal())
    assert opened["view"]["state"]["values"]["replicas"]["amount"]["value"] is None
    assert (await refused(client.views_open(trigger_id=first, view=modal())))[
        "error"
    ] == "exchanged_trigger_id"
    clock.at += 3.1
    assert (await refused(client.views_open(trigger_id=late, view=modal())))["error"] == "expired_trigger_id"


@pytest.mark.parametrize("name", ["nonsense", "1.2.abc"])
async def test_a_trigger_that_was_never_issued(client, modal, refused, name):
    assert (await refused(client.views_open(trigger_id=name, view=modal())))["error"] == "invalid_trigger_id"


async def test_a_wrong_view_does_not_cost_the_trigger(dialogs, client, modal, refused):
    name = await dialogs.trigger()
    answer = await refused(client.views_open(trigger_id=name, view=modal(callback_id="a" * 256)))
    assert answer["error"] == "invalid_arguments"
    wording = "[ERROR] must be less than 256 characters [json-pointer:/view/callback_id]"
    assert answer["response_metadata"]["messages"] == [wording]
    big = modal(blocks=[{"type": "section", "text": {**WORDS, "text": "a" * 3000}}] * 90)
    assert (await refused(client.views_open(trigger_id=name, view=big)))["error"] == "view_too_large"
    assert (await client.views_open(trigger_id=name, view=modal()))["ok"]


async def test_three_deep_and_no_deeper(dialogs, refused):
    root, second, third = await dialogs.open(), await dialogs.push(), await dialogs.push()
    assert (third["previous_view_id"], third["root_view_id"]) == (second["id"], root["id"])
    assert (await refused(dialogs.push()))["error"] == "push_limit_reached"


async def test_only_people_and_submissions_close_a_modal(dialogs, client, refused):
    view = await dialogs.open()
    assert (await refused(client.api_call("views.close", json={"view_id": view["id"]})))[
        "error"
    ] == "unknown_method"


async def test_pushing_needs_something_to_push_on(dialogs, refused):
    assert (await refused(dialogs.push()))["error"] == "not_found"


async def test_an_update_with_an_old_hash_is_refused(dialogs, client, modal, refused):
    view = await dialogs.open()
    updated = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=WORDS))
    assert updated["view"]["title"]["text"] == "Next"
    answer = await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))
    assert answer["error"] == "hash_conflict"
    assert (await client.views_update(view_id=view["id"], view=modal()))["ok"], "without a hash it is forced"
    assert (await refused(client.views_update(view_id="V0NONE", view=modal())))["error"] == "not_found"


async def test_external_ids_are_unique_and_find_a_view(dialogs, client, modal, refused):
    await dialogs.open(external_id="mine")
    assert (await refused(dialogs.push(external_id="mine")))["error"] == "duplicate_external_id"
    assert (await client.views_update(external_id="mine", view=modal(external_id="mine")))["ok"]


async def test_a_submission_carries_what_was_typed_and_closes_the_view(dialogs, inbox):
    view = await dialogs.open(private_metadata="plan-1")
    assert (await dialogs.submit(view))["ok"]
    [payload] = inbox.of("view_submission")
    assert payload["view"]["state"]["values"]["replicas"]["amount"]["value"] == "4"
    assert (payload["view"]["callback_id"], payload["view"]["type"]) == ("scale", "modal")
    assert payload["view"]["private_metadata"] == "plan-1"
    assert await dialogs.shown() == []


async def test_a_required_field_is_asked_for_before_the_app_hears_of_it(dialogs, inbox):
    told = await dialogs.submit(await dialogs.open(), amount="")
    assert told["errors"] == {"replicas": "Please complete this required field."}
    assert inbox.of("view_submission") == []


@pytest.mark.parametrize(("answer", "count"), [("update", 1), ("push", 2), ("clear", 0)])
async def test_what_an_answer_does(dialogs, modal, answer, count):
    view = await dialogs.open()
    dialogs.app_answers(response_action=answer, view=modal(title=WORDS))
    assert (await dialogs.submit(view))["ok"]
    views = await dialogs.shown()
    assert len(views) == count
    assert [one["title"]["text"] for one in views[-1:]] == ["Next"] * min(count, 1)


async def test_an_empty_answer_closes_the_top_view_only(dialogs):
    root, top = await dialogs.open(), await dialogs.push()
    await dialogs.submit(top)
    assert [one["id"] for one in await dialogs.shown()] == [root["id"]]


async def test_errors_stand_beside_their_fields(dialogs):
    view, errors = await dialogs.open(), {"replicas": "at most 10"}
    dialogs.app_answers(response_action="errors", errors=errors)
    assert (await dialogs.submit(view, "99"))["errors"] == errors
    [shown] = await dialogs.shown()
    assert (shown["errors"], shown["state"]["values"]["replicas"]["amount"]["value"]) == (errors, "99")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "no such block"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "vanish"},
    ],
)
async def test_an_answer_that_makes_no_sense(dialogs, answer):
    view = await dialogs.open()
    dialogs.app_answers(**answer)
    assert not (await dialogs.submit(view))["ok"]
    assert (await dialogs.shown())[0]["banner"] == "We had some trouble connecting. Try again?"


async def test_no_answer_keeps_the_modal_open_under_a_banner(dialogs, inbox, impatient):
    view = await dialogs.open()

    async def late():
        await asyncio.sleep(impatient * 2)
        return web.Response()

    inbox.answer = lambda _payload: late()
    assert (await dialogs.submit(view))["error"] == "operation_timeout"
    assert (await dialogs.shown())[0]["banner"]


async def test_cancelling_tells_of_the_view_and_the_cross_of_all(dialogs, inbox):
    root, pushed = await dialogs.open(notify_on_close=True), await dialogs.push(notify_on_close=True)
    await dialogs.close(pushed)
    [cancelled] = inbox.of("view_closed")
    assert (cancelled["view"]["id"], cancelled["is_cleared"]) == (pushed["id"], False)
    await dialogs.push()
    await dialogs.close(root, all=True)
    _, cleared = inbox.of("view_closed")
    assert (cleared["view"]["id"], cleared["is_cleared"]) == (root["id"], True)
    assert await dialogs.shown() == []


async def test_a_view_that_did_not_ask_closes_in_silence(dialogs, inbox):
    await dialogs.close(await dialogs.open())
    assert inbox.of("view_closed") == []


async def test_what_was_typed_survives_an_update(dialogs, client, hands, modal):
    view = await dialogs.open()
    await hands.do("action", view_id=view["id"], block_id="replicas", action_id="amount", value="7")
    updated = await client.views_update(view_id=view["id"], view=modal(title=WORDS))
    assert updated["view"]["state"]["values"]["replicas"]["amount"]["value"] == "7"


async def test_a_modal_is_its_owners_alone(dialogs, hands):
    view = await dialogs.open()
    assert (await hands.sees("U0BEN"))["views"] == []
    assert (await hands.do("view/submit", "U0BEN", view_id=view["id"], values={}))["error"] == "not_found"


async def test_a_channel_chosen_in_a_modal_gives_a_response_address(dialogs, hands, inbox, session):
    menu = {"type": "conversations_select", "action_id": "to", "response_url_enabled": True}
    view = await dialogs.open(
        blocks=[{"type": "input", "block_id": "where", "label": WORDS, "element": menu}]
    )
    values = {"where": {"to": {"selected_conversation": "C0OPS"}}}
    await hands.do("view/submit", view_id=view["id"], values=values)
    [target] = inbox.of("view_submission")[0]["response_urls"]
    assert (target["channel_id"], target["block_id"]) == ("C0OPS", "where")
    async with session.post(
        target["response_url"], json={"text": "hi", "response_type": "in_channel"}
    ) as response:
        assert response.status == 200
    assert [one["text"] for one in await hands.reads("C0OPS")] == ["hi"]


async def test_the_home_tab(slack, client, hands, inbox, refused):
    home = {"type": "home", "blocks": [{"type": "section", "block_id": "s", "text": WORDS}]}
    assert (await hands.do("home"))["home"] is None
    [first] = await inbox.has(1, "app_home_opened")
    assert (first["event"]["tab"], first["event"]["channel"]) == ("home", "D0ANA")
    assert "view" not in first["event"]
    view = (await client.views_publish(user_id="U0ANA", view=home))["view"]
    assert (await hands.sees())["home"]["blocks"][0]["text"]["text"] == "Next"
    await client.views_publish(user_id="U0ANA", view=home, hash=view["hash"])
    answer = await refused(client.views_publish(user_id="U0ANA", view=home, hash=view["hash"]))
    assert answer["error"] == "hash_conflict"
    await hands.do("home")
    assert (await inbox.has(2, "app_home_opened"))[1]["event"]["view"]["id"] == view["id"]
    slack.workspace.app.home_tab = False
    assert (await refused(client.views_publish(user_id="U0ANA", view=home)))["error"] == "not_enabled"
    await hands.do("home", tab="messages")
    third = (await inbox.has(3, "app_home_opened"))[2]["event"]
    assert (third["tab"], third["view"]["id"]) == ("messages", view["id"])
