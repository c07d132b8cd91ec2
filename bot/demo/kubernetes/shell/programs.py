"""The programs that every container has."""

from collections.abc import Callable

from bot.demo.kubernetes.clock import now
from bot.demo.kubernetes.shell.machine import ExitError, Machine, Read, Run, Wait, Write

Program = Callable[[Machine, list[str]], Run]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FOLDERS = frozenset(("bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"))
_FOR_EVER = 10 * 365 * 86400.0


def _echo(machine: Machine, args: list[str]) -> Run:
    del machine
    end = "\n"
    while args and args[0] in ("-n", "-e"):
        end = "" if args[0] == "-n" else end
        args = args[1:]
    yield Write(" ".join(args) + end)
    return 0


def _printf(machine: Machine, args: list[str]) -> Run:
    del machine
    form, *values = args or [""]
    for value in values:
        form = form.replace("%s", value, 1).replace("%d", value, 1)
    yield Write(form.replace("\\n", "\n").replace("\\t", "\t"))
    return 0


def _sleep(machine: Machine, args: list[str]) -> Run:
    del machine
    for arg in args:
        if arg in ("infinity", "inf"):
            yield Wait(_FOR_EVER)
            continue
        number, scale = (arg[:-1], _UNITS[arg[-1]]) if arg[-1:] in _UNITS else (arg, 1)
        try:
            yield Wait(float(number) * scale)
        except ValueError:
            yield Write(f"sleep: invalid time interval '{arg}'\n", error=True)
            return 1
    return 0


def _cat(machine: Machine, args: list[str]) -> Run:
    if not args:
        while (line := (yield Read())) is not None:
            yield Write(line)
        return 0
    code = 0
    for name in args:
        if (path := machine.path(name)) in machine.files:
            yield Write(machine.files[path])
        else:
            yield Write(f"cat: {name}: No such file or directory\n", error=True)
            code = 1
    return code


def _ls(machine: Machine, args: list[str]) -> Run:
    wanted = machine.path(next((arg for arg in args if not arg.startswith("-")), "."))
    names = _within(machine, wanted)
    if names is None:
        yield Write(f"ls: {wanted}: No such file or directory\n", error=True)
        return 1
    yield Write("".join(f"{name}\n" for name in sorted(names)))
    return 0


def _cd(machine: Machine, args: list[str]) -> Run:
    wanted = machine.path(args[0] if args else "/root")
    if _within(machine, wanted) is None:
        yield Write(f"sh: cd: can't cd to {args[0]}: No such file or directory\n", error=True)
        return 2
    machine.env["PWD"] = wanted
    return 0


def _pwd(machine: Machine, args: list[str]) -> Run:
    del args
    yield Write(f"{machine.env.get('PWD', '/')}\n")
    return 0


def _within(machine: Machine, folder: str) -> set[str] | None:
    """What is in a folder; None where there is no such folder."""
    start = folder.rstrip("/") + "/"
    names = {path.removeprefix(start).split("/")[0] for path in machine.files if path.startswith(start)}
    if folder == "/":
        return names | _FOLDERS
    return names if names or folder.removeprefix("/") in _FOLDERS else None


def _env(machine: Machine, args: list[str]) -> Run:
    usual = {"HOSTNAME": machine.hostname, "HOME": "/root", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    everything = {**usual, **machine.env}
    if args:
        yield Write("".join(f"{everything[name]}\n" for name in args if name in everything))
        return 0 if all(name in everything for name in args) else 1
    yield Write("".join(f"{key}={value}\n" for key, value in everything.items()))
    return 0


def _exit(machine: Machine, args: list[str]) -> Run:
    yield from ()
    raise ExitError(int(args[0]) % 256 if args and args[0].isdigit() else machine.last)


def _test(machine: Machine, args: list[str]) -> Run:
    yield from ()
    match [arg for arg in args if arg != "]"]:
        case ["-f" | "-e", name]:
            holds = name in machine.files
        case ["-z", text]:
            holds = not text
        case ["-n", text] | [text]:
            holds = bool(text)
        case [left, "=" | "==" | "-eq", right]:
            holds = left == right
        case [left, "!=" | "-ne", right]:
            holds = left != right
        case _:
            holds = False
    return 0 if holds else 1


def _stty(machine: Machine, args: list[str]) -> Run:
    if args != ["size"]:
        return 0
    if machine.size == (0, 0):
        yield Write("stty: standard input: Inappropriate ioctl for device\n", error=True)
        return 1
    yield Write(f"{machine.size[0]} {machine.size[1]}\n")
    return 0


def _says(text: str, code: int = 0) -> Program:
    def program(machine: Machine, args: list[str]) -> Run:
        del args
        if text:
            yield Write(text.format(host=machine.hostname, date=now().strftime("%a %b %e %H:%M:%S UTC %Y")))
        return code

    return program


PROGRAMS: dict[str, Program] = {
    "echo": _echo,
    "printf": _printf,
    "sleep": _sleep,
    "cat": _cat,
    "ls": _ls,
    "env": _env,
    "printenv": _env,
    "exit": _exit,
    "true": _says(""),
    ":": _says(""),
    "false": _says("", 1),
    "cd": _cd,
    "pwd": _pwd,
    "hostname": _says("{host}\n"),
    "whoami": _says("root\n"),
    "id": _says("uid=0(root) gid=0(root) groups=0(root)\n"),
    "date": _says("{date}\n"),
    "uname": _says("Linux\n"),
    "stty": _stty,
    "test": _test,
    "[": _test,
}
