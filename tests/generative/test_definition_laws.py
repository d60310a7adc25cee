"""Laws of reading definitions: whatever the text, there are located errors and never a crash."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from made.small_content import TEXTS, codes_in
from vardforlopp.definitions import load
from vardforlopp.definitions.findings import RULES
from vardforlopp.definitions.tree import Mapping, Node, Scalar, Sequence, parse_tree
from vardforlopp.kernel.errors import DefinitionError

LINES = [(path, number) for path, text in TEXTS.items() for number in range(text.count("\n"))]
ODD = [
    "",
    "[]",
    "{}",
    "null",
    "kalium",
    "$gransvarde",
    "-1",
    "{has: kalium}",
    "[[a]]",
    "{all: []}",
    "> 5",
    "prov",
]


@st.composite
def spoilt_contents(draw: st.DrawFn) -> dict[str, str]:
    """The small content with a few lines dropped, doubled, swapped or given an odd value."""
    texts = {path: text.split("\n") for path, text in TEXTS.items()}
    for path, number in draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=3)):
        lines = texts[path]
        at = min(number, len(lines) - 1)
        match draw(st.integers(0, 3)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at], lines[0] = lines[0], lines[at]
            case _:
                head, colon, _ = lines[at].partition(": ")
                lines[at] = f"{head}{colon}{draw(st.sampled_from(ODD))}"
    return {path: "\n".join(lines) for path, lines in texts.items()}


@given(spoilt_contents())
def test_spoilt_content_is_told_and_never_crashes(texts: dict[str, str]) -> None:
    """Each error has a known code (or is of the system table) and a file of the folder."""
    for code, where in codes_in(texts):
        assert code in RULES or code.startswith("VF-SYS"), (code, where)
        assert where.removeprefix("content/").rpartition(":")[0] in texts or where.startswith("content/"), (
            where
        )


@given(spoilt_contents())
def test_an_error_means_no_definitions(texts: dict[str, str]) -> None:
    """Half a pathway is worse than none."""
    loaded = load(texts)

    assert (loaded.definitions is None) == bool(loaded.errors)


@given(st.text(alphabet=string.printable, max_size=200))
def test_any_text_is_a_tree_or_a_located_error(text: str) -> None:
    """The reader of texts is total."""
    tree = _read(text)
    if isinstance(tree, DefinitionError):
        assert tree.code in RULES
        assert tree.where.startswith("x.yaml")
        return
    for node in _all(tree):
        assert node.line >= 1
        assert node.column >= 1


def _read(text: str) -> Node | DefinitionError:
    try:
        return parse_tree(text, "x.yaml")
    except DefinitionError as error:
        return error


def _all(node: Node) -> list[Node]:
    if isinstance(node, Scalar):
        return [node]
    below = node.entries.values() if isinstance(node, Mapping) else node.items
    assert isinstance(node, Mapping | Sequence)
    return [node, *(inner for child in below for inner in _all(child))]
