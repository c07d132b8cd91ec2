"""The only reader of the environment and of the configuration file; every problem is told at once."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, field_validator

from bot.domain.errors import SettingsError
from bot.domain.locks import Freeze
from bot.domain.model import Frozen
from bot.domain.oncall import Opsgenie, PagerDuty, Schedule, ScheduleName
from bot.service.identity import OFF, Impersonation, problems as unnameable
from bot.service.in_force import ChannelDefault, InForce
from bot.service.loading import Verb, load_policy
from bot.service.policy import Policy
from bot.service.rules import ChannelId

_LISTEN = re.compile(r"(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")
_SLACK_API = "https://slack.com/api/"


class Address(Frozen):
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Keeping(Frozen):
    """Where a bot keeps what it keeps, and the key to it: all that a command beside the bot needs."""

    data_dir: Path
    secret_key: str = Field(repr=False)


class Settings(Frozen):
    """Everything a process is told from outside. Secrets are never shown: not by `repr`, not in an error."""

    bot_token: str = Field(repr=False)
    signing_secret: str = Field(default="", repr=False)
    app_token: str = Field(default="", repr=False)
    """Set: Socket Mode. Empty: signed HTTP on `listen`."""
    slack_api_url: str = _SLACK_API
    kubeconfig: str = ""
    """A path, or several with colons between; empty: in-cluster, under `cluster_name`."""
    cluster_name: str = ""
    database_url: str
    secret_key: str = Field(default="", repr=False)
    pagerduty_token: str = Field(default="", repr=False)
    opsgenie_token: str = Field(default="", repr=False)
    data_dir: Path
    config: Path | None = None
    listen: Address
    admin_listen: Address

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)


def read_keeping(environment: Mapping[str, str]) -> Keeping:
    get = environment.get
    return Keeping(
        data_dir=Path(get("BOT_DATA_DIR", "").strip() or "data"),
        secret_key=get("BOT_SECRET_KEY", "").strip(),
    )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises `SettingsError` that lists every problem."""
    problems: list[str] = []
    get = {key: value.strip() for key, value in environment.items()}.get
    token, app_token, secret = (
        get("SLACK_BOT_TOKEN", ""),
        get("SLACK_APP_TOKEN", ""),
        get("SLACK_SIGNING_SECRET", ""),
    )
    if not token.startswith("xoxb-"):
        problems.append("SLACK_BOT_TOKEN is needed: a bot token, which begins with xoxb-")
    if app_token and not app_token.startswith("xapp-"):
        problems.append("SLACK_APP_TOKEN is no app-level token: those begin with xapp-")
    if not app_token and not secret:
        problems.append(
            "SLACK_SIGNING_SECRET is needed for HTTP; for Socket Mode set SLACK_APP_TOKEN instead"
        )
    api_url = get("SLACK_API_URL", "") or _SLACK_API
    if not re.match(r"https?://\S+$", api_url):
        problems.append("SLACK_API_URL is no http(s) address")
    listen = _address("BOT_LISTEN", get("BOT_LISTEN", "") or "127.0.0.1:3000", problems)
    admin = _address("BOT_ADMIN_LISTEN", get("BOT_ADMIN_LISTEN", "") or str(listen), problems)
    kubeconfig, inside = _cluster(environment, problems)
    kept = read_keeping(environment)
    config = Path(get("BOT_CONFIG", "")) if get("BOT_CONFIG") else None
    if config is None:
        problems.append(
            "BOT_CONFIG is needed: a YAML file with the policy; examples/open.yaml is one for trials"
        )
    elif not config.is_file():
        problems.append(f"BOT_CONFIG names {config}, which is no file")
    pagerduty, opsgenie = (
        _token(source.variable, get(source.variable, ""), problems) for source in (PagerDuty, Opsgenie)
    )
    if problems:
        raise SettingsError(tuple(problems))
    return Settings(
        bot_token=token,
        signing_secret=secret,
        app_token=app_token,
        slack_api_url=api_url if api_url.endswith("/") else api_url + "/",
        kubeconfig=kubeconfig,
        cluster_name=inside,
        database_url=get("BOT_DATABASE_URL", "") or f"sqlite:///{kept.data_dir / 'k8s-bot.db'}",
        secret_key=kept.secret_key,
        pagerduty_token=pagerduty,
        opsgenie_token=opsgenie,
        data_dir=kept.data_dir,
        config=config,
        listen=listen,
        admin_listen=admin,
    )


def _address(name: str, value: str, problems: list[str]) -> Address:
    found = _LISTEN.fullmatch(value)
    if not found or int(found["port"]) > 65535:  # noqa: PLR2004 - the highest port
        problems.append(f"{name} is no HOST:PORT")
        return Address(host="127.0.0.1", port=0)
    return Address(host=found["host"].strip("[]"), port=int(found["port"]))


def _token(name: str, value: str, problems: list[str]) -> str:
    """A token as a header can carry it; empty where there is none."""
    if not re.fullmatch(r"[!-~]*", value):
        problems.append(f"{name} is no token: those are plain letters, digits and signs")
    return value


