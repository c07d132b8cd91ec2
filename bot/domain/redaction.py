"""Secrets made unreadable before anything leaves the process or enters the record.

One cheap search decides whether a line could hold a secret at all; only then the exact patterns run. The same
secret always becomes the same placeholder, so that lines can still be compared, and nothing of it is shown.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_SALT = secrets.token_bytes(16)

_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|apikey|access[-_]?key|private[-_]?key|client[-_]?secret"
    r"|auth(?![a-z])|authorization|credential|session[-_]?id|cookie|dsn|connection[-_]?string"
)
SECRET_NAME = re.compile(rf"(?:^|[-_.\s])(?:{_NAMES})(?:$|[-_.\s])|{_NAMES}$", re.IGNORECASE)

_HINT = re.compile(
    rf"{_NAMES}|bearer|basic |://[^/\s]*@|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]|xapp-|eyJ|-----BEGIN|AIza|sk_live|sk-|SG\.",
    re.IGNORECASE,
)

_PATTERNS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.|\n)*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"\bxox[abeprs]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}",
    r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bAIza[\w-]{30,}",
    r"\bsk_live_\w{16,}|\bsk-[A-Za-z0-9_-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}",
    r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
    r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)",
    r"(?i:(?<=bearer )|(?<=basic ))[A-Za-z0-9+/=._~-]{8,}",
    rf"(?i:(?<![A-Za-z0-9])(?:[\w.-]*(?:{_NAMES})[\w.-]*)[\"']?\s*[:=]\s*)(?P<value>\"[^\"\n]+\"|'[^'\n]+'|[^\s\"',;&]+)",
)
_COMBINED = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))
_PLACEHOLDER = re.compile(r"\[redacted:[0-9a-f]{6}\]")


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted:3f9a1c]`."""
    return _COMBINED.sub(_replace, text) if _HINT.search(text) else text


def redact_value(name: str, value: str) -> str:
    """A value that stands under a name of its own, such as an environment variable."""
    return placeholder(value) if value and SECRET_NAME.search(name) else redact(value)


def placeholder(secret: str) -> str:
    """Stable while the process lives; without its salt nobody can test a guess."""
    return f"[redacted:{hashlib.sha256(_SALT + secret.encode()).hexdigest()[:6]}]"


def _replace(found: re.Match[str]) -> str:
    value = found.group("value")
    if value is None:
        return placeholder(found.group())
    if _PLACEHOLDER.fullmatch(value) or value.lower() in {"true", "false", "null", "none", "nil"}:
        return found.group()
    bare = value[1:-1] if value[0] in "\"'" else value
    return found.group()[: found.start("value") - found.start()] + value.replace(bare, placeholder(bare))
