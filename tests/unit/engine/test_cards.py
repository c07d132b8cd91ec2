"""What the engine says about a plan, a change and an error, word for word."""

import pytest

from bot.domain.access import Risk
from bot.domain.changes import FieldChange, Plan
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterUnavailableError,
    StalePlanError,
    TargetNotFoundError,
    UnknownVerbError,
    UsageError,
)
from bot.domain.message import Bullets, Button, Facts, Icon, Paragraph, Text, code, text
from bot.domain.redaction import placeholder
from bot.domain.resources import CONFIGMAPS
from bot.engine import cards, change_cards
from tests.factories import NOW, plan, ref, step

ASKED = cards.Asked(user="U0ANA", name="ana", started=NOW - 70, receipt="record 7 · 7f3a1b2c")


def change(path: str = "spec.replicas", before: object = 2, after: object = 4) -> FieldChange:
    return FieldChange(path=path, before=before, after=after)


def test_a_plan_is_a_question_with_its_fields_its_warnings_and_two_buttons():
    shown = cards.preview(plan(warnings=(text("web-hpa keeps {}", "3 to 8"),)), "0123456789", NOW + 300, 5)
    assert shown.plain() == "⏸ Scale shop/web from 2 to 4?"
    assert shown.parts == (
        Facts(rows=(("spec.replicas", "2 → 4"),)),
        Paragraph(text=text("⚠️ {}", text("web-hpa keeps {}", "3 to 8"))),
    )
    assert shown.buttons == (
        Button(label="Scale to 4", press="0123456789:confirm", style="primary"),
        Button(label="Cancel", press="0123456789:cancel"),
    )
    assert shown.footer.plain() == "Nothing has changed yet. Yours until later (5 min) · plan 012345"
    assert [span.id for span in shown.footer.spans if span.kind == "instant"] == [str(int(NOW + 300))]


def test_several_warnings_are_a_list_under_one_sign():
    both = (text("it is paused"), text("an autoscaler keeps it"))
    shown = cards.preview(plan(warnings=both), "0123456789", NOW + 300, 5)
    assert shown.parts[1:] == (Paragraph(text=text("⚠️ Before you do:")), Bullets(items=both))


@pytest.mark.parametrize(
    ("risk", "style"),
    [(Risk.REVERSIBLE, "primary"), (Risk.DISRUPTIVE, "primary"), (Risk.DESTRUCTIVE, "danger")],
)
def test_only_what_destroys_is_red_and_only_the_affirmative_button_stands_out(risk: Risk, style: str):
    buttons = cards.preview(plan(risk=risk), "p", NOW, 5).buttons
    assert [button.style for button in buttons] == [style, ""]


def test_what_is_shown_beside_a_plan_stands_between_its_fields_and_its_warnings():
    beside = Facts(rows=(("2", "web:1.1"),))
    shown = cards.preview(plan(beside=(beside,), warnings=(text("it is paused"),)), "p", NOW, 5)
    assert [type(part) for part in shown.parts] == [Facts, Facts, Paragraph]
    assert shown.parts[1] == beside


def test_a_plan_without_fields_or_warnings_shows_none():
    assert cards.preview(plan(step(changes=())), "p", NOW, 5).parts == ()


def test_other_choices_stand_beside_the_question():
    other = Button(label="Revision 3", command="rollback web --to-revision 3")
    assert cards.preview(plan(instead=(other,)), "p", NOW, 5).buttons[-1] == other


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("spec.replicas", "spec.replicas"),
        ("spec.template.spec.containers[web].image", "image (web)"),
        ("spec.template.spec.containers[web].env[LOG].value", "env LOG (web)"),
        ("spec.template.spec.containers[web]", "container (web)"),
        ("spec.template.metadata.annotations.x", "spec.template.metadata.annotations.x"),
        ("spec.containers[web].image", "image (web)"),
    ],
)
def test_paths_into_a_pod_are_shown_short(path: str, short: str):
    assert cards.short_path(path) == short


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (change(), "2 → 4"),
        (change(before=None), "4"),
        (change(after=None), "2 → none"),
        (change(before=True, after=False), "true → false"),
        (change(before=0, after=1), "0 → 1"),
        (
            change("c[web].image", "docker.io/library/web:1.0", "docker.io/library/web:1.1"),
            "web:1.0 → web:1.1",
        ),
        (change("c[auth-token].image", "docker.io/library/a:1", "a:2"), "a:1 → a:2"),
        (change(before="", after="x" * 120), f" → {'x' * 120}"),
        (change(before=None, after="x" * 121), "x" * 119 + "…"),
        (change("c[web].env[LOG_LEVEL].value", "info", "debug"), "info → debug"),
        (
            change("c[web].env[DB_PASSWORD].value", "old", "new"),
            f"{placeholder('old')} → {placeholder('new')}",
        ),
        (change("c[web].env[URL].value", None, "redis://:pw@c"), f"redis://{placeholder(':pw')}@c"),
    ],
)
def test_a_change_is_shown_as_people_read_it(one: FieldChange, shown: str):
    assert cards.shown_change(one) == shown


