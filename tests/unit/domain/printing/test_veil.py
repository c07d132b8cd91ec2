"""Whatever the form, a Secret's values stay where they are."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from bot.domain import describe
from bot.domain.describe import Around
from bot.domain.printing.beside import Beside
from bot.domain.printing.forms import read_form
from bot.domain.printing.printed import document, printer
from bot.domain.printing.veil import sizes, veiled
from bot.domain.resources import PODS, ObjectRef, ResourceType
from tests.factories import NOW

SECRETS = ResourceType(group="", version="v1", plural="secrets", kind="Secret", namespaced=True)
CUSTOM = ResourceType(group="x.io", version="v1", plural="boxes", kind="Box", namespaced=True)
FORMS = (
    "yaml", "json", "name", "jsonpath={.data}", "jsonpath={..*}", "jsonpath={@}",
    "jsonpath={.items[*].data.*}", "jsonpath={range ..data}{@}{end}", "custom-columns=A:.data,B:..*",
    "custom-columns=A:.metadata.annotations", "custom-columns=A:.stringData.*",
)  # fmt: skip


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


KEYS = st.from_regex(r"[a-z][a-z.]{0,8}", fullmatch=True)
FIELDS = (
    "apiVersion kind metadata name namespace annotations kubectl.kubernetes.io/last-applied-configuration "
    "example.com/original example.com/plain example.com/packed managedFields fieldsV1 f:data stringData"
)
"""What stands there anyway: a value that is a part of it would be found without being let out."""
VALUES = st.text(min_size=9, max_size=60).filter(
    lambda value: value.strip() == value and len(set(value)) > 5 and value not in FIELDS
)


@st.composite
def secrets(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """A Secret as the API gives it, with what tools leave on it, and everything that must not be seen."""
    values = draw(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
    data = {key: encoded(value) for key, value in values.items()}
    copy = json.dumps({"data": data, "stringData": values})
    found = {
        "metadata": {
            "name": "db",
            "namespace": "shop",
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": copy,
                "example.com/original": copy,
                "example.com/plain": next(iter(values.values())),
                "example.com/packed": encoded(copy) * 2,
            },
            "managedFields": [{"fieldsV1": {"f:data": values}}],
        },
        "type": "Opaque",
        "data": data,
    }
    if draw(st.booleans()):
        found["stringData"] = values
    return found, [*values.values(), *data.values()]


def leaks(said: str, hidden: list[str]) -> list[str]:
    forms = [
        form
        for one in hidden
        for form in (one, json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1])
    ]
    return [form for form in forms if form in said]


@given(secrets(), st.sampled_from(FORMS), st.booleans())
@settings(max_examples=120)
def test_no_form_lets_a_secrets_values_out(secret: Any, form: str, single: bool):  # noqa: FBT001
    found, hidden = secret
    wanted = read_form(form)
    taken = printer(wanted, Beside(order=".data"), SECRETS)(found)
    if wanted.kind == "custom-columns":
        said = "\n".join(taken.found)
    else:
        said = "\n".join(document(wanted, [taken.found], single=single).lines)
    assert leaks(said, hidden) == []
    assert leaks(repr(taken.key), hidden) == []


@given(secrets())
@settings(max_examples=100)
def test_neither_do_words_nor_what_wraps_it(secret: Any):
    found, hidden = secret
    whole = {"apiVersion": "v1", "kind": "Secret", **found}
    ref = ObjectRef(cluster="demo", namespace="shop", type=SECRETS, name="db")
    told = describe.whole(describe.teller(SECRETS).words(ref, found, Around({}), NOW), NOW)
    assert leaks(told.model_dump_json(), hidden) == []
    for wrapped in (
        {"kind": "List", "items": [whole]},
        {"kind": "SecretList", "items": [found]},
        {"kind": "Box", "metadata": {"name": "b"}, "spec": {"template": whole}},
    ):
        assert leaks(json.dumps(veiled(wrapped)), hidden) == []
    box = ObjectRef(cluster="demo", namespace="shop", type=CUSTOM, name="b")
    inside = {"kind": "Box", "metadata": {"name": "b"}, "spec": {"template": whole}}
    told = describe.whole(describe.teller(CUSTOM).words(box, inside, Around({}), NOW), NOW)
    assert leaks(told.model_dump_json(), hidden) == []


def test_what_is_hidden_says_how_much_it_is():
    found = {"metadata": {"name": "db"}, "data": {"k": encoded("hunter2"), "one": encoded("x"), "none": ""}}
    assert veiled(found, "Secret")["data"] == {
        "k": "<not shown: 7 bytes>", "one": "<not shown: 1 byte>", "none": "<not shown: 0 bytes>",
    }  # fmt: skip
    assert sizes(found) == {"k": 7, "one": 1, "none": 0}
    assert "kind" not in veiled(found, "Secret")
    assert veiled({"kind": "Secret", "stringData": {"k": "häm"}})["stringData"] == {
        "k": "<not shown: 4 bytes>"
    }


def test_data_of_any_other_shape_is_hidden_too():
    assert veiled({"kind": "Secret", "data": "hunter2"})["data"] == "<not shown: 7 bytes>"
    assert veiled({"kind": "Secret", "data": ["hunter2"]})["data"].startswith("<not shown")
    assert veiled({"kind": "Secret", "data": None})["data"] is None
    assert sizes({"data": "x"}) == {}


def test_short_marks_of_a_secret_stay():
    notes = {"cert-manager.io/common-name": "shop.example.com"}
    found = veiled({"kind": "Secret", "metadata": {"annotations": notes, "labels": {"app": "web"}}})
    assert found["metadata"] == {"annotations": notes, "labels": {"app": "web"}}


def test_a_copy_of_what_was_applied_is_never_shown():
    notes = {"kubectl.kubernetes.io/last-applied-configuration": '{"spec":{"env":"hunter2"}}'}
    found = veiled({"kind": "Deployment", "metadata": {"annotations": notes}})
    assert found["metadata"]["annotations"] == {next(iter(notes)): "<not shown: 26 bytes>"}


@pytest.mark.parametrize(
    "held",
    [
        {"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]},
        {"args": ["--password", "hunter2"]},
        {"args": ["--password=hunter2"]},
        {"data": {"DB_PASSWORD": "hunter2"}},
        {"data": {"app.properties": "mode=fast\ndb.password=hunter2\n"}},
        {"spec": {"url": "postgres://web:hunter2@db/shop"}},
    ],
)
def test_other_secrets_are_redacted_where_their_names_tell(held: Any):
    assert "hunter2" not in json.dumps(veiled(held))


def test_what_is_no_secret_stays_as_it_is():
    plain = {
        "kind": "Pod",
        "metadata": {"name": "a", "labels": {"app": "web"}},
        "spec": {"n": 1, "b": True, "none": None, "containers": [{"name": "a", "args": ["-v", "4"]}],
                 "volumes": [{"secret": {"secretName": "db"}}]},
    }  # fmt: skip
    assert veiled(plain | {"metadata": plain["metadata"] | {"managedFields": [1]}}) == plain  # type: ignore[operator]


def test_what_is_too_deep_ends():
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": [deep]}
    assert "<too deep>" in json.dumps(veiled(deep))


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


@given(
    st.lists(st.dictionaries(st.text(max_size=8), TREES, max_size=4), min_size=1, max_size=4), st.booleans()
)
@settings(max_examples=120)
def test_documents_read_back_as_what_they_were(items: list[Any], single: bool):  # noqa: FBT001
    """Hostile keys and values too: a line of YAML or JSON means nothing else than the object did."""
    wanted = items[0] if single else items
    for form, read in (("yaml", yaml.safe_load), ("json", json.loads)):
        written = document(read_form(form), items, single=single)
        found = read("\n".join(written.lines))
        assert written.left_out == 0
        assert (found if single else found["items"]) == wanted


def test_a_document_ends_with_a_whole_object():
    items = [{"metadata": {"name": f"m{n}"}, "data": {"k": "x" * 300_000}} for n in range(9)]
    for form, read in (("yaml", yaml.safe_load), ("json", json.loads)):
        written = document(read_form(form), items, single=False)
        assert len(read("\n".join(written.lines))["items"]) == 9 - written.left_out == 3


def test_a_name_says_its_group():
    take = printer(read_form("name"), Beside(), CUSTOM)
    assert take({"metadata": {"name": "b"}}).found == "box.x.io/b"
    assert printer(read_form("name"), Beside(), PODS)({"metadata": {"name": "b"}}).found == "pod/b"
