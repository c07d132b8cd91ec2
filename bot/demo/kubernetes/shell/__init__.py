"""A small shell: enough of sh to run what manifests and people type into a container.

A script is a generator of steps. Whoever runs it writes what it writes, waits when it waits, and sends
it a line when it reads; so the same shell serves a container's command and an exec session.
"""

from bot.demo.kubernetes.shell.interpreter import knows, run
from bot.demo.kubernetes.shell.machine import (
    INTERRUPTED,
    InterruptError,
    Machine,
    NoSuchProgramError,
    Read,
    Run,
    Step,
    Wait,
    Write,
)
from bot.demo.kubernetes.shell.script import Script

__all__ = [
    "INTERRUPTED",
    "InterruptError",
    "Machine",
    "NoSuchProgramError",
    "Read",
    "Run",
    "Script",
    "Step",
    "Wait",
    "Write",
    "knows",
    "run",
]
