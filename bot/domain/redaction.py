"""Secrets made unreadable before anything leaves the process or enters the record.

Three kinds are found: what has a secret's own form, such as a Slack token or a private key; what stands
under a secret's name, such as `password=` or `"api_key":`; and what a well-known client is given as its
password, as in `mysql -phunter2`. The same secret always becomes the same
placeholder, so that lines can still be compared, and nothing of it is shown.

Pods print what they like, so every pattern is bounded: the time grows with the text and not with its square.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

_SALT = secrets.token_bytes(16)

_FORMS = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
    r"\b(?:xox[abeprs]|xapp)-[A-Za-z0-9-]{8,}",
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,}",
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|dckr_pat_[\w-]{20,})",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"(?<![\w-])AIza[\w-]{30,}",
    r"\b[sr]k_live_\w{16,}|(?<![\w-])sk-(?=[\w-]{0,60}\d)[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhvs\.[\w-]{20,}",
    r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
    r"(?<=://)[^/\s:@\"']*:[^/\s@\"']+(?=@)",
    r"(?i:(?<=bearer )|(?<=basic ))(?=[^\s\"']{0,40}\d)[A-Za-z0-9+/=._~-]{8,}",
)
_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|account|private|encryption|signing)[-_ ]?key"
    r"|authorization|auth|credentials?|session[-_]?id|cookie|dsn|connection[-_]?string"
)
_FOUND = re.compile(
    "|".join(f"(?:{form})" for form in _FORMS)
    + rf"|(?P<name>(?i:{_NAMES}))(?P<rest>[\w.-]{{0,40}})"
    + r"(?:(?P<closed>\\{0,4}[\"'])?(?P<sign>[ \t]{0,8}(?:=>|:=|=(?![=~])|:(?!:))[ \t]{0,8})|[ ])"
)
_STARTS = (
    "-----begin ", "xox", "xapp-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_",
    "dckr_pat_", "akia", "asia", "aiza", "sk_live_", "rk_live_", "sk-", "sg.", "hvs.", "eyj",
    "pass", "pwd", "secret", "token", "api", "access", "account", "private", "encryption", "signing", "auth",
    "credential", "session", "cookie", "dsn", "connection",
)  # fmt: skip
_BEFORE = ("slack.com/services/", "://", "bearer ", "basic ")
"""What `_FOUND` finds begins with one of the former or behind one of the latter: it is tried only there."""
_CLIENTS = {
    "mysql": (r"mysql(?:admin|binlog|check|dump|import|pump|sh|show|slap)?", "-p", ""),
    "mariadb": (r"mariadb(?:-[a-z]{1,20})?", "-p", ""),
    "redis-cli": ("redis-cli", "(?:-a|--pass) ", ""),
    "sshpass": ("sshpass", "-p ?", ""),
    "curl": ("curl", "(?:-u|-U|--user|--proxy-user)[ =]?", r"[^\s:\"'\[]{0,100}:"),
    "mongo": (r"mongo(?:dump|export|files|import|restore|sh|stat|top)?", "-p ", ""),
    "ldap": (r"ldap(?:add|delete|modify|passwd|search|whoami)", "-w ", ""),
}
"""By how their names begin: these, the flag that takes the password, and what may stand before that."""
_GIVEN = {
    client: re.compile(
        rf"(?<![\w-]){names}(?:[ ]+\S{{1,200}}){{0,16}}?[ ]+(?P<quote>[\"'])?{flag}(?P<inner>[\"'])?{before}"
        r"(?P<value>(?(quote)[^\"'\n]{1,200}|(?(inner)[^\"'\n]{1,200}|[^\s\"';&|<>()`$]{1,200})))"
    )
    for client, (names, flag, before) in _CLIENTS.items()
}
"""What these are given as a password, some words behind their name."""
_FOLDED = str.maketrans("İıſ", "iis")
"""Letters that fit plain ones in either case, and whose small form is another or longer."""
_VALUE = re.compile(
    r"\\+\"(?P<inner>[^\n]*?)(?=\\+\"|\n|\Z)"
    r"|\"(?P<double>(?:[^\"\\\n]|\\[^\n]?)*+)"
    r"|'(?P<single>(?:[^'\\\n]|\\[^\n]?)*+)"
    # a comma goes on with the value, unless another name follows it
    r"|(?:(?i:bearer|basic|token|negotiate)[ ]+)?"
    r"(?P<plain>(?:[^\s\"',;&]|,(?=[^\s\"'=:,;&]{1,60}(?:[\s\"',;&]|\Z)))+)"
)
_COOKIES = re.compile(r"(?P<plain>[^\n]+)")
_WORD = re.compile(r"(?P<plain>[^\s\"']\S*)")
_LINE_START = re.compile(r"(?:^|\n)(?:export |- )?[\w.-]{0,60}\Z")
_FLAG_START = re.compile(r"(?:^|\s)--?[\w-]{0,40}\Z")

_PLACEHOLDER = re.compile(r"\[redacted:[0-9a-f]{6}\]")
_REFERENCE = re.compile(r"\$\{[\w.]+\}|\$\([\w.]+\)|[*x•]{3,}|<[\w -]*>", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z_][\w.]*[(\[]|await |new |function\b")
_ABOUT = re.compile(
    r"names?|files?|path|dir|ur[li]|(?:key)?ref|count|type|kind|len|length|ttl|expir(?:y|es|ed)|at|in|mode|policy"
    r"|reset|field|limit|us(?:ed|age)|size|time|timeout|age|version|source|provider|method|stat(?:us|e)|enabled"
    r"|required|class|format|prefix|header|ids?|errors?|message|js|ts|py|go|rb|java|php|html|txt|json|ya?ml",
    re.IGNORECASE,
)
"""The last word of names that speak about a secret and hold none, such as `TOKEN_TTL` or `secretName`."""
_WORDS = re.compile(
    r"true|false|null|none|nil|undefined|unset|empty|yes|no|ok|not|is|was|must|should|required|missing|string"
    r"|(?:in)?valid|incorrect|wrong|expired|mismatch|fail(?:ed|ure)?|success|succeeded|denied|granted|allowed"
    r"|refused|(?:un)?expected|enabled|disabled|changed|updated|anonymous|<set",
    re.IGNORECASE,
)
"""What stands after a secret's name in a sentence about it."""
_WHOLE_WORDS = frozenset({"pass", "pwd", "auth", "dsn", "cookie"})
"""Names that are the end of other words, as in `compass`; these count only where a word begins."""


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted:3f9a1c]`."""
    return _without(text, _all_secrets(text))


def redact_lines(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Lines without secrets, each with its number among those given.

    They are looked at as one text: a secret that goes over several leaves the first, with its placeholder.
    """
    text = "\n".join(lines)
    secrets_found = list(_all_secrets(text))
    gone: set[int] = set()
    for start, end in secrets_found:
        if more := text.count("\n", start, end):
            first = text.count("\n", 0, start)
            gone.update(range(first + 1, first + more + 1))
    left = [number for number in range(len(lines)) if number not in gone]
    return list(zip(left, _without(text, secrets_found).split("\n"), strict=False))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], placeholder(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def redact_value(name: str, value: str) -> str:
    """A value that stands under a name of its own, such as an environment variable."""
    return placeholder(value) if value and _names_secret(name) else redact(value)


def placeholder(secret: str) -> str:
    """Stable while the process lives; without its salt nobody can test a guess."""
    if _PLACEHOLDER.fullmatch(secret):
        return secret
    return f"[redacted:{hashlib.sha256(_SALT + secret.encode(errors='replace')).hexdigest()[:6]}]"


def _all_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Where secrets of every kind stand, in their order and without overlap."""
    given = sorted(_given(text))
    if not given:
        yield from _secrets(text)
        return
    start, end = -1, -1
    for first, last in sorted([*given, *_secrets(text)]):
        if first >= end:
            if end > 0:
                yield start, end
            start = first
        end = max(end, last)
    yield start, end


def _given(text: str) -> Iterator[tuple[int, int]]:
    """What clients are given as their password."""
    for client, form in _GIVEN.items():
        place = text.find(client)
        while place >= 0:
            if found := form.match(text, place):
                yield found.span("value")
            place = text.find(client, place + 1)


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Where secrets of the first two kinds stand, in their order and without overlap."""
    position = 0
    for start in _hints(text):
        if start < position or not (found := _FOUND.match(text, start)):
            continue
        span = _secret(found)
        position = found.end("name") if span is None else span[1]
        if span is not None:
            yield span


def _hints(text: str) -> list[int]:
    """Where a secret or its name may begin; plain search is a hundred times as fast as the expression."""
    folded = text.lower() if text.isascii() else text.translate(_FOLDED).lower()
    places: set[int] = set()
    for words, is_before in ((_STARTS, False), (_BEFORE, True)):
        for word in words:
            place = folded.find(word)
            while place >= 0:
                places.add(place + len(word) if is_before else place)
                place = folded.find(word, place + 1)
    return sorted(places)


def _names_secret(name: str) -> bool:
    found = _FOUND.search(f"{name}=")
    while found and found["name"]:
        if _holds_secret(found):
            return True
        found = _FOUND.search(f"{name}=", found.end("name"))
    return False


def _secret(found: re.Match[str]) -> tuple[int, int] | None:
    """Where the secret stands in what was found, if it is one."""
    if found["name"] is None:
        return found.span()
    if not _holds_secret(found):
        return None
    value = _reach(found).match(found.string, found.end())
    if value is None:
        return None
    kind = str(value.lastgroup)
    return value.span(kind) if _is_secret(found, value[kind], quoted=kind != "plain") else None


def _holds_secret(found: re.Match[str]) -> bool:
    """Whether a name is one that secrets have: not `author`, `tokenizer`, `secretName` or `compass`."""
    name, rest, before = found["name"], found["rest"], _before(found, 1)
    if found["sign"] is None and not _FLAG_START.search(_before(found, 48)):
        return False
    if rest[:1].isalpha() and (rest[0].islower() or name[-1].isupper()):
        return False
    inside = before.isalpha() and not (name[0].isupper() and before.islower())
    if inside and name.lower() in _WHOLE_WORDS:
        return False
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", rest)
    return not (words and _ABOUT.fullmatch(words[-1]))


def _reach(found: re.Match[str]) -> re.Pattern[str]:
    """How far the value goes: a line of cookies, a word of an environment, else to a quote or a comma."""
    quoted = found.string[found.end() : found.end() + 1] in {'"', "'", "\\"}
    if found["name"].lower() == "cookie" and not quoted:
        return _COOKIES
    if (
        found["sign"] == "="
        and found["name"].isupper()
        and not quoted
        and _LINE_START.search(_before(found, 72))
    ):
        return _WORD
    return _VALUE


def _is_secret(found: re.Match[str], value: str, *, quoted: bool) -> bool:
    """Whether a value is a secret, and no word of a sentence, count, path or line of code."""
    name, sign = found["name"].lower(), found["sign"]
    if not value or _WORDS.fullmatch(value) or _REFERENCE.fullmatch(value):
        return False
    if sign and sign.strip() != sign and _CODE.match(value):
        return False
    if name == "pwd" and value.startswith("/"):
        return False
    if quoted and not found["closed"] and value[0] in " ,}])":
        return False
    if name == "pass" and not re.match(r"[\w.-]", _before(found, 1)):
        return not value.isdecimal() and (sign == "=" or not found["name"].isupper())
    if _looks_random(value):
        return True
    if name in {"token", "credential", "credentials"}:
        return (quoted or sign == "=") and not value.isdecimal()
    return sign is not None and name not in {"auth", "authorization", "cookie", "dsn"}


def _before(found: re.Match[str], count: int) -> str:
    start = found.start("name")
    return found.string[max(0, start - count) : start]


def _looks_random(value: str) -> bool:
    if len(value) < 6 or value.startswith("/"):  # noqa: PLR2004 - shorter ones are words
        return False
    letters = any(c.isalpha() for c in value)
    mixed = letters and (any(c.isdigit() for c in value) or not (value.islower() or value.istitle()))
    return mixed or len(value) >= 16  # noqa: PLR2004 - words end before that
