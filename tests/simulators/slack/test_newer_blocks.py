"""The newer blocks and the pictures: their limits, and on which surface each block may stand."""

import pytest

from bot.demo.slack.blockkit import check


def plain(text="Go"):
    return {"type": "plain_text", "text": text}


def less(count):
    return f"must be less than {count + 1} characters"


def more(count):
    return f"no more than {count} items allowed"


def cell(text="x"):
    return {"type": "raw_text", "text": text}


def grid(rows=2, **fields):
    return {"type": "data_table", "caption": "Pods", "rows": [[cell()]] * rows, **fields}


def picture(**fields):
    return {"type": "image", "image_url": "https://x/y.png", "alt_text": "y", **fields}


def card(**fields):
    return {"type": "card", "title": plain(), **fields}


def box(*blocks, **fields):
    return {"type": "container", "child_blocks": list(blocks), **fields}


def film(**fields):
    fixed = {"type": "video", "alt_text": "x", "title": plain(), "thumbnail_url": "x", "video_url": "x"}
    return {**fixed, **fields}


def task(**fields):
    return {"type": "task_card", "task_id": "1", "title": "Roll out", **fields}


PRESSED = {"type": "button", "text": plain()}
FEEDBACK = {
    "type": "feedback_buttons",
    "positive_button": {"text": plain()},
    "negative_button": {"text": plain()},
}
DIVIDER = {"type": "divider"}

CASES = [
    (grid(1), "no fewer than 2 items allowed", "rows"),
    (grid(102), more(101), "rows"),
    (grid(rows=2, page_size=101), "must be less than 101", "page_size"),
    (grid(rows=2, page_size=0), "must be greater than 0", "page_size"),
    ({"type": "data_table", "rows": [[cell()]] * 2}, "missing required field: caption", ""),
    ({**grid(), "rows": [[cell()] * 21] * 2}, more(20), "rows/0"),
    ({"type": "table", "rows": [[cell()]], "column_settings": [{}] * 21}, more(20), "column_settings"),
    ({"type": "table", "rows": [[plain()]]}, "unsupported type: plain_text", "rows/0/0/type"),
    (picture(alt_text="a" * 2001), less(2000), "alt_text"),
    (picture(title=plain("a" * 2001)), less(2000), "title/text"),
    (picture(image_url="a" * 3001), less(3000), "image_url"),
    (picture(slack_file={"id": "F1"}), "must provide exactly one of image_url, slack_file", ""),
    (card(title=plain("a" * 151)), less(150), "title/text"),
    (card(subtitle=plain("a" * 151)), less(150), "subtitle/text"),
    (card(body=plain("a" * 201)), less(200), "body/text"),
    (card(actions=[PRESSED] * 3), more(2), "actions"),
    ({"type": "carousel", "elements": [card()] * 11}, more(10), "elements"),
    ({"type": "carousel", "elements": []}, "no fewer than 1 items allowed", "elements"),
    (box(*[DIVIDER] * 11), more(10), "child_blocks"),
    (box(DIVIDER, title=plain("a" * 151)), less(150), "title/text"),
    (box(DIVIDER, subtitle=plain("a" * 151)), less(150), "subtitle/text"),
    (box(box(DIVIDER)), "unsupported type: container", "child_blocks/0/type"),
    (task(status="started"), "must be a valid enum value", "status"),
    ({"type": "task_card", "title": "Roll out"}, "missing required field: task_id", ""),
    ({"type": "task_card", "task_id": "1"}, "missing required field: title", ""),
    (film(title=plain("a" * 201)), less(200), "title/text"),
    (film(author_name="a" * 51), less(50), "author_name"),
    (film(description=plain("a" * 201)), less(200), "description/text"),
    ({"type": "context_actions", "elements": [FEEDBACK] * 6}, more(5), "elements"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "wording", "place"), CASES, ids=[f"{one[1]} at {one[2]}" for one in CASES])
def test_a_limit_of_one_block(block, wording, place):
    pointer = f"/blocks/0/{place}".rstrip("/")
    assert f"{wording} [json-pointer:{pointer}]" in [one.worded() for one in check.message_problems([block])]


def test_an_alert_has_five_levels(modal):
    def alert(level):
        return modal(blocks=[{"type": "alert", "text": plain(), "level": level}])

    for level in ("default", "info", "warning", "error", "success"):
        assert check.view_problems(alert(level)) == []
    assert [one.worded() for one in check.view_problems(alert("loud"))] == [
        "must be a valid enum value [json-pointer:/view/blocks/0/level]"
    ]


BLOCKS = {
    "alert": {"type": "alert", "text": plain()},
    "file": {"type": "file", "external_id": "x", "source": "remote"},
    "markdown": {"type": "markdown", "text": "x"},
    "table": {"type": "table", "rows": [[cell()]]},
    "data_table": grid(),
    "plan": {"type": "plan", "title": "Plan"},
    "task_card": task(),
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK]},
    "card": card(),
    "carousel": {"type": "carousel", "elements": [card()]},
    "section": {"type": "section", "text": plain()},
    "container": box(DIVIDER),
}
ONLY_IN_MESSAGES = {"markdown", "table", "data_table", "plan", "task_card", "context_actions"}
REFUSED = {
    "message": {"alert", "file"},
    "modal": ONLY_IN_MESSAGES | {"file", "card", "carousel"},
    "home": ONLY_IN_MESSAGES | {"file", "alert"},
}


@pytest.mark.parametrize("surface", REFUSED)
def test_where_a_block_may_stand(modal, surface):
    def refused(kind):
        blocks = [BLOCKS[kind]]
        if surface == "message":
            problems, place = check.message_problems(blocks), "/blocks/0/type"
        else:
            view = modal(blocks=blocks) if surface == "modal" else {"type": "home", "blocks": blocks}
            problems, place = check.view_problems(view), "/view/blocks/0/type"
        return f"unsupported type: {kind} [json-pointer:{place}]" in [one.worded() for one in problems]

    assert {kind for kind in BLOCKS if refused(kind)} == REFUSED[surface]


@pytest.mark.parametrize(("kind", "most"), [("modal", 100), ("home", 100)])
def test_how_many_blocks_a_view_holds(modal, kind, most):
    def view(count):
        blocks = [DIVIDER] * count
        return modal(blocks=blocks) if kind == "modal" else {"type": "home", "blocks": blocks}

    assert check.view_problems(view(most)) == []
    assert [one.worded() for one in check.view_problems(view(most + 1))] == [
        f"{more(most)} [json-pointer:/view/blocks]"
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"submit": plain("a" * 25)}, "submit/text"),
        ({"close": plain("a" * 25)}, "close/text"),
        ({"external_id": "a" * 256}, "external_id"),
    ],
)
def test_the_words_around_a_modal_are_short(modal, changes, place):
    told = [one.worded() for one in check.view_problems(modal(**changes))]
    most = 255 if place == "external_id" else 24
    assert told == [f"{less(most)} [json-pointer:/view/{place}]"]
