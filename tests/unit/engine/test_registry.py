"""A line finds its verb by one or two words, however it is introduced, and a mistake finds the nearest."""

from typing import Annotated

import pytest

from bot.domain.access import Permission
from bot.domain.errors import UnknownVerbError, UsageError
from bot.domain.message import Message
from bot.engine.arguments import Args, Positional
from bot.engine.command import BotCommand, BotContext
from bot.engine.registry import Registry


class Words(Args):
    words: Annotated[tuple[str, ...], Positional("WORD")] = ()


async def run(_context: BotContext, _args: Args) -> Message:
    raise AssertionError("the registry runs nothing")


def verb(name: str, *aliases: str) -> BotCommand[Words]:
    return BotCommand(
        name=name,
        aliases=aliases,
        summary="",
        examples=(),
        args=Words,
        permission=Permission.BOT_ASK,
        run=run,
    )


REGISTRY = Registry(
    (
        verb("help"), verb("get"), verb("scale"), verb("deploy", "create deployment"),
        verb("set image"), verb("rollout status"), verb("rollout history"), verb("rollback", "rollout undo"),
        verb("cluster-info"), verb("home"),
    )
)  # fmt: skip


def found(line: str) -> tuple[str, tuple[str, ...]]:
    command, rest = REGISTRY.find(tuple(line.split()))
    return command.name, rest


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("get pods", "get", ("pods",)),
        ("GET pods", "get", ("pods",)),
        ("get", "get", ()),
        ("set image web a=b", "set image", ("web", "a=b")),
        ("Set Image web", "set image", ("web",)),
        ("create deployment web", "deploy", ("web",)),
        ("deploy web", "deploy", ("web",)),
        ("rollout undo web", "rollback", ("web",)),
        ("rollout status web", "rollout status", ("web",)),
        ("get Pods WEB", "get", ("Pods", "WEB")),
        ("", "home", ()),
        ("kubectl", "home", ()),
        ("kubectl get pods", "get", ("pods",)),
        ("k get pods", "get", ("pods",)),
        ("/k8s get pods", "get", ("pods",)),
        ("k8s get pods", "get", ("pods",)),
        ("/k8s Kubectl get pods", "get", ("pods",)),
        ("get kubectl", "get", ("kubectl",)),
        ("help set image", "help", ("set", "image")),
    ],
)
def test_a_verb_is_found_by_its_first_words(line: str, name: str, rest: tuple[str, ...]):
    assert found(line) == (name, rest)


def unknown(line: str) -> UnknownVerbError:
    with pytest.raises(UnknownVerbError) as caught:
        REGISTRY.find(tuple(line.split()))
    return caught.value


@pytest.mark.parametrize(
    ("line", "said", "hint", "suggestions"),
    [
        ("gte pods", "There is no verb `gte`.", "Did you mean `get`?", ("get pods", "help")),
        ("SCAEL web 4", "There is no verb `SCAEL`.", "Did you mean `scale`?", ("scale web 4", "help")),
        ("kubectl gte pods", "There is no verb `gte`.", "Did you mean `get`?", ("get pods", "help")),
        ("zzzz", "There is no verb `zzzz`.", "`/k8s help` lists what there is.", ("help",)),
        (
            "clusterinfo",
            "There is no verb `clusterinfo`.",
            "Did you mean `cluster-info`?",
            ("cluster-info", "help"),
        ),
    ],
)
def test_an_unknown_verb_is_told_with_the_nearest(
    line: str, said: str, hint: str, suggestions: tuple[str, ...]
):
    error = unknown(line)
    assert (error.message, error.hint, error.suggestions) == (said, hint, suggestions)


def test_two_near_verbs_are_offered_and_no_more():
    assert unknown("rollou web").suggestions == ("rollout undo web", "rollout status web", "help")


def test_a_suggested_line_keeps_its_words_whole():
    with pytest.raises(UnknownVerbError) as caught:
        REGISTRY.find(("gte", "two words", "it's"))
    assert caught.value.suggestions[0] == """get 'two words' 'it'"'"'s'"""


def test_a_long_unknown_verb_is_cut():
    assert unknown("z" * 99).message == f"There is no verb `{'z' * 40}`."


@pytest.mark.parametrize(
    ("line", "suggestions"),
    [
        ("rollout", ("rollout history", "rollout status", "rollout undo")),
        ("Rollout staus web -n shop", ("rollout status web -n shop",)),
        ("rollout zzz web", ("rollout history web", "rollout status web", "rollout undo web")),
        ("rollout UNDOO web", ("rollout undo web",)),
    ],
)
def test_half_of_a_verb_is_told_with_its_second_words(line: str, suggestions: tuple[str, ...]):
    error = unknown(line)
    assert error.message.lower() == "`rollout` needs one of: history, status, undo."
    assert error.hint == "Usage: /k8s rollout history|status|undo …"
    assert error.suggestions == suggestions


def test_a_line_is_read_into_the_arguments_of_its_verb():
    command, args = REGISTRY.read(("set", "image", "web", "-n", "shop"))
    assert command.name == "set image"
    assert args == Words(words=("web",), namespace="shop")


def test_a_mistake_shows_the_usage_of_the_verb_as_it_is_called():
    with pytest.raises(UsageError) as caught:
        REGISTRY.read(("create", "deployment", "--force"))
    assert caught.value.hint == "Usage: /k8s deploy [WORD …] [-n NAMESPACE]"


@pytest.mark.parametrize(
    "line", ["set image --help", "set image -h", "set image web --help a=b", "kubectl set image -h"]
)
def test_help_is_asked_for_at_any_verb(line: str):
    command, args = REGISTRY.read(tuple(line.split()))
    assert command.name == "help"
    assert args == Words(words=("set", "image"))


def test_help_after_two_dashes_is_a_word_like_any_other():
    command, args = REGISTRY.read(("get", "--", "ls", "--help"))
    assert command.name == "get"
    assert args == Words(words=("ls", "--help"))


def test_a_verb_is_named_whole():
    named = [REGISTRY.named(name) for name in ("set image", "create deployment", "get")]
    assert [command.name for command in named if command] == ["set image", "deploy", "get"]
    assert REGISTRY.named("set") is None
    assert REGISTRY.named("") is None


def test_the_commands_keep_their_order():
    assert [command.name for command in REGISTRY.commands][:2] == ["help", "get"]


def test_two_verbs_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="two verbs are called 'rollout undo'"):
        Registry((verb("rollback", "rollout undo"), verb("rollout undo")))


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("get pods | grep web", "get pods"),
        ("get pods > file", "get pods"),
        ("get pods && whoami", "get pods"),
        ("scale web ; get", "scale web"),
    ],
)
def test_there_is_no_shell_and_the_line_before_it_is_offered(line: str, before: str):
    with pytest.raises(UsageError) as caught:
        REGISTRY.read(tuple(line.split()))
    assert "there is none here" in caught.value.message
    assert caught.value.suggestions == (before,)


def test_behind_two_dashes_the_signs_are_the_programs_own():
    _, args = REGISTRY.read(("get", "web", "--", "a", "|", "b"))
    assert args.words == ("web", "a", "|", "b")
