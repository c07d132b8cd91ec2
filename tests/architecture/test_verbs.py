"""Each verb is where it is looked for, is tested, and says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import commands
from bot.domain.access import Permission, Risk
from bot.domain.typed import join, split
from bot.engine.command import ChangeCommand, RunCommand
from bot.engine.grammar import spelled
from bot.engine.registry import Registry
from commands import COMMANDS

ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


def file_of(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


@EVERY
def test_it_has_a_module_of_its_name_and_a_test_of_that_name(command):
    name = file_of(command.name)
    assert getattr(commands, name).COMMAND is command
    assert (ROOT / "tests" / "commands" / f"test_{name}.py").is_file()


def test_every_module_is_a_verb():
    modules = {path.stem for path in (ROOT / "commands").glob("*.py")} - {"__init__"}
    assert modules == {file_of(command.name) for command in COMMANDS}


@EVERY
def test_its_summary_is_one_short_sentence(command):
    assert command.summary.endswith(".")
    assert len(command.summary) <= 70
    assert command.summary[0].isupper()


@EVERY
def test_its_examples_mean_it(command):
    assert command.examples
    for example in command.examples:
        found, _ = Registry(COMMANDS).read(split(example))
        assert found is command, example


@EVERY
def test_what_was_understood_of_its_examples_can_be_spelled_so_that_it_means_the_same(command):
    registry = Registry(COMMANDS)
    for example in command.examples:
        _, args = registry.read(split(example))
        line = join([*command.name.split(), *spelled(args)])
        assert registry.read(split(line)) == (command, args), line


@EVERY
def test_every_flag_says_what_it_is_for(command):
    unexplained = [
        mark.names[-1]
        for info in command.args.model_fields.values()
        for mark in info.metadata
        if hasattr(mark, "names") and not mark.help
    ]
    assert unexplained == []


@EVERY
def test_what_changes_or_runs_something_is_a_risk_and_nothing_else(command):
    assert (command.risk is Risk.READ) is not isinstance(command, ChangeCommand | RunCommand)


def test_permissions_are_in_alphabetical_order_and_each_is_needed():
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert {command.permission for command in COMMANDS} == set(Permission)
