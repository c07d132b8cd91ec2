"""Elements and the objects inside them: every limit, in Slack's words and with the pointer to the place."""

import pytest

from bot.demo.slack.blockkit import check


def plain(text="Go"):
    return {"type": "plain_text", "text": text}


def sure(**fields):
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **fields}


def option(value="a", **fields):
    return {"text": plain(), "value": value, **fields}


def options(count):
    return [option(str(one)) for one in range(count)]


def group(count=1, label="Group"):
    return {"label": plain(label), "options": options(count)}


def pressed(**fields):
    return {"type": "button", "text": plain(), **fields}


def menu(**fields):
    return {"type": "static_select", **fields}


def typed(**fields):
    return {"type": "plain_text_input", **fields}


def less(count):
    return f"must be less than {count + 1} characters"


def more(count):
    return f"no more than {count} items allowed"


EITHER = "must provide exactly one of options, option_groups"
IN_ACTIONS = [
    (pressed(accessibility_label="a" * 76), less(75), "accessibility_label"),
    (pressed(confirm=sure(text=plain("a" * 301))), less(300), "confirm/text/text"),
    (pressed(confirm=sure(confirm=plain("a" * 31))), less(30), "confirm/confirm/text"),
    (pressed(confirm=sure(deny=plain("a" * 31))), less(30), "confirm/deny/text"),
    (pressed(confirm={"title": plain()}), "missing required field: text", "confirm"),
    (pressed(confirm=sure(style="loud")), "must be a valid enum value", "confirm/style"),
    (pressed(text=None), "must provide an object", "text"),
    (pressed(text="Go"), "must provide an object", "text"),
    ({"type": "button"}, "missing required field: text", ""),
    (menu(options=options(1), option_groups=[group()]), EITHER, ""),
    (menu(), EITHER, ""),
    (menu(option_groups=[group()] * 101), more(100), "option_groups"),
    (menu(option_groups=[group(101)]), more(100), "option_groups/0/options"),
    (menu(option_groups=[group(label="a" * 76)]), less(75), "option_groups/0/label/text"),
    (menu(options=[option(description=plain("a" * 76))]), less(75), "options/0/description/text"),
    (menu(options=[option(url="https://x")]), "invalid additional property: url", "options/0"),
    (menu(options=[option("")]), "must be more than 0 characters", "options/0/value"),
    ({"type": "overflow", "options": []}, "no fewer than 1 items allowed", "options"),
    ({"type": "overflow", "options": [option(url="a" * 3001)]}, less(3000), "options/0/url"),
    ({"type": "radio_buttons", "options": options(11)}, more(10), "options"),
    ({"type": "external_select", "min_query_length": "one"}, "must be a valid integer", "min_query_length"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("element", "wording", "place"), IN_ACTIONS, ids=[f"{one[1]} at {one[2]}" for one in IN_ACTIONS]
)
def test_a_limit_of_an_element(element, wording, place):
    pointer = f"/blocks/0/elements/0/{place}".rstrip("/")
    told = check.message_problems([{"type": "actions", "elements": [element]}])
    assert f"{wording} [json-pointer:{pointer}]" in [one.worded() for one in told]


IN_INPUTS = [
    ({"label": plain("a" * 2001)}, less(2000), "label/text"),
    ({"hint": plain("a" * 2001)}, less(2000), "hint/text"),
    ({"label": {"type": "mrkdwn", "text": "*a*"}}, "must be a valid enum value", "label/type"),
    ({"element": typed(min_length=3001)}, less(3000).removesuffix(" characters"), "element/min_length"),
    ({"element": typed(min_length=-1)}, "must be greater than -1", "element/min_length"),
    ({"element": typed(max_length=0)}, "must be greater than 0", "element/max_length"),
    ({"element": typed(initial_value="a" * 3001)}, less(3000), "element/initial_value"),
    ({"element": {"type": "file_input", "max_files": 11}}, "must be less than 11", "element/max_files"),
    ({"element": {"type": "number_input"}}, "missing required field: is_decimal_allowed", "element"),
    ({"element": pressed()}, "unsupported type: button", "element/type"),
    ({"element": pressed()}, "failed to match all allowed schemas", "element"),
    ({"element": None}, "must provide an object", "element"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "wording", "place"), IN_INPUTS, ids=[f"{one[1]} at {one[2]}" for one in IN_INPUTS]
)
def test_a_limit_of_an_input(modal, fields, wording, place):
    block = {"type": "input", "label": plain(), "element": typed(), **fields}
    told = [one.worded() for one in check.view_problems(modal(blocks=[block]))]
    assert f"{wording} [json-pointer:/view/blocks/0/{place}]" in told


@pytest.mark.parametrize(
    "element",
    [
        menu(option_groups=[group(100)] * 100),
        {"type": "overflow", "options": [option(str(one), url="a" * 3000) for one in range(5)]},
        {"type": "radio_buttons", "options": options(10)},
        pressed(confirm=sure(title=plain("a" * 100), text=plain("a" * 300), confirm=plain("a" * 30)), url="https://x"),
        {"type": "multi_external_select", "min_query_length": 0, "placeholder": plain("a" * 150)},
    ],
    ids=lambda element: element["type"],
)  # fmt: skip
def test_what_lies_within_the_limits(element):
    assert check.message_problems([{"type": "actions", "elements": [element]}]) == []
