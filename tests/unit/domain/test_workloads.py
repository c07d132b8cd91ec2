"""A workload is meant by name or by type and name; its revisions are those of its own ReplicaSets."""

import pytest

from bot.domain.changes import FieldChange
from bot.domain.errors import UsageError
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, STATEFULSETS, ResourceType
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.updates import check_image, template_plan, template_write
from bot.domain.workloads import called, named, place, where
from tests.factories import deployment, ref, step

KINDS = (DEPLOYMENTS, STATEFULSETS)


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("web", DEPLOYMENTS, "web"),
        ("deploy/web", DEPLOYMENTS, "web"),
        ("deployment web", DEPLOYMENTS, "web"),
        ("sts/db", STATEFULSETS, "db"),
        ("StatefulSet db", STATEFULSETS, "db"),
        ("sts", STATEFULSETS, "sts"),
    ],
)
def test_a_workload_is_meant_by_name_or_type_and_name(typed: str, kind: ResourceType, name: str):
    assert named(tuple(typed.split()), KINDS) == (kind, name)


ONE = "One workload at a time. Write NAME or TYPE/NAME, only for deployments, statefulsets."


def test_a_bare_name_is_a_deployment():
    assert named(("web",)) == (DEPLOYMENTS, "web")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", ONE),
        ("web db", ONE),
        ("deploy/web deploy/db", ONE),
        ("ds/agent", "Not for daemonsets: only for deployments, statefulsets."),
        ("svc/web", "Not for services: only for deployments, statefulsets."),
        ("widget/web", "Not for `widget`: only for deployments, statefulsets."),
    ],
)
def test_what_is_no_workload_here_is_refused(typed: str, said: str):
    with pytest.raises(UsageError) as caught:
        named(tuple(typed.split()), KINDS)
    assert caught.value.message == said
    assert named(("ds/agent",), (DAEMONSETS,)) == (DAEMONSETS, "agent")


def test_a_place_is_said_in_words_and_in_flags():
    assert place(ref()).plain() == "shop/web on prod"
    assert where(ref()) == "-n shop --context prod"
    assert [called(ref()), called(ref("db", kind=STATEFULSETS))] == ["web", "statefulset/db"]


@pytest.mark.parametrize(
    "image", ["web", "web:1.1", "r.example.com:5000/team/web:1.1", f"web@sha256:{'0a' * 32}"]
)
def test_an_image_is_given_back(image: str):
    assert check_image(image) == image


@pytest.mark.parametrize(
    "image", ["", "-web", "web 1", "web\n", "web;x", "web@sha256:xyz", "$(id)", "a" * 300]
)
def test_what_can_be_no_image_is_refused(image: str):
    with pytest.raises(ValueError, match="is no image"):
        check_image(image)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("Web:1", "write the name in lower case, `web:1`"),
        ("web@sha256:xyz", "a digest is sha256: and 64 signs"),
        ("web 1", "write it as web:1.1 or"),
        ("a" * 300, f"`{'a' * 79}…` is no image; write it as"),
    ],
)
def test_what_is_wrong_with_an_image_is_told(image: str, said: str):
    with pytest.raises(ValueError, match="is no image") as caught:
        check_image(image)
    assert said in str(caught.value)


SPEC = {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.1"}]}}}


def test_an_update_leaves_its_cause_in_the_history():
    write = template_write(ref(), SPEC, "/k8s deploy web --image web:1.1")
    assert (write.action, write.patch, write.target) == ("patch", "strategic", ref())
    assert write.body == {
        "metadata": {"annotations": {CAUSE: "/k8s deploy web --image web:1.1"}},
        "spec": SPEC,
    }


def test_an_update_is_shown_with_both_images_and_the_way_back():
    changed = FieldChange(path="spec.template.spec.containers[web].image", before="web:1.0", after="web:1.1")
    planned = template_plan("deploy", ref(), deployment(), SPEC, step(changed))
    assert planned.title.plain() == "Update shop/web on prod: web:1.0 → web:1.1?"
    assert planned.done.plain() == "shop/web on prod runs web:1.1"
    assert planned.inverse == "rollback web -n shop --context prod"
    assert (planned.follow, planned.warnings, bool(planned.nothing)) == (ref(), (), False)


def test_an_update_that_changes_nothing_says_so():
    cause = FieldChange(path=f"metadata.annotations[{CAUSE}]", before=None, after="x")
    same = template_plan("deploy", ref(), deployment(image="web:1.1"), SPEC, step(cause))
    assert "shop/web on prod" in same.nothing.plain()
    assert same.inverse == ""
