"""Following: what is new since the last step, and what the message says of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.cluster import LogRequest
from bot.domain.errors import ClusterRejectedError, ClusterUnavailableError, TargetNotFoundError
from bot.domain.logs.answers import Asked
from bot.domain.logs.following import SECONDS, Following, ended, going_on, listened, looked, pause
from bot.domain.logs.reading import Wanted
from bot.domain.message import Bullets, Message, Output, Paragraph, text
from bot.domain.model import Json
from tests.factories import NOW, container, pod

HEAD, FOOT = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
WANTED = Wanted(namespace="shop", lines=10)


class Log:
    """What containers have printed so far, asked for as a server is: by the second, and by the end."""

    def __init__(self, **said: list[str]) -> None:
        self.said = said
        self.asked: list[LogRequest] = []
        self.trouble: dict[str, Exception] = {}

    async def ask(self, request: LogRequest) -> str:
        self.asked.append(request)
        if request.pod in self.trouble:
            raise self.trouble[request.pod]
        lines = [line for line in self.said[request.pod] if line[:19] >= request.since_time[:19]]
        assert request.tail is not None
        return "".join(f"{line}\n" for line in lines[-request.tail :])


def line(second: str, words: str) -> str:
    return f"2027-01-15T08:00:{second}Z {words}"


def asked(**parts: Any) -> Asked:
    known = {"cluster": "prod", "namespace": "shop", "words": ("a",), "whose": text("a"), "target": "pod/a"}
    return Asked(**known | {"lines": 10} | parts)


def place(name: str, **status: Any) -> tuple[Json, str]:
    return pod(name, container(**status)), "web"


def begun(*names: str) -> Following:
    start = Following(began=NOW, heard=NOW)
    return looked(start, [place(name) for name in names or ("a",)], 0, NOW)


async def step(log: Log, so_far: Following, now: float = NOW, **parts: Any) -> Following:
    return await listened(log.ask, so_far, asked(**parts), WANTED, now=now)


async def test_each_line_is_shown_once_though_the_server_answers_by_the_second():
    log = Log(a=[line("01.1", "one"), line("01.2", "two"), line("01.2", "two again")])
    so_far = await step(log, begun())
    assert so_far.shown == ("one", "two", "two again")
    assert log.asked[-1].since_time == ""
    log.said["a"] += [line("01.2", "three"), line("01.3", "four")]
    so_far = await step(log, so_far, NOW + 2)
    assert log.asked[-1].since_time == "2027-01-15T08:00:01Z"
    assert so_far.shown == ("one", "two", "two again", "three", "four")
    so_far = await step(log, so_far, NOW + 4)
    assert (so_far.count, so_far.heard) == (5, NOW + 2)


async def test_a_line_with_an_earlier_time_behind_the_last_one_is_new():
    log = Log(a=[line("01.5", "one")])
    so_far = await step(log, begun())
    log.said["a"].append(line("01.4", "from the other stream"))
    assert (await step(log, so_far)).shown[-1] == "from the other stream"


async def test_it_begins_with_the_newest_lines_and_leaves_none_out_after():
    log = Log(a=[line(f"{n:02}", str(n)) for n in range(30)])
    so_far = await step(log, begun())
    assert so_far.shown == tuple(str(n) for n in range(20, 30))
    log.said["a"] += [line(f"{n}", str(n)) for n in range(30, 60)]
    assert (await step(log, so_far)).shown[-31:] == tuple(str(n) for n in range(29, 60))


async def test_where_nothing_of_before_is_wanted_it_begins_with_what_comes():
    log = Log(a=[line("01", "old")])
    so_far = await listened(log.ask, begun(), asked(), Wanted(namespace="shop", lines=0), now=NOW)
    assert (so_far.shown, so_far.count) == ((), 0)
    log.said["a"].append(line("02", "new"))
    so_far = await listened(log.ask, so_far, asked(), Wanted(namespace="shop", lines=0), now=NOW)
    assert so_far.shown == ("new",)


async def test_a_key_that_comes_in_parts_is_never_shown():
    log = Log(a=[line("01", "before"), line("02", HEAD), line("03", "MIIEow1")])
    so_far = await step(log, begun())
    for second, words in (("04", "MIIEow2"), ("05", "MIIEow3"), ("06", FOOT), ("07", "after.")):
        log.said["a"].append(line(second, words))
        so_far = await step(log, Following.model_validate(so_far.model_dump(mode="json")))
    assert "MIIEow" not in "".join(so_far.shown)
    assert (so_far.shown[0], so_far.shown[-1]) == ("before", "after.")


async def test_only_lines_that_fit_are_shown_and_counted():
    log = Log(a=[line("01", "INFO a"), line("02", "ERROR b"), line("03", "INFO c")])
    so_far = await step(log, begun(), grep="error")
    assert (so_far.shown, so_far.count) == (("ERROR b",), 1)


async def test_pods_join_and_go_and_are_started_again():
    log = Log(a=[line("01", "a1")], b=[line("02", "b1")], c=[line("03", "c1")])
    so_far = await step(log, begun("a", "b"), target="deployment/web")
    assert so_far.shown == ("a | a1", "b | b1")
    again = place("a")
    again[0]["status"]["containerStatuses"][0] |= {
        "restartCount": 1, "lastState": {"terminated": {"exitCode": 3}}
    }  # fmt: skip
    so_far = looked(so_far, [again, place("c")], 2, NOW + 10)
    assert so_far.notes == ("a was started again after exit 3.", "c joined.", "b is gone.")
    assert (so_far.left, so_far.pods) == (2, 2)
    so_far = await step(log, so_far, target="deployment/web")
    assert so_far.shown[-1] == "c | c1"


async def test_a_pod_that_has_not_started_or_is_gone_is_waited_for():
    log = Log(a=[line("01", "a1")], b=[])
    log.trouble = {
        "b": ClusterRejectedError("waiting to start", status=400),
        "c": TargetNotFoundError("gone"),
    }
    so_far = await step(log, begun("a", "b", "c"))
    assert so_far.shown == ("a | a1",)
    log.trouble = {"a": ClusterUnavailableError("away")}
    with pytest.raises(ClusterUnavailableError):
        await step(log, begun("a", "b"))
    log.trouble = {"a": ClusterRejectedError("no", status=422)}
    with pytest.raises(ClusterRejectedError):
        await step(log, begun("a", "b"))


async def test_of_a_flood_the_newest_is_shown_and_that_lines_are_missing_is_said():
    log = Log(a=[line("01", "start")])
    so_far = await step(log, begun())
    log.said["a"] += [line(f"{10 + n // 20:02}.{n % 20:02}", f"flood {n}") for n in range(900)]
    so_far = await step(log, so_far)
    assert so_far.skipped
    assert so_far.shown[-1] == "flood 899"
    assert len(so_far.shown) == 60
    assert "some lines are left out" in told(going_on(asked(), so_far, NOW))
    assert len(str(so_far.model_dump(mode="json"))) < 10_000


async def test_long_lines_leave_a_message_its_room():
    log = Log(a=[line(f"0{n}", "x" * 100_000) for n in range(9)])
    so_far = await step(log, begun())
    assert sum(map(len, so_far.shown)) <= 6_000
    assert so_far.shown[-1] == "x" * 1_000 + "…"


def test_all_of_a_job_has_ended():
    over = pod("a", container())
    over["status"]["phase"] = "Succeeded"
    assert looked(begun(), [(over, "web")], 0, NOW).over == "All of it has ended."
    assert looked(begun(), [(over, "web"), place("b")], 0, NOW).over == ""
    assert looked(begun(), [], 0, NOW).over == ""


@pytest.mark.parametrize(("quiet", "seconds"), [(0, 2), (19, 2), (20, 5), (59, 5), (60, 10), (500, 10)])
def test_the_longer_nothing_comes_the_longer_it_waits(quiet, seconds):
    assert pause(Following(began=NOW, heard=NOW), NOW + quiet) == seconds


def told(message: Message) -> str:
    lines = [message.plain()]
    for part in message.parts:
        match part:
            case Paragraph():
                lines.append(part.text.plain())
            case Bullets():
                lines += [f"• {item.plain()}" for item in part.items]
            case Output():
                lines += [f"> {said}" for said in part.text.split("\n")]
    return "\n".join([*lines, *([message.footer.plain()] if message.footer else [])])


def test_the_message_while_it_goes_on():
    so_far = begun().model_copy(update={"count": 1, "shown": ("up",)})
    assert told(going_on(asked(), so_far, NOW + 4)) == (
        "⏳ Following a: 1 line of 1 pod\n> up\nIt ends by itself at 10 min after its start."
    )
    quiet = so_far.model_copy(update={"notes": ("b joined.",), "left": 2})
    assert told(going_on(asked(), quiet, NOW + 40)) == (
        "⏳ Following a: 1 line of 1 pod\n• b joined.\n• No line for 40 s.\n> up\n"
        "2 more pods not followed. It ends by itself at 10 min after its start."
    )
    silent = so_far.model_copy(update={"silent": NOW + 10})
    assert "\nThe cluster has not answered for 30 s.\n" in told(going_on(asked(), silent, NOW + 40))


def test_the_message_at_its_end():
    so_far = begun("a", "b").model_copy(update={"count": 1_200, "shown": ("up",)})
    said = ended(asked(flags=("--grep=x",)), so_far, NOW + SECONDS)
    assert told(said) == "Followed a for 10 min: 1,200 lines of 2 pods\n> up"
    assert [(b.label, b.command) for b in said.buttons] == [
        ("Follow on", "logs a --grep=x -f -n shop --context prod"),
        ("Logs", "logs a --grep=x -n shop --context prod"),
    ]
    gone = ended(asked(), so_far.model_copy(update={"over": "It is gone."}), NOW + 5)
    assert told(gone) == "Followed a for 5 s: 1,200 lines of 2 pods\nIt is gone.\n> up"
    assert [button.label for button in gone.buttons] == ["Logs"]
