"""Every input a modal can ask with: what it holds at first, what is sent, and what a client keeps back."""

import pytest

WORDS = {"type": "plain_text", "text": "Which"}


def option(value):
    return {"text": {"type": "plain_text", "text": value.upper(), "emoji": True}, "value": value}


A, B = option("a"), option("b")
TWO = {"options": [A, B]}


@pytest.fixture
def form(client, hands, inbox, modal):
    """Open a modal with one input, fill it in, and give the answer and the state that the app received."""

    async def fill(element, given, **block):
        field = {
            "type": "input",
            "block_id": "field",
            "label": WORDS,
            "element": {"action_id": "it", **element},
            **block,
        }
        await hands.command("/k8s scale")
        trigger = inbox.payloads[-1]["trigger_id"]
        view = (await client.views_open(trigger_id=trigger, view=modal(blocks=[field])))["view"]
        values = {"field": {"it": given}} if given is not None else {}
        answer = await hands.do("view/submit", view_id=view["id"], values=values)
        sent = inbox.of("view_submission")
        return answer, sent[0]["view"]["state"]["values"]["field"]["it"] if sent else None

    return fill


@pytest.mark.parametrize(
    ("element", "given", "sent"),
    [
        ({"type": "static_select", **TWO}, {"selected_option": "b"}, {"selected_option": B}),
        ({"type": "static_select", **TWO, "initial_option": A}, None, {"selected_option": A}),
        (
            {"type": "static_select", "option_groups": [{"label": WORDS, "options": [A, B]}]},
            {"selected_option": {"value": "a"}},
            {"selected_option": A},
        ),
        ({"type": "radio_buttons", **TWO}, {"selected_option": "a"}, {"selected_option": A}),
        ({"type": "checkboxes", **TWO}, {"selected_options": ["a", "b"]}, {"selected_options": [A, B]}),
        ({"type": "multi_static_select", **TWO}, {"selected_options": [B]}, {"selected_options": [B]}),
        ({"type": "users_select"}, {"selected_user": "U0BEN"}, {"selected_user": "U0BEN"}),
        ({"type": "multi_users_select"}, {"selected_users": ["U0BEN"]}, {"selected_users": ["U0BEN"]}),
        ({"type": "channels_select"}, {"selected_channel": "C0OPS"}, {"selected_channel": "C0OPS"}),
        ({"type": "datepicker", "initial_date": "2026-11-23"}, None, {"selected_date": "2026-11-23"}),
        ({"type": "timepicker"}, {"selected_time": "03:00"}, {"selected_time": "03:00"}),
        (
            {"type": "datetimepicker"},
            {"selected_date_time": 1_800_000_000},
            {"selected_date_time": 1_800_000_000},
        ),
        ({"type": "number_input", "is_decimal_allowed": False}, {"value": 4}, {"value": "4"}),
        ({"type": "email_text_input"}, {"value": "a@b.example"}, {"value": "a@b.example"}),
        ({"type": "external_select"}, {"selected_option": A}, {"selected_option": A}),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
async def test_what_an_input_sends(form, element, given, sent):
    answer, state = await form(element, given)
    assert answer["ok"], answer
    assert state == {"type": element["type"], **sent}


@pytest.mark.parametrize(
    ("element", "value", "said"),
    [
        ({"type": "plain_text_input", "min_length": 3}, "ab", "This entry needs at least 3 characters."),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "This entry may have at most 3 characters."),
        ({"type": "number_input", "is_decimal_allowed": False}, "4.5", "Please enter a number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            "1.5",
            "Please enter 2 or more.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"},
            "10",
            "Please enter 9 or less.",
        ),
        ({"type": "checkboxes", **TWO}, "", "Please complete this required field."),
    ],
)
async def test_what_a_client_keeps_back(form, element, value, said):
    answer, sent = await form(element, {"value": value})
    assert answer["errors"] == {"field": said}
    assert sent is None


async def test_an_optional_field_may_stay_empty(form):
    answer, sent = await form({"type": "plain_text_input"}, None, optional=True)
    assert answer["ok"]
    assert sent == {"type": "plain_text_input", "value": None}


@pytest.mark.parametrize("given", [{"selected_option": "c"}, {"selected_option": {"value": "c"}}])
async def test_what_is_not_offered_cannot_be_chosen(form, given):
    answer, sent = await form({"type": "static_select", **TWO}, given)
    assert (answer["error"], sent) == ("no_such_option", None)
