"""Slack's signature over a delivery."""

from __future__ import annotations

import hashlib
import hmac


def headers(secret: str, body: bytes, at: float) -> dict[str, str]:
    timestamp = str(int(at))
    signed = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {"X-Slack-Signature": f"v0={digest}", "X-Slack-Request-Timestamp": timestamp}
