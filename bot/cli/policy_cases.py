"""`policy test`: a table of cases, each decided and compared with what should come of it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from bot.cli.policy_lines import Line, There, contexts, loaded, of_text, of_verb
from bot.cli.serve import complain
from bot.domain.access import Actor, Decision, Effect, Standing
from bot.domain.errors import BotError, SettingsError
from bot.service.cases import Case, Table, differs
from bot.service.in_force import InForce
from bot.service.lines import decide_line
from bot.settings import read_yaml


def test(path: str, config: str | None) -> int:
    """0 when every case is as it should be, 1 with a line for each that is not, 2 for a file that is none."""
    try:
        table = read_table(Path(path))
        beside = str(Path(path).parent / table.policy) if table.policy else None
        found = loaded(config or beside)
        failing = judged(table, found)
    except SettingsError as error:
        return complain(error)
    for one in failing:
        print(one)
    if failing:
        print(f"{len(failing)} of {len(table.cases)} cases are not as they should be.")
        return 1
    print(f"{len(table.cases)} cases, all as they should be, by policy {found.policy.hash[:12]}.")
    return 0


def read_table(path: Path) -> Table:
    """Raises `SettingsError` that lists every problem."""
    try:
        return Table.model_validate(read_yaml(path))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            tuple(f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems)
        ) from error


def judged(table: Table, found: InForce) -> list[str]:
    """A line for each case that is not as it should be; one that cannot be read is none."""
    said = []
    for number, case in enumerate(table.cases, 1):
        try:
            wrong = differs(case, _decided(case, table, found))
        except BotError as error:
            wrong = f"it cannot be read: {error.message}"
        if wrong:
            said.append(f"case {number}, {case.who}: {case.what}: {wrong}")
    return said


def _decided(case: Case, table: Table, found: InForce) -> Decision:
    actor, place = table.people[case.who].actor(case.who), case.place()
    there = There(found, contexts(), case.cluster, case.namespace)
    facts = case.facts.facts() if case.facts else None
    line = (
        of_text(case.command, actor, place, there, facts)
        if case.command
        else of_verb(case.verb, actor, place, there, kind=case.kind, facts=facts)
    )
    return _open_to_all(line, actor) if line.is_open_to_all else decide_line(found.policy, line.questions)


def _open_to_all(line: Line, actor: Actor) -> Decision:
    member = actor.standing is Standing.MEMBER
    reason = f"`{line.command.name}` is open to every full member"
    return Decision(effect=Effect.ALLOW if member else Effect.DENY, reason=reason)
