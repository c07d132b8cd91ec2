"""What logs answers, by the container's state: whose lines, from which run, and why there are none."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import TargetNotFoundError
from bot.domain.loglines import (
    Source,
    attempts,
    choose,
    crash_before,
    ending,
    merged,
    short_names,
    status_of,
    waits_for,
)
from bot.domain.logmessages import LogsAsked, Printed, of_many, of_one, which, why_silent
from bot.domain.message import Bullets, Icon, Message, Output, Paragraph, text
from tests.factories import NOW, container, pod, stamp

CRASH = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": stamp(30)}}
RUNS = {"running": {"startedAt": stamp(10)}}


def asked(**parts: Any) -> LogsAsked:
    known = {"cluster": "prod", "namespace": "shop", "words": ("web",), "whose": text("of web"), "lines": 100}
    return LogsAsked(**known | parts)


def printed(lines: str = "", status: Any = None, *, extra: int = 0, **parts: Any) -> Printed:
    found = pod("web-1a-x", status or container())
    found["spec"]["containers"] += [{"name": f"c{n}"} for n in range(extra)]
    return Printed(pod=found, container="web", text=lines, **parts)


def told(message: Message) -> list[str]:
    lines = [message.headline.plain()]
    for part in message.parts:
        match part:
            case Paragraph():
                lines.append(part.text.plain())
            case Output():
                lines.append(f"{part.name}> {part.text}")
            case Bullets():
                lines += [f"• {item.plain()}" for item in part.items]
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


# ---------------------------------------------------------------- several pods


def test_lines_of_several_pods_stand_in_the_order_of_their_times():
    one = Source(pod="web-1a", text="2027-01-15T08:00:01Z first\n2027-01-15T08:00:03.5Z third\nits rest\n")
    other = Source(pod="web-1b", text="2027-01-15T08:00:02Z second\n2027-01-15T08:00:03.25Z early\n")
    assert merged([one, other], keep_times=False, most=10) == [
        "1a | first", "1b | second", "1b | early", "1a | third", "1a | its rest",
    ]  # fmt: skip
    assert merged([one, other], keep_times=True, most=2) == [
        "1a | 2027-01-15T08:00:03.5Z third",
        "1a | 2027-01-15T08:00:03.5Z its rest",
    ]


def test_what_only_looks_like_a_time_is_part_of_the_line():
    said = "2027-01-15T08:00:01Z a\n2026 was fine\nABCZ b\n"
    assert merged([Source(pod="w-x", text=said)], keep_times=False, most=9) == [
        "x | a", "x | 2026 was fine", "x | ABCZ b",
    ]  # fmt: skip


def test_pods_are_told_apart_by_their_ends_or_else_by_all():
    assert short_names(["web-1a", "web-1b"]) == {"web-1a": "1a", "web-1b": "1b"}
    assert short_names(["web-0", "db-0"]) == {"web-0": "web-0", "db-0": "db-0"}


# ---------------------------------------------------------------- the answers


def test_lines_of_one_pod():
    said = of_one(asked(since=90), printed("a\nb\n"), "", NOW)
    assert told(said) == ["2 lines of shop/web-1a-x on prod in the last 1 min 30 s", "web-1a-x.log> a\nb"]
    assert said.icon is None
    assert [(b.label, b.command) for b in said.buttons] == [
        ("Describe", "describe pod web-1a-x -n shop --context prod")
    ]


def test_as_many_lines_as_were_asked_for_are_the_last_ones():
    assert told(of_one(asked(lines=2), printed("a\nb\n"), "", NOW))[0].startswith("Last 2 lines of")
    assert told(of_one(asked(lines=3), printed("a\nb\n"), "", NOW))[0].startswith("2 lines of")


def test_the_last_words_of_one_that_ended():
    ended = container() | {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": CRASH}
    said = of_one(asked(), printed("boom\n", ended, previous=True), "", NOW)
    assert told(said) == [
        "1 line of shop/web-1a-x on prod",
        "It ended with exit 1 (Error) 30s ago and waits in CrashLoopBackOff. Its last words:",
        "web-1a-x.log> boom",
    ]
    assert said.icon is Icon.WARNING
    well = container() | {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    said = of_one(asked(), printed("bye\n", well), "", NOW)
    assert told(said)[1] == "It ended with exit 0 (Completed). Its last words:"
    assert said.icon is None
    unsaid = container() | {"state": {"terminated": {"signal": 9}}}
    assert told(of_one(asked(), printed("x\n", unsaid), "", NOW))[1] == (
        "It ended with exit 0 (Error). Its last words:"
    )


def test_the_last_words_before_a_crash_stand_before_those_since():
    crashed = container() | {"state": RUNS, "lastState": CRASH}
    said = of_one(asked(), printed("up\n", crashed, extra=1), "oh\nboom\n", NOW)
    assert told(said) == [
        "1 line of container web of shop/web-1a-x on prod",
        "The run before ended with exit 1 (Error) 30s ago. Its last words:",
        "web-1a-x-before.log> oh\nboom",
        "Since then:",
        "web-1a-x.log> up",
    ]
    assert said.icon is Icon.WARNING
    assert [(b.label, b.command) for b in said.buttons] == [
        ("Logs before the crash", "logs web-1a-x -c web --previous -n shop --context prod"),
        ("Describe", "describe pod web-1a-x -n shop --context prod"),
    ]
    assert len(of_one(asked(), printed("up\n", crashed), "", NOW).parts) == 1


def test_an_earlier_run_is_said_to_be_one_and_offers_no_other():
    crashed = container() | {"state": RUNS, "lastState": CRASH}
    said = of_one(asked(previous=True), printed("boom\n", crashed, previous=True), "", NOW)
    assert told(said)[0] == "1 line of shop/web-1a-x on prod before its last restart"
    assert [b.label for b in said.buttons] == ["Describe"]
    assert [b.label for b in of_one(asked(), printed("x\n", crashed, previous=True), "", NOW).buttons] == [
        "Describe"
    ]
    assert [b.label for b in of_one(asked(previous=True), printed("", crashed), "", NOW).buttons] == [
        "Describe"
    ]


@pytest.mark.parametrize(
    ("line", "status", "why"),
    [
        ({}, container(waiting="ErrImagePull", message="no such image"),
         "has printed nothing yet. It waits to start: ErrImagePull: no such image"),
        ({"previous": True}, container(), "has no log of an earlier run."),
        ({}, container(), "has printed nothing yet."),
        ({"since": 60}, container(), "has printed nothing in the last 1 min."),
    ],
)  # fmt: skip
def test_why_there_are_no_lines(line: Any, status: Any, why: str):
    assert why_silent(asked(**line), printed("", status)).plain() == why
    said = of_one(asked(**line), printed("", status), "", NOW)
    assert told(said) == [f"shop/web-1a-x on prod {why}"]


def test_a_long_reason_to_wait_keeps_three_hundred_signs():
    waiting = container(waiting="R", message="a" * 400)
    assert why_silent(asked(), printed("", waiting)).plain() == (
        "has printed nothing yet. It waits to start: R: " + "a" * 297
    )


def test_a_pod_of_which_nothing_is_known_is_told_by_its_phase():
    found = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "web"}]}}
    silent = Printed(pod=found, container="web", text="")
    assert why_silent(asked(), silent).plain() == "has printed nothing yet: it is Pending."
    failed = Printed(pod=found | {"status": {"phase": "Failed"}}, container="web", text="")
    assert why_silent(asked(), failed).plain() == "has printed nothing yet: it is Failed."


def test_lines_of_many_pods_and_why_the_others_have_none():
    said = of_many(asked(lines=2), ["a", "b"], 2, (printed(),), 3)
    assert told(said) == [
        "Last 2 lines of 2 pods of web",
        "• web-1a-x has printed nothing yet.",
        "logs.log> a\nb",
    ]
    assert said.footer.plain() == "3 more pods not read: those in trouble and the newest come first."
    none = of_many(asked(since=60), [], 0, (printed(),), 0)
    assert told(none)[0] == "No lines of 1 pod of web in the last 1 min."
    assert not none.footer
    assert told(of_many(asked(since=60), ["a"], 1, (), 0)) == [
        "1 line of 1 pod of web in the last 1 min", "logs.log> a",
    ]  # fmt: skip


def test_each_of_several_containers_is_a_press_away():
    said = which(asked(since=90, previous=True, times=True), printed(extra=1).pod)
    assert told(said) == ["shop/web-1a-x on prod has 2 containers: web, c0.", "Say which with -c NAME."]
    assert [(b.label, b.command) for b in said.buttons] == [
        ("Logs of web", "logs web -c web --since=90s --previous --timestamps -n shop --context prod"),
        ("Logs of c0", "logs web -c c0 --since=90s --previous --timestamps -n shop --context prod"),
    ]
    long = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c" * 80}, {"name": "d"}]}}
    assert which(asked(), long).buttons[0].label == "Logs of " + "c" * 67
    bare = which(asked(), printed(extra=7).pod)
    assert [b.command for b in bare.buttons] == [
        f"logs web -c {name} -n shop --context prod" for name in ("web", "c0", "c1", "c2", "c3")
    ]
