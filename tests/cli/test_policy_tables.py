"""`policy test`: a table of cases is decided, and what is not as it should be has a line."""

from __future__ import annotations

import pytest
import yaml

PEOPLE = {"ana": {"id": "U0ANA", "groups": "S0DEV"}}


def table(tmp_path, *cases, **more):
    path = tmp_path / "cases.yaml"
    content = {"policy": "policy.yaml", "people": PEOPLE, "cases": list(cases), **more}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_each_case_that_is_not_as_it_should_be_has_a_line(told_by, config, tmp_path):
    config()
    here = {"who": "ana", "channel": "C0SHOP", "cluster": "dev"}
    path = table(
        tmp_path,
        here | {"command": "scale web 9", "effect": "confirm", "rule": "dev", "open": True},
        here | {"command": "scale web 9", "facts": {"replicas": [2, 9]}, "effect": "confirm"},
        here | {"command": "scale web 9 --context prod", "effect": "approve", "by": "prod", "code": False},
        here
        | {"verb": "scale", "effect": "deny", "rule": "system", "near_miss": "x", "namespace": "kube-system"},
        here | {"command": "scale", "effect": "deny"},
        here | {"verb": "fly", "effect": "deny"},
        here | {"command": "help", "effect": "allow"},
    )
    code, told = told_by("policy", "test", path)
    assert code == 1
    assert told.splitlines() == [
        "case 2, ana: scale web 9: effect is deny, not confirm (No rule allows it.)",
        "case 3, ana: scale web 9 --context prod: code is true, not false (prod)",
        "case 4, ana: scale: the near miss is 'nothing', without 'x' (system)",
        "case 5, ana: scale: it cannot be read: How many? Write the number after the name.",
        "case 6, ana: fly: it cannot be read: There is no verb `fly`.",
        "5 of 7 cases are not as they should be.",
    ]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"colour": "red"}, "cases.0.colour: Extra inputs are not permitted"),
        ({"effect": "perhaps"}, "cases.0.effect: Input should be"),
        ({"who": "eve"}, "people has nobody called eve"),
        ({"verb": "get"}, "a case has a command, or a verb"),
        ({"facts": {"cpu": 3}}, "cases.0.facts.cpu: Extra inputs"),
    ],
)
def test_a_table_that_is_none_is_refused(told_by, config, tmp_path, case, said):
    config()
    sound = {"who": "ana", "command": "get pods", "effect": "allow"}
    code, told = told_by("policy", "test", table(tmp_path, sound | case))
    assert (code, said in told, "Traceback" in told) == (2, True, False), told


def test_a_table_without_a_file_is_refused(told_by, tmp_path):
    code, told = told_by("policy", "test", str(tmp_path / "none.yaml"))
    assert (code, "No such file" in told) == (2, True)
