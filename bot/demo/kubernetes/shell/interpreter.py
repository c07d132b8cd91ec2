"""Running what was read."""

import re

from bot.demo.kubernetes.shell.grammar import LITERAL, Branch, Joined, Loop, ScriptError, Simple, parse
from bot.demo.kubernetes.shell.machine import (
    INTERRUPTED,
    ExitError,
    InterruptError,
    Machine,
    NoSuchProgramError,
    Read,
    Run,
    Write,
)
from bot.demo.kubernetes.shell.programs import PROGRAMS

_SHELLS = ("sh", "bash", "ash")
_LIMIT = 1_000_000  # rounds of one loop
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}|\$(\w+|\?)|\$\((.*?)\)")


def _program(argv: list[str]) -> str:
    return argv[0].rsplit("/", 1)[-1] if argv else ""


def knows(argv: list[str]) -> bool:
    """Tell whether a command can be run here."""
    return _program(argv) in PROGRAMS or _program(argv) in _SHELLS


def run(machine: Machine, argv: list[str]) -> Run:
    """Run a command as it stands in a manifest or an exec: a program and its arguments."""
    program = _program(argv)
    if program in PROGRAMS:
        return (yield from PROGRAMS[program](machine, argv[1:]))
    if program not in _SHELLS:
        raise NoSuchProgramError(argv[0] if argv else "")
    try:
        if "-c" in argv[:-1]:
            return (yield from _script(machine, argv[argv.index("-c") + 1]))
        return (yield from _interactive(machine))
    except ExitError as ended:
        return ended.code


def _interactive(machine: Machine) -> Run:
    while True:
        yield Write("$ ")
        try:
            line = yield Read()
            if line is None:
                return machine.last
            machine.last = yield from _script(machine, line.rstrip("\n"))
        except InterruptError:
            machine.last = INTERRUPTED


def _script(machine: Machine, text: str) -> Run:
    try:
        commands = parse(text)
    except ScriptError as error:
        yield Write(f"sh: syntax error: {error}\n", error=True)
        return 2
    return (yield from _all(machine, commands))


def _all(machine: Machine, commands: tuple[Joined, ...]) -> Run:
    code, skipping = 0, False
    for one in commands:
        if not skipping:
            code = yield from _one(machine, one.command)
            machine.last = code
        skipping = (one.joint == "&&" and code != 0) or (one.joint == "||" and code == 0)
    return code


def _one(machine: Machine, command: Simple | Loop | Branch) -> Run:
    if isinstance(command, Loop):
        return (yield from _loop(machine, command))
    if isinstance(command, Branch):
        held = yield from _all(machine, command.condition)
        return (yield from _all(machine, command.then if held == 0 else command.otherwise))
    return (yield from _simple(machine, command))


def _loop(machine: Machine, loop: Loop) -> Run:
    code = 0
    if loop.kind == "for":
        for value in [word for text in loop.values for word in _expand(machine, text).split()]:
            machine.env[loop.name] = value
            code = yield from _all(machine, loop.body)
        return code
    for _ in range(_LIMIT):
        held = yield from _all(machine, loop.condition)
        if (held == 0) != (loop.kind == "while"):
            break
        code = yield from _all(machine, loop.body)
    return code


def _simple(machine: Machine, command: Simple) -> Run:
    words = [_expand(machine, word) for word in command.words]
    while words and re.match(r"[A-Za-z_]\w*=", words[0]):
        key, _, value = words.pop(0).partition("=")
        machine.env[key] = value
    if words[:1] == ["exec"]:
        words.pop(0)
    if not words:
        return 0
    if not knows(words):
        yield Write(f"sh: {words[0]}: not found\n", error=True)
        return 127
    return (yield from _redirected(machine, command, run(machine, words)))


def _redirected(machine: Machine, command: Simple, inner: Run) -> Run:
    """Pass the steps of a command on, its output bent to where it was sent."""
    answer: str | None = None
    written = ""
    failure: InterruptError | None = None
    while True:
        try:
            step = inner.throw(failure) if failure else inner.send(answer)
        except StopIteration as stop:
            if command.target and command.target != "/dev/null":
                machine.files[machine.path(command.target)] = written
            return int(stop.value or 0)
        answer, failure = None, None
        if not isinstance(step, Write):
            try:
                answer = yield step
            except InterruptError as interrupt:
                failure = interrupt
        elif command.target and not step.error:
            written += step.text
        else:
            yield Write(step.text, error=step.error or command.to_error)


def _expand(machine: Machine, word: str) -> str:
    def value(match: re.Match[str]) -> str:
        braced, default, plain, command = match.groups()
        if command is not None:
            return _captured(machine, command)
        name = braced or plain
        if name == "?":
            return str(machine.last)
        return machine.env.get(name) or (machine.hostname if name == "HOSTNAME" else default or "")

    return _VARIABLE.sub(value, word).replace(LITERAL, "$")


def _captured(machine: Machine, command: str) -> str:
    """Run a command for what it writes, in no time."""
    written = [step.text for step in _script(machine, command) if isinstance(step, Write) and not step.error]
    return "".join(written).rstrip("\n")
