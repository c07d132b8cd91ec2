"""The live card of a rollout: each state complete in itself, and a failure always says what still works."""

from typing import Any

import pytest

from bot.domain.changes import FieldChange, Plan
from bot.domain.locks import Lock
from bot.domain.message import Button, Icon, Message, Output, Paragraph
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble
from bot.engine.cards import Asked
from bot.engine.rollout_cards import rolling, thread_line
from bot.engine.rollout_ends import locked
from tests.factories import NOW, plan, ref

ASKED = Asked(user="U0ANA", name="ana", started=NOW - 70, receipt="record 7 · 7f3a1b2c")
CRASH = PodTrouble(
    pod="web-2b-x", container="web", kind=Trouble.CRASH, reason="CrashLoopBackOff",
    image="docker.io/library/web:2", exit_code=3, restarts=2,
)  # fmt: skip
IMAGE = PodTrouble(
    pod="web-2b-y", container="web", kind=Trouble.IMAGE, reason="ErrImagePull", image="web:missing",
    message="failed to resolve reference: not found",
)  # fmt: skip


def card(phase: Phase, *troubles: PodTrouble, sentence: str = "Waiting for it.", **parts: Any) -> Message:
    counts = {"desired": 12, "updated": 8, "available": 12} | parts
    progress = Progress(phase=phase, sentence=sentence, troubles=troubles, **counts)
    return rolling(plan(), ref(), ASKED, progress, NOW)


MOVING = Progress(phase=Phase.MOVING, sentence="Waiting for it.")


def spreading(path: str = "spec.template.spec.containers[web].image", inverse: str = "") -> Plan:
    """A plan whose pods are replaced."""
    found = plan(inverse=inverse)
    step = found.steps[0].model_copy(update={"changes": (FieldChange(path=path, before="1", after="2"),)})
    return found.model_copy(update={"steps": (step,)})


def words(message: Message) -> str:
    return "\n".join(part.text.plain() for part in message.parts if isinstance(part, Paragraph))


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def test_a_rollout_under_way_shows_how_far_it_is():
    moving = card(Phase.MOVING)
    assert moving.plain() == "⏳ shop/web goes from 2 to 4"
    assert "████████░░░░  8 of 12 updated · 12 available · 1 min 10 s" in words(moving)
    assert "Waiting for it." in words(moving)


def test_the_bar_shows_the_slower_of_updated_and_available():
    assert "██████░░░░░░" in words(card(Phase.MOVING, updated=12, available=6))
    assert "██████░░░░░░" in words(card(Phase.MOVING, updated=6, available=12))


def test_trouble_of_the_new_template_is_told_at_once_with_what_still_runs():
    stuck = card(Phase.MOVING, CRASH, old=12, old_images=("web:1",))
    assert stuck.icon is Icon.WARNING
    assert "web:2 crashes with exit code 3 (CrashLoopBackOff)" in stuck.plain()
    assert "12 of 12 still run web:1, nothing is down." in words(stuck)


def test_trouble_of_an_old_template_does_not_alarm():
    assert card(Phase.MOVING, CRASH.model_copy(update={"new": False})).icon is Icon.UNDER_WAY


@pytest.mark.parametrize(
    ("phase", "icon", "said"),
    [
        (Phase.PAUSED, Icon.WAITING, "shop/web on prod is paused"),
        (Phase.STUCK, Icon.FAILED, "shop/web on prod is stuck"),
        (Phase.GONE, Icon.WARNING, "shop/web on prod is gone"),
        (Phase.DONE, Icon.DONE, "shop/web has 4"),
    ],
)
def test_each_phase_has_its_sign_and_its_first_words(phase: Phase, icon: Icon, said: str):
    shown = card(phase)
    assert shown.icon is icon
    assert said in shown.plain()
    assert shown.footer.plain() == "@ana · record 7 · 7f3a1b2c"


def test_a_stuck_rollout_names_its_cause_and_what_still_works():
    shown = card(Phase.STUCK, IMAGE, old=12, old_images=("web:1",))
    assert "web:missing cannot be pulled (not found in registry, ErrImagePull)" in shown.plain()
    assert "12 of 12 still run web:1, nothing is down." in words(shown)
    assert "its new pods do not become available" in card(Phase.STUCK).plain()


