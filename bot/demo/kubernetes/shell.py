"""A small shell: enough of sh to run what manifests and people type into a container.

A script is a generator of steps. Whoever runs it writes what it writes, waits when it waits, and sends
it a line when it reads; so the same shell serves a container's command and an exec session.
"""

import shlex
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

from bot.demo.kubernetes.clock import now
from bot.demo.kubernetes.images import Line

_LIMIT = 100_000  # steps of one script; beyond it a loop is taken to be endless


@dataclass(frozen=True)
class Write:
    text: str
    error: bool = False


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Read:
    """Wants a line of input; is sent None when there is none any more."""


Step = Write | Wait | Read
Run = Generator[Step, str | None, int]


class NoSuchProgramError(Exception):
    """There is no program of that name in the container."""


@dataclass
class Machine:
    """The little computer a script runs on."""

    hostname: str
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    last: int = 0


Program = Callable[[Machine, list[str]], Run]


class _ExitError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def run(machine: Machine, argv: list[str]) -> Run:
    """Run a command as it stands in a manifest or an exec: a program and its arguments."""
    program = argv[0].rsplit("/", 1)[-1] if argv else ""
    if program in ("sh", "bash", "ash"):
        try:
            if "-c" in argv:
                at = argv.index("-c")
                return (yield from _script(machine, argv[at + 1] if len(argv) > at + 1 else ""))
            return (yield from _interactive(machine))
        except _ExitError as ended:
            return ended.code
    if program not in _PROGRAMS:
        raise NoSuchProgramError(argv[0] if argv else "")
    return (yield from _PROGRAMS[program](machine, argv[1:]))


def knows(argv: list[str]) -> bool:
    program = argv[0].rsplit("/", 1)[-1] if argv else ""
    return program in _PROGRAMS or program in ("sh", "bash", "ash")


def _interactive(machine: Machine) -> Run:
    while True:
        yield Write("$ ")
        line = yield Read()
        if line is None:
            return machine.last
        machine.last = yield from _script(machine, line.rstrip("\n"))


def _script(machine: Machine, text: str) -> Run:
    code = 0
    skip_if: int | None = None
    for command, joint in _commands(text):
        if skip_if is None or (skip_if == 0) != (code == 0):
            code = yield from _command(machine, command)
            machine.last = code
        skip_if = {"&&": 1, "||": 0}.get(joint)
    return code


