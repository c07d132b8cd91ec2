"""One-time codes: right by the standard, once each, and not to be guessed."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import sqlalchemy as sa

from bot.domain.errors import AuditUnavailableError, CodeError
from bot.service.codes import (
    OneTimeCodes,
    enrolment_uri,
    new_secret,
    sealed_secret,
    step_of,
    waits_until,
)
from bot.store.codes import CodeTable, Enrolments
from bot.store.db import Database
from bot.store.secrets import Sealer
from bot.store.tables import wrong_codes
from tests.factories import NOW, SEALER, one_time_code

RFC = b"12345678901234567890"
VECTORS = {
    59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
    20000000000: "353130",
}  # fmt: skip
"""Appendix B of RFC 6238, the last six of its eight digits."""


@pytest.mark.parametrize(("at", "code"), VECTORS.items())
def test_the_vectors_of_the_standard(at, code):
    assert step_of(RFC, code, at) == at // 30


@pytest.mark.parametrize(
    ("away", "is_right"), [(-31, False), (-30, True), (-1, True), (0, True), (59, True), (60, False)]
)
def test_one_step_before_and_one_after_are_right(away, is_right):
    begins = 1111111110 // 30 * 30
    assert step_of(RFC, VECTORS[1111111111], begins + away) == (begins // 30 if is_right else None)


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("287082", True), (" 287 082\n", True), ("287083", False), ("94287082", False), ("28708", False),
        ("", False), ("二八七〇八二", False), ("\ud800", False), ("2870820" * 10, False),
        ("287082\x00", False),
    ],
)  # fmt: skip
def test_what_is_typed_is_taken_as_it_is_but_for_its_spaces(typed, is_right):
    assert (step_of(RFC, typed, 59) is not None) is is_right


def test_an_authenticator_app_makes_the_same_codes_of_the_address():
    secret = new_secret()
    uri = urlsplit(enrolment_uri(secret, "Ana & Söhne/ops"))
    asked = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/k8s-bot:Ana & Söhne/ops")
    assert asked == {
        "secret": [secret], "issuer": ["k8s-bot"], "digits": ["6"], "period": ["30"], "algorithm": ["SHA1"],
    }  # fmt: skip


def test_no_two_secrets_are_the_same():
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(base64.b32decode(secret)) for secret in made} == {20}


@pytest.mark.parametrize(
    ("wrong", "now", "until"),
    [
        ((), 0, None),
        ((0, 1, 2, 3), 4, None),
        ((0, 1, 2, 3, 4), 4, 904),
        ((0, 1, 2, 3, 4), 903.9, 904),
        ((0, 1, 2, 3, 4), 904, None),
        ((0, 1, 2, 3, 899), 900, 1799),
        ((0, 1, 2, 3, 900), 900, None),
        ((-800, 0, 1, 2, 3, 900), 900, None),
        ((0, 1, 2, 3, 4), -100, 904),
    ],
)
def test_how_long_is_waited(wrong, now, until):
    assert waits_until(wrong, now) == until


# ---------------------------------------------------------------- within a transaction


@dataclass
class Desk:
    """Somebody who takes codes."""

    codes: OneTimeCodes
    db: Database
    folder: Path
    secret: str

    async def spend(self, code: str, *, now: float = NOW, user: str = "U0ANA") -> str:
        """What became of it: empty where it was taken."""
        try:
            async with self.db.write() as transaction:
                await self.codes.spend(transaction, user, code, now)
        except CodeError as refused:
            return f"{refused.message} {refused.hint}"
        return ""

    def code(self, now: float = NOW) -> str:
        return one_time_code(self.secret, now)

    def wrong(self, now: float = NOW) -> str:
        right = {self.code(now + away) for away in (-30, 0, 30)}
        return next(code for code in map("{:06}".format, range(4)) if code not in right)


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    secret = new_secret()
    enrolments = Enrolments(tmp_path)
    assert enrolments.enrol("U0ANA", sealed_secret(SEALER, "U0ANA", secret))
    return Desk(OneTimeCodes(enrolments, SEALER, CodeTable(db)), db, tmp_path / "codes", secret)


USED = "That code was used already. Wait for the next one, half a minute at most."
WAIT = "Too many wrong codes. Try again in 15 min."


async def test_a_code_is_taken_once(desk: Desk):
    assert await desk.spend(desk.code()) == ""
    assert await desk.spend(desk.code()) == USED
    assert await desk.spend(desk.code(NOW + 30), now=NOW + 30) == ""


async def test_none_is_taken_that_is_older_than_one_that_was(desk: Desk):
    assert await desk.spend(desk.code(NOW + 30)) == ""
    for older in (NOW, NOW - 30):
        assert await desk.spend(desk.code(older)) == USED


async def test_of_the_same_code_twice_at_once_one_is_taken(desk: Desk):
    came = await asyncio.gather(*(desk.spend(desk.code()) for _ in range(10)))
    assert sorted(came) == ["", *[USED] * 9]


async def test_a_code_is_not_used_up_by_what_was_not_committed(desk: Desk):
    with suppress(ZeroDivisionError):
        async with desk.db.write() as transaction:
            await desk.codes.spend(transaction, "U0ANA", desk.code(), NOW)
            raise ZeroDivisionError
    assert await desk.spend(desk.code()) == ""


async def test_what_was_used_is_known_to_the_next_process(desk: Desk, tmp_path: Path):
    assert await desk.spend(desk.code()) == ""
    await desk.db.close()
    desk.db = await Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    desk.codes = OneTimeCodes(Enrolments(tmp_path), SEALER, CodeTable(desk.db))
    assert await desk.spend(desk.code()) == USED
    await desk.db.close()


async def test_after_five_wrong_ones_even_the_right_one_waits(desk: Desk):
    said = [await desk.spend(desk.wrong(), now=NOW + number) for number in range(6)]
    digits = "That code is wrong. Type the 6 digits that your authenticator shows now."
    assert said == [
        f"{digits} 4 tries are left.",
        f"{digits} 3 tries are left.",
        f"{digits} 2 tries are left.",
        f"{digits} 1 try is left.",
        "That code is wrong. It was the last try for 15 min.",
        WAIT,
    ]
    assert await desk.spend("", now=NOW + 4 + 779.5) == "Too many wrong codes. Try again in 3 min."
    late = NOW + 4 + 899
    assert await desk.spend(desk.code(late), now=late) == "Too many wrong codes. Try again in 1 min."
    assert await desk.spend(desk.code(late + 1), now=late + 1) == ""


async def test_after_the_wait_there_are_five_tries_again(desk: Desk):
    for _ in range(5):
        await desk.spend(desk.wrong())
    after = NOW + 900
    assert "4 tries are left" in await desk.spend(desk.wrong(after), now=after)


async def test_a_right_one_between_does_not_give_new_tries(desk: Desk):
    for _ in range(4):
        await desk.spend(desk.wrong())
    assert await desk.spend(desk.code()) == ""
    assert "last try" in await desk.spend(desk.wrong())
    assert await desk.spend(desk.code(NOW + 30), now=NOW + 30) == WAIT


async def test_a_used_one_is_no_wrong_one(desk: Desk):
    await desk.spend(desk.code())
    assert {await desk.spend(desk.code()) for _ in range(6)} == {USED}
    assert await desk.spend(desk.code(NOW + 30), now=NOW + 30) == ""


async def test_of_a_hundred_wrong_ones_at_once_five_are_looked_at(desk: Desk):
    came = await asyncio.gather(*(desk.spend(desk.wrong()) for _ in range(100)))
    assert came.count(WAIT) == 95


async def test_another_persons_wrong_ones_are_theirs(desk: Desk):
    Enrolments(desk.folder.parent).enrol("U0BEN", sealed_secret(SEALER, "U0BEN", new_secret()))
    for _ in range(5):
        await desk.spend(desk.wrong(), user="U0BEN")
    assert await desk.spend(desk.code()) == ""


async def test_a_wrong_one_counts_whatever_its_asker_does_with_the_refusal(desk: Desk):
    for _ in range(5):
        async with desk.db.write() as transaction:
            with pytest.raises(CodeError):
                await desk.codes.spend(transaction, "U0ANA", desk.wrong(), NOW)
    assert await desk.spend(desk.code()) == WAIT


async def test_wrong_ones_are_forgotten_when_they_no_longer_count(desk: Desk):
    for number in range(4):
        await desk.spend(desk.wrong(NOW + number * 1000), now=NOW + number * 1000)
    async with desk.db.read() as transaction:
        kept = (
            (await transaction.rows(sa.select(wrong_codes.c.at).order_by(wrong_codes.c.at))).scalars().all()
        )
    assert kept == [NOW + 2000, NOW + 3000]


async def test_nothing_is_taken_where_it_cannot_be_kept(desk: Desk):
    async with desk.db.write() as transaction:
        await transaction.change(sa.text("PRAGMA query_only=ON"))
    with pytest.raises(AuditUnavailableError):
        await desk.spend(desk.code())


# ---------------------------------------------------------------- people


@pytest.mark.parametrize("user", ["U0BEN", "", "../U0ANA", "U0ANA\n", "u0ana", "U0ANA/../U0ANA", "U0ANA\x00"])
async def test_who_is_not_enrolled(desk: Desk, user: str):
    assert not await desk.codes.enrolled(user)
    said = await desk.spend(desk.code(), user=user)
    assert said.startswith("You are not enrolled for one-time codes. An operator enrols you: `python -m bot")
    assert (user in said and bool(user)) is (user == "U0BEN"), "what is no id is not said again"


async def test_an_enrolment_counts_at_once_and_so_does_its_end(desk: Desk):
    assert await desk.codes.enrolled("U0ANA")
    enrolments = Enrolments(desk.folder.parent)
    assert enrolments.revoke("U0ANA")
    assert not await desk.codes.enrolled("U0ANA")
    assert "not enrolled" in await desk.spend(desk.code())
    desk.secret = new_secret()
    enrolments.enrol("U0ANA", sealed_secret(SEALER, "U0ANA", desk.secret))
    assert await desk.spend(desk.code()) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"\xff",
        sealed_secret(Sealer("another key"), "U0ANA", new_secret()).encode(),
        sealed_secret(SEALER, "U0BEN", new_secret()).encode(),
    ],
    ids=["empty", "nonsense", "bytes", "another key", "another person's"],
)
async def test_a_file_that_cannot_be_read_or_is_anothers_lets_nobody_in(desk: Desk, content: bytes):
    (desk.folder / "U0ANA").write_bytes(content)
    said = await desk.spend(desk.code())
    assert said.startswith("Your enrolment for one-time codes cannot be read.")


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_secret_and_code_are_in_no_error_and_no_file(desk: Desk, tmp_path: Path):
    for code in (desk.wrong(), desk.code(), desk.code()):
        said = await desk.spend(code)
        assert code not in said
        assert desk.secret not in said
    await desk.db.close()
    kept = everything_in(tmp_path)
    assert desk.secret.encode() not in kept
    assert base64.b32decode(desk.secret) not in kept