def test_a_rollback_that_arrived_has_its_own_sign():
    done = Progress(phase=Phase.DONE, sentence="successfully rolled out", desired=2, updated=2, available=2)
    assert rolling(plan(verb="rollback"), ref(), ASKED, done, NOW).icon is Icon.ROLLED_BACK
    assert rolling(plan(), ref(), ASKED, done, NOW).icon is Icon.DONE


def test_a_done_rollout_contains_kubectls_sentence_and_the_time_it_took():
    shown = card(Phase.DONE, sentence='deployment "web" successfully rolled out')
    assert 'deployment "web" successfully rolled out' in words(shown)
    assert "1 min 10 s" in shown.plain()


def test_while_a_template_spreads_it_can_be_stopped_and_rolled_back():
    back = "rollback web --to-revision=1 -n shop --context prod"
    going = rolling(spreading(inverse=back), ref(), ASKED, MOVING, NOW)
    assert going.buttons[0].command == back
    assert labels(going) == ["Stop and roll back…", "Pause", "Why", "Logs"]
    assert labels(card(Phase.MOVING)) == ["Why", "Logs"]  # a scale has nothing to stop


@pytest.mark.parametrize("path", ["spec.template.metadata.annotations[restartedAt]", "spec.paused"])
def test_what_replaces_pods_can_be_held_and_let_go_on(path: str):
    pause = Button(label="Pause", command="pause web -n shop --context prod")
    assert pause in rolling(spreading(path), ref(), ASKED, MOVING, NOW).buttons
    troubled = MOVING.model_copy(update={"troubles": (CRASH,)})
    assert pause in rolling(spreading(path), ref(), ASKED, troubled, NOW).buttons
    stuck = troubled.model_copy(update={"phase": Phase.STUCK})
    assert pause not in rolling(spreading(path), ref(), ASKED, stuck, NOW).buttons
    held = card(Phase.PAUSED).buttons
    assert held[0] == Button(label="Resume", command="resume web -n shop --context prod")


@pytest.mark.parametrize("phase", [Phase.STUCK, Phase.DONE])
def test_the_way_back_is_offered(phase: Phase):
    assert "scale web 2 -n shop" in [button.command for button in card(phase, CRASH).buttons]


def test_a_crash_is_a_line_with_its_last_words_and_the_log_before_it():
    line = thread_line(CRASH, ref(), "FATAL no database")
    assert line.plain() == "⚠️ web-2b-x crashed (exit 3), restarted 2 times, now CrashLoopBackOff"
    assert line.parts[-1] == Output(text="FATAL no database", name="web-2b-x.log")
    assert line.buttons == (
        Button(label="Logs before the crash", command="logs web-2b-x --previous -n shop --context prod"),
        Button(label="Why", command="why pod/web-2b-x -n shop --context prod"),
    )


@pytest.mark.parametrize(
    ("restarts", "said", "label"),
    [
        (0, "crashed (exit 3), now CrashLoopBackOff", "Logs"),
        (1, "crashed (exit 3), restarted 1 time, now CrashLoopBackOff", "Logs before the crash"),
    ],
)
def test_a_first_crash_has_no_restarts_and_no_earlier_log(restarts: int, said: str, label: str):
    line = thread_line(CRASH.model_copy(update={"restarts": restarts}), ref(), "")
    assert said in line.plain()
    assert labels(line) == [label, "Why"]
    assert line.parts == ()


def test_an_image_that_cannot_be_pulled_shows_the_servers_words():
    line = thread_line(IMAGE, ref(), "")
    assert line.plain().startswith("⚠️ web-2b-y: web:missing cannot be pulled")
    assert line.parts == (Output(text=IMAGE.message),)
    assert line.buttons == (Button(label="Why", command="why pod/web-2b-y -n shop --context prod"),)


def test_the_last_card_of_what_stays_locked_has_the_button_that_lifts_it():
    lock = Lock(id="3c1f99aa", reason="is it fixed?", owner="U0ANA", owner_name="ana", since=NOW)
    shown = locked(card(Phase.DONE), lock)
    assert shown.plain().endswith("in 1 min 10 s · locked until ana says it is fixed")
    assert shown.buttons[-1] == Button(label="Fixed", command="unlock 3c1f99aa")
    assert locked(card(Phase.DONE), None) == card(Phase.DONE)
