"""The tokens of the on-call providers are checked when read, missed where needed, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.domain.errors import SettingsError
from bot.settings import Settings, read_config, read_settings, require_tokens

PRIMARY = {"pagerduty": {"schedule": "PABC123"}}
DATA = {"opsgenie": {"schedule": "Data on-call", "region": "eu"}}
NIGHT = {"rota": {"shifts": [{"users": {"U0ANA": "ana"}, "weekly": ["Mon 20:00", "Tue 08:00"]}]}}


@pytest.fixture
def config(tmp_path):
    def write(**oncall: object) -> Path:
        path = tmp_path / "bot.yaml"
        path.write_text(yaml.safe_dump({"oncall": oncall}), encoding="utf-8")
        return path

    return write


@pytest.fixture
def settings(config):
    path = config()

    def read(**environment: str) -> Settings:
        usual = {
            "SLACK_BOT_TOKEN": "xoxb-x", "SLACK_APP_TOKEN": "xapp-x", "KUBECONFIG": str(path),
            "BOT_CONFIG": str(path),
        }  # fmt: skip
        return read_settings(usual | environment)

    return read


def test_a_token_is_read_and_never_shown(settings):
    read = settings(PAGERDUTY_TOKEN=" pd-t0ken\n", OPSGENIE_TOKEN="og-t0ken")
    assert (read.pagerduty_token, read.opsgenie_token) == ("pd-t0ken", "og-t0ken")
    assert "t0ken" not in repr(read) + str(read)


@pytest.mark.parametrize("variable", ["PAGERDUTY_TOKEN", "OPSGENIE_TOKEN"])
@pytest.mark.parametrize("token", ["t0ken\r\nHost: x", "two t0kens", "t0kén", "\x7ft0ken"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(settings, variable, token):
    with pytest.raises(SettingsError, match=f"^{variable} is no token") as refused:
        settings(**{variable: token})
    assert "t0k" not in refused.value.message


def test_every_schedule_whose_token_is_missing_is_told(settings, config):
    oncall = read_config(config(primary=PRIMARY, data=DATA, night=NIGHT), {}).oncall
    with pytest.raises(SettingsError) as refused:
        require_tokens(settings(), oncall)
    assert refused.value.problems == (
        "OPSGENIE_TOKEN is needed: the on-call schedule data is looked up with it",
        "PAGERDUTY_TOKEN is needed: the on-call schedule primary is looked up with it",
    )
    with pytest.raises(SettingsError, match=r"^PAGERDUTY_TOKEN is needed"):
        require_tokens(settings(OPSGENIE_TOKEN="x"), oncall)
    require_tokens(settings(OPSGENIE_TOKEN="x", PAGERDUTY_TOKEN="y"), oncall)


def test_a_rota_needs_no_token(settings, config):
    require_tokens(settings(), read_config(config(night=NIGHT), {}).oncall)


@pytest.mark.parametrize(
    ("oncall", "said"),
    [
        ({"primary": PRIMARY | DATA}, "oncall.primary: Value error, a schedule is one of pagerduty"),
        ({"Primary": PRIMARY}, "oncall.Primary.[key]: String should match"),
        ({"primary": {"pagerduty": {"schedule": "P12", "token": "t0ken"}}}, "oncall.primary.pagerduty.token"),
        ({"primary": "PABC123"}, "oncall.primary: Input should be"),
    ],
)  # fmt: skip
def test_a_section_that_is_wrong_is_told_by_its_place(config, oncall, said):
    path = config(**oncall)
    with pytest.raises(SettingsError) as refused:
        read_config(path, {})
    assert f"{path}: {said}" in refused.value.message
    assert "t0ken" not in refused.value.message
