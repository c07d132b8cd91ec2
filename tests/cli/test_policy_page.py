"""The policies that docs/policy.md shows are policies, and its table of cases holds."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

PAGE = Path("docs/policy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_policy_does_what_the_table_of_cases_says(told_by, tmp_path):
    (tmp_path / "policy.yaml").write_text(BLOCKS[0], encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(BLOCKS[-1], encoding="utf-8")
    code, told = told_by("policy", "test", str(tmp_path / "cases.yaml"))
    assert code == 0, told
    assert told.startswith("2 cases, all as they should be")


def test_every_other_part_is_one_of_a_configuration(told_by, tmp_path):
    shown = [yaml.safe_load(block) for block in BLOCKS[1:-1]]
    [by] = [one for one in shown if "by" in one]
    rule = {"name": "r", "verbs": "@changes", "effect": "approve", **by}
    whole = [one for one in shown if one is not by]
    assert {"policy", "oncall", "impersonate", "freezes", "lock_after_rollback"} <= set().union(*whole)
    for content in ({"policy": {"rules": [rule]}}, *whole):
        path = tmp_path / "policy.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        code, told = told_by("policy", "check", str(path))
        assert (code, "warning" in told) == (0, False), told
