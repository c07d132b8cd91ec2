"""Secrets never leave; everything else stays as it was printed."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import redaction
from bot.domain.redaction import placeholder, redact, redact_lines, redact_value

HIDDEN = r"\[redacted:[0-9a-f]{6}\]"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nq83vEjRWeJC9\n-----END RSA PRIVATE KEY-----"

# what is printed, and the part of it that nobody may read
SECRETS = [
    ("password=hunter2", "hunter2"),
    ("mysql -uroot -phunter2 -e 'select 1'", "hunter2"),
    ("sh -c 'mysqldump -phunter2; ls'", "hunter2"),
    ("mariadb-dump '-ph unter;2' shop", "h unter;2"),
    ("redis-cli -h db -a swordfish ping", "swordfish"),
    ("curl -s -u ana:swordfish http://db/", "swordfish"),
    ("curl --user 'ana:sword fish' http://db/", "sword fish"),
    ("sshpass -p swordfish ssh db", "swordfish"),
    ("mongosh -u ana -p swordfish", "swordfish"),
    ("ldapsearch -D cn=ana -w swordfish", "swordfish"),
    ("password: swordfish", "swordfish"),
    ("DB_PASSWORD=p&ss;w0rd'x\"y", "p&ss;w0rd'x\"y"),
    ("export API_TOKEN=abc123", "abc123"),
    ("dbPassword = s3cret!", "s3cret!"),
    ("passwd:letmein", "letmein"),
    ("DB_PASS=swordfish", "swordfish"),
    ("pwd=swordfish;Server=db", "swordfish"),
    ('{"user":"bob","password":"hunter2"}', "hunter2"),
    ('{"password": "ab\\"cd ef"}', 'ab\\"cd ef'),
    ('{"password":"cut off in the mid', "cut off in the mid"),
    ('"{\\"password\\":\\"hunter2\\"}"', "hunter2"),
    ("{'secret': 'a b c'}", "a b c"),
    ('{:password=>"hunter2"}', "hunter2"),
    ("client_secret=a1b2,c3d4 next", "a1b2,c3d4"),
    ("secret := topsecret", "topsecret"),
    ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX"),
    ("found AKIAIOSFODNN7EXAMPLE in use", "AKIAIOSFODNN7EXAMPLE"),
    ("apikey=zq81kf", "zq81kf"),
    ("X-Api-Key: zq81kf", "zq81kf"),
    ("AccountKey=Zm9vYmFyYmF6cXV4==;Suffix=x", "Zm9vYmFyYmF6cXV4=="),
    ("Authorization: Bearer a1b2c3d4e5f6", "a1b2c3d4e5f6"),
    ("sent bearer a1b2c3d4e5f6", "a1b2c3d4e5f6"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("auth=9f86d081884c7d65", "9f86d081884c7d65"),
    ('"token":"swordfish"', "swordfish"),
    ("credentials=swordfish", "swordfish"),
    ("session_id=k3jd92kd", "k3jd92kd"),
    ("Cookie: theme=dark; sid=3fa9c1", "theme=dark; sid=3fa9c1"),
    ('"cookie":"sid=3fa9c1; theme=dark"', "sid=3fa9c1; theme=dark"),
    ("dsn=server@db:hunter2-very-long", "server@db:hunter2-very-long"),
    ("postgres://shop:s3cr3t@db:5432/shop", "shop:s3cr3t"),
    ("redis://:s3cr3t@cache:6379", ":s3cr3t"),
    ("curl --password hunter2 --user bob", "hunter2"),
    ("logged in with xoxb-2345678901-abcdefghij", "xoxb-2345678901-abcdefghij"),
    ("xapp-1-A0123456789-12345", "xapp-1-A0123456789-12345"),
    ("POST https://hooks.slack.com/services/T0AB/B0CD/0123456789abcdef", "T0AB/B0CD/0123456789abcdef"),
    ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    ("github_pat_11ABCDEFG0123456789_abc", "github_pat_11ABCDEFG0123456789_abc"),
    ("glpat-0123456789abcdefghij", "glpat-0123456789abcdefghij"),
    ("npm_0123456789abcdefghij0123456789abcdef", "npm_0123456789abcdefghij0123456789abcdef"),
    ("dckr_pat_0123456789abcdefghij", "dckr_pat_0123456789abcdefghij"),
    ("AIzaSyA0123456789abcdefghijklmnopqrstu", "AIzaSyA0123456789abcdefghijklmnopqrstu"),
    ("sk_live_0123456789abcdef", "sk_live_0123456789abcdef"),
    ("sk-proj-0123456789abcdefghij", "sk-proj-0123456789abcdefghij"),
    ("SG.0123456789abcdef.0123456789abcdef", "SG.0123456789abcdef.0123456789abcdef"),
    ("hvs.CAESIJ0123456789abcdef", "hvs.CAESIJ0123456789abcdef"),
    (f"got {JWT} from the issuer", JWT),
    (f"key:\n{PEM}\nend", PEM),
    (PEM.partition("-----END")[0], PEM.partition("-----END")[0]),
]  # fmt: skip
WRITTEN = Path(__file__).with_name("clean.log").read_text(encoding="utf-8").splitlines()
CLEAN = [
    form
    for line in WRITTEN
    for form in (line, json.dumps({"level": "info", "msg": line}), f"I1123 13:16:28.1 1 main.go:42] {line}")
]


@pytest.mark.parametrize(("printed", "secret"), SECRETS)
def test_a_secret_is_replaced_whole_and_nothing_else(printed: str, secret: str):
    assert redact(printed) == printed.replace(secret, placeholder(secret))


@pytest.mark.parametrize(("printed", "secret"), SECRETS)
def test_what_is_redacted_stays_as_it_is(printed: str, secret: str):
    assert redact(redact(printed)) == redact(printed)


def test_several_hundred_clean_lines_stay_as_they_are():
    assert len(CLEAN) > 400
    assert [line for line in CLEAN if redact(line) != line] == []
    assert redact("\n".join(CLEAN)) == "\n".join(CLEAN)


@given(
    clean=st.lists(st.sampled_from(WRITTEN), max_size=4), planted=st.sampled_from(SECRETS), last=st.booleans()
)
def test_a_secret_is_found_between_any_other_lines(clean: list[str], planted: tuple[str, str], *, last: bool):
    lines = [*clean, planted[0]] if last or planted[0].startswith("-----BEGIN") else [planted[0], *clean]
    shown = redact("\n".join(lines))

    assert planted[1] not in shown
    assert all(line in shown for line in clean)


@given(
    st.lists(
        st.sampled_from([*(p for p, _ in SECRETS), *'="\\:, \n', "token", "[redacted:0a1b2c]"]), max_size=8
    )
)
def test_redaction_is_idempotent_on_any_mixture(pieces: list[str]):
    once = redact("".join(pieces))
    assert redact(once) == once


def test_the_same_secret_has_the_same_placeholder_and_another_has_another():
    shown = redact("password=alpha1 secret=alpha1 token=beta22").split()
    first, second, third = (word.partition("=")[2] for word in shown)
    assert first == second == placeholder("alpha1")
    assert third != first


def test_two_secrets_of_one_line_are_both_hidden():
    assert (
        redact("password=a1,token=b2c3d4 x")
        == f"password={placeholder('a1')},token={placeholder('b2c3d4')} x"
    )


def test_signs_of_any_alphabet_are_hidden():
    assert redact("password=пароль-日本") == f"password={placeholder('пароль-日本')}"
    assert redact("password=\ud800x") == f"password={placeholder(chr(0xD800) + 'x')}"


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "api-key", "API_KEY", "token", "dbPassword", "AWS_SECRET_ACCESS_KEY", "MYSQL_PASS",
     "PGPASSWORD", "GITHUB_TOKEN_PROD", "client.secret", "passwordless_token"],
)  # fmt: skip
def test_a_value_under_a_secrets_name_is_hidden(name: str):
    assert redact_value(name, "blue") == placeholder("blue")


@pytest.mark.parametrize(
    "name",
    ["LOG_LEVEL", "TOKENIZERS_PARALLELISM", "SECRETARY", "COMPASS", "PASSWORD_FILE", "TOKEN_TTL", "KEYBOARD",
     "image", "secretName", "AUTHOR", ""],
)  # fmt: skip
def test_a_value_under_any_other_name_is_shown(name: str):
    assert redact_value(name, "blue") == "blue"


def test_a_secret_under_an_innocent_name_is_hidden():
    assert redact_value("URL", "postgres://shop:s3cr3t@db") == f"postgres://{placeholder('shop:s3cr3t')}@db"


def test_an_empty_value_is_shown_as_empty():
    assert redact_value("PASSWORD", "") == ""


HOSTILE = [
    "a", "-", "a-", "pass", "password=", "password:", "auth:", "token=x,", "://", "://a:b", "bearer ", "sk-",
    "eyJaaaaaaaa-", "SG.aaaaaaaaaaaaaaaa-", "-----BEGIN PRIVATE KEY-----", "PRIVATE KEY", 'password=\\"',
    "cookie: ", "secret ", "--secret ", "api ", "\n", "\\", "xoxb-", "hooks.slack.com/services/",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_time_grows_with_the_text_and_not_with_its_square(piece: str):
    def seconds(size: int) -> float:
        hostile = "password=" + piece * (size // len(piece)) + " secret"
        start = time.process_time()
        redact(hostile)
        return time.process_time() - start

    # sixteen times the text takes some sixteen times as long; squares would take 256 times
    assert seconds(160_000) < 0.02 + 60 * seconds(10_000)


def test_a_hostile_line_of_a_megabyte_is_read_in_seconds():
    start = time.process_time()
    redact("token-" * 170_000 + "password=hunter2")
    assert time.process_time() - start < 5


STARTS = [
    *redaction._STARTS,
    *(start.upper() for start in redaction._STARTS),
    "xoxb-",
    "sk_live_",
    "eyJ",
    "AKIA",
]
NASTY = st.lists(
    st.sampled_from(
        [*STARTS, "=", ": ", " ", '"', "'", "\\", "\n", ",", "a1b2c3d4e5f6a7b8c9d0", "é", "\udc00", "x"]
    )
    | st.sampled_from([PEM, JWT, "ſecret=", "APİ_KEY=", "\udc00", "user:pw@host", "T0/B0/"]),
    max_size=10,
).map("".join)


@settings(max_examples=600)
@given(NASTY)
def test_looking_only_where_a_secret_may_begin_finds_all_of_them(text):
    slow, done, position = [], 0, 0
    while found := redaction._FOUND.search(text, position):
        span = redaction._secret(found)
        position = found.end("name") if span is None else span[1]
        if span:
            slow += [text[done : span[0]], placeholder(text[span[0] : span[1]])]
            done = span[1]
    assert redact(text) == "".join([*slow, text[done:]])


@given(
    st.lists(
        st.sampled_from(["a", "token=abc123x", *PEM.split("\n"), "-----BEGIN PRIVATE KEY-----"]), max_size=9
    )
)
def test_lines_keep_their_numbers_where_a_secret_goes_over_several(lines):
    found = redact_lines(lines)
    assert "\n".join(text for _, text in found) == redact("\n".join(lines))
    numbers = [number for number, _ in found]
    assert numbers == sorted(set(numbers))
    assert all(text == lines[number] or "[redacted:" in text for number, text in found)
