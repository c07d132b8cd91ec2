"""`code`: people's one-time codes, enrolled outside Slack and beside a running bot."""

from __future__ import annotations

import os
import sys

from bot.cli.serve import complain
from bot.domain.errors import SettingsError
from bot.domain.people import is_user_id
from bot.service.codes import enrolment_uri, new_secret, sealed_secret
from bot.settings import read_keeping
from bot.store.codes import Enrolments
from bot.store.secrets import Sealer

_MOST = 64


def enrol(user: str, name: str) -> int:
    """0 with the secret, printed this once; 1 when there is one already; 2 when something is wrong."""
    if not is_user_id(user):
        return _no_id(user)
    if len(name) > _MOST or ":" in name or not name.isprintable():
        print(f"k8s-bot: a name has at most {_MOST} characters, and no colon", file=sys.stderr)
        return 2
    kept, secret, enrolments = read_keeping(os.environ), new_secret(), _enrolments()
    try:
        sealer = Sealer.of(kept.secret_key, kept.data_dir)
        if not enrolments.enrol(user, sealed_secret(sealer, user, secret)):
            print(f"k8s-bot: {user} is enrolled already; `code revoke {user}` comes first", file=sys.stderr)
            return 1
    except SettingsError as error:
        return complain(error)
    print(f"{user} is enrolled, in {enrolments.folder}. This is shown once, for their authenticator app:")
    print(enrolment_uri(secret, name or user))
    print(f"or, typed: {' '.join(secret[at : at + 4] for at in range(0, len(secret), 4))}")
    return 0


def revoke(user: str) -> int:
    """0, or 1 when there was nothing to revoke."""
    if not is_user_id(user):
        return _no_id(user)
    try:
        revoked = _enrolments().revoke(user)
    except SettingsError as error:
        return complain(error)
    if not revoked:
        print(f"k8s-bot: {user} is not enrolled", file=sys.stderr)
        return 1
    print(f"{user} is enrolled no more.")
    return 0


def show() -> int:
    """One id a line."""
    try:
        found = _enrolments().all()
    except SettingsError as error:
        return complain(error)
    for user in found:
        print(user)
    return 0


def _enrolments() -> Enrolments:
    return Enrolments(read_keeping(os.environ).data_dir)


def _no_id(user: str) -> int:
    print(f"k8s-bot: {user!r} is no id of a person, such as U0ANA", file=sys.stderr)
    return 2
