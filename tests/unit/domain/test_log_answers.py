"""What logs answers, by the container's state: whose lines, from which run, and why there are none."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import TargetNotFoundError
from bot.domain.loglines import attempts, choose, crash_before, ending, every_container, status_of, waits_for
from bot.domain.logs.answers import Asked, of_many, of_one, which, why_silent
from bot.domain.logs.lines import Line
from bot.domain.logs.reading import Printed
from bot.domain.message import Bullets, Icon, Message, Output, Paragraph, text
from bot.domain.results import Lines
from tests.factories import NOW, container, pod, stamp

CRASH = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": stamp(30)}}
RUNS = {"running": {"startedAt": stamp(10)}}


def asked(**parts: Any) -> Asked:
    known = {
        "cluster": "prod",
        "namespace": "shop",
        "words": ("web",),
        "whose": text("web"),
        "target": "deployment/web",
        "lines": 100,
    }
    return Asked(**known | parts)


def printed(lines: str = "", status: Any = None, *, extra: int = 0, **parts: Any) -> Printed:
    found = pod("web-1a-x", status or container())
    found["spec"]["containers"] += [{"name": f"c{n}"} for n in range(extra)]
    said = [Line(f"2027-01-15T08:00:0{n}", one) for n, one in enumerate(lines.split("\n")[:-1])]
    return Printed(found, "web", said, **parts)


def told(found: Message | Lines) -> list[str]:
    lines = [found.headline.plain()]
    for part in found.before if isinstance(found, Lines) else found.parts:
        match part:
            case Paragraph():
                lines.append(part.text.plain())
            case Output():
                lines.append(f"{part.name}> {part.text}")
            case Bullets():
                lines += [f"• {item.plain()}" for item in part.items]
    if isinstance(found, Lines):
        lines.append(f"{found.name}> " + "\n".join(found.lines))
    return lines


# ---------------------------------------------------------------- which container, which run


def holder(*names: str, init: tuple[str, ...] = (), usual: str = "") -> Any:
    metadata: Any = {"name": "p"}
    if usual:
        metadata["annotations"] = {"kubectl.kubernetes.io/default-container": usual}
    spec: Any = {"containers": [{"name": name} for name in names]}
    if init:
        spec["initContainers"] = [{"name": name} for name in init]
    return {"metadata": metadata, "spec": spec}


@pytest.mark.parametrize(
    ("found", "wanted", "chosen"),
    [
        (holder("a"), "", "a"),
        (holder("a", "b"), "", ""),
        (holder("a", "b", usual="b"), "", "b"),
        (holder("a", "b", usual="zzz"), "", ""),
        (holder("a", "b", usual="b"), "a", "a"),
        (holder("a", init=("i",)), "i", "i"),
    ],
)
def test_the_container_that_is_meant(found: Any, wanted: str, chosen: str):
    assert choose(found, wanted) == chosen


def test_a_container_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(TargetNotFoundError, match="pod `p` has no container `zz`") as raised:
        choose(holder("a", init=("i",)), "zz")
    assert raised.value.hint == "It has `a`, `i`."
    with pytest.raises(TargetNotFoundError, match=f"no container `{'z' * 60}`$"):
        choose(holder("a"), "z" * 61)


def test_every_container_is_one():
    found = holder("a", "b", init=("i",))
    found["spec"]["ephemeralContainers"] = [{"name": "debug"}]
    assert every_container(found) == ("a", "b", "i", "debug")
    assert choose(found, "debug") == "debug"


def test_how_a_container_is_comes_from_the_kubelet():
    first = {"name": "i", "state": {}}
    found = {"status": {"containerStatuses": None, "initContainerStatuses": [first]}}
    assert status_of(found, "i") == first
    assert status_of({}, "i") == status_of(found, "a") == {}


@pytest.mark.parametrize(
    ("state", "last", "current", "previous"),
    [
        (RUNS, {}, (False,), (True,)),
        (RUNS, CRASH, (False,), (True,)),
        (CRASH, {}, (False, True), (True, False)),
        ({"waiting": {}}, CRASH, (False, True), (True, False)),
        ({"waiting": {}}, {}, (False,), (True,)),
    ],
)
def test_which_of_two_logs_has_the_lines(state: Any, last: Any, current: Any, previous: Any):
    status = {"state": state, "lastState": last}
    assert attempts(status, previous=False) == current
    assert attempts(status, previous=True) == previous


def test_how_it_ended_and_how_the_run_before_did():
    ended = CRASH["terminated"]
    assert ending({"state": RUNS, "lastState": CRASH}) is None
    assert ending({"state": CRASH}) == ending({"state": {"waiting": {}}, "lastState": CRASH}) == ended
    assert ending({}) is None
    assert crash_before({"state": RUNS, "lastState": CRASH}) == ended
    assert crash_before({"state": {"waiting": {}}, "lastState": CRASH}) is None
    assert crash_before({"state": RUNS, "lastState": {"terminated": {"exitCode": 0}}}) is None
    assert crash_before({}) is None


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"state": {"waiting": {"reason": "A", "message": "b"}}}, "A: b"),
        ({"state": {"waiting": {"reason": "A"}}}, "A"),
        ({"state": {"waiting": {"message": "b"}}}, "b"),
        ({"state": {"waiting": {"reason": "A"}}, "lastState": CRASH}, ""),
        ({"state": RUNS}, ""),
        ({}, ""),
    ],
)
def test_why_it_has_not_started(status: Any, why: str):
    assert waits_for(status) == why


# ---------------------------------------------------------------- the answers

THERE = "-n shop --context prod"
WHY = ("Why", f"why pod/web-1a-x {THERE}")
FOLLOW = ("Follow", f"logs web-1a-x -c web -f {THERE}")
BEFORE = ("Logs before the crash", f"logs web-1a-x -c web --previous {THERE}")
CRASHED = container() | {"state": RUNS, "lastState": CRASH}


def steps(found: Message | Lines) -> list[tuple[str, str]]:
    return [(button.label, button.command) for button in found.buttons]


def test_lines_of_one_pod():
    said = of_one(asked(since="in the last 5 min"), printed("a\nb\n"), None, NOW)
    assert told(said) == ["2 lines of shop/web-1a-x on prod in the last 5 min", "web-1a-x.log> a\nb"]
    assert said.icon is None
    assert isinstance(said, Lines)
    assert said.newest_last
    assert steps(said) == [WHY, FOLLOW]


def test_as_many_lines_as_were_asked_for_are_the_last_ones():
    assert told(of_one(asked(lines=2), printed("a\nb\n"), None, NOW))[0].startswith("Last 2 lines of")
    assert told(of_one(asked(lines=1), printed("a\nb\n"), None, NOW))[1] == "web-1a-x.log> b"
    assert told(of_one(asked(lines=3), printed("a\nb\n"), None, NOW))[0].startswith("2 lines of")


def test_the_last_words_of_one_that_ended():
    ended = container() | {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": CRASH}
    said = of_one(asked(), printed("boom\n", ended, previous=True), None, NOW)
    assert told(said) == [
        "1 line of shop/web-1a-x on prod",
        "It ended with exit 1 (Error) 30s ago and waits in CrashLoopBackOff. Its last words:",
        "web-1a-x.log> boom",
    ]
    assert said.icon is Icon.WARNING
    assert steps(said) == [WHY]
    well = container() | {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    said = of_one(asked(), printed("bye\n", well), None, NOW)
    assert told(said)[1] == "It ended with exit 0 (Completed). Its last words:"
    assert said.icon is None
    unsaid = container() | {"state": {"terminated": {"signal": 9}}}
    assert told(of_one(asked(), printed("x\n", unsaid), None, NOW))[1] == (
        "It ended with exit 0 (Error). Its last words:"
    )


def test_the_last_words_before_a_crash_stand_before_those_since():
    said = of_one(asked(), printed("up\n", CRASHED, extra=1), printed("oh\nboom\n", CRASHED), NOW)
    assert told(said) == [
        "1 line of container web of shop/web-1a-x on prod",
        "The run before ended with exit 1 (Error) 30s ago. Its last words:",
        "web-1a-x-before.log> oh\nboom",
        "Since then:",
        "web-1a-x.log> up",
    ]
    assert said.icon is Icon.WARNING
    assert steps(said) == [BEFORE, WHY, FOLLOW]
    assert len(told(of_one(asked(), printed("up\n", CRASHED), printed("", CRASHED), NOW))) == 2


def test_an_earlier_run_is_said_to_be_one_and_offers_no_other():
    said = of_one(asked(previous=True), printed("boom\n", CRASHED, previous=True), None, NOW)
    assert told(said)[0] == "1 line of shop/web-1a-x on prod before its last restart"
    assert (
        steps(said) == steps(of_one(asked(previous=True), printed("", CRASHED), None, NOW)) == [WHY, FOLLOW]
    )


def test_what_was_looked_for_is_said_with_how_much_was_looked_through():
    said = of_one(asked(grep="B|c", around=1, prefix=True), printed("a\nb\nc\nd\ne\n"), None, NOW)
    assert told(said)[0] == "2 lines with B|c among the 5 lines of shop/web-1a-x on prod"
    assert isinstance(said, Lines)
    assert said.lines == tuple(f"pod/web-1a-x/web | {word}" for word in "abcd")


@pytest.mark.parametrize(
    ("line", "status", "why"),
    [
        ({}, container(waiting="ErrImagePull", message="no such image"),
         "has printed nothing yet. It waits to start: ErrImagePull: no such image"),
        ({"previous": True}, container(), "has no log of an earlier run."),
        ({"previous": True}, container() | {"lastState": CRASH},
         "has nothing of its earlier run: it printed nothing, or its log is gone from the node."),
        ({}, container(), "has printed nothing yet."),
        ({"since": "in the last 1 min"}, container(), "has printed nothing in the last 1 min."),
    ],
)  # fmt: skip
def test_why_there_are_no_lines(line: Any, status: Any, why: str):
    assert why_silent(asked(**line), printed("", status)).plain() == why
    said = of_one(asked(**line), printed("", status), None, NOW)
    assert told(said) == [f"shop/web-1a-x on prod {why}"]


def test_a_long_reason_to_wait_keeps_three_hundred_signs():
    waiting = container(waiting="R", message="a" * 400)
    assert why_silent(asked(), printed("", waiting)).plain() == (
        "has printed nothing yet. It waits to start: R: " + "a" * 297
    )


def test_a_pod_of_which_nothing_is_known_is_told_by_its_phase():
    found = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "web"}]}}
    assert why_silent(asked(), Printed(found, "web")).plain() == "has printed nothing yet: it is Pending."
    failed = Printed(found | {"status": {"phase": "Failed"}}, "web")
    assert why_silent(asked(), failed).plain() == "has printed nothing yet: it is Failed."


def other(lines: str = "", status: Any = None) -> Printed:
    found = printed(lines, status)
    return found._replace(pod=found.pod | {"metadata": {"name": "web-1a-y"}})


def test_lines_of_many_pods_and_why_the_others_have_none():
    said = of_many(asked(lines=2), [printed("a\nb\n"), other()], 3, NOW)
    assert told(said) == [
        "Last 2 lines of 1 pod of web",
        "• web-1a-y has printed nothing yet.",
        "logs.log> x | a\nx | b",
    ]
    assert said.footer.plain() == "3 more pods not read: those in trouble and the newest come first."
    assert steps(said) == [("Why", f"why deployment/web {THERE}"), ("Follow", f"logs web -f {THERE}")]
    none = of_many(asked(since="in the last 1 min", target=""), [printed()], 0, NOW)
    assert told(none)[0] == "No lines of 1 pod of web in the last 1 min."
    assert steps(none) == [("Follow", f"logs web -f {THERE}")]
    assert not none.footer


def test_of_many_without_lines_ten_are_named():
    read = [printed()._replace(container=f"c{n}") for n in range(12)]
    said = told(of_many(asked(), read, 0, NOW))
    assert len(said) == 12
    assert said[1] == "• web-1a-x/c0 has printed nothing yet: it is Running."
    assert said[-1] == "• 2 more have no lines either."


def test_a_crash_among_many_is_said_and_its_log_is_a_press_away():
    said = of_many(asked(), [printed("a\n", CRASHED), other("b\n")], 0, NOW)
    assert told(said)[1] == "• web-1a-x runs again after exit 1 (Error) 30s ago."
    assert steps(said)[0] == BEFORE


def test_containers_of_one_pod_are_named_with_it():
    read = [printed("a\n"), printed("b\n")._replace(container="side")]
    assert told(of_many(asked(), read, 0, NOW))[1] == "logs.log> x/web | a\nx/side | b"
    assert told(of_many(asked(prefix=True), read, 0, NOW))[1] == (
        "logs.log> pod/web-1a-x/web | a\npod/web-1a-x/side | b"
    )


def test_each_of_several_containers_is_a_press_away():
    said = which(asked(flags=("--since=90s", "--previous")), printed(extra=1).pod)
    assert told(said) == ["shop/web-1a-x on prod has 2 containers: web, c0.", "Say which with -c NAME."]
    assert steps(said) == [
        ("Logs of web", f"logs web -c web --since=90s --previous {THERE}"),
        ("Logs of c0", f"logs web -c c0 --since=90s --previous {THERE}"),
        ("Logs of all", f"logs web --all-containers --since=90s --previous {THERE}"),
    ]
    long = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c" * 80}, {"name": "d"}]}}
    assert which(asked(), long).buttons[0].label == "Logs of " + "c" * 67
    assert len(which(asked(), printed(extra=7).pod).buttons) == 6
