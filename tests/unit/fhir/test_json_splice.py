"""Members of a JSON object are changed in its text; every other byte stays as it was."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vardforlopp.fhir.json_splice import elements, members, value_of, with_members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=6)
INDENTS = st.sampled_from((None, 0, 2))


def test_the_digits_of_a_number_stay() -> None:
    """1.00 says more than 1.0: R4 keeps the precision."""
    text = b'{"resourceType":"Observation","valueQuantity":{"value":1.00}}'

    assert with_members(text, {"id": b'"a"'}) == (
        b'{"resourceType":"Observation","id":"a","valueQuantity":{"value":1.00}}'
    )


def test_what_stands_is_changed_where_it_stands() -> None:
    assert with_members(b'{ "id" : "x" , "b" : [1, 2] }', {"id": b'"y"'}) == b'{ "id" : "y" , "b" : [1, 2] }'


def test_an_empty_object_takes_members() -> None:
    assert with_members(b"{}", {"a": b"1", "b": b"2"}) == b'{"a":1,"b":2}'


def test_a_name_deeper_down_is_not_meant() -> None:
    text = b'{"a":{"id":"inner"},"s":"\\"id\\":\\"no\\""}'

    assert value_of(text, "id") is None
    assert value_of(text, "a") == b'{"id":"inner"}'


@given(OBJECTS, INDENTS)
def test_members_are_those_that_a_parser_sees(tree: dict[str, object], indent: int | None) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=False).encode()

    assert {name: orjson.loads(text[at.value : at.end]) for name, at in members(text).items()} == tree
    assert list(members(text)) == list(tree)


@given(OBJECTS, st.dictionaries(st.text(max_size=6), VALUES, max_size=3), INDENTS)
def test_changing_members_is_changing_members(
    tree: dict[str, object], new: dict[str, object], indent: int | None
) -> None:
    text = json.dumps(tree, indent=indent).encode()
    changed = with_members(text, {name: orjson.dumps(value) for name, value in new.items()})

    assert orjson.loads(changed) == {**tree, **new}


@given(st.lists(VALUES, max_size=6), INDENTS)
def test_elements_are_those_that_a_parser_sees(tree: list[object], indent: int | None) -> None:
    text = json.dumps(tree, indent=indent).encode()

    assert [orjson.loads(one) for one in elements(text)] == tree


@pytest.mark.parametrize("text", [b"[]", b"[ ]", b"[\n]"])
def test_an_empty_array_has_no_elements(text: bytes) -> None:
    assert elements(text) == []
