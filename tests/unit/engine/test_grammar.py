"""kubectl's spellings are understood, and a mistake gets a sentence with the usage line."""

from typing import Annotated, Any

import pytest
from pydantic import StringConstraints, field_validator

from bot.domain.errors import UsageError
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.grammar import flags, parse, usage


class Sample(Args):
    """One of each: a name, an optional number, the rest, a switch, a number, a list and a plain flag."""

    name: Annotated[str, Positional("NAME")]
    replicas_there: Annotated[int | None, Positional("REPLICAS")] = None
    replicas: Annotated[int | None, Flag("--replicas", metavar="N", help="how many")] = None
    every: Annotated[bool, Flag("-A", "--all-namespaces", help="everywhere")] = False
    env: Annotated[tuple[str, ...], Flag("-e", "--env", metavar="K=V")] = ()
    output: Annotated[str, Flag("-o", "--output")] = ""

    @field_validator("replicas")
    @classmethod
    def _few(cls, value: int | None) -> int | None:
        if value is not None and value > 99:
            raise ValueError("99 replicas at most")
        return value


class Rest(Args):
    pod: Annotated[str, Positional("POD")]
    words: Annotated[tuple[str, ...], Positional("WORD")] = ()
    container: Annotated[str, Flag("-c", "--container", metavar="NAME")]


class Foreign(Args):
    """Somebody else's command behind a name, with or without `--`."""

    pod: Annotated[str, Positional("POD")]
    words: Annotated[tuple[str, ...], Positional("CMD", rest=True)] = ()
    argv: Annotated[tuple[str, ...], Positional("-- CMD", behind=True)] = ()
    container: Annotated[str, Flag("-c", "--container", metavar="NAME")] = ""
    stdin: Annotated[bool, Flag("-i")] = False
    tty: Annotated[bool, Flag("-t")] = False


class Sizes(Args):
    sizes: Annotated[tuple[int, ...], Positional("SIZE")]


def read(line: str) -> dict[str, Any]:
    """What was given, apart from what is as it always is."""
    return parse(Sample, tuple(line.split()), name="scale").model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("web", {}),
        ("web 4", {"replicas_there": 4}),
        ("web 0", {"replicas_there": 0}),
        ("web --replicas=4", {"replicas": 4}),
        ("web --replicas 4", {"replicas": 4}),
        ("--replicas 0 web", {"replicas": 0}),
        ("web -n shop", {"namespace": "shop"}),
        ("web -nshop", {"namespace": "shop"}),
        ("web -n=shop", {"namespace": "shop"}),
        ("web -o=a=b", {"output": "a=b"}),
        ("web --namespace=shop", {"namespace": "shop"}),
        ("-n shop web", {"namespace": "shop"}),
        ("web --context prod", {"context": "prod"}),
        ("web --cluster=prod", {"context": "prod"}),
        ("web -A", {"every": True}),
        ("web --all-namespaces", {"every": True}),
        ("web --all-namespaces=true", {"every": True}),
        ("web --all-namespaces=TRUE", {"every": True}),
        ("web -A=1", {"every": True}),
        ("web --all-namespaces=false", {}),
        ("web -A=0", {}),
        ("web -An shop", {"every": True, "namespace": "shop"}),
        ("web -o wide", {"output": "wide"}),
        ("web -owide", {"output": "wide"}),
        ("web -o=", {}),
        ("web --env A=1 --env=B=2 -e C=3", {"env": ("A=1", "B=2", "C=3")}),
        ("web -e=A=1", {"env": ("A=1",)}),
        ("web -n one -n two", {"namespace": "two"}),
        ("-- web", {}),
        ("-- web 4", {"replicas_there": 4}),
    ],
)
def test_kubectls_spellings_are_read(line: str, given: dict[str, Any]):
    assert read(line) == {"name": "web"} | given


def test_after_two_dashes_nothing_is_a_flag():
    words = ("web", "-c", "main", "--", "ls", "-n=x", "--all-namespaces=false", "--", "-A")
    assert parse(Rest, words).words == ("ls", "-n=x", "--all-namespaces=false", "--", "-A")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "NAME"),
        ("web 4 5", "5"),
        ("web four", "four"),
        ("web --replicas four", "--replicas"),
        ("web --replicas", "--replicas"),
        ("web --replicas=1.5", "1.5"),
        ("web --force", "--force"),
        ("web --namespce shop", "--namespce"),
        ("web -1", "-1"),
        ("web -n", "-n"),
        ("web --all-namespaces=maybe", "--all-namespaces"),
        ("web --replica 4", "--replica"),
        ("web --replicas 100", "99 replicas at most"),
    ],
)
def test_a_mistake_is_told_with_the_usage_line(line: str, said: str):
    with pytest.raises(UsageError) as caught:
        read(line)
    assert said in caught.value.message
    assert "'" not in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint == f"Usage: {usage('scale', Sample)}"


