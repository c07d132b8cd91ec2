"""Every verb, in the order in which help lists them; and nothing else."""

from bot.engine.command import Command
from commands import audit, deploy, expose, help, label, restart, rollback, scale, set_image, whoami  # noqa: A004

COMMANDS: tuple[Command, ...] = (
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