def _commands(text: str) -> Iterator[tuple[list[str], str]]:
    """Split a script into commands, each with what joins it to the next; a loop is one command."""
    lexer = shlex.shlex(text.replace("\n", ";"), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    depth = 0
    for word in lexer:
        depth += (word in ("while", "for", "until")) - (word == "done")
        if depth == 0 and set(word) <= set(";&|") and word not in ("|",):
            if words:
                yield words, word
            words = []
        else:
            words.append(word)
    if words:
        yield words, ""


def _command(machine: Machine, words: list[str]) -> Run:
    if words[0] in ("while", "for", "until"):
        return (yield from _loop(machine, words))
    words = [_expand(machine, word) for word in words]
    words, to_error, silent = _redirected(words)
    while words and "=" in words[0] and words[0].split("=")[0].isidentifier():
        key, _, value = words.pop(0).partition("=")
        machine.env[key] = value
    if not words:
        return 0
    if words[0] == "exec":
        words = words[1:]
    if words[0] not in _PROGRAMS and not knows(words):
        yield Write(f"sh: {words[0]}: not found\n", error=True)
        return 127
    inner = run(machine, words)
    answer: str | None = None
    while True:
        try:
            step = inner.send(answer)
        except StopIteration as stop:
            return int(stop.value or 0)
        answer = None
        if isinstance(step, Write):
            if not silent:
                yield Write(step.text, error=step.error or to_error)
        else:
            answer = yield step


def _loop(machine: Machine, words: list[str]) -> Run:
    """Run `while CONDITION; do BODY; done` and `for NAME in WORDS; do BODY; done`."""
    start = words.index("do")
    head, body = words[1:start], shlex.join(words[start + 1 : -1]).replace("';'", ";")
    head = [word for word in head if word != ";"]
    code = 0
    if words[0] == "for":
        for value in head[2:]:
            machine.env[head[0]] = _expand(machine, value)
            code = yield from _script(machine, body)
        return code
    for _ in range(_LIMIT):
        held = yield from _command(machine, head)
        if (held == 0) != (words[0] == "while"):
            break
        code = yield from _script(machine, body)
    return code


def _redirected(words: list[str]) -> tuple[list[str], bool, bool]:
    """Take redirections out of a command; only where output goes is of interest here."""
    kept, to_error, silent = [], False, False
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word in (">&2", "1>&2"):
            to_error = True
        elif word in ("2>&1", "2>/dev/null"):
            continue
        elif word in (">", ">>", "1>"):
            silent, skip = True, index + 1 < len(words)
        elif word.startswith(">"):
            silent = True
        else:
            kept.append(word)
    return kept, to_error, silent


def _expand(machine: Machine, word: str) -> str:
    known = {**machine.env, "?": str(machine.last), "HOSTNAME": machine.hostname}
    for name in sorted(known, key=len, reverse=True):
        word = word.replace(f"${{{name}}}", known[name]).replace(f"${name}", known[name])
    return word.replace("$(date)", now().strftime("%a %b %e %H:%M:%S UTC %Y")).replace(
        "$(hostname)", machine.hostname
    )


# programs


def _echo(machine: Machine, args: list[str]) -> Run:
    del machine
    end = "\n"
    while args and args[0] in ("-n", "-e"):
        end = "" if args[0] == "-n" else end
        args = args[1:]
    yield Write(" ".join(args) + end)
    return 0


def _sleep(machine: Machine, args: list[str]) -> Run:
    del machine
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    for arg in args:
        if arg in ("infinity", "inf"):
            yield Wait(10 * 365 * 86400)
            continue
        number, scale = (arg[:-1], unit[arg[-1]]) if arg[-1:] in unit else (arg, 1)
        yield Wait(float(number) * scale)
    return 0


def _cat(machine: Machine, args: list[str]) -> Run:
    if not args:
        while (line := (yield Read())) is not None:
            yield Write(line)
        return 0
    code = 0
    for name in args:
        if name in machine.files:
            yield Write(machine.files[name])
        else:
            yield Write(f"cat: {name}: No such file or directory\n", error=True)
            code = 1
    return code


def _ls(machine: Machine, args: list[str]) -> Run:
    wanted = next((arg for arg in args if not arg.startswith("-")), "/").rstrip("/") + "/"
    names = {path.removeprefix(wanted).split("/")[0] for path in machine.files if path.startswith(wanted)}
    if wanted == "/":
        names |= {"bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"}
    if not names:
        yield Write(f"ls: {wanted.rstrip('/')}: No such file or directory\n", error=True)
        return 1
    yield Write("".join(f"{name}\n" for name in sorted(names)))
    return 0


def _env(machine: Machine, args: list[str]) -> Run:
    del args
    everything = {
        "HOSTNAME": machine.hostname,
        "HOME": "/root",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **machine.env,
    }
    yield Write("".join(f"{key}={value}\n" for key, value in everything.items()))
    return 0


def _exit(machine: Machine, args: list[str]) -> Run:
    yield from ()
    raise _ExitError(int(args[0]) if args and args[0].isdigit() else machine.last)


def _says(text: str, code: int = 0) -> Program:
    def program(machine: Machine, args: list[str]) -> Run:
        del args
        if text:
            yield Write(text.format(host=machine.hostname, date=now().strftime("%a %b %e %H:%M:%S UTC %Y")))
        return code

    return program


def _test(machine: Machine, args: list[str]) -> Run:
    yield from ()
    words = [arg for arg in args if arg != "]"]
    match words:
        case ["-f" | "-e", name]:
            return 0 if name in machine.files else 1
        case [left, "=" | "==", right]:
            return 0 if left == right else 1
        case [left, "!=", right]:
            return 0 if left != right else 1
    return 0 if words and words[0] else 1


_PROGRAMS: dict[str, Program] = {
    "echo": _echo,
    "printf": lambda machine, args: _echo(machine, ["-n", *(arg.replace("\\n", "\n") for arg in args)]),
    "sleep": _sleep,
    "cat": _cat,
    "ls": _ls,
    "env": _env,
    "printenv": _env,
    "exit": _exit,
    "true": _says(""),
    ":": _says(""),
    "false": _says("", 1),
    "pwd": _says("/\n"),
    "hostname": _says("{host}\n"),
    "whoami": _says("root\n"),
    "id": _says("uid=0(root) gid=0(root) groups=0(root)\n"),
    "date": _says("{date}\n"),
    "uname": _says("Linux\n"),
    "test": _test,
    "[": _test,
}


class Script:
    """A container's own command, as a program: it runs in imagined time, as far as somebody looks."""

    heeds_term = False

    def __init__(self, machine: Machine, argv: list[str]) -> None:
        self._run = run(machine, argv)
        self._written: list[Line] = []
        self._at = 0.0
        self._partial = ""
        self._code: int | None = None
        self._advance(24 * 3600.0, steps=5000)

    @property
    def duration(self) -> float | None:
        return self._at if self._code is not None else None

    @property
    def exit_code(self) -> int:
        return self._code or 0

    def lines(self, until: float, last: int | None = None) -> Iterator[Line]:
        self._advance(until, steps=_LIMIT)
        found = [line for line in self._written if line[0] <= until]
        yield from found if last is None else found[max(0, len(found) - last) :]

    def answers(self, port: int, path: str) -> None:
        del port, path

    def _advance(self, until: float, *, steps: int) -> None:
        while self._code is None and self._at <= until and steps:
            steps -= 1
            try:
                step = next(self._run)
            except StopIteration as stop:
                self._code = int(stop.value or 0)
                return
            if isinstance(step, Wait):
                self._at += step.seconds
            elif isinstance(step, Write):
                *whole, self._partial = (self._partial + step.text).split("\n")
                self._written += [(self._at, line) for line in whole]
