"""Names of images at their longest, and as people see them."""

import pytest

from bot.domain.updates import check_image, shown_image


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
