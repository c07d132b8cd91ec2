"""kubectl's paths: what they find, what they refuse and where, and that none of them takes too long."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.errors import UsageError
from bot.domain.printing.jsonpath import JsonPath, Template

POD_A = {
    "metadata": {"name": "a", "labels": {"app.example.com/tier": "front"}},
    "status": {"restarts": 3, "up": True, "none": None, "conditions": [{"type": "Ready", "status": "True"}]},
    "spec": {"containers": [{"image": "web:1"}, {"image": "db:2"}]},
}
POD_B = {"metadata": {"name": "b"}, "status": {"restarts": 0, "conditions": []}, "spec": {"containers": []}}
ROOT = {"kind": "List", "items": [POD_A, POD_B]}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{.items[*].metadata.name}", "a b"),
        (".items[*].metadata.name", "a b"),
        ("{$.items[0].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "b"),
        ("{.items[-2:].metadata.name}", "a b"),
        ("{.items[0:1].metadata.name}", "a"),
        ("{.items[::2].metadata.name}", "a"),
        ("{.items[1,0].metadata.name}", "b a"),
        ("{.items[0]['metadata','kind'].name}", "a"),
        ("{.items[0].metadata['name']}", "a"),
        ("{['kind']}", "List"),
        ("{kind}", "List"),
        (r"{.items[0].metadata.labels.app\.example\.com/tier}", "front"),
        ("{.items[0].metadata.labels['app.example.com/tier']}", "front"),
        ("{..image}", "web:1 db:2"),
        ("{.items..name}", "a b"),
        ("{..containers[0].image}", "web:1"),
        ("{.items[*].metadata.*}", 'a {"app.example.com/tier":"front"} b'),
        ('{.items[?(@.metadata.name=="b")].status.restarts}', "0"),
        ("{.items[?(@.metadata.name=='b')].status.restarts}", "0"),
        ('{.items[?(@.metadata.name!="b")].metadata.name}', "a"),
        ("{.items[?(@.status.restarts>2)].metadata.name}", "a"),
        ("{.items[?(@.status.restarts<=0)].metadata.name}", "b"),
        ("{.items[?(@.status.up==true)].metadata.name}", "a"),
        ("{.items[?(@.status.up!=true)].metadata.name}", ""),
        ("{.items[?(@.status.up)].metadata.name}", "a"),
        ("{.items[?(@.status.none==null)].metadata.name}", "a"),
        ("{.items[?(@.metadata.name>1)].metadata.name}", ""),
        ("{.items[?(@.metadata.name==$.items[1].metadata.name)].metadata.name}", "b"),
        ('{.items[*].status.conditions[?(@.type=="Ready")].status}', "True"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.status.restarts}{"\\n"}{end}', "a\t3\nb\t0\n"),
        ("{range .items[*]}{@.metadata.name}={$.kind} {end}", "a=List b=List "),
        ("{range .items[*]}[{range .spec.containers[*]}{.image};{end}]{end}", "[web:1;db:2;][]"),
        ("{range .items}{.metadata.name}{end}", "ab"),
        ("pods: {.items[0].metadata.name}!", "pods: a!"),
        ('{"a\\"b\\\\c"}', 'a"b\\c'),
        ("{.items[9].metadata.name}{.nope.nope}{.kind.nope}", ""),
        ("{.items[0].status.none} {.items[0].status.up} {.items[0].status.restarts}", "null true 3"),
        ("{.items[0].spec.containers[0]}", '{"image":"web:1"}'),
        ("{ .kind }{ 'x' }", "Listx"),
        ("{}", ""),
    ],
)
def test_it_finds_what_kubectl_finds(template: str, expected: str):
    assert Template.read(template).text(ROOT) == expected


@pytest.mark.parametrize(
    ("template", "place", "why"),
    [
        ("{.items[0", 10, "`]` is missing"),
        ("{.items[0}", 10, "`]` is missing"),
        ("{.items[x]}", 9, "a number, a quoted name, `*` or `?(…)` should stand here"),
        ("{.items[0:1:0]}", 14, "a step is 1 or more"),
        ("{.items", 8, "`}` is missing"),
        ("{.a..}", 6, "a name is missing"),
        ("{.a,}", 4, "a path or quoted words should stand here"),
        ('{"abc}', 2, "this quote is never closed"),
        ("{.a\\", 5, "nothing follows the backslash"),
        ("{range .items[*]}x", 19, "`{end}` is missing after `{range …}`"),
        ("x{end}", 2, "this `end` has no `range` before it"),
        ('{.a[?(@.b=="c"]}', 15, "`)` is missing"),
        ('{.a[?(@.b=="c" && @.d)]}', 16, "a filter compares once"),
        ("{.a[?(@.b==)]}", 12, "something to compare with should stand here"),
        ("{range .a}" * 20, 131, "too deep"),
        ("{.a" + "[?(.a" * 20, 67, "too deep"),
    ],
)
def test_a_mistake_is_told_with_its_place(template: str, place: int, why: str):
    with pytest.raises(UsageError) as refused:
        Template.read(template)
    assert f"At character {place} of the path" in refused.value.message
    assert why in refused.value.message


@pytest.mark.parametrize(
    "path", [".metadata.name", "{.metadata.name}", "metadata.name", "{ .metadata.name }"]
)
def test_a_path_may_leave_out_its_braces(path: str):
    assert JsonPath.read(path).values(POD_A) == ["a"]
    assert JsonPath.read(path).is_of_metadata


@pytest.mark.parametrize("path", ["", "{}", ".", "a b", ".a}", "{.a}{.b}"])
def test_what_is_no_single_path_is_refused(path: str):
    with pytest.raises(UsageError, match="of the path"):
        JsonPath.read(path)


def test_no_path_takes_long():
    wide = {"items": [{"a": list(range(200))} for _ in range(200)]}
    hard = "{range ..}" * 5 + "{..}" + "{end}" * 5
    start = time.perf_counter()
    with pytest.raises(UsageError, match=r"too much at once|too long"):
        Template.read(hard.replace("{range ..}", "{range ..*}").replace("{..}", "{..*}")).text(wide)
    assert time.perf_counter() - start < 5


def test_no_text_grows_without_end():
    many = {"items": list(range(3000))}
    with pytest.raises(UsageError, match="too long for one answer"):
        Template.read("{range .items[*]}" + "x" * 1000 + "{end}").text(many)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(st.text(alphabet="{}[]().*?@$'\"\\,:=<>&| -019abend range", max_size=40), TREES)
@settings(max_examples=300)
def test_whatever_is_typed_it_is_text_or_a_mistake(template: str, root: Any):
    try:
        said = Template.read(template).text(root)
    except UsageError as error:
        said = error.message
    assert isinstance(said, str)
