"""The simulated Slack's page, without a browser: the same endpoints, and waiting as a reader waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from tests.tour.said import Button, Said

PEOPLE = {"ana": "U0ANA", "ben": "U0BEN", "cho": "U0CHO", "gus": "U0GUS"}
SHOP = "C0SHOP"
PATIENCE = 15.0
_PAUSE = 0.05

Found = TypeVar("Found")


class MissingError(Exception):
    """What should have happened did not."""


def until(found: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """Wait for something to be there, and give it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(_PAUSE)
    raise MissingError(f"in {seconds:g} s there was no {what}")


class Page:
    """The page at the address that the demo printed, token and all."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._http = httpx.Client(base_url=f"{address.scheme}://{address.netloc}", timeout=PATIENCE)
        self._url = url

    def open(self) -> None:
        """Turn the token into a cookie, as the browser does at the first visit."""
        self._ask("GET", self._url)

    def wait_for_bot(self, who: str = "ana") -> None:
        """Type until it answers: one that has just been started may not have connected yet."""

        def is_there() -> bool:
            try:
                return bool(self.types(who, "whoami"))
            except MissingError:
                return False

        until(is_there, "answer from the bot")

    def close(self) -> None:
        self._http.close()

    def messages(self, who: str) -> list[Said]:
        """The channel as this person sees it, threads included."""
        state = self._ask("GET", "/page/state", params={"as": PEOPLE[who]}).json()
        return [Said(raw) for raw in state["messages"][SHOP] if not raw.get("deleted")]

    def types(self, who: str, line: str) -> Said:
        """Type a line in the channel, and read what this person alone is answered."""
        before = {said.ts for said in self.messages(who)}
        self._do("command", who, text=f"/k8s {line}")

        def answer() -> Said | None:
            fresh = [said for said in self.messages(who) if said.is_whisper and said.ts not in before]
            return fresh[-1] if fresh else None

        return until(answer, f"answer to {line!r}")

    def presses(self, who: str, said: Said, button: Button) -> None:
        self._do(
            "action", who, message_ts=said.ts, block_id=button.block_id, action_id=button.action_id
        )  # fmt: skip

    def _do(self, what: str, who: str, **said: str) -> None:
        answer = self._ask("POST", f"/page/{what}", json={"as": PEOPLE[who], "channel": SHOP, **said}).json()
        if not answer.get("ok"):
            raise MissingError(f"the page refused it: {answer.get('error', answer)}")

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise MissingError(f"{method} {path}: {type(error).__name__} {error}".strip()) from error
        if answer.is_error:
            raise MissingError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer
