"""What is asked for where a line says nothing of it."""

from bot.domain.changes import Call
from bot.domain.cluster import ApiTable, Column, LogRequest
from bot.domain.resources import PODS


def test_a_log_request_is_of_the_current_run_without_times_and_up_to_a_megabyte():
    asked = LogRequest(namespace="shop", pod="web")
    assert (asked.previous, asked.timestamps, asked.limit_bytes) == (False, False, 1_000_000)


def test_a_column_always_shows_and_a_table_is_whole_unless_said_otherwise():
    assert Column(name="NAME").priority == 0
    assert ApiTable(type=PODS, columns=(), rows=()).remaining == 0


def test_a_call_without_an_answer_has_no_status():
    assert Call(target="pods/a", action="patch").status == 0