def test_of_many_fields_a_dozen_are_shown_and_the_rest_counted():
    many = plan(step(*(change(f"spec.f{n:02}") for n in range(14))))
    rows = cards.field_rows(many)
    assert rows[11:] == (("spec.f11", "2 → 4"), ("…", "and 2 more fields, all on the record"))
    assert len(cards.field_rows(plan(step(*(change(f"f{n}") for n in range(12)))))) == 12


def test_the_cause_that_the_bot_writes_is_no_field_of_the_plan():
    cause = change("metadata.annotations[kubernetes.io/change-cause]", None, "/k8s scale web 4")
    assert cards.field_rows(plan(step(change(), cause))) == (("spec.replicas", "2 → 4"),)


def test_with_several_objects_each_field_says_whose_it_is():
    two = plan(step(change()), step(change("spec.type", "ClusterIP", "NodePort"), target=ref("db")))
    assert cards.field_rows(two) == (("web spec.replicas", "2 → 4"), ("db spec.type", "ClusterIP → NodePort"))


def test_the_record_keeps_each_write_with_its_target_and_no_secret():
    changed = change("spec.template.spec.containers[web].env[API_KEY].value", None, "zq81kf")
    assert cards.step_summaries(plan(step(changed), step(pin=None))) == [
        {
            "target": "deployments/shop/web",
            "action": "patch",
            "uid": "uid-web",
            "changes": [f"env API_KEY (web): {placeholder('zq81kf')}"],
        },
        {"target": "deployments/shop/web", "action": "patch", "uid": "", "changes": ["spec.replicas: 2 → 4"]},
    ]


def test_a_question_that_came_to_nothing_says_why_and_can_be_asked_again():
    closed = cards.closed(plan(), "it ran out.", again="scale web 4")
    assert closed.plain() == "Scale shop/web from 2 to 4: it ran out. Nothing was changed."
    assert closed.buttons == (Button(label="Ask again", command="scale web 4"),)
    assert cards.closed(plan(), "cancelled.").buttons == ()
    assert cards.closed(plan(), "x.", changed="Unknown.").plain().endswith("x. Unknown.")


def test_a_question_keeps_its_other_words():
    assert cards.question(plan(title=text("Restart {}?", code("why?")))).plain() == "Restart why?"
    assert cards.question(plan(title=text("Restart {}", code("web?")))).plain() == "Restart web"


def test_an_accepted_question_points_to_the_card():
    accepted = cards.accepted(plan(), ASKED)
    assert accepted.plain() == "Confirmed: shop/web goes from 2 to 4"
    assert accepted.footer.plain() == f"Its card is in this channel · {ASKED.receipt}"
    assert cards.going_ahead(plan()).footer.plain() == "Its card is in this channel."


def test_a_change_under_way_bears_its_fields_and_who_asked():
    card = change_cards.starting(plan(), ASKED)
    assert (card.icon, card.headline) == (Icon.UNDER_WAY, plan().doing)
    assert card.parts == (Facts(rows=(("spec.replicas", "2 → 4"),)),)
    assert card.footer.plain() == "@ana · record 7 · 7f3a1b2c"


def test_without_a_receipt_a_card_is_signed_by_name_alone():
    assert cards.signature(ASKED.model_copy(update={"receipt": ""})).plain() == "@ana"


def test_a_finished_change_says_how_long_it_took_and_how_to_undo_it():
    card = change_cards.finished(plan(), ASKED, NOW)
    assert card.plain() == "✅ shop/web has 4 · 1 min 10 s"
    assert card.buttons == (Button(label="Undo…", command="scale web 2 -n shop"),)


@pytest.mark.parametrize(
    ("inverse", "labels"), [("", []), ("scale web 2", ["Undo…"]), ("rollback web -n shop", ["Roll back…"])]
)
def test_the_way_back_is_offered_where_there_is_one(inverse: str, labels: list[str]):
    assert [button.label for button in cards.inverse(plan(inverse=inverse))] == labels


def test_a_failed_change_says_what_the_server_said_and_whether_anything_changed():
    card = change_cards.failed(
        plan(), ASKED, BotError("quota is used up", hint="Ask for more."), "Nothing was changed."
    )
    assert card.plain() == "❌ Scale shop/web from 2 to 4: not done. Quota is used up."
    assert [part.text.plain() for part in card.parts if isinstance(part, Paragraph)] == [
        "Nothing was changed. Ask for more."
    ]
    assert card.footer == cards.signature(ASKED)


