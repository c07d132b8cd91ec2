"""Block Kit: every limit, in Slack's words and with the pointer to the place."""

import pytest

from bot.demo.slack.blockkit import check


def plain(text="Go"):
    return {"type": "plain_text", "text": text}


def marked(text="Go"):
    return {"type": "mrkdwn", "text": text}


def section(**fields):
    return {"type": "section", **fields}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def button(**fields):
    return {"type": "button", "text": plain(), **fields}


def sure(**fields):
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **fields}


def menu(count=1, **fields):
    options = [{"text": plain(str(one)), "value": str(one)} for one in range(count)]
    return {"type": "static_select", "options": options, **fields}


def entry(element):
    return {"type": "input", "label": plain(), "element": element}


def cells(rows, columns, text="x"):
    row = [{"type": "raw_text", "text": text}] * columns
    return {"type": "table", "rows": [row] * rows}


CASES = [
    (section(text=marked("a" * 3001)), "must be less than 3001 characters", "text/text"),
    (section(text=marked("")), "must be more than 0 characters", "text/text"),
    (section(text="hello"), "must provide an object", "text"),
    (section(text={"type": "html", "text": "x"}), "failed to match all allowed schemas", "text"),
    (section(), "missing required field: text", ""),
    (section(text=marked(), colour="red"), "invalid additional property: colour", ""),
    (section(fields=[marked()] * 11), "no more than 10 items allowed", "fields"),
    (section(fields=[marked("a" * 2001)]), "must be less than 2001 characters", "fields/0/text"),
    ({"type": "header", "text": plain("a" * 151)}, "must be less than 151 characters", "text/text"),
    ({"type": "header", "text": marked()}, "must be a valid enum value", "text/type"),
    ({"type": "context", "elements": [marked()] * 11}, "no more than 10 items allowed", "elements"),
    ({"type": "divider", "block_id": "a" * 256}, "must be less than 256 characters", "block_id"),
    ({"type": "sectoin"}, "unsupported type: sectoin", "type"),
    ({"type": "alert", "text": plain()}, "unsupported type: alert", "type"),
    ({"text": plain()}, "missing required field: type", ""),
    ("hello", "must provide an object", ""),
    (actions(*[button(action_id=str(one)) for one in range(26)]),
     "no more than 25 items allowed", "elements"),
    (actions(button(text=plain("a" * 76))), "must be less than 76 characters", "elements/0/text/text"),
    (actions(button(value="a" * 2001)), "must be less than 2001 characters", "elements/0/value"),
    (actions(button(url="a" * 3001)), "must be less than 3001 characters", "elements/0/url"),
    (actions(button(style="green")), "must be a valid enum value", "elements/0/style"),
    (actions(button(action_id="a" * 256)), "must be less than 256 characters", "elements/0/action_id"),
    (actions(button(action_id="x"), button(action_id="x")),
     '`action_id` "x" already exists', "elements/1/action_id"),
    (actions(button(confirm=sure(title=plain("a" * 101)))),
     "must be less than 101 characters", "elements/0/confirm/title/text"),
    (actions({"type": "plain_text_input"}),
     "unsupported type: plain_text_input", "elements/0/type"),
    (actions(menu(101)), "no more than 100 items allowed", "elements/0/options"),
    (actions(menu(placeholder=plain("a" * 151))),
     "must be less than 151 characters", "elements/0/placeholder/text"),
    (actions({"type": "static_select", "options": [{"text": plain(), "value": "a" * 151}]}),
     "must be less than 151 characters", "elements/0/options/0/value"),
    (actions({"type": "static_select", "options": [{"text": plain("a" * 76), "value": "a"}]}),
     "must be less than 76 characters", "elements/0/options/0/text/text"),
    (actions({"type": "overflow", "options": [{"text": plain(), "value": str(one)} for one in range(6)]}),
     "no more than 5 items allowed", "elements/0/options"),
    (actions({"type": "checkboxes", "options": [{"text": plain(), "value": str(one)} for one in range(11)]}),
     "no more than 10 items allowed", "elements/0/options"),
    (entry({"type": "plain_text_input", "max_length": 3001}), "must be less than 3001", "element/max_length"),
    (entry({"type": "file_input"}), "unsupported type: file_input", "element/type"),
    ({"type": "image", "image_url": "https://x/y.png"}, "missing required field: alt_text", ""),
    (cells(101, 1), "no more than 100 items allowed", "rows"),
    (cells(1, 21), "no more than 20 items allowed", "rows/0"),
    (cells(1, 1, ""), "must be more than 0 characters", "rows/0/0/text"),
    (cells(2, 1, "a" * 5001), "must be less than 10001 characters", "rows"),
    ({"type": "markdown", "text": "a" * 12_001}, "must be less than 12001 characters", "text"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "wording", "place"), CASES, ids=[f"{one[1]} at {one[2]}" for one in CASES])
