"""Signatures for identity tokens: RS256 in plain integers, with a key made anew in each process.

The simulator runs on the standard library and aiohttp alone; only a trial sign-in relies on this key.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json

BITS = 2048
EXPONENT = 65537
KEY_ID = "demo"
ROUNDS = 24
SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]
# What PKCS #1 puts before a SHA-256 digest.
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass(frozen=True)
class Key:
    modulus: int
    secret: int

    def sign(self, message: bytes) -> bytes:
        digest = SHA256 + hashlib.sha256(message).digest()
        size = BITS // 8
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return pow(int.from_bytes(padded, "big"), self.secret, self.modulus).to_bytes(size, "big")

    def as_jwk(self) -> Json:
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": _text(self.modulus.to_bytes(BITS // 8, "big")),
            "e": _text(EXPONENT.to_bytes(3, "big")),
        }


@functools.cache
def key() -> Key:
    first, second = _prime(BITS // 2), _prime(BITS // 2)
    return Key(first * second, pow(EXPONENT, -1, (first - 1) * (second - 1)))


def token(claims: Json) -> str:
    """Write claims as a signed JSON Web Token."""
    header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    signed = ".".join(_text(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_text(key().sign(signed.encode()))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _prime(bits: int) -> int:
    while True:
        # The two top bits make the product of two primes as long as it should be.
        candidate = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if candidate % EXPONENT != 1 and _is_prime(candidate):
            return candidate


def _is_prime(number: int) -> bool:
    """Ask Miller and Rabin, after the small primes have had their say."""
    if any(number % small == 0 for small in SMALL_PRIMES):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, secrets.randbelow(number - 3) + 2, odd, twos) for _ in range(ROUNDS))


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
