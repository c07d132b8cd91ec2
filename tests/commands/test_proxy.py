"""proxy: one request through the API server, its status, its telling headers and its body."""

from __future__ import annotations

import re

import pytest

from bot.domain.cluster import WebAnswer, WebRequest
from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError, UsageError
from bot.domain.results import Lines
from bot.domain.views import Kept, shown as view
from bot.engine.grammar import parse
from commands import proxy
from commands.proxy import ProxyArgs, _shown

REQUEST = WebRequest(kind="services", namespace="shop", name="web")


def args(line):
    return parse(ProxyArgs, tuple(line.split()), name="proxy")


def told(shown, answer, request=REQUEST):
    found = _shown("demo", request, answer)
    return shown(view(Kept(result=found)) if isinstance(found, Lines) else found).split("\n[")[0]


@pytest.mark.parametrize(
    ("line", "parted", "path"),
    [
        ("svc/web", ("services", "web", ""), "/"),
        ("service/web:http /x", ("services", "web", "http"), "/x"),
        ("pod/web-0:8080 /a/b?c=d", ("pods", "web-0", "8080"), "/a/b?c=d"),
        ("web-0 healthz", ("pods", "web-0", ""), "healthz"),
        ("po/web-0", ("pods", "web-0", ""), "/"),
    ],
)
def test_grammar(line, parted, path):
    assert (args(line).parted(), args(line).path) == (parted, path)


def test_flags():
    found = args("svc/web --scheme https -I -n shop")
    assert (found.scheme, found.head, found.namespace) == ("https", True, "shop")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is needed"),
        ("deploy/web", "only pods and services can"),
        ("svc/web:", "is no port"),
        ("svc/web:80/../x", "is no port"),
        ("svc/web:http:x", "is no port"),
        ("svc/W_b", "cannot be a name"),
        ("svc/a/b", "cannot be a name"),
        ("svc/web http://elsewhere/", "Write the path alone"),
        ("svc/web /" + "x" * 2000, "too long"),
        ("svc/web --scheme ftp", "scheme"),
        ("svc/web --scheme https: /", "scheme"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        args(line)
    assert refused.value.hint


async def test_a_service_answers(kube, run, shown):
    await kube.deploy("web", replicas=1, ports=[{"containerPort": 8080}])
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    await kube.create("services", {"metadata": {"name": "web"}, "spec": spec})

    async def is_up():
        try:
            return await run(proxy.COMMAND, "svc/web /healthz")
        except ClusterUnavailableError:
            return None

    outcome = await kube.until(is_up)
    message = view(Kept(result=outcome.shown))
    assert message.plain() == "GET /healthz of service shop/web on demo: status 200"
    assert "content-type: text/plain" in shown(message)
    assert (outcome.detail["status"], outcome.detail["method"]) == (200, "GET")
    assert len(outcome.detail["sha256"]) == 64
    outcome = await run(proxy.COMMAND, "-I svc/web:80")
    assert outcome.shown.plain() == "HEAD / of service shop/web:80 on demo: status 200"
    assert outcome.detail["bytes"] == 0


async def test_a_service_that_is_not_there(kube, run):
    with pytest.raises(TargetNotFoundError, match="there is no service `web`"):
        await run(proxy.COMMAND, "svc/web")


async def test_no_path_leads_out(kube, run):
    with pytest.raises(TargetNotFoundError, match="is not sent"):
        await run(proxy.COMMAND, "svc/web /../../../secrets")
    assert not [r for r in await kube.requests() if r["userAgent"].startswith("k8s-bot")]


@pytest.mark.parametrize(("line", "kind"), [("svc/web", "services"), ("pod/web", "pods")])
def test_its_permission_is_for_what_is_asked(line, kind):
    assert proxy.COMMAND.kinds(args(line)) == (kind,)


def test_json_is_shown_with_its_structure(shown):
    answer = WebAnswer(
        status=200, headers=(("Content-Type", "application/json"),), body=b'{"a":[1,"\xc3\xa9"]}'
    )
    assert told(shown, answer) == (
        "GET / of service shop/web on demo: status 200\ncontent-type: application/json\n"
        '> {\n>   "a": [\n>     1,\n>     "é"\n>   ]\n> }'
    )


def test_headers_that_tell_and_none_that_hold_a_session(shown):
    headers = (
        ("Set-Cookie", "sid=1234"),
        ("Server", "nginx\x1b[31m"),
        ("X-Powered-By", "php"),
        ("ETag", '"1"'),
    )
    answer = WebAnswer(status=200, headers=headers, body=b"")
    assert told(shown, answer) == (
        'GET / of service shop/web on demo: status 200\nserver: nginx\netag: "1"\nThe body is empty.'
    )


def test_a_redirect_is_shown_and_not_followed(shown):
    answer = WebAnswer(status=302, headers=(("Location", "http://x/?token=abcdef123456789"),), body=b"")
    lines = told(shown, answer).split("\n")
    assert lines[0] == "GET / of service shop/web on demo: status 302"
    assert lines[1].startswith("location: http://x/?token=[redacted:")
    assert lines[2] == "It leads elsewhere; the bot does not follow."


def test_a_failure_is_a_warning_and_a_cut_body_is_said(shown):
    answer = WebAnswer(status=500, headers=(), body=b"boom", is_whole=False)
    assert told(shown, answer) == (
        "⚠️ GET / of service shop/web on demo: status 500\n"
        "Only the first 4 bytes of the body were read.\n> boom"
    )


def test_a_body_that_is_no_text(shown):
    answer = WebAnswer(status=200, headers=(), body=b"\x89PNG\x00")
    assert told(shown, answer).endswith("The body is no text: 5 bytes.")


def test_secrets_in_the_query_are_not_shown(shown):
    request = REQUEST.model_copy(update={"path": "/x?api_key=abcdef0123456789&a=b", "port": "http"})
    line = told(shown, WebAnswer(status=204, headers=(), body=b""), request).split("\n")[0]
    assert re.fullmatch(
        r"GET /x\?api_key=\[redacted:\w{6}\]&a=b of service shop/web:http on demo: status 204", line
    )


def test_a_body_nested_too_deep_is_shown_as_it_is(shown):
    assert "[[[[" in told(shown, WebAnswer(status=200, headers=(), body=b"[" * 50_000))


def test_a_body_that_would_grow_out_of_all_measure_is_shown_as_it_is(shown):
    deep = f"[{'[' * 200}{']' * 200}" + f",{'[' * 200}{']' * 200}" * 200 + "]"
    found = _shown("demo", REQUEST, WebAnswer(status=200, headers=(), body=deep.encode(), is_whole=True))
    assert isinstance(found, Lines)
    assert sum(map(len, found.lines)) <= len(deep)


def test_no_secret_of_a_path_stands_in_what_is_said_of_it(shown):
    path = f"/hooks/xoxb-12345678901-abcdef?token=abc123def456&then=ls&{'x' * 400}"
    said = told(shown, WebAnswer(status=200, headers=(), body=b""), REQUEST.model_copy(update={"path": path}))
    for secret in ("xoxb", "abc123"):
        assert secret not in said
    assert "&then=ls&" in said
    assert "x…" in said
