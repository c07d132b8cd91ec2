"""What is asked for where a line says nothing of it."""

from bot.domain.changes import Call
from bot.domain.cluster import ApiTable, Column, LogRequest
from bot.domain.invocation import Invocation
from bot.domain.message import Output
from bot.domain.resources import PODS
from tests.factories import place


def test_a_log_request_is_of_the_current_run_without_times_and_up_to_a_megabyte():
    asked = LogRequest(namespace="shop", pod="web")
    assert (asked.previous, asked.timestamps, asked.limit_bytes) == (False, False, 1_000_000)


def test_a_column_always_shows_and_a_table_is_whole_unless_said_otherwise():
    assert Column(name="NAME").priority == 0
    assert ApiTable(type=PODS, columns=(), rows=()).remaining == 0


def test_output_too_long_for_a_message_becomes_a_text_file():
    assert Output(text="…").name == "output.txt"


def test_a_line_was_typed_where_this_person_alone_sees_the_answer():
    known = {
        "id": "a",
        "user": "U0ANA",
        "user_name": "ana",
        "team": "T0TEAM",
        "place": place(),
        "reply": "",
        "at": 0.0,
    }
    assert Invocation(text="get pods", **known).private


def test_a_call_without_an_answer_has_no_status():
    assert Call(target="pods/a", action="patch").status == 0
