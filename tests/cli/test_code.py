"""`code`: who is enrolled for one-time codes, by an operator beside the bot."""

from __future__ import annotations

import re

import pytest

from bot.service.codes import OneTimeCodes
from bot.store.codes import CodeTable, Enrolments
from bot.store.secrets import Sealer
from tests.factories import NOW, one_time_code


@pytest.fixture
def code(run, tmp_path):
    async def code(*arguments: str, **environment: str) -> tuple[int, str]:
        return await run("code", *arguments, BOT_DATA_DIR=str(tmp_path), **environment)

    return code


async def test_enrolled_listed_and_revoked(code, tmp_path):
    assert await code("list") == (0, "")
    assert list(tmp_path.iterdir()) == [], "to look leaves nothing behind"
    exit_code, told = await code("enrol", "U0ANA", "--name", "ana")
    assert exit_code == 0
    assert f"U0ANA is enrolled, in {tmp_path}/codes." in told
    [secret] = re.findall(r"otpauth://totp/k8s-bot:ana\?\S*secret=([A-Z2-7]+)", told)
    assert secret in told.replace(" ", "")
    assert await code("list") == (0, "U0ANA\n")
    assert await code("revoke", "U0ANA") == (0, "U0ANA is enrolled no more.\n")
    assert await code("revoke", "U0ANA") == (1, "k8s-bot: U0ANA is not enrolled\n")


@pytest.mark.parametrize("key", ["", " a key \n"], ids=["a key file", "BOT_SECRET_KEY"])
async def test_the_bot_takes_the_codes_of_who_was_enrolled(code, tmp_path, db, key):
    _, told = await code("enrol", "U0ANA", BOT_SECRET_KEY=key)
    [secret] = re.findall(r"secret=([A-Z2-7]+)", told)
    codes = OneTimeCodes(Enrolments(tmp_path), Sealer.of(key.strip(), tmp_path), CodeTable(db))
    async with db.write() as transaction:
        await codes.spend(transaction, "U0ANA", one_time_code(secret), NOW)


async def test_a_second_enrolment_is_refused_and_the_first_one_stays(code, tmp_path):
    await code("enrol", "U0ANA")
    kept = (tmp_path / "codes" / "U0ANA").read_bytes()
    exit_code, told = await code("enrol", "U0ANA")
    assert exit_code == 1
    assert told == "k8s-bot: U0ANA is enrolled already; `code revoke U0ANA` comes first\n"
    assert (tmp_path / "codes" / "U0ANA").read_bytes() == kept


@pytest.mark.parametrize("user", ["ana", "../U0ANA", "C0SHOP", "U0ANA\n", ""])
@pytest.mark.parametrize("verb", ["enrol", "revoke"])
async def test_what_is_no_id_is_refused(code, tmp_path, verb, user):
    exit_code, told = await code(verb, user)
    assert (exit_code, told) == (2, f"k8s-bot: {user!r} is no id of a person, such as U0ANA\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a:b", "x" * 65, "a\nb"])
async def test_a_name_that_an_authenticator_would_misread_is_refused(code, tmp_path, name):
    exit_code, told = await code("enrol", "U0ANA", "--name", name)
    assert exit_code == 2
    assert "a name has at most 64 characters, and no colon" in told
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_used_is_told_in_a_line(code, tmp_path):
    (tmp_path / "codes").write_text("a file")
    for arguments in (("enrol", "U0ANA"), ("revoke", "U0ANA"), ("list",)):
        exit_code, told = await code(*arguments)
        assert exit_code == 2
        assert re.fullmatch(rf"k8s-bot: {tmp_path}/codes cannot be .*\n", told)