def test_a_limit_of_one_block(block, wording, place):
    pointer = f"/blocks/0/{place}".rstrip("/")
    assert f"{wording} [json-pointer:{pointer}]" in [one.worded() for one in check.message_problems([block])]


@pytest.mark.parametrize(
    "block",
    [
        section(text=marked("a" * 3000), accessory=menu(100, action_id="m")),
        section(fields=[marked("a" * 2000)] * 10),
        {"type": "header", "text": plain("a" * 150)},
        actions(*[button(action_id=str(one), value="a" * 2000) for one in range(25)]),
        entry({"type": "plain_text_input", "action_id": "a", "multiline": True, "max_length": 3000}),
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "a", "style": {"bold": True}}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "log"}], "border": 0},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0ANA"}]}]},
        ]},
        {**cells(100, 2, "a" * 50), "column_settings": [{"align": "right", "is_wrapped": True}]},
        {"type": "context", "elements": [
            marked(), {"type": "image", "image_url": "https://x", "alt_text": "x"}]},
    ],
    ids=lambda block: block["type"],
)  # fmt: skip
def test_what_lies_within_the_limits(block):
    assert check.message_problems([block]) == []


def test_limits_over_several_blocks():
    divider = {"type": "divider"}
    assert [one.worded() for one in check.message_problems([divider] * 51)] == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]
    twice = [{**divider, "block_id": "x"}, {**divider, "block_id": "x"}]
    assert [one.worded() for one in check.message_problems(twice)] == [
        '`block_id` "x" already exists [json-pointer:/blocks/1/block_id]'
    ]
    long = {"type": "markdown", "text": "a" * 7000}
    assert len(check.message_problems([long, long])) == 1, "the sum over all markdown blocks counts"


async def test_how_a_message_is_refused(client, refused):
    blocks = [{"type": "divider"}, section(text=marked("a" * 3001))]
    answer = await refused(client.chat_postMessage(channel="C0SHOP", text="x", blocks=blocks))
    wording = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [wording]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {wording}"]


@pytest.mark.parametrize(
    ("changes", "wording"),
    [
        ({"title": plain("a" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            {"private_metadata": "a" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        ({"callback_id": "a" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (
            {"blocks": [{"type": "divider"}] * 101},
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        ({"blocks": [cells(1, 1)]}, "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        ({"submit": None}, "must provide an object [json-pointer:/view/submit]"),
        ({"type": "sheet"}, "unsupported type: sheet [json-pointer:/view/type]"),
    ],
)
def test_a_limit_of_a_modal(modal, changes, wording):
    assert wording in [one.worded() for one in check.view_problems(modal(**changes))]


def test_files_are_asked_for_in_modals_alone(modal):
    field = entry({"type": "file_input", "action_id": "file"})
    assert check.view_problems(modal(blocks=[field])) == []
    home = {"type": "home", "blocks": [field]}
    assert [one.worded() for one in check.view_problems(home)] == [
        "failed to match all allowed schemas [json-pointer:/view/blocks/0/element]",
        "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]",
    ]


def test_a_modal_with_an_input_needs_a_submit(modal):
    view = modal()
    del view["submit"]
    assert [one.worded() for one in check.view_problems(view)] == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view]"
    ]


async def test_blocks_can_be_validated_without_a_token(slack, session):
    async def validate(**given):
        async with session.post(f"{slack.api_url}blocks.validate", json=given) as response:
            return await response.json()

    assert (await validate(blocks=[{"type": "divider"}]))["ok"]
    told = await validate(blocks=[section(text=marked("a" * 3001))])
    assert (told["error"], told["errors"][0]["pointer"]) == ("invalid_blocks", "/blocks/0/text/text")
    assert told["errors"][0]["constraint"] == 3001
    assert (await validate(blocks=[], view={}))["error"] == "invalid_arguments"
    assert (await validate(view={"type": "modal"}))["error"] == "invalid_view"
