"""The freezes of a configuration, and the channel in which a read-only switch is told."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.service.in_force import InForce
from bot.service.loading import Verb
from bot.settings import read_config

ROLLBACK, RESTART = Verb(name="rollback", kind="change"), Verb(name="restart", kind="change")
VERBS = {"rollback": ROLLBACK, "rollout undo": ROLLBACK, "restart": RESTART}
WEEKEND = """
announce: {C0OPS: ops}
freezes:
  - name: weekend
    zone: Europe/Berlin
    weekly: [Fri 17:00, Mon 08:00]
    allows: [rollout undo, restart]
    except: [2026-12-26, [2026-12-05, 2026-12-06], [2026-12-12T08:00, 2026-12-12T20:00]]
"""


def read(tmp_path: Path, text: str) -> InForce:
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return read_config(file, VERBS)


def test_verbs_are_known_by_any_of_their_names_and_exceptions_in_every_form(tmp_path: Path):
    found = read(tmp_path, WEEKEND)
    [weekend] = found.freezes
    assert weekend.allows == ("rollback", "restart")
    assert [str(one) for one in weekend.besides[:1]] == ["2026-12-26"]
    assert len(weekend.besides) == 3
    assert found.announce == {"C0OPS": "ops"}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("restart", "reboot", "freeze weekend: there is no verb 'reboot'"),
        ("2026-12-26", "boxing day", "freezes.0.except.0"),
        ("2026-12-26", "9999-12-31", "9999-12-31 is the last day that can be written"),
        ("C0OPS: ops", "ops: ops", "announce"),
        ("C0OPS: ops", "C0OPS: ops, C0SHOP: shop", "announce"),
    ],
)
def test_what_is_wrong_with_it_is_told(tmp_path: Path, right: str, wrong: str, said: str):
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, WEEKEND.replace(right, wrong))
    assert any(said in problem for problem in refused.value.problems)
