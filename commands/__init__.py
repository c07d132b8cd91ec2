"""Every verb, in the order in which help lists them; and nothing else."""

from bot.engine.command import Command
from commands import (
    annotate,
    audit,
    cluster_info,
    deploy,
    describe,
    events,
    expose,
    get,
    help,  # noqa: A004 - a verb is called what it is called
    home,
    label,
    logs,
    restart,
    rollback,
    rollout_history,
    rollout_status,
    scale,
    set_image,
    whoami,
)

COMMANDS: tuple[Command, ...] = (
    get.COMMAND,
    describe.COMMAND,
    logs.COMMAND,
    events.COMMAND,
    rollout_status.COMMAND,
    rollout_history.COMMAND,
    cluster_info.COMMAND,
    deploy.COMMAND,
    set_image.COMMAND,
    scale.COMMAND,
    expose.COMMAND,
    rollback.COMMAND,
    restart.COMMAND,
    label.COMMAND,
    annotate.COMMAND,
    audit.COMMAND,
    whoami.COMMAND,
    home.COMMAND,
    help.COMMAND,
)
