"""One-time codes (RFC 6238): whether one is right, was used before, and how often somebody may be wrong."""

from __future__ import annotations

import asyncio
import base64
import hmac
import math
import os

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bot.domain.errors import CodeError
from bot.domain.people import is_user_id
from bot.store.codes import CodeTable, Enrolments
from bot.store.secrets import Sealer
from bot.store.transaction import Transaction

_ISSUER = "k8s-bot"
_STEP = 30
"""Seconds that a code is shown for."""
_DIGITS = 6
_SECRET_BYTES = 20
_TRIES = 5
_WINDOW = 900.0
"""Seconds in which so many wrong ones are too many, and for which is waited then."""


class OneTimeCodes:
    """Takes each code once, from who is enrolled."""

    def __init__(self, enrolments: Enrolments, sealer: Sealer, table: CodeTable) -> None:
        self._enrolments = enrolments
        self._sealer = sealer
        self._table = table

    async def enrolled(self, user: str) -> bool:
        return await asyncio.to_thread(self._enrolments.sealed, user) is not None

    async def spend(self, transaction: Transaction, user: str, code: str, now: float) -> None:
        """Take a code within the caller's write: it is used when that is committed, and not before.

        Raises `CodeError` for a code that is wrong or used, and for who is not enrolled or has to wait. A
        wrong one counts also where the caller's write is rolled back.
        """
        oldest = now - 2 * _WINDOW
        wrong = await self._table.wrong(transaction, user, oldest)
        if (until := waits_until(wrong, now)) is not None:
            minutes = math.ceil((until - now) / 60)
            raise CodeError("Too many wrong codes.", hint=f"Try again in {minutes} min.")
        secret = await self._secret(user)
        step = step_of(secret, code, now)
        if step is None:
            self._table.note_wrong(user, now, forget=oldest)
            left = _TRIES - 1 - sum(at > now - _WINDOW for at in wrong)
            raise CodeError("That code is wrong.", hint=_after_wrong(left))
        if not await self._table.use(transaction, user, step):
            raise CodeError(
                "That code was used already.", hint="Wait for the next one, half a minute at most."
            )

    async def _secret(self, user: str) -> bytes:
        sealed = await asyncio.to_thread(self._enrolments.sealed, user)
        if sealed is None:
            how = f"`python -m bot code enrol {user}`" if is_user_id(user) else "`python -m bot code enrol`"
            raise CodeError(
                "You are not enrolled for one-time codes.", hint=f"An operator enrols you: {how}."
            )
        owner, _, secret = self._sealer.open(sealed).partition(":")
        if owner != user:
            raise CodeError(
                "Your enrolment for one-time codes cannot be read.",
                hint="An operator revokes it and enrols you anew.",
            )
        return base64.b32decode(secret)


def sealed_secret(sealer: Sealer, user: str, secret: str) -> str:
    """As it is kept: it opens for this person alone, wherever its file is moved."""
    return sealer.seal(f"{user}:{secret}")


def new_secret() -> str:
    """In base32, as authenticator apps take it."""
    return base64.b32encode(os.urandom(_SECRET_BYTES)).decode()


def enrolment_uri(secret: str, name: str) -> str:
    """The `otpauth://` address that an authenticator app takes; it holds the secret."""
    return _totp(base64.b32decode(secret)).get_provisioning_uri(name, _ISSUER)


def step_of(secret: bytes, code: str, now: float) -> int | None:
    """The time step of the code: that of now, or the one before or after. None: the code is wrong."""
    totp = _totp(secret)
    typed = "".join(code.split()).encode(errors="replace")
    current = int(now) // _STEP
    # Every one is compared, and each in constant time.
    fits = [
        step
        for step in (current - 1, current, current + 1)
        if hmac.compare_digest(totp.generate(step * _STEP), typed)
    ]
    return max(fits, default=None)


def waits_until(wrong: tuple[float, ...], now: float) -> float | None:
    """The end of the wait after too many wrong ones, the oldest first; None: there is none."""
    last = wrong[-_TRIES:]
    if len(last) < _TRIES or last[-1] - last[0] >= _WINDOW or now >= last[-1] + _WINDOW:
        return None
    return last[-1] + _WINDOW


def _after_wrong(left: int) -> str:
    if left <= 0:
        return f"It was the last try for {_WINDOW / 60:.0f} min."
    tries = f"{left} tries are" if left > 1 else "1 try is"
    return f"Type the {_DIGITS} digits that your authenticator shows now. {tries} left."


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _STEP)  # noqa: S303 - what every authenticator app does; it is an HMAC
