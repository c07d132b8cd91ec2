"""Rich text: sections, lists, quotes, preformatted text, and what may stand in a line of them."""

from __future__ import annotations

from bot.demo.slack.blockkit.schema import anything, choice, flag, items, number, shape, string, typed

_MARKS = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = shape({}, dict.fromkeys(_MARKS, flag))
_KIND = {"type": string()}
_STYLED = {"style": _STYLE}

INLINE = typed(
    {
        "text": shape({**_KIND, "text": string(least=1)}, _STYLED),
        "link": shape({**_KIND, "url": string(least=1)}, {"text": string(), "unsafe": flag, **_STYLED}),
        "emoji": shape(
            {**_KIND, "name": string(least=1)}, {"unicode": string(), "skin_tone": number(), **_STYLED}
        ),
        "user": shape({**_KIND, "user_id": string(least=1)}, _STYLED),
        "usergroup": shape({**_KIND, "usergroup_id": string(least=1)}, _STYLED),
        "channel": shape({**_KIND, "channel_id": string(least=1)}, _STYLED),
        "team": shape({**_KIND, "team_id": string(least=1)}, _STYLED),
        "broadcast": shape({**_KIND, "range": choice("here", "channel", "everyone")}, _STYLED),
        "color": shape({**_KIND, "value": string(least=1)}, _STYLED),
        "date": shape(
            {**_KIND, "timestamp": number(), "format": string(least=1)},
            {"url": string(), "fallback": string(), **_STYLED},
        ),
    },
    of_many=True,
)

_LINE = items(INLINE)
_BORDER = {"border": number(0, 1)}
_SECTION = shape({**_KIND, "elements": _LINE})
_PREFORMATTED = shape({**_KIND, "elements": _LINE}, {**_BORDER, "language": string()})
_QUOTE = shape({**_KIND, "elements": _LINE}, _BORDER)
_LIST = shape(
    {
        **_KIND,
        "style": choice("bullet", "ordered"),
        "elements": items(typed({"rich_text_section": _SECTION})),
    },
    {"indent": number(0, 8), "offset": number(0), **_BORDER},
)

RICH_TEXT = shape(
    {
        **_KIND,
        "elements": items(
            typed(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_preformatted": _PREFORMATTED,
                    "rich_text_quote": _QUOTE,
                    "rich_text_list": _LIST,
                },
                of_many=True,
            )
        ),
    },
    {"block_id": string(255), "meta": anything},
)
