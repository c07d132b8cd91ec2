"""Names of images at their longest, and as people see them."""

import pytest

from bot.domain.changes import FieldChange, Plan, Step
from bot.domain.updates import check_image, shown_image, template_plan, template_write
from tests.factories import ref


def test_a_name_may_have_two_hundred_and_fifty_five_signs():
    assert check_image("a" * 255 + ":1")
    with pytest.raises(ValueError, match="is no image"):
        check_image("a" * 256 + ":1")


def test_a_refusal_shows_eighty_signs():
    with pytest.raises(ValueError, match=f"^`{'!' * 80}` is no image"):
        check_image("!" * 80)
    with pytest.raises(ValueError, match=f"^`{'!' * 79}…` is no image"):
        check_image("!" * 81)


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("docker.io/library/web:1", "web:1"),
        ("docker.io/team/web:1", "team/web:1"),
        ("example.com/web:1", "example.com/web:1"),
        ("web@sha256:" + "0123456789abcdef" * 4, "web@0123456789ab"),
    ],
)
def test_an_image_is_shown_without_the_usual_registry(image: str, shown: str):
    assert shown_image(image) == shown


def change(*images: str, name: str = "web", changes: tuple[FieldChange, ...] = ()) -> Plan:
    """A deployment whose containers are `images`, set to the same images once more."""
    containers = [{"name": f"c{n}", "image": image} for n, image in enumerate(images)]
    template = {"template": {"spec": {"containers": containers}}}
    write = template_write(ref(name), template, "k8s set image")
    return template_plan("set image", ref(name), {"spec": template}, template,
                         Step(write=write, pin=None, changes=changes))  # fmt: skip


def test_an_image_that_stays_brings_no_warning_and_says_how_its_pods_pull_anew():
    plan = change("web:1", "proxy")
    assert plan.warnings == ()
    assert plan.nothing.plain() == (
        "Nothing to change: shop/web on prod has web:1, proxy already. "
        "/k8s restart web lets its pods pull anew."
    )


def test_a_button_keeps_seventy_five_signs():
    assert change("web:1", name="w" * 80).button == "Update " + "w" * 68
