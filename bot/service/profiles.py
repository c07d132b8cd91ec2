"""Exec profiles: which programs may be run in a container, and within which bounds.

A program is an argument vector and is matched word by word. Nothing is parsed as a shell would, so a profile
that names no shell starts none by itself; what a program starts in turn is for whoever names the program.
"""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field, field_validator

from bot.domain.access import ANY, Allowance, Program
from bot.domain.model import Frozen

Pattern = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]

_SHELLS = frozenset((
    "sh", "bash", "rbash", "ash", "dash", "zsh", "ksh", "mksh", "pdksh", "fish", "csh", "tcsh", "elvish",
    "xonsh", "nu", "pwsh", "powershell", "su", "sudo", "doas", "login", "script", "chroot", "nsenter",
    "unshare",
))  # fmt: skip
"""With those that start one by themselves."""
_STARTERS = frozenset((
    "env", "busybox", "toybox", "nice", "ionice", "chrt", "taskset", "nohup", "timeout", "time", "setsid",
    "setpriv", "stdbuf", "exec", "command", "builtin", "xargs", "find", "watch", "strace", "ltrace", "flock",
    "parallel", "tini", "dumb-init", "catatonit", "gosu", "su-exec", "runuser", "start-stop-daemon",
    "unbuffer", "expect",
))  # fmt: skip
"""Programs that run another, which is named among their words."""
_NAMED = 8


class Profile(Frozen):
    """One entry of `policy.exec`."""

    programs: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """Argument vectors, as a shell would split them: globs by word, and at the end `*` for any more words."""
    shell: bool = False
    interactive: bool = False
    seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    bytes: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000

    @field_validator("programs", mode="before")
    @classmethod
    def _as_words(cls, value: Any) -> Any:
        many = [value] if isinstance(value, str) else value
        if not isinstance(many, (list, tuple)):
            return value
        return [_words(one) if isinstance(one, str) else one for one in many]

    def allowance(self, name: str, program: Program) -> Allowance | None:
        """What a program is allowed under this profile, which is called `name`; None when it may not run."""
        if self.misses(program):
            return None
        return Allowance(profile=name, seconds=self.seconds, bytes=self.bytes)

    def misses(self, program: Program) -> str:
        """Why it does not let a program run, as the end of a sentence; empty when it does."""
        if not any(_fits(pattern, program.argv) for pattern in self.programs):
            names = list(dict.fromkeys(pattern[0] for pattern in self.programs))
            more = " …" if len(names) > _NAMED else ""
            return f"lets you run {', '.join(names[:_NAMED])}{more}"
        if not self.shell and is_shell(program.argv):
            return "starts no shell"
        if program.interactive and not self.interactive:
            return "lets you run it, but not type to it"
        return ""


def is_shell(argv: tuple[str, ...]) -> bool:
    """Whether this is a shell, or starts one by name."""
    first, *rest = (_called(word) for word in argv)
    if first in _SHELLS:
        return True
    inner = (_called(piece) for word in rest for piece in re.split(r"[\s=;|&'\"]+", word))
    return first in _STARTERS and any(piece in _SHELLS for piece in inner)


def _called(word: str) -> str:
    """The program's own name: without its folder, its version, and a login shell's dash."""
    name = word.rstrip("/").rpartition("/")[2].removeprefix("-").lower().removesuffix(".exe")
    return re.sub(r"(?<=[a-z])[-.\d]+$", "", name) or name


def _words(pattern: str) -> Any:
    try:
        return shlex.split(pattern)
    except ValueError as error:
        raise ValueError(f"{pattern!r} cannot be split into words: {error}") from error


def _fits(pattern: tuple[str, ...], argv: tuple[str, ...]) -> bool:
    if pattern[-1] == ANY:
        pattern, more = pattern[:-1], True
    else:
        more = False
    if len(argv) < max(1, len(pattern)) or (len(argv) > len(pattern) and not more):
        return False
    return all(_fits_word(glob, word) for glob, word in zip(pattern, argv, strict=False))


def _fits_word(glob: str, word: str) -> bool:
    """A glob such as `/var/log/*` means what is below: no word climbs out of it."""
    climbs = ".." in word.split("/") and ".." not in glob.split("/") and glob != ANY
    return fnmatchcase(word, glob) and not climbs
