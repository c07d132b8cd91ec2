"""proxy: one HTTP request to a pod or a service through the API server, and what it answers."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from typing import Annotated, Literal

from pydantic import field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.cluster import WebAnswer, WebRequest
from bot.domain.errors import UsageError
from bot.domain.message import Facts, Icon, Message, Paragraph, Part, Span, Text, code, plural, text
from bot.domain.model import Json
from bot.domain.printed import lines, readable
from bot.domain.resources import PODS, SERVICES, ObjectRef, check_name
from bot.domain.results import Lines
from bot.domain.runs import Run
from bot.domain.typed import clean_word
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import Outcome, RunCommand, RunContext

_PORT = re.compile(r"[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
_TELLING = (
    "content-type", "content-length", "content-encoding", "location", "server", "retry-after",
    "cache-control", "www-authenticate", "allow", "last-modified", "etag",
)  # fmt: skip
"""Headers worth seeing. What sets a cookie is a secret, and is not among them."""
_LONGEST = 300
_MOST_PATH = 2000
_MOST_GROWTH = 10
"""Times its length: what is nested a thousand deep would be indented a thousand times."""
_REDIRECT, _REFUSED = 300, 400


class ProxyArgs(Args):
    target: Annotated[str, Positional("pod/NAME[:PORT]|svc/NAME[:PORT]")]
    path: Annotated[str, Positional("PATH")] = "/"
    scheme: Annotated[Literal["http", "https"], Flag("--scheme", help="https to speak TLS to it")] = "http"
    head: Annotated[bool, Flag("-I", "--head", help="ask for the headers alone")] = False

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, path: str) -> str:
        if "://" in path.partition("?")[0]:
            raise ValueError("Write the path alone, such as /healthz: it goes to the pod or service named.")
        if len(path) > _MOST_PATH:
            raise ValueError("That path is too long.")
        return path

    @model_validator(mode="after")
    def _is_a_target(self) -> ProxyArgs:
        self.parted()
        return self

    def parted(self) -> tuple[Literal["pods", "services"], str, str]:
        """Kind, name and port; a target without a kind is a pod, as in kubectl."""
        word, slash, rest = self.target.partition("/")
        kind, rest = (word.lower(), rest) if slash else ("pod", word)
        name, colon, port = rest.partition(":")
        if kind not in (*PODS.words, *SERVICES.words):
            raise UsageError(f"`{kind[:40]}` cannot be asked: only pods and services can.")
        if colon and not _PORT.fullmatch(port):
            raise UsageError(f"`{port[:40]}` is no port: write a number, or the port's name.")
        return ("pods" if kind in PODS.words else "services"), check_name(name), port


async def plan(ctx: RunContext, args: ProxyArgs) -> Plan:
    """The request as the line says it; whether what is asked is there, its answer tells."""
    kind, name, port = args.parted()
    request = WebRequest(
        kind=kind,
        namespace=args.namespace,
        name=name,
        port=port,
        scheme="https" if args.scheme == "https" else "",
        path=args.path,
        method="HEAD" if args.head else "GET",
    )
    there = PODS if kind == "pods" else SERVICES
    target = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=there, name=name)
    what = text("{} to {}", *_what(ctx.cluster.name, request))
    return Plan(
        verb="proxy",
        title=text("Send {}?", what),
        button="Send it",
        risk=COMMAND.risk,
        doing=text("{} is sent", what),
        done=text("{} was sent", what),
        run=Run(target=target, request=request),
    )


async def run(ctx: RunContext, meant: Run) -> Outcome:
    request = meant.request
    if not isinstance(request, WebRequest):
        raise UsageError("That is no request.")
    answer = await ctx.cluster.fetch(request)
    detail: Json = {
        "result": "answered",
        "method": request.method,
        "status": answer.status,
        "bytes": len(answer.body),
        "sha256": hashlib.sha256(answer.body).hexdigest(),
    }
    # A large body to be made readable would hold everybody up.
    shown = await asyncio.to_thread(_shown, ctx.cluster.name, request, answer)
    return Outcome(shown=shown, detail=detail)


def _shown(cluster: str, request: WebRequest, answer: WebAnswer) -> Message | Lines:
    icon = Icon.WARNING if answer.status >= _REFUSED else None
    head = _headline(cluster, request, answer)
    told = _headers(answer)
    parts: list[Part] = [Facts(rows=told)] if told else []
    if _REDIRECT <= answer.status < _REFUSED:
        parts.append(_line("It leads elsewhere; the bot does not follow."))
    if not answer.body:
        silent = [] if request.method == "HEAD" else [_line("The body is empty.")]
        return Message(icon=icon, headline=head, parts=(*parts, *silent))
    if not answer.is_whole:
        parts.append(_line("Only the first {} of the body were read.", plural(len(answer.body), "byte")))
    body = readable(_pretty(answer.body))
    if body is None:
        parts.append(_line("The body is no text: {}.", plural(len(answer.body), "byte")))
        return Message(icon=icon, headline=head, parts=tuple(parts))
    return Lines(
        icon=icon, headline=head, before=tuple(parts), lines=lines(body), name=f"{request.name}-body.txt"
    )


def _headline(cluster: str, request: WebRequest, answer: WebAnswer) -> Text:
    return text("{} of {}: status {}", *_what(cluster, request), answer.status)


def _what(cluster: str, request: WebRequest) -> tuple[Span, Text]:
    """The request, and what is asked."""
    port = f":{request.port}" if request.port else ""
    what = code(f"{request.namespace}/{request.name}{port}")
    noun = "pod" if request.kind == "pods" else "service"
    path = clean_word(request.path)
    line = code(f"{request.method} {path if len(path) <= _LONGEST else f'{path[: _LONGEST - 1]}…'}")
    return line, text("{} {} on {}", noun, what, code(cluster))


def _headers(answer: WebAnswer) -> tuple[tuple[str, str], ...]:
    found = [(name.lower(), value) for name, value in answer.headers]
    return tuple(
        (name, _clean_address(readable(value.encode(errors="replace")) or "")[:_LONGEST])
        for wanted in _TELLING
        for name, value in found
        if name == wanted
    )


def _clean_address(value: str) -> str:
    """Without the secrets that an address asks with."""
    return clean_word(value) if "?" in value else value


def _pretty(body: bytes) -> bytes:
    """JSON with its structure in sight, anything else as it is; so is what would grow out of all measure."""
    pieces: list[str] = []
    room = _MOST_GROWTH * len(body)
    try:
        for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(json.loads(body)):
            room -= len(piece)
            if room < 0:
                return body
            pieces.append(piece)
    except (ValueError, RecursionError):
        return body
    return "".join(pieces).encode(errors="replace")


def _line(template: str, *values: object) -> Paragraph:
    return Paragraph(text=text(template, *values))


COMMAND = RunCommand(
    name="proxy",
    summary="Send one HTTP request to a pod or a service.",
    examples=("proxy svc/web /healthz", "proxy pod/web-7c9d8-x2x4k:8080 /metrics", "proxy -I svc/web"),
    args=ProxyArgs,
    permission=Permission.PROXY_FETCH,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (args.parted()[0],),
    mostly=SERVICES.plural,
    plan=plan,
    run=run,
)
