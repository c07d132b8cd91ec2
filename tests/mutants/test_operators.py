"""A mutant differs from its module in one small thing, and has a name that outlives a moved line."""

import pytest

from tests.mutants.operators import mutants


def changes(source: str) -> list[str]:
    return [f"{mutant.before} → {mutant.after}" for mutant in mutants("bot/a.py", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", ["a < b → a <= b"]),
        ("x = a and not b", ["a and (not b) → a or not b", "not b → b"]),
        ("x = a + 1", ["a + 1 → a - 1", "a + 1 → a + 2"]),
        ("x = f(True)", ["f(True) → f(False)"]),
        ("x = d.get('k')", ["d.get('k') → d.get('')"]),
        ("x = any(a)", ["any(a) → all(a)"]),
        ("if a:\n    f()", ["a → not a", "f() → pass"]),
        ("def f():\n    return a", ["return a → return None"]),
    ],
)
def test_behaviour_is_changed(source: str, expected: list[str]):
    assert changes(source) == expected


@pytest.mark.parametrize(
    "source",
    ["'''A docstring.'''", "raise_ = 'A sentence for people.'", "x = d['key']", "x: 'Literal' = a",
     "class A(StrEnum):\n    B = 'b'", "def f():\n    return None", "from a import b"],
)  # fmt: skip
def test_words_and_annotations_stay(source: str):
    assert changes(source) == []


def test_each_mutant_is_a_whole_module_and_the_next_begins_from_the_original():
    first, second = mutants("bot/a.py", "x = 1\ny = x in d")
    assert (first.code, second.code) == ("x = 2\ny = x in d", "x = 1\ny = x not in d")


def test_a_name_tells_the_place_and_the_change_but_no_line():
    one, other = mutants("bot/a.py", "class A:\n    def f(self):\n        g()\n        g()")
    assert one.key == "bot/a.py A.f: g() → pass"
    assert other.key == "bot/a.py A.f: g() → pass #2"
    assert (one.line, other.line) == (3, 4)
