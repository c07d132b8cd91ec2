"""The whole diff: nothing of it is cut, what has no room is counted, and what is secret stays so."""

from __future__ import annotations

import pytest

from bot.domain.access import Place, Risk
from bot.domain.changes import FieldChange, Plan, Step, Write
from bot.domain.invocation import Invocation
from bot.domain.message import Output, text
from bot.domain.resources import CONFIGMAPS, DEPLOYMENTS, SECRETS, ObjectRef
from bot.engine.approval_cards import looks
from bot.engine.diffs import shown
from bot.engine.planned import Planned
from bot.slack.blocks import render
from tests.seen import Seen

BY = Invocation(
    id="1" * 32, user="U0ANA", user_name="ana", team="T0", place=Place(team="T0", channel="C0"), text="",
    reply="", at=0.0,
)  # fmt: skip


def planned(*changes, kind=DEPLOYMENTS):
    target = ObjectRef(cluster="demo", namespace="shop", type=kind, name="web")
    step = Step(
        write=Write(action="patch", target=target, body={}),
        pin=None,
        changes=tuple(FieldChange(path=path, before=before, after=after) for path, before, after in changes),
    )
    said = text("Change it?")
    plan = Plan(verb="x", title=said, button="x", risk=Risk.REVERSIBLE, doing=said, done=said, steps=(step,))
    return Planned(plan=plan, invocation=BY, args={})


def told(found):
    outputs = [part.text for part in found.parts if isinstance(part, Output)]
    notes = [part.text.plain() for part in found.parts if not isinstance(part, Output)]
    return "\n".join(outputs), notes


def test_it_is_offered_where_fields_change():
    assert [button.label for button in looks(planned(("spec.replicas", 2, 4)), "a")] == ["Diff"]
    assert looks(planned(), "a") == ()


def test_each_field_stands_whole_with_its_lines_before_and_after():
    long = "y" * 500
    changes = (("spec.replicas", 2, 4), ("data[a]", "one\ntwo", long), ("metadata.labels.b", None, "c"))
    found = shown(planned(*changes), (True,), "abcdef0123")
    lines, notes = told(found)
    assert lines.split("\n") == [
        "patch deployments/shop/web",
        "  spec.replicas", "  - 2", "  + 4",
        "  data[a]", "  - one", "  - two", f"  + {long}",
        "  metadata.labels.b", "  + c",
    ]  # fmt: skip
    assert notes == []
    assert "abcdef" in found.footer.plain()


def test_no_value_hides_another_field_or_looks_like_one():
    hides = ("data[a]", "x", "\x1b]0;"), ("data[b]", "1", "2"), ("data[c]", None, "y\x07\u202e")
    forges = ("data[d]", "z", "z\u2028  data[e]\r  + no\u200bthing")
    found = shown(planned(*hides, forges, kind=CONFIGMAPS), (True,), "abcdef0123")
    seen = Seen({"blocks": render(found).blocks}).text
    for line in ("  data[b]", "  - 1", "  + 2", "  + ⟨U+001B⟩]0;", "  + y⟨U+0007⟩⟨U+202E⟩"):
        assert line in seen.split("\n"), line
    assert "  + z⟨U+2028⟩  data[e]⟨U+000D⟩  + no⟨U+200B⟩thing" in seen


def test_what_comes_with_its_name_in_its_path_is_told_once():
    env = "spec.template.spec.containers[web].env"
    changes = (
        (f"{env}[LEVEL].name", None, "LEVEL"), (f"{env}[LEVEL].value", None, "debug"),
        (f"{env}[OLD].name", "OLD", None), (f"{env}[0].name", "A", "B"),
    )  # fmt: skip
    lines, _ = told(shown(planned(*changes), (True,), "abc"))
    assert lines.split("\n")[1:] == [
        f"  {env}[LEVEL].value", "  + debug",
        f"  {env}[OLD].name", "  - OLD",
        f"  {env}[0].name", "  - A", "  + B",
    ]  # fmt: skip


def test_what_has_no_room_is_counted():
    many = tuple((f"data[{number}]", None, "z" * 100) for number in range(200))
    lines, notes = told(shown(planned(*many, kind=CONFIGMAPS), (True,), "abc"))
    assert len(lines) <= 9000
    left = 401 - len(lines.split("\n"))
    assert notes == [f"{left} more lines not shown for want of room."]
    lines, notes = told(shown(planned(("data[a]", None, "z" * 10_000)), (True,), "abc"))
    assert (lines.split("\n")[-1], notes) == ("  data[a]", ["1 more line not shown for want of room."])


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (("data.key", "aGlkZGVu", "aGlkZGVuLXRvbw=="), SECRETS),
        (
            ("spec.template.spec.containers[web].env[DB_PASSWORD].value", "hidden-one", "hidden-two"),
            DEPLOYMENTS,
        ),
    ],
)
def test_a_secret_is_not_in_it(change, kind):
    lines, _ = told(shown(planned(change, kind=kind), (True,), "abc"))
    assert change[0] in lines
    assert not {change[1], change[2]} & set(lines.split())


def test_what_may_not_be_read_is_only_counted():
    lines, _ = told(shown(planned(("data.a", "one", "two"), kind=CONFIGMAPS), (False,), "abc"))
    assert lines == "patch configmaps/shop/web\n  1 field, which the policy does not let you read"
