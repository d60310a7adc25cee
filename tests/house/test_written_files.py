"""Files are written so that they can be read anywhere, and name nothing of one machine."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest
from repository import LAYERS, ROOT, files, listing, modules, texts, tree

TEXT = (
    ".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".json", ".html", ".j2", ".css", ".js", ".cfg",
    ".svg", "",
)  # fmt: skip
CORE = LAYERS[: LAYERS.index("fhir")]

#: Written in pieces, so that this file does not find itself.
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/" + "opt/wheels", "/" + "home/")
REGISTRIES = (
    "python" + "hosted.org", "py" + "pi.org", "registry.npm" + "js", "repo1." + "maven", "deb." + "debian",
    "proxy.go" + "lang", "--index" + "-url", "--find" + "-links", "crates" + ".io",
)  # fmt: skip


@pytest.mark.parametrize("patterns", [MACHINE_PATHS, REGISTRIES], ids=["machine paths", "registries"])
def test_no_file_names_a_machine_or_a_registry(patterns: tuple[str, ...]):
    """What is committed works for everybody: relative paths, and no address of a package index."""
    allowed = re.compile(r"--no-emit-(index-url|find-links)|--index" + r"-url anywhere")
    found = [
        f"{path}:{number} {line.strip()[:90]}"
        for path, text in texts(*TEXT)
        for number, line in enumerate(text.splitlines(), 1)
        if any(pattern in allowed.sub("", line) for pattern in patterns)
    ]

    assert not found, "write a relative path, or leave the address out:" + listing(found)


def test_text_files_have_no_tabs_and_end_with_a_line():
    """Spaces only (make needs its tabs), no blanks at line ends, one newline last."""
    found = []
    for path, text in texts(".py", ".yaml", ".yml", ".md", ".toml", ".html", ".j2", ".css"):
        if "\t" in text:
            found.append(f"{path}: a tab")
        if text and not text.endswith("\n"):
            found.append(f"{path}: no newline at the end")
        if "\r" in text:
            found.append(f"{path}: a carriage return")
        if path.suffix != ".md" and re.search(r"[ \t]+$", text, re.MULTILINE):
            found.append(f"{path}: blanks at the end of a line")

    assert not found, "`make fix` mends Python; the rest by hand:" + listing(found)


def test_every_public_function_of_the_core_says_what_it_does():
    """From kernel to contract, each module and public function has a docstring."""
    found = []
    for path in modules(*CORE):
        module = tree(path)
        if not ast.get_docstring(module):
            found.append(f"{path}: the module")
        found += [
            f"{path}:{node.lineno} {node.name}"
            for node in module.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if not ast.get_docstring(node)
        ]

    assert not found, "say in one line what it does:" + listing(found)


def test_tests_have_unique_names_and_no_packages():
    """pytest finds tests by file name: no `__init__.py`, and no two files of one name."""
    names = Counter(path.name for path in files() if path.parts[0] == "tests" and path.suffix == ".py")
    twice = [name for name, count in names.items() if count > 1]
    packages = [str(path) for path in files() if path.parts[0] == "tests" and path.name == "__init__.py"]

    assert not twice, "rename one of each:" + listing(twice)
    assert not packages, "remove:" + listing(packages)


def test_the_locks_carry_hashes_and_no_address():
    """Each locked requirement is pinned, hashed and may come from any mirror."""
    for lock in sorted(ROOT.glob("requirements*.txt")):
        text = lock.read_text("utf-8")
        pins = re.findall(r"^[a-z0-9][\w.-]*==\S+ .*$", text, re.MULTILINE)
        assert pins, f"{lock.name} is empty: run make lock"
        assert "://" not in text, f"{lock.name} names an address: run make lock"
        assert len(pins) <= text.count("--hash=sha256:"), f"{lock.name} lacks hashes: run make lock"
