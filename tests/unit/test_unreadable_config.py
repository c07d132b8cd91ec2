"""A configuration that cannot be read is refused in a sentence, however its reading fails."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import read_config

UNREADABLE = {
    "a date that is none": b"channels: {C0SHOP: {name: 2026-13-45}}",
    "a time that is none": b"policy: !!timestamp soon",
    "a number that is none": b"policy: !!int x",
    "an empty number": b"policy: !!int ''",
    "a truth that is none": b"policy: !!bool maybe",
    "brackets without end": b"[" * 1000,
    "nests without end": b"- " * 1000,
    "a list said to be a mapping": b"!!map [a, b]",
    "a word said to be a mapping": b"!!map x",
    "a key that is a list": b"? [a]\n: b\n",
    "a key that stands twice": b"policy: {rules: []}\npolicy: {rules: []}\n",
    "something that holds itself": b"policy: &a {rules: *a}",
    "something to be run": b"policy: !!python/object/apply:os.system [id]",
    "bytes that are no text": b"\xff\xfe\x00\xd8",
    "what cannot be seen": b"policy: \x00",
    "a list": b"- policy",
    "a number": b"5",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_it_is_refused_in_a_sentence(tmp_path: Path, content: bytes):
    file = tmp_path / "policy.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        read_config(file, {"get": "get"})
    [problem] = refused.value.problems
    assert problem.startswith(f"{file}: ")
    assert "\n" not in problem


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SettingsError, match="No such file"):
        read_config(tmp_path / "none.yaml", {})
