"""`policy`: a configuration file looked at before it is in force."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.cli.serve import complain
from bot.domain.errors import SettingsError
from bot.engine.registry import verb_names
from bot.settings import read_config
from commands import COMMANDS


def check(path: str | None) -> int:
    """0 and a summary when it would be taken, 2 and every problem when it would be refused."""
    chosen = path or os.environ.get("BOT_CONFIG", "")
    if not chosen:
        print("k8s-bot: name a file, or set BOT_CONFIG", file=sys.stderr)
        return 2
    try:
        found = read_config(Path(chosen), verb_names(COMMANDS))
    except SettingsError as error:
        return complain(error)
    print(f"{chosen}: {len(found.policy.rules)} rules, policy {found.policy.hash[:12]}")
    return 0
