"""Every line of kubectl's quick reference is run, or refused with a reason that helps."""

from __future__ import annotations

import pytest

from bot.domain.errors import UsageError
from bot.domain.typed import split
from bot.engine.registry import Registry
from commands import COMMANDS
from tests.architecture.kubectl_lines import LINES, Line

REGISTRY = Registry(COMMANDS)


def test_there_are_sixty_of_them_each_once():
    assert len({line.line for line in LINES}) == len(LINES) >= 60


@pytest.mark.parametrize("line", [line for line in LINES if line.runs], ids=lambda line: line.line)
def test_it_is_understood(line: Line):
    words = split(line.line.replace("POD", "web-1").replace("NODE", "node-1"))
    command, _ = REGISTRY.read(words)
    assert command.name == line.runs


@pytest.mark.parametrize("line", [line for line in LINES if line.refused], ids=lambda line: line.line)
def test_it_is_refused_with_a_reason_and_what_comes_nearest(line: Line):
    with pytest.raises(UsageError) as refused:
        REGISTRY.read(split(line.line.replace("POD", "web-1").replace("SECRET", "db")))
    said = f"{refused.value.message} {refused.value.hint}"
    assert line.refused in said


async def test_what_is_run_answers(place):
    """The looks, against a cluster; changes are asked about, and nothing is pressed."""
    pod = (await place.api("/api/v1/namespaces/shop/pods"))["items"][0]["metadata"]["name"]
    node = (await place.api("/api/v1/nodes"))["items"][0]["metadata"]["name"]
    for line in LINES:
        if not line.runs or line.runs == "exec" or " -f " in line.line:
            continue
        said = await place.says("ben", line.line.replace("POD", pod).replace("NODE", node))
        assert "Something in the bot itself went wrong" not in said.text, line.line
        assert "Usage:" not in said.text, line.line
    assert await place.writes() == []