def test_the_nearest_flag_is_told():
    with pytest.raises(UsageError, match="--namespace"):
        read("web --namespce shop")


def test_a_long_mistake_is_cut():
    with pytest.raises(UsageError) as caught:
        read(f"web --{'x' * 900}")
    assert len(caught.value.message) <= 300


class Short(Args):
    to_revision: Annotated[str, Flag("--to-revision"), StringConstraints(max_length=2)] = ""


def test_a_complaint_about_a_value_names_its_flag():
    with pytest.raises(UsageError, match=r"to-revision.*: string should have at most 2 characters"):
        parse(Short, ("--to-revision=100",))


def test_a_required_flag_is_asked_for():
    with pytest.raises(UsageError, match="--container"):
        parse(Rest, ("web",))


def test_numbers_may_come_many_at_once():
    assert parse(Sizes, ("1", "2")).sizes == (1, 2)
    with pytest.raises(UsageError, match="SIZE"):
        parse(Sizes, ())
    with pytest.raises(UsageError, match="two"):
        parse(Sizes, ("1", "two"))


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (Sample, "/k8s scale NAME [REPLICAS] [-n NAMESPACE] [--replicas N] [-A] [-e K=V] [-o OUTPUT]"),
        (Rest, "/k8s scale POD [WORD …] [-n NAMESPACE] -c NAME"),
        (Sizes, "/k8s scale SIZE … [-n NAMESPACE]"),
        (Args, "/k8s scale [-n NAMESPACE]"),
    ],
)
def test_the_usage_line_shows_what_must_and_what_may_be_given(model: type[Args], line: str):
    assert usage("scale", model) == line


def test_every_flag_says_what_it_is_for():
    assert flags(Sample) == [
        ("-n, --namespace NAMESPACE", "the namespace"),
        ("--context, --cluster CLUSTER", "the cluster"),
        ("--replicas N", "how many"),
        ("-A, --all-namespaces", "everywhere"),
        ("-e, --env K=V", ""),
        ("-o, --output", ""),
    ]


def test_one_verbs_arguments_are_not_anothers():
    assert parse(Sizes, ("1",)).sizes == (1,)
    assert parse(Rest, ("1", "-c", "x")).pod == "1"
    assert parse(Sizes, ("1",)).namespace == ""


def test_a_switch_with_a_word_that_is_no_answer_is_refused_and_never_read_as_a_name():
    with pytest.raises(UsageError):
        parse(Sample, ("web", "-A=maybe"))


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("p -- ls -c x", {"argv": ("ls", "-c", "x")}),
        ("p -it -- sh -i", {"stdin": True, "tty": True, "argv": ("sh", "-i")}),
        ("p ls -c x", {"words": ("ls", "-c", "x")}),
        ("-c x p ls -t", {"container": "x", "words": ("ls", "-t")}),
        ("-cx p ls", {"container": "x", "words": ("ls",)}),
        ("-itc x p ls", {"container": "x", "stdin": True, "tty": True, "words": ("ls",)}),
        ("--container x p ls", {"container": "x", "words": ("ls",)}),
        ("--container=x p ls", {"container": "x", "words": ("ls",)}),
        ("p -c x ls -la", {"container": "x", "words": ("ls", "-la")}),
        ("p a -t -- ls", {"words": ("a",), "tty": True, "argv": ("ls",)}),
        ("p -- a -- b", {"argv": ("a", "--", "b")}),
        ("p --", {}),
        ("p", {}),
    ],
)
def test_somebody_elses_command_is_left_as_it_is(line: str, given: dict[str, Any]):
    assert parse(Foreign, tuple(line.split()), name="run") == Foreign(pod="p", **given)


def test_flags_of_ours_before_somebody_elses_command_are_still_checked():
    with pytest.raises(UsageError, match="No such option"):
        parse(Foreign, ("-x", "p", "ls"), name="run")
    with pytest.raises(UsageError, match="No such option"):
        parse(Foreign, ("p", "-x", "--", "ls"), name="run")
