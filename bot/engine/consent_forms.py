"""What a yes or a no needs beside the press: a typed name, a reason, a one-time code. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.form import Field, Form
from bot.engine.planned import Planned

_SHORTEST_REASON, _LONGEST_REASON = 3, 300


def questions(planned: Planned, choice: str) -> tuple[Field, ...]:
    """What is asked for in a form, in this order; nothing where the press alone says it."""
    why = Field(
        key="reason", label="Reason", hint="One sentence, for whoever reads it later.", is_needed=True
    )
    code = Field(key="code", label="One-time code", hint="Six digits of your app.", is_needed=True)
    if choice == "deny":
        return (why,)
    if choice == "approve":
        return (code,) if planned.code else ()
    if choice != "confirm":
        return ()
    typed = planned.to_type
    name = Field(key="name", label=f"Type {typed} to go on"[:150], is_needed=True)
    return (
        *((name,) if typed else ()),
        *((why,) if planned.needs or planned.review else ()),
        *((code,) if planned.code and not planned.needs else ()),
    )


def form_of(planned: Planned, choice: str, asked_for: tuple[Field, ...]) -> Form:
    titles = {"deny": ("Deny", "Deny"), "approve": ("Approve", "Approve")}
    ask = ("Ask for a yes", "Ask") if planned.needs else ("Before it is done", "Do it")
    title, submit = titles.get(choice, ask)
    return Form(title=title, submit=submit, fields=asked_for, note=planned.plan.title.plain())


def wrong_in(planned: Planned, choice: str, given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with which field, before anything is decided."""
    wrong: dict[str, str] = {}
    for question in questions(planned, choice):
        answer = given.get(question.key, "")
        if question.key == "name" and answer != planned.to_type:
            wrong["name"] = f"Type {planned.to_type}, as it stands there. {planned.plan.undone}"
        if question.key == "reason" and not _SHORTEST_REASON <= len(answer) <= _LONGEST_REASON:
            wrong["reason"] = f"Say why, in {_SHORTEST_REASON} to {_LONGEST_REASON} characters."
        if question.key == "code" and not (answer.isascii() and answer.replace(" ", "").isdigit()):
            wrong["code"] = "Six digits, as the app shows them."
    return wrong
