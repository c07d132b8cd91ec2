"""What fingers know: a variable that a tutorial left in the line, and kubectl's verbs that are not here."""

from __future__ import annotations

import pytest

from bot.domain.errors import UnknownVerbError
from bot.domain.habits import NOT_HERE
from bot.engine.registry import Registry
from commands import COMMANDS

REGISTRY = Registry(COMMANDS)


async def test_a_left_over_variable_is_answered_with_what_lives(place):
    said = await place.says("ana", "label pods $POD_NAME version=v1")
    assert "`$POD_NAME` is a variable of a shell" in said.text
    pods = await place.api("/api/v1/namespaces/shop/pods")
    names = sorted(pod["metadata"]["name"] for pod in pods["items"])
    labels = sorted(label for label in said.buttons)
    assert [label.split()[2][:8] for label in labels] == [name[:8] for name in names]
    await place.press("ana", said, labels[0])
    question = await place.whisper("version", "v1")
    assert question.buttons


async def test_nothing_is_offered_to_whoever_may_not_see_it(place):
    said = await place.says("gus", "logs $POD_NAME")
    assert "Not allowed" in said.text
    assert not said.buttons


async def test_where_nothing_lives_that_is_said(place):
    said = await place.says("ana", "logs $POD_NAME -n default")
    assert "There is no pod in" in said.text


@pytest.mark.parametrize("verb", sorted(NOT_HERE))
def test_a_verb_of_kubectls_that_is_not_here_says_why_and_what_comes_nearest(verb):
    with pytest.raises(UnknownVerbError) as refused:
        REGISTRY.read(("kubectl", verb, "something", "-f", "x.yaml"))
    assert refused.value.message == f"`{verb}` is not run from here."
    assert len(refused.value.hint) > 20
    for line in refused.value.suggestions:
        REGISTRY.read(tuple(line.split()))


async def test_the_lines_that_come_nearest_are_buttons(place):
    said = await place.says("ana", "kubectl edit deployment/web")
    assert "help set image" in said.buttons