def require_tokens(settings: Settings, oncall: Mapping[str, Schedule]) -> None:
    """Raises `SettingsError` that lists every schedule whose provider we have no token for."""
    tokens = {PagerDuty.variable: settings.pagerduty_token, Opsgenie.variable: settings.opsgenie_token}
    problems = tuple(
        f"{schedule.remote.variable} is needed: the on-call schedule {name} is looked up with it"
        for name, schedule in oncall.items()
        if schedule.remote is not None and not tokens[schedule.remote.variable]
    )
    if problems:
        raise SettingsError(problems)


def _cluster(environment: Mapping[str, str], problems: list[str]) -> tuple[str, str]:
    """The kubeconfig, or the name of the cluster that the process runs in."""
    kubeconfig = environment.get("KUBECONFIG", "").strip()
    if kubeconfig:
        return kubeconfig, ""
    if environment.get("KUBERNETES_SERVICE_HOST"):
        return "", environment.get("BOT_CLUSTER_NAME", "").strip() or "in-cluster"
    home = Path(environment.get("HOME", "/nonexistent")) / ".kube" / "config"
    if home.is_file():
        return str(home), ""
    problems.append("no cluster: set KUBECONFIG, or run inside one")
    return "", ""


class ConfigFile(Frozen):
    """The YAML file that `BOT_CONFIG` names. The policy in it is validated by its own room."""

    policy: Any = Field(default_factory=dict)
    channels: dict[ChannelId, ChannelDefault] = Field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()
    read_only: str = ""
    """Why nothing may be changed for now; empty: it may."""
    impersonate: Impersonation = Impersonation()

    @field_validator("impersonate", mode="before")
    @classmethod
    def _on_or_off(cls, value: Any) -> Any:
        return {True: Impersonation(), False: OFF}[value] if isinstance(value, bool) else value

    oncall: dict[ScheduleName, Schedule] = Field(default_factory=dict)
    lock_after_rollback: bool = True
    compare_secrets: bool = False
    announce: dict[ChannelId, str] = Field(default_factory=dict, max_length=1)
    """The channel in which it is told that everything was made read-only, its name by its id."""


class _OnceLoader(yaml.CSafeLoader):
    """Refuses a key that stands twice: of two answers about permission, neither is the right one."""


def _mapping(loader: yaml.CSafeLoader, node: Any) -> dict[Any, Any]:
    keys: list[Any] = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", node.start_mark
            )
    return loader.construct_mapping(node, deep=True)


_OnceLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Any:
    """A file's content, in which no key stands twice. Raises `SettingsError`."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _OnceLoader)  # noqa: S506 - a SafeLoader, only stricter
    except OSError as error:
        raise SettingsError((f"{path}: {error.strerror}",)) from error
    except Exception as error:  # the library's own readers of dates, numbers and nests fail in many ways
        said = " ".join(str(error).split())
        raise SettingsError((f"{path}: it cannot be read as YAML: {said}",)) from error


def read_config(path: Path, verbs: Mapping[str, Verb]) -> InForce:
    """The policy and the channels' defaults. Raises `SettingsError` that lists every problem."""
    try:
        parsed = ConfigFile.model_validate(read_yaml(path) or {})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            tuple(f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in found)
        ) from error
    try:
        policy = load_policy(parsed.policy, verbs)
        freezes = tuple(_known(freeze, verbs) for freeze in parsed.freezes)
    except SettingsError as error:
        raise SettingsError(tuple(f"{path}: {problem}" for problem in error.problems)) from error
    named = ((rule.groups, rule.break_glass, rule.by.groups if rule.by else {}) for rule in policy.rules)
    wrong = unnameable(itertools.chain.from_iterable(named)) if parsed.impersonate.clusters else []
    wrong = [*wrong, *_unknown_schedules(policy, parsed.oncall)]
    if wrong:
        raise SettingsError(tuple(f"{path}: {problem}" for problem in wrong))
    return InForce(
        policy,
        parsed.channels,
        freezes=freezes,
        read_only=parsed.read_only,
        announce=parsed.announce,
        impersonation=parsed.impersonate,
        oncall=parsed.oncall,
        lock_after_rollback=parsed.lock_after_rollback,
        compare_secrets=parsed.compare_secrets,
    )


def _unknown_schedules(policy: Policy, oncall: Mapping[str, Schedule]) -> list[str]:
    """Schedules that rules name and the section `oncall` does not have."""
    known = ", ".join(sorted(oncall)) or "none"
    missing = sorted(policy.schedules - oncall.keys())
    return [f"policy: there is no on-call schedule {name!r}; known: {known}" for name in missing]


def _known(freeze: Freeze, verbs: Mapping[str, Verb]) -> Freeze:
    """A freeze with its verbs by their own names. Raises `SettingsError` for what is no verb."""
    unknown = [verb for verb in freeze.allows if verb not in verbs]
    if unknown:
        raise SettingsError(tuple(f"freeze {freeze.name}: there is no verb {verb!r}" for verb in unknown))
    return freeze.model_copy(update={"allows": tuple(verbs[verb].name for verb in freeze.allows)})


def fingerprint(path: Path) -> str:
    """What the file's content is now; empty when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
