"""Sign in with Slack: OpenID Connect's code flow, with the person chosen on a plain page."""

from __future__ import annotations

import base64
import binascii
import html
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.demo.slack import rsa
from bot.demo.slack.eyes import person_of
from bot.demo.slack.guard import secured
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.people import Person
    from bot.demo.slack.wire import Args, Json

CODE_LIFE = 600.0
TOKEN_LIFE = 300
BAD = 400
SCOPES = ("openid", "email", "profile")


@dataclass(frozen=True)
class Grant:
    person: str
    scopes: tuple[str, ...]
    redirect_uri: str
    nonce: str
    issued: float


class SignIn:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._client_id = backend.credentials.client_id
        self._client_secret = backend.credentials.client_secret
        self._codes: dict[str, Grant] = {}
        self._grants: dict[str, Grant] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/openid/connect/authorize", self.authorize),
            web.get("/openid/connect/keys", self.keys),
            web.get("/.well-known/openid-configuration", self.configuration),
        ]

    async def configuration(self, _request: web.Request) -> web.Response:
        base = self._backend.base
        return web.json_response(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/openid/connect/authorize",
                "token_endpoint": f"{base}/api/openid.connect.token",
                "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
                "jwks_uri": f"{base}/openid/connect/keys",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["form_post"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "claims_supported": ["sub", "auth_time", "iss"],
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [rsa.key().as_jwk()]})

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Ask who it is, and send them back with a code."""
        query = request.query
        try:
            scopes = self._asked_scopes(request)
            if "as" not in query:
                return self._choice(request)
            person = person_of(self._backend, query["as"])
        except SlackError as refused:
            return secured(web.json_response(refused.reply(), status=BAD))
        code = secrets.token_urlsafe(24)
        redirect, nonce = query["redirect_uri"], query.get("nonce", "")
        self._codes[code] = Grant(person.id, scopes, redirect, nonce, self._backend.timing.now())
        answer = urlencode({"code": code, "state": query.get("state", "")})
        mark = "&" if urlsplit(redirect).query else "?"
        return secured(web.Response(status=302, headers={"Location": f"{redirect}{mark}{answer}"}))

    def _asked_scopes(self, request: web.Request) -> tuple[str, ...]:
        query, app = request.query, self._backend.workspace.app
        if query.get("client_id") != self._client_id:
            raise SlackError("invalid_client_id")
        if query.get("response_type") != "code":
            raise SlackError("unsupported_response_type")
        redirect = query.get("redirect_uri", "")
        registered = any(redirect.startswith(one) for one in app.redirect_urls)
        if not registered and urlsplit(redirect).hostname not in ("127.0.0.1", "localhost"):
            raise SlackError("bad_redirect_uri")
        scopes = tuple(query.get("scope", "").replace(",", " ").split())
        if "openid" not in scopes or not set(scopes) <= set(SCOPES):
            raise SlackError("invalid_scope")
        return scopes

    def _choice(self, request: web.Request) -> web.StreamResponse:
        workspace = self._backend.workspace
        members = [one for one in workspace.people.values() if one.team_id == workspace.team_id]
        links = "".join(
            f'<li><a href="{html.escape(str(request.rel_url.update_query({"as": one.id})))}">'
            f"{html.escape(one.real_name)}</a></li>"
            for one in members
            if not one.deleted and not one.is_bot
        )
        title = f"Sign in to {html.escape(workspace.app.name)} as"
        text = f"<!doctype html><title>{title}</title><h1>{title}</h1><ul>{links}</ul>"
        return secured(web.Response(text=text, content_type="text/html"))

    def token(self, args: Args, authorization: str) -> Json:
        """Exchange a code, once, for tokens."""
        client_id, client_secret = _client(args, authorization)
        if client_id != self._client_id:
            raise SlackError("invalid_client_id")
        if not secrets.compare_digest(client_secret.encode(), self._client_secret.encode()):
            raise SlackError("bad_client_secret")
        if args.text("grant_type", "authorization_code") != "authorization_code":
            raise SlackError("invalid_grant_type")
        grant = self._codes.pop(args.text("code"), None)
        now = self._backend.timing.now()
        if grant is None or now - grant.issued > CODE_LIFE:
            raise SlackError("invalid_code")
        if args.text("redirect_uri") != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        access = f"xoxp-{secrets.token_hex(24)}"
        self._grants[access] = grant
        times = {"iat": int(now), "auth_time": int(grant.issued), "exp": int(now) + TOKEN_LIFE}
        claims = {"iss": self._backend.base, "aud": self._client_id, **times, **self._claims(grant)}
        if grant.nonce:
            claims["nonce"] = grant.nonce
        return {"access_token": access, "token_type": "Bearer", "id_token": rsa.token(claims)}

    def user_info(self, access: str) -> Json:
        grant = self._grants.get(access)
        if grant is None:
            raise SlackError("invalid_auth" if access else "not_authed")
        if self._person(grant).deleted:
            raise SlackError("account_inactive")
        return self._claims(grant)

    def _person(self, grant: Grant) -> Person:
        return self._backend.workspace.people[grant.person]

    def _claims(self, grant: Grant) -> Json:
        person, workspace = self._person(grant), self._backend.workspace
        claims: Json = {
            "sub": person.id,
            "https://slack.com/user_id": person.id,
            "https://slack.com/team_id": workspace.team_id,
        }
        if "email" in grant.scopes:
            claims |= {"email": person.email, "email_verified": True}
        if "profile" in grant.scopes:
            given, _, family = person.real_name.partition(" ")
            claims |= {
                "name": person.real_name,
                "given_name": given,
                "family_name": family,
                "locale": "en-US",
            }
            claims |= {"https://slack.com/team_name": workspace.team_name}
            claims |= {"https://slack.com/team_domain": workspace.domain}
        return claims


def _client(args: Args, authorization: str) -> tuple[str, str]:
    """Read the client's credentials from the arguments, or from HTTP Basic."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise SlackError("invalid_client_id") from None
        return name, secret
    return args.text("client_id"), args.text("client_secret")
