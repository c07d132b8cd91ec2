"""Objects are found by whatever word means them, and no name that is none ever reaches a path."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.resources import (
    BUILT_IN,
    DEPLOYMENTS,
    ENDPOINTSLICES,
    LABEL_KEY,
    LABEL_VALUE,
    NODES,
    PODS,
    ResourceType,
    Target,
    check_name,
    find_type,
    nearest,
    parse_targets,
)
from tests.factories import ref

METRICS = ResourceType(
    group="metrics.k8s.io", version="v1beta1", plural="pods", kind="PodMetrics", namespaced=True
)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("deployments", DEPLOYMENTS),
        ("deployment", DEPLOYMENTS),
        ("deploy", DEPLOYMENTS),
        ("Deployment", DEPLOYMENTS),
        ("DEPLOYMENTS.APPS", DEPLOYMENTS),
        ("endpointslice", ENDPOINTSLICES),
        ("po", PODS),
        ("pods", PODS),
        ("podmetrics", METRICS),
        ("pods.metrics.k8s.io", METRICS),
    ],
)
def test_a_type_is_found_by_any_of_its_words(word: str, found: ResourceType):
    assert find_type(word, (*BUILT_IN, METRICS)) == found


def test_the_first_of_two_types_of_one_name_wins():
    assert find_type("pods", (METRICS, PODS)) == METRICS
    assert find_type("pods", iter((PODS, METRICS))) == PODS


@pytest.mark.parametrize(
    ("word", "hint"),
    [("deploymnet", "Did you mean `deployment`?"), ("zzz", "`/k8s get` lists any resource the server has.")],
)
def test_an_unknown_type_is_told_with_the_nearest(word: str, hint: str):
    with pytest.raises(TargetNotFoundError, match=f"the server has no resource type `{word}`") as caught:
        find_type(word, BUILT_IN)
    assert caught.value.hint == hint


def test_a_long_unknown_type_is_cut():
    with pytest.raises(TargetNotFoundError) as caught:
        find_type("z" * 99, BUILT_IN)
    assert caught.value.message.endswith(f"`{'z' * 60}`")


def test_no_two_built_in_types_share_a_word():
    words = [word for known in BUILT_IN for word in known.words]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (DEPLOYMENTS, ("deployments", "deployment", "deploy", "deployments.apps")),
        (PODS, ("pods", "pod", "po")),
        (METRICS, ("pods", "podmetrics", "pods.metrics.k8s.io")),
    ],
)
def test_the_words_of_a_type(known: ResourceType, words: tuple[str, ...]):
    assert known.words == words


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (DEPLOYMENTS.path("shop", "web"), "/apis/apps/v1/namespaces/shop/deployments/web"),
        (DEPLOYMENTS.path("shop", "web", "scale"), "/apis/apps/v1/namespaces/shop/deployments/web/scale"),
        (DEPLOYMENTS.path(None), "/apis/apps/v1/deployments"),
        (DEPLOYMENTS.path(""), "/apis/apps/v1/deployments"),
        (PODS.path("shop"), "/api/v1/namespaces/shop/pods"),
        (NODES.path("shop", "node-1"), "/api/v1/nodes/node-1"),
        (ref().path, "/apis/apps/v1/namespaces/shop/deployments/web"),
        (ref("node-1", kind=NODES, namespace=None).path, "/api/v1/nodes/node-1"),
    ],
)
def test_paths_are_those_of_the_api(path: str, expected: str):
    assert path == expected


def test_an_object_is_called_by_namespace_and_name():
    assert str(ref()) == "shop/web"
    assert str(ref("node-1", kind=NODES, namespace=None)) == "node-1"


def test_the_api_version_of_the_core_group_has_no_group():
    assert (PODS.api_version, DEPLOYMENTS.api_version) == ("v1", "apps/v1")


TARGETS = [
    ("", ()),
    ("pods", (Target(word="pods"),)),
    ("pods web", (Target(word="pods", names=("web",)),)),
    ("pods web-1 web-2", (Target(word="pods", names=("web-1", "web-2")),)),
    ("pods,svc", (Target(word="pods"), Target(word="svc"))),
    ("pods,,svc,", (Target(word="pods"), Target(word="svc"))),
    ("deploy/web", (Target(word="deploy", names=("web",)),)),
    ("deploy/web svc/db", (Target(word="deploy", names=("web",)), Target(word="svc", names=("db",)))),
]


@pytest.mark.parametrize(("typed", "targets"), TARGETS)
def test_targets_are_read_as_kubectl_reads_them(typed: str, targets: tuple[Target, ...]):
    assert parse_targets(tuple(typed.split())) == targets


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("web", ("web",)),
        ("web db", ("web", "db")),
        ("deployment web", ("web",)),
        ("Deploy web db", ("web", "db")),
        ("deploy", ("deploy",)),
        ("deployments", ("deployments",)),
    ],
)
def test_with_a_default_type_a_bare_name_is_enough(typed: str, names: tuple[str, ...]):
    assert parse_targets(tuple(typed.split()), default=DEPLOYMENTS) == (
        Target(word="deployments", names=names),
    )


def test_with_a_default_type_another_may_still_be_named():
    assert parse_targets(("sts/db",), default=DEPLOYMENTS) == (Target(word="sts", names=("db",)),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("pods,svc web", "names cannot follow several resource types"),
        (",", "names no resource type"),
        ("pods/", "`pods/` is not TYPE/NAME"),
        ("/web", "`/web` is not TYPE/NAME"),
        ("pods/web svc", "`svc` is not TYPE/NAME"),
        ("pods/web/log", "`pods/web/log` is not TYPE/NAME"),
        ("pods/../secrets", "is not TYPE/NAME"),
        ("pods ..", "`..` cannot be a name in Kubernetes"),
        ("pods Web", "`Web` cannot be"),
        ("pods/Web", "`Web` cannot be"),
        ("pods web?x=1", "cannot be"),
    ],
)
def test_what_is_no_target_is_refused(typed: str, said: str):
    with pytest.raises(UsageError) as caught:
        parse_targets(tuple(typed.split()))
    assert said in caught.value.message


@pytest.mark.parametrize("typed", ["Web", "web db Web", "deploy Web"])
def test_with_a_default_type_each_name_is_checked(typed: str):
    with pytest.raises(UsageError, match="`Web` cannot be a name"):
        parse_targets(tuple(typed.split()), default=DEPLOYMENTS)


@pytest.mark.parametrize("name", ["a", "0", "web", "web-1", "web.1", "a" * 253, "kube-root-ca.crt"])
def test_a_name_is_given_back(name: str):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", ".", "..", ".a", "a.", "A", "a b", "a/b", "a%2fb", "a\n", "é", "a_b", "a" * 254]
)
def test_what_can_be_no_name_is_refused(name: str):
    with pytest.raises(UsageError, match="cannot be the name of a thing") as caught:
        check_name(name, "the name of a thing")
    assert caught.value.hint == "Names are lower case letters, digits, `-` and `.`."


@pytest.mark.parametrize(("length", "shown"), [(80, "A" * 80), (81, "A" * 79 + "…")])
def test_a_long_refused_name_is_cut(length: int, shown: str):
    with pytest.raises(UsageError, match=f"^`{shown}` cannot"):
        check_name("A" * length)


@given(st.text(max_size=12))
def test_no_accepted_name_can_leave_its_path(name: str):
    try:
        check_name(name)
    except UsageError:
        return
    assert not set(name) & set("/%?#\\ \n")
    assert not name.startswith(".")


@pytest.mark.parametrize("key", ["app", "a", "App_1.x-y", "k8s.io/app", "a" * 63, f"{'a' * 253}/b"])
def test_a_label_key_may_have_a_domain(key: str):
    assert LABEL_KEY.fullmatch(key)


@pytest.mark.parametrize("key", ["", "-a", "a-", "a b", "/a", "a/", "A.io/app", "a/b/c", "a" * 64, "a=b"])
def test_what_can_be_no_label_key(key: str):
    assert not LABEL_KEY.fullmatch(key)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("", True),
        ("a", True),
        ("A_1.x-y", True),
        ("a" * 63, True),
        ("a" * 64, False),
        ("-a", False),
        ("a-", False),
        ("a/b", False),
    ],
)
def test_a_label_value_may_be_empty(value: str, *, fits: bool):
    assert bool(LABEL_VALUE.fullmatch(value)) is fits


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("wbe", ["web", "db"], ["web"]),
        ("web", ["web-2", "web-1", "web"], ["web", "web-2", "web-1"]),
        ("web", [], []),
        ("web", ["zzz"], []),
        ("web1", ["web2", "web2", "web3", "web4", "web5"], ["web5", "web4", "web3"]),
    ],
)
def test_near_names_come_best_first_and_once(word: str, known: list[str], near: list[str]):
    assert nearest(word, known) == near


def test_no_more_near_names_than_asked_for():
    assert nearest("web1", ["web2", "web3"], 1) == ["web3"]
