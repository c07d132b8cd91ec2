"""The simulated Slack's page, without a browser: the same endpoints, and waiting as a reader waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from tests.tour.said import Button, Form, Said

PEOPLE = {"ana": "U0ANA", "ben": "U0BEN", "cho": "U0CHO", "gus": "U0GUS"}
SHOP, OPS = "C0SHOP", "C0OPS"
PATIENCE = 15.0
_PAUSE = 0.05
_SIGN = "Asking the cluster"
"""Stands where an answer will be that takes its time."""

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

    def messages(self, who: str, channel: str = SHOP) -> list[Said]:
        """A channel as this person sees it, threads included."""
        state = self._ask("GET", "/page/state", params={"as": PEOPLE[who]}).json()
        return [Said(raw) for raw in state["messages"].get(channel, []) if not raw.get("deleted")]

    def types(self, who: str, line: str) -> Said:
        """Type a line in the channel, and read what this person alone is answered."""
        return self._answered(who, lambda: self._do("command", who, text=f"/k8s {line}".rstrip()))

    def presses(self, who: str, said: Said, button: Button) -> None:
        place = {"channel": said.channel or SHOP, "message_ts": said.ts}
        self._do("action", who, **place, block_id=button.block_id, action_id=button.action_id)

    def asks(self, who: str, said: Said, button: Button) -> Said:
        """Press a button that is answered, to this person alone."""
        return self._answered(who, lambda: self.presses(who, said, button))

    def breaks(self, fault: str, **how: Any) -> None:
        """Plant trouble in the cluster, as the page's left column does."""
        self._do("trouble", "ana", where="cluster", trouble={"fault": fault, **how})

    def replies(self, who: str, said: Said, words: str) -> None:
        """Write in a message's thread."""
        self._do("message", who, thread_ts=said.ts, text=words)

    def form(self, who: str) -> Form:
        """Wait for a form to be open before this person."""

        def opened() -> Form | None:
            views = self._ask("GET", "/page/state", params={"as": PEOPLE[who]}).json()["views"]
            return Form(views[-1]) if views else None

        return until(opened, "form")

    def chooses(self, who: str, form: Form, key: str, value: str) -> None:
        """Open one of the form's menus, and choose what is offered there."""
        field = {"view_id": form.id, "block_id": f"field:{key}", "action_id": f"field:{key}"}
        offered = [one["value"] for one in self._do("options", who, **field).get("options", [])]
        if value not in offered:
            raise MissingError(f"the form offers {offered}, and not {value}")
        self._do("action", who, **field, selected_option={"value": value})

    def submits(self, who: str, form: Form, **typed: str) -> Said:
        """Send a form with what was typed into its fields, and read what this person alone is answered."""
        return self._answered(who, lambda: self.sends(who, form, **typed))

    def sends(self, who: str, form: Form, **typed: str) -> None:
        """Send a form that is answered where it was opened; raises `MissingError` where it is refused."""
        values = {f"field:{key}": {f"field:{key}": {"value": value}} for key, value in typed.items()}
        if errors := self._do("view/submit", who, view_id=form.id, values=values).get("errors"):
            raise MissingError(f"the form was not taken: {errors}")

    def _answered(self, who: str, act: Callable[[], object]) -> Said:
        before = {said.ts for said in self.messages(who)}
        act()

        def answer() -> Said | None:
            fresh = [said for said in self.messages(who) if said.is_whisper and said.ts not in before]
            return fresh[-1] if fresh and _SIGN not in fresh[-1].headline else None

        return until(answer, "answer")

    def _do(self, what: str, who: str, **said: Any) -> dict[str, Any]:
        answer = self._ask("POST", f"/page/{what}", json={"as": PEOPLE[who], "channel": SHOP, **said}).json()
        if not answer.get("ok"):
            raise MissingError(f"the page refused it: {answer.get('error', answer)}")
        return dict(answer)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise MissingError(f"{method} {path}: {type(error).__name__} {error}".strip()) from error
        if answer.is_error:
            raise MissingError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer
