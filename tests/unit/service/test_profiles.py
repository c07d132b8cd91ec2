"""Which programs a profile lets run: by their words, never by what a shell would make of them."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from bot.domain.access import STRICTNESS, Allowance, Decision, Effect, Permission, Program
from bot.domain.errors import SettingsError
from bot.service.loading import Verb, load_policy
from bot.service.policy import Policy
from bot.service.profiles import Profile, is_shell
from bot.service.rules import Rule
from tests.factories import ask


def runs(line: str, *programs: str, interactive: bool = False, **more: Any) -> bool:
    program = Program(argv=tuple(line.split()), interactive=interactive)
    return not Profile(programs=programs, **more).misses(program)


@pytest.mark.parametrize(
    ("pattern", "line", "fits"),
    [
        ("ls", "ls", True),
        ("ls", "ls -la", False),
        ("ls *", "ls", True),
        ("ls *", "ls -la /", True),
        ("ls", "lsof", False),
        ("ls", "/bin/ls", False),
        ("*/ls", "/bin/ls", True),
        ("kill -HUP ?", "kill -HUP 1", True),
        ("kill -HUP ?", "kill -HUP 12", False),
        ("kill -HUP ?", "kill -9 1", False),
        ("cat /etc/*", "cat /etc/hostname", True),
        ("cat /etc/*", "cat /etc/a/b", True),
        ("cat /etc/*", "cat /etc/../root/.ssh/id", False),
        ("cat /etc/*", "cat /etc/hosts /root/x", False),
        ("cat /etc/hos*", "cat /etc/hosts /root/x", False),
        ("cat *", "cat ../x", True),
        ("cat ../x", "cat ../x", True),
        ("*", "anything at all", True),
        ("* *", "anything at all", True),
        ("LS", "ls", False),
    ],
)
def test_words_are_matched_one_by_one(pattern: str, line: str, *, fits: bool):
    assert runs(line, pattern) is fits


@pytest.mark.parametrize(
    "line",
    [
        "sh", "/bin/bash -c id", "-bash", "zsh", "dash", "bash5.2", "ash", "busybox sh", "env sh",
        "env A=1 sh -c id", "/usr/bin/env -S sh", "nohup nice bash", "timeout 5 sh",
        "find / -exec sh -c id ;", "xargs /bin/sh",
        "su", "sudo id", "nsenter -t 1", "SH", "busybox  ash", "env --split-string=sh",
    ],
)  # fmt: skip
def test_a_shell_is_known_however_it_is_started(line: str):
    assert is_shell(tuple(line.split()))
    assert not runs(line, "*")
    assert runs(line, "*", shell=True)  # noqa: S604 - a field of that name


@pytest.mark.parametrize(
    "line", ["ls /bin/sh", "cat bash", "env", "find . -name x", "pushd", "ssh-add", "busybox ls"]
)
def test_other_programs_are_none(line: str):
    assert not is_shell(tuple(line.split()))
    assert runs(line, "*")


def test_typing_to_a_program_has_to_be_allowed():
    assert not runs("cat", "cat", interactive=True)
    program = Program(argv=("cat",), interactive=True)
    assert not Profile(programs=("cat",), interactive=True).misses(program)
    shell = Program(argv=("sh",), interactive=True)
    assert Profile(programs=("sh",), interactive=True).misses(shell) == "starts no shell"
    assert not SHELL.misses(shell)


def test_programs_are_written_as_lines_or_as_words():
    wanted = (("cat", "a b"), ("ls", "*"))
    assert Profile(programs=["cat 'a b'", ["ls", "*"]]).programs == wanted
    assert Profile(programs="ls *").programs == (("ls", "*"),)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"programs": []}, "at least 1 item"),
        ({"programs": [""]}, "at least 1 item"),
        ({"programs": ["cat 'a"]}, "cannot be split into words"),
        ({"programs": [["cat", ""]]}, "at least 1 character"),
        ({"programs": 7}, "valid tuple"),
        ({"programs": "ls", "seconds": 0}, "greater than 0"),
        ({"programs": "ls", "seconds": 601}, "less than or equal to 600"),
        ({"programs": "ls", "bytes": 0}, "greater than or equal to 1"),
        ({"programs": "ls", "bytes": 1_000_001}, "less than or equal to 1000000"),
        ({"programs": "ls", "shel": True}, "Extra inputs"),
        ({}, "Field required"),
    ],
)
def test_a_profile_that_cannot_be_one(written: Any, said: str):
    with pytest.raises(ValidationError, match=said):
        Profile.model_validate(written)


# ---------------------------------------------------------------- in a policy

LOOK = Profile(programs=("cat *", "ls *", "ps *"), seconds=5, bytes=1000)
SHELL = Profile.model_validate({"programs": ["sh"], "shell": True, "interactive": True})


def rule(name: str = "r", effect: str = "allow", **parts: Any) -> Rule:
    return Rule.model_validate({"name": name, "verbs": "exec", "effect": effect} | parts)


def decide(line: str, *rules: Rule, interactive: bool = False) -> Decision:
    asked = ask("exec").model_copy(
        update={
            "permission": Permission.PROGRAM_RUN,
            "program": Program(argv=tuple(line.split()), interactive=interactive),
        }
    )
    return Policy(rules=rules, exec={"look": LOOK, "shell": SHELL}).decide(asked)


def test_a_rule_lets_run_what_one_of_its_profiles_does():
    decision = decide("cat x", rule(exec=["shell", "look"]))
    assert (decision.effect, decision.rule) == (Effect.ALLOW, "r")
    assert decision.allowance == Allowance(profile="look", seconds=5, bytes=1000)
    assert decide("sh", rule(exec=["look"]), rule("s", exec=["shell"]), interactive=True).rule == "s"


def test_a_rule_without_a_profile_lets_nothing_run():
    decision = decide("ls", rule(verbs="*"))
    assert decision.effect is Effect.DENY
    assert decision.near_miss == "Rule r names no exec profile, so it lets no program run."


def test_the_near_miss_says_what_one_may_run():
    assert (
        decide("rm -rf /", rule(exec="look")).near_miss == "By rule r, profile look lets you run cat, ls, ps."
    )
    assert decide("ls", rule(exec="look"), interactive=True).near_miss == (
        "By rule r, profile look lets you run it, but not type to it."
    )
    assert decide("dash", rule(exec=["look", "shell"])).near_miss == (
        "By rule r, profile look lets you run cat, ls, ps, profile shell lets you run sh."
    )


def test_a_denying_rule_needs_no_profile():
    decision = decide("ls", rule(exec="look"), rule("no", "deny"))
    assert (decision.effect, decision.rule, decision.allowance) == (Effect.DENY, "no", None)


def test_a_confirming_rule_wins_and_the_profile_of_the_other_still_bounds():
    decision = decide("ls", rule(exec="look"), rule("ask", "confirm"))
    assert (decision.effect, decision.rule) == (Effect.CONFIRM, "ask")
    assert decision.allowance == Allowance(profile="look", seconds=5, bytes=1000)


@pytest.mark.parametrize("effect", ["confirm", "approve"])
def test_a_rule_that_asks_for_more_does_so_of_the_programs_of_its_profiles(effect):
    rules = rule(exec="look"), rule("ask", effect, exec="shell")
    assert decide("ls", *rules).effect is Effect.ALLOW
    assert decide("sh", *rules).effect is Effect(effect)
    assert decide("rm x", *rules).effect is Effect.DENY


def test_without_a_program_it_is_asked_whether_one_may_run_any():
    asked = ask("exec").model_copy(update={"permission": Permission.PROGRAM_RUN})
    profiles = {"look": LOOK}
    assert Policy(rules=(rule(exec="look"),), exec=profiles).decide(asked).effect is Effect.ALLOW
    assert Policy(rules=(rule(),), exec=profiles).decide(asked).effect is Effect.DENY


def test_whether_anybody_may_type_to_a_program():
    profiles = {"look": LOOK, "shell": SHELL}
    assert not Policy(rules=(rule(exec="look"),), exec=profiles).types_to_programs
    assert Policy(rules=(rule(exec=["look", "shell"]),), exec=profiles).types_to_programs
    assert not Policy(rules=(), exec=profiles).types_to_programs


EXECS = st.lists(st.sampled_from(["look", "shell"]), max_size=2).map(tuple)
RULES = st.builds(
    lambda name, effect, names: rule(name, effect, exec=names),
    st.uuids().map(lambda one: f"r{one.hex[:20]}"), st.sampled_from(["allow", "confirm"]), EXECS,
)  # fmt: skip
LINES = st.sampled_from(["ls", "cat /x", "sh", "rm x", "ps aux", "env sh"])


@given(st.lists(RULES, max_size=4, unique_by=lambda one: one.name), LINES, st.booleans(), st.integers(0, 4))
def test_a_denying_rule_more_never_allows_more(rules: list[Rule], line: str, typed: bool, where: int):  # noqa: FBT001
    before = decide(line, *rules, interactive=typed)
    more = [*rules[:where], rule("deny", "deny"), *rules[where:]]
    after = decide(line, *more, interactive=typed)
    assert STRICTNESS.index(after.effect) >= STRICTNESS.index(before.effect)


@given(st.lists(RULES, max_size=4, unique_by=lambda one: one.name), LINES, st.booleans())
def test_what_is_allowed_is_bounded_by_a_profile_that_lets_it_run(rules: list[Rule], line: str, typed: bool):  # noqa: FBT001
    decision = decide(line, *rules, interactive=typed)
    assert (decision.allowance is not None) is decision.allowed
    if decision.allowance:
        profile = {"look": LOOK, "shell": SHELL}[decision.allowance.profile]
        assert not profile.misses(Program(argv=tuple(line.split()), interactive=typed))


def test_unknown_profiles_are_told_with_every_other_problem():
    raw = {
        "exec": {"look": {"programs": "ls"}},
        "rules": [
            {"name": "a", "verbs": "exec", "effect": "allow", "exec": ["lok", "zzz"]},
            {"name": "b", "verbs": "exce", "effect": "allow"},
            {"name": "c", "verbs": "exec", "effect": "deny", "exec": "look"},
        ],
    }
    with pytest.raises(SettingsError) as refused:
        load_policy(raw, {"exec": Verb(name="exec", kind="run")})
    assert refused.value.problems == (
        "rule a: there is no exec profile 'lok', did you mean 'look'?",
        "rule a: there is no exec profile 'zzz'",
        "rule b: there is no verb 'exce', did you mean 'exec'?",
        "rule c: a rule that denies refuses every program, and takes no exec profile",
    )


def test_a_policy_with_profiles_is_taken_whole():
    raw = {
        "exec": {"look": {"programs": ["ls *"], "seconds": 3}},
        "rules": [{"name": "a", "verbs": "exec", "effect": "allow", "exec": "look"}],
    }
    policy = load_policy(raw, {"exec": Verb(name="exec", kind="run")})
    assert policy.exec["look"].seconds == 3
    assert policy.rules[0].exec == ("look",)
    assert (
        policy.hash
        != load_policy(
            raw | {"exec": {"look": {"programs": ["*"]}}}, {"exec": Verb(name="exec", kind="run")}
        ).hash
    )
