"""The Web API's door: who calls, may they, is trouble planted, and the reply as Slack writes it."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.slack import wire
from bot.demo.slack.faults import ADDRESS
from bot.demo.slack.methods import METHODS
from bot.demo.slack.methods.call import Call
from bot.demo.slack.wire import Args, RateLimitedError, SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.methods.call import Method
    from bot.demo.slack.wire import Json

SECRET = ("client_secret", "code")
TOO_MANY, NOT_FOUND, BAD = 429, 404, 400


class Api:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._tokens = {backend.credentials.bot_token: "bot", backend.credentials.app_token: "app"}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.call),
            web.post("/upload/v1/{ticket}", self.upload),
            web.post("/actions/{name:.+}", self.respond),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a Web API method."""
        name = request.match_info["method"]
        trouble = await self._trouble(name, request)
        if trouble:
            return trouble
        args = Args()
        headers: dict[str, str] = {"X-Slack-Req-Id": secrets.token_hex(16)}
        status = 200
        try:
            read = await wire.read(request)
            args = read.args
            body = self._answer(name, read, f"{request.scheme}://{request.host}", headers)
        except RateLimitedError as refused:
            body, status = refused.reply(), TOO_MANY
            headers["Retry-After"] = str(refused.retry_after)
        except SlackError as refused:
            body = refused.reply()
        self._record(name, args, body)
        if self._backend.faults.take("lost-answer", name):
            return _cut(request)
        return web.json_response(body, status=status, headers=headers)

    async def _trouble(self, name: str, request: web.Request) -> web.Response | None:
        """Give what planted trouble answers in our stead, or be slow."""
        faults = self._backend.faults
        if faults.is_out:
            return _cut(request)
        slow = faults.take("latency", name)
        if slow:
            await asyncio.sleep(float(slow.settings["seconds"]))
        broken = faults.take("status", name)
        if not broken:
            return None
        status = int(broken.settings["status"])
        self._record(name, Args(), {"ok": False, "error": f"http {status}"})
        return web.Response(status=status, text="<html>trouble</html>", content_type="text/html")

    def _answer(self, name: str, read: wire.Request, base: str, headers: dict[str, str]) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._authorize(method, read.token, headers)
        self._throttle(name, method)
        planted = self._backend.faults.take("error", name)
        if planted:
            raise SlackError(str(planted.settings["error"]))
        call = Call(self._backend, read.args, base, read.token, read.authorization)
        body: Json = {"ok": True, **method.run(call)}
        if read.warnings:
            body["warning"] = ",".join(read.warnings)
            body.setdefault("response_metadata", {})["warnings"] = list(read.warnings)
        return body

    def _authorize(self, method: Method, token: str, headers: dict[str, str]) -> None:
        if method.token == "none":  # noqa: S105 - names a kind of token
            return
        if not token:
            raise SlackError("not_authed")
        kind = self._tokens.get(token)
        if kind is None:
            raise SlackError("invalid_auth")
        if kind != method.token:
            raise SlackError("not_allowed_token_type")
        if kind == "app":
            return
        app = self._backend.workspace.app
        if self._backend.workspace.bot.deleted:
            raise SlackError("account_inactive")
        provided = ",".join(sorted(app.scopes))
        headers |= {"X-OAuth-Scopes": provided, "X-Accepted-OAuth-Scopes": method.scope}
        if method.scope and method.scope not in app.scopes:
            raise SlackError("missing_scope", needed=method.scope, provided=provided)

    def _throttle(self, name: str, method: Method) -> None:
        planted = self._backend.faults.take("rate-limit", name)
        if planted:
            raise RateLimitedError(int(planted.settings["retryAfter"]))
        wait = self._backend.limits.refuse_call(name, method.tier)
        if wait:
            raise RateLimitedError(wait)

    def _record(self, name: str, args: Args, body: Json) -> None:
        call = {
            "method": name,
            "args": {key: value for key, value in args.values.items() if key not in SECRET},
            "ok": body["ok"],
            "error": body.get("error", ""),
            "at": self._backend.timing.now(),
        }
        self._backend.calls.append(call)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes of a file; the ticket in the address is all that is asked for."""
        if self._backend.faults.is_out:
            return _cut(request)
        file = self._backend.workspace.uploads.pop(request.match_info["ticket"], None)
        if file is None:
            return web.Response(status=NOT_FOUND, text="unknown upload address")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            part = next((one for one in form.values() if isinstance(one, web.FileField)), None)
            file.content = part.file.read() if part else b""
        else:
            file.content = await request.read()
        file.uploaded = True
        return web.Response(text=f"OK - {len(file.content)}")

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Take a post to a response address."""
        trouble = await self._trouble(ADDRESS, request)
        if trouble:
            return trouble
        status, headers = BAD, {}
        args = Args()
        try:
            args = (await wire.read(request)).args
            self._refuse_address()
            self._backend.responses.use(request.match_info["name"], args.values)
        except SlackError as refused:
            self._record(ADDRESS, args, refused.reply())
            if refused.error == "rate_limited":
                status, headers = TOO_MANY, {"Retry-After": str(refused.extras["retry_after"])}
            elif refused.error.endswith("_url"):
                status = NOT_FOUND
            return web.json_response(refused.reply(), status=status, headers=headers)
        self._record(ADDRESS, args, {"ok": True})
        return web.Response(text="ok")

    def _refuse_address(self) -> None:
        limit = self._backend.faults.take("rate-limit", ADDRESS)
        if limit:
            raise SlackError("rate_limited", retry_after=int(limit.settings["retryAfter"]))
        planted = self._backend.faults.take("error", ADDRESS)
        if planted:
            raise SlackError(str(planted.settings["error"]))


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer, as a server that is gone does."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=503)
