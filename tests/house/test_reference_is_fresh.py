"""Reference pages are generated and committed; a change of the source shows as a change of the page."""

from __future__ import annotations

import pytest
from repository import ROOT, listing, texts

import generate_docs
import generate_errors


@pytest.mark.parametrize("name", sorted(generate_docs.PAGES))
def test_a_generated_page_says_what_the_source_says(name: str):
    """A stale page is written anew by `make docs`, and committed with the change."""
    assert (ROOT / name).exists(), f"{name} is missing: run make docs"
    assert (ROOT / name).read_text("utf-8") == generate_docs.PAGES[name](ROOT), (
        f"stale: run make docs ({name})"
    )


def test_every_error_code_is_documented():
    """Each code that the source names stands in `docs/reference/errors.md`."""
    page = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    used = {
        match[0] for _, text in texts(".py", under="src/") for match in generate_errors.CODE.finditer(text)
    }
    missing = [code for code in used if f"### {code}\n" not in page]

    assert not missing, "run make docs; pass code, what and do in one call or table:" + listing(missing)


def test_every_error_code_says_what_is_wrong_and_what_to_do():
    """A code without wording is found by nobody: write what and do beside it."""
    said = generate_errors.scan(ROOT)
    worded = {each.code for each in said if each.what and each.do}
    mute = {f"{each.code} {each.file}:{each.line}" for each in said if each.code not in worded}

    assert not mute, "write both texts beside the code:" + listing(list(mute))


def test_every_family_of_codes_is_known():
    """The middle of a code is its family; a new one gets a line in `generate_errors.FAMILIES`."""
    families = {each.code.split("-")[1] for each in generate_errors.scan(ROOT)}

    assert families == set(generate_errors.FAMILIES)


def test_a_code_belongs_to_one_package():
    """A code means one thing: two packages never share one. Adapters speak for those who read."""
    homes: dict[str, set[str]] = {}
    for each in generate_errors.scan(ROOT):
        if each.what or each.do:
            homes.setdefault(each.code, set()).add(each.file.split("/")[2])
    shared = [
        f"{code}: {', '.join(sorted(found))}"
        for code, found in homes.items()
        if len(found - {"adapters"}) > 1
    ]

    assert not shared, "give one of them a new number:" + listing(shared)


def test_the_page_is_read_off_calls_tables_and_names(tmp_path):
    """The reading itself is tested, on each way to write an error down."""
    source = tmp_path / "src"
    source.mkdir()
    (source / "made.py").write_text(
        """
DO = "Do this."
TABLE = {"VF-DEF-002": ("second", "Do that.")}
def refuse(name, node):
    what = f"'{node.name}' is wrong"
    raise DefinitionError("VF-DEF-001", name, what, DO)
def report(node):
    reading.report("VF-DEF-003", node, "third", do="Do more.")
""",
        "utf-8",
    )

    said = [(each.code, each.what, each.do) for each in generate_errors.scan(tmp_path)]

    assert said == [
        ("VF-DEF-001", "'<name>' is wrong", "Do this."),
        ("VF-DEF-002", "second", "Do that."),
        ("VF-DEF-003", "third", "Do more."),
    ]
