"""The strict tree: a text means what it looks like, and every part knows its place."""

from __future__ import annotations

import pytest

from vardforlopp.definitions.tree import Mapping, Scalar, Sequence, parse_tree, plain
from vardforlopp.kernel.errors import DefinitionError


def test_a_scalar_keeps_what_was_written():
    """`1.10` may be a version, `0071` a code: who reads it decides."""
    tree = parse_tree("{a: 1.10, b: 0071, c: '12', d: 12}", "x")
    assert isinstance(tree, Mapping)

    assert [node.text for node in tree.entries.values() if isinstance(node, Scalar)] == [
        "1.10",
        "0071",
        "12",
        "12",
    ]
    assert [node.integer for node in tree.entries.values() if isinstance(node, Scalar)] == [
        None,
        71,
        None,
        12,
    ]


def test_every_key_and_value_has_its_line_and_column():
    """Counted from one, as editors do."""
    tree = parse_tree("a:\n  b: c\n  d: [e,\n      f]\n", "x")
    assert isinstance(tree, Mapping)
    inner = tree.entries["a"]
    assert isinstance(inner, Mapping)
    items = inner.entries["d"]
    assert isinstance(items, Sequence)

    assert (inner.keys["d"].line, inner.keys["d"].column) == (3, 3)
    assert [(item.line, item.column) for item in items.items] == [(3, 7), (4, 7)]


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "True", "FALSE", "Null", "~"])
def test_a_word_that_other_readers_take_for_a_yes_or_no_is_refused(word: str):
    """In quotes it is a word like any other."""
    with pytest.raises(DefinitionError) as caught:
        parse_tree(f"a: {word}", "x")

    assert caught.value.code == "VF-DEF-005"
    assert plain(parse_tree(f"a: '{word}'", "x")) == {"a": word}


def test_such_a_word_may_be_a_key():
    """`on:` says when."""
    assert plain(parse_tree("on: 2026-03-02", "x")) == {"on": "2026-03-02"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x", "VF-DEF-002"),
        ("a: !!int 1", "VF-DEF-002"),
        ("%YAML 1.2\n---\na: 1", "VF-DEF-002"),
        ("a: 1\n---\nb: 1", "VF-DEF-002"),
        ("a: 1\na: 2", "VF-DEF-003"),
        ("{a: 1, a: 2}", "VF-DEF-003"),
        ("a:\t1", "VF-DEF-004"),
        ("[" * 1000 + "]" * 1000, "VF-DEF-006"),
        ("a: [1", "VF-DEF-001"),
        ("? [a]\n: b", "VF-DEF-001"),
        ("a: \x00", "VF-DEF-001"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_place(text: str, code: str):
    """Each refusal names file and line."""
    with pytest.raises(DefinitionError) as caught:
        parse_tree(text, "x.yaml")

    assert caught.value.code == code
    assert caught.value.where.startswith("x.yaml")
    assert caught.value.do


def test_an_empty_text_is_an_empty_value():
    """A file that only holds comments holds nothing."""
    assert plain(parse_tree("# nothing yet\n", "x")) is None
