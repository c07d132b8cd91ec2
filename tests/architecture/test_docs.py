"""The pages say what is there, and lead nowhere that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands import COMMANDS
from tests.architecture import write_kubectl_page
from tests.architecture.write_commands_page import PAGE, written

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"])
def test_it_stands_at_the_top(name):
    assert (ROOT / name).stat().st_size > 0


def test_the_page_of_verbs_is_as_they_are_declared():
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run: python -m tests.architecture.write_commands_page"


def test_the_page_of_kubectls_lines_is_as_they_are_tried():
    page = write_kubectl_page.PAGE.read_text(encoding="utf-8")
    assert page == write_kubectl_page.written(), "run: python -m tests.architecture.write_kubectl_page"


def test_the_changelog_names_every_verb():
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [command.name for command in COMMANDS if f"`{command.name}`" not in said] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (page.parent / link).exists()] == []