@pytest.mark.parametrize(
    ("error", "icon", "footer"),
    [
        (AccessDeniedError("no."), Icon.FAILED, "Nothing was changed. record 7"),
        (ClusterUnavailableError("no."), Icon.FAILED, "Nothing was changed. record 7"),
        (StalePlanError("no."), Icon.WARNING, "Nothing was changed. record 7"),
        (UsageError("no."), Icon.WARNING, ""),
        (UnknownVerbError("no."), Icon.WARNING, ""),
        (TargetNotFoundError("no."), Icon.WARNING, ""),
    ],
)
def test_every_error_is_shown_with_whether_anything_changed(error: BotError, icon: Icon, footer: str):
    card = cards.refused(error, "record 7")
    assert (card.icon, card.headline.plain(), card.footer.plain()) == (icon, "No.", footer)
    assert card.parts == ()


def test_an_error_offers_what_is_probably_meant():
    pod, placed = (
        "describe pods kubernetes-bootcamp-7b9c568db8-krxwr",
        f"rollback {'w' * 20} -n shop --context demo",
    )
    lines = ("get pods", "x" * 40, pod, placed)
    card = cards.refused(UsageError("no", hint="Did you mean `get`?", suggestions=lines))
    assert card.buttons == (
        Button(label="get pods", command="get pods"),
        Button(label="x" * 40, command="x" * 40),
        Button(label="describe pods kubern…mp-7b9c568db8-krxwr", command=pod),
        Button(label=f"rollback {'w' * 20}", command=placed),
    )
    assert card.parts == (Paragraph(text=text("Did you mean {}?", code("get"))),)


def test_an_error_offers_no_more_than_a_message_has_buttons_for():
    error = UsageError("no", suggestions=tuple(map(str, range(30))))
    error.form = "scale web"
    card = cards.refused(error)
    assert len(card.buttons) == 10
    assert card.buttons[-1] == Button(label="Fill it in…", form="scale web")


def test_without_a_receipt_a_refusal_still_says_that_nothing_changed():
    assert cards.refused(StalePlanError("no")).footer == text("Nothing was changed.")


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("it is gone", "It is gone."),
        ("Is it?", "Is it?"),
        ("these:", "These:"),
        ("done.", "Done."),
        ("", "."),
    ],
)
def test_a_sentence_begins_with_a_capital_and_ends_with_a_point(said: str, whole: str):
    assert cards.sentence(said) == whole


def test_a_bug_is_told_by_its_id_alone():
    card = cards.bug("4f2a")
    assert card.plain() == "❌ Something in the bot itself went wrong (4f2a)."
    assert isinstance(card.parts[0], Paragraph)
    assert "Nothing was changed by this command." in card.parts[0].text.plain()


def test_no_card_is_ever_without_its_line_for_the_lock_screen():
    whole: Plan = plan()
    every = [
        cards.preview(whole, "p", NOW, 5), cards.closed(whole, "x."), cards.going_ahead(whole),
        cards.accepted(whole, ASKED), change_cards.starting(whole, ASKED),
        change_cards.finished(whole, ASKED, NOW),
        change_cards.failed(whole, ASKED, BotError("x"), ""), cards.refused(BotError("x")), cards.bug("x"),
    ]  # fmt: skip
    assert all(card.plain().strip() and card.headline != Text() for card in every)


def test_what_is_in_a_configmap_is_for_its_requester_alone():
    config = ref("web-env", kind=CONFIGMAPS)
    fields = (
        change("data.LEVEL", "debug", "info"), change("data.NEW", "a", None), change("data.OLD", None, "b"),
        change("data.API_KEY", "zq81kf", "zq81kg"),
    )  # fmt: skip
    both = plan(
        step(*fields, target=config), step(change("spec.template.spec.containers[web].image", "a:1", "a:2"))
    )
    assert cards.field_rows(both) == (
        ("web image (web)", "a:1 → a:2"),
        ("web-env data.LEVEL", "debug → info"),
        ("web-env data.NEW", "a → none"),
        ("web-env data.OLD", "b"),
        ("web-env data.API_KEY", f"{placeholder('zq81kf')} → {placeholder('zq81kg')}"),
    )
    in_public = (
        ("web image (web)", "a:1 → a:2"),
        ("web-env data.LEVEL", "changed"),
        ("web-env data.NEW", "removed"),
        ("web-env data.OLD", "added"),
        ("web-env data.API_KEY", "changed"),
    )
    assert change_cards.starting(both, ASKED).parts == (Facts(rows=in_public),)
    recorded = cards.step_summaries(both)[0]["changes"]
    assert recorded == [
        "data.LEVEL: changed",
        "data.NEW: removed",
        "data.OLD: added",
        "data.API_KEY: changed",
    ]
