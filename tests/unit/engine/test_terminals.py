"""What is written in a terminal's thread is typed once, in order, and by its own person alone."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.cluster import Ended, ExecRequest, Ran
from bot.domain.errors import AccessDeniedError
from bot.engine.terminals import OpenTerminals, Reply
from tests.factories import NOW, Clock

REQUEST = ExecRequest(namespace="shop", pod="web-0", argv=("sh",), stdin=True)


class Typewriter:
    """A terminal that writes down what is typed."""

    def __init__(self):
        self.lines, self.ran, self.dropped, self.closed = [], None, 0, 0
        self.tell = None

    @property
    def output(self):
        return "".join(self.lines).encode()

    def notify(self, changed):
        self.tell = changed

    async def type(self, line):
        await asyncio.sleep(0)
        self.lines.append(line)

    async def close(self):
        self.closed += 1
        self.ran = Ran(ended=Ended.CLOSED)


@pytest.fixture
def hurried():
    return []


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def terminals(hurried, clock):
    return OpenTerminals(hurried.append, clock)


@pytest.fixture
def typewriter(terminals):
    terminal = Typewriter()
    terminals.keep("s1", terminal, REQUEST)
    terminals.listen("s1", "C0SHOP", "100.1", "U0ANA")
    return terminal


def reply(text="ls", ts="200.1", user="U0ANA", channel="C0SHOP", thread="100.1"):
    return Reply(channel=channel, thread=thread, user=user, ts=ts, text=text)


def yes():
    return None


def test_only_its_thread_is_heard(terminals, typewriter):
    assert terminals.session_of("C0SHOP", "100.1") == "s1"
    assert terminals.session_of("C0SHOP", "100.2") == ""
    assert terminals.session_of("C0OPS", "100.1") == ""


@pytest.mark.parametrize("other", [{"user": "U0BEN"}, {"thread": "100.2"}, {"channel": "C0OPS"}])
def test_what_is_not_its_persons_in_its_thread_is_not_taken(terminals, typewriter, other):
    assert terminals.take(reply(**other)) is None


async def test_lines_are_typed_in_the_order_in_which_they_were_written(terminals, typewriter, clock):
    clock.advance(60)
    taken = [terminals.take(reply(text, ts)) for text, ts in (("two\nthree", "200.2"), ("one", "200.1"))]
    await asyncio.gather(*(terminals.type(opened, yes) for opened in taken))
    assert typewriter.lines == ["one", "two", "three"]
    assert (taken[0].typed, taken[0].at) == (3, NOW + 60)


async def test_a_line_that_comes_twice_is_typed_once(terminals, typewriter):
    opened = terminals.take(reply())
    assert terminals.take(reply()) is None
    await terminals.type(opened, yes)
    assert terminals.take(reply()) is None
    assert typewriter.lines == ["ls"]


async def test_what_may_not_be_typed_is_not(terminals, typewriter):
    opened = terminals.take(reply())

    def no():
        raise AccessDeniedError("no")

    with pytest.raises(AccessDeniedError):
        await terminals.type(opened, no)
    assert typewriter.lines == []
    assert opened.typed == 0


async def test_an_ended_session_is_closed_once_and_its_thread_no_longer_heard(terminals, typewriter):
    await terminals.end("s1")
    await terminals.end("s1")
    assert typewriter.closed == 1
    assert terminals.find("s1") is None
    assert terminals.session_of("C0SHOP", "100.1") == ""
    assert terminals.take(reply()) is None


async def test_all_are_closed_at_the_end(terminals, typewriter):
    other = Typewriter()
    terminals.keep("s2", other, REQUEST)
    await terminals.close()
    assert (typewriter.closed, other.closed) == (1, 1)


def test_a_session_without_a_terminal_listens_to_nothing(terminals):
    terminals.listen("s9", "C0SHOP", "300.1", "U0ANA")
    assert terminals.session_of("C0SHOP", "300.1") == ""


def test_a_word_from_the_program_hastens_its_session(terminals, typewriter, hurried):
    typewriter.tell()
    assert hurried == ["s1"]


async def test_it_is_waited_for_until_a_program_falls_silent(terminals, typewriter):
    async def talk():
        for _ in range(3):
            await asyncio.sleep(0.05)
            typewriter.lines.append("x")

    talking = asyncio.create_task(talk())
    await terminals.settle("s1")
    assert typewriter.lines == ["x"] * 3
    await talking
    await terminals.settle("s9")
