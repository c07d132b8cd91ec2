"""Every verb, in the order in which help lists them; and nothing else."""

from bot.engine.command import Command
from commands import (  # noqa: A004 - a verb is called what it is called
    audit,
    deploy,
    expose,
    get,
    help,
    label,
    restart,
    rollback,
    scale,
    set_image,
    whoami,
)

COMMANDS: tuple[Command, ...] = (
    get.COMMAND,
    deploy.COMMAND,
    set_image.COMMAND,
    scale.COMMAND,
    expose.COMMAND,
    rollback.COMMAND,
    restart.COMMAND,
    label.COMMAND,
    audit.COMMAND,
    whoami.COMMAND,
    help.COMMAND,
)
