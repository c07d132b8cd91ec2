"""What is sealed is opened by the same key alone."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.errors import SettingsError
from bot.store.secrets import Sealer

ADDRESS = "https://hooks.slack.com/commands/T0/1/abc"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_is_opened_again(value: str):
    assert Sealer("key").open(Sealer("key").seal(value)) == value


def test_a_sealed_value_shows_nothing_and_is_never_the_same_twice():
    sealer = Sealer("key")
    one, other = sealer.seal(ADDRESS), sealer.seal(ADDRESS)
    assert one != other
    assert "slack" not in one


def test_what_another_key_sealed_or_was_altered_is_gone():
    sealed = Sealer("key").seal(ADDRESS)
    for wrong in ("", "nonsense", sealed[:-4], Sealer("another").seal(ADDRESS)):
        assert Sealer("key").open(wrong) == ""


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "new" / "key"
    sealed = Sealer.from_file(path).seal(ADDRESS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert Sealer.from_file(path).open(sealed) == ADDRESS


def test_two_files_hold_two_keys(tmp_path: Path):
    sealed = Sealer.from_file(tmp_path / "a").seal(ADDRESS)
    assert Sealer.from_file(tmp_path / "b").open(sealed) == ""


def test_a_key_file_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    for path in (tmp_path, tmp_path / "file", tmp_path / "file" / "key"):
        with pytest.raises(SettingsError, match=f"the key file {path} cannot be used"):
            Sealer.from_file(path)


def test_a_digest_tells_the_same_from_another_under_one_key_alone():
    sealer = Sealer("key")
    assert sealer.digest("hunter2") == Sealer("key").digest("hunter2")
    assert sealer.digest("hunter2") != sealer.digest("hunter3")
    assert sealer.digest("hunter2") != Sealer("another").digest("hunter2")
    assert "hunter2" not in sealer.digest("hunter2")
