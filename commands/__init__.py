"""Every verb, in the order in which help lists them; and nothing else."""

from bot.engine.command import Command
from commands import scale

COMMANDS: tuple[Command, ...] = (scale.COMMAND,)
