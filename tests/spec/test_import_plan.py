"""`vardforlopp import-plan`: a foreign plan becomes a draft, and nothing of it is lost in silence."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from made.calls import call
from made.foreign_plans import SNOMED, fhirpath, plan, three_levels
from vardforlopp.present.catalogues import CATALOGUES
from vardforlopp.present.import_report import KINDS

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
A: Json = {"id": "a", "title": "A"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A plan on three levels, as a file."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(three_levels()), "utf-8")
    return file


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TestTheDraft:
    """The draft."""

    def test_it_is_a_content_folder_of_its_own(self, source: Path, tmp_path: Path) -> None:
        """With everything that `check` needs, and the report beside it."""
        done = call("import-plan", source, "--out", tmp_path / "draft")

        assert done.code == 1  # something is always left for people
        assert sorted(tree(tmp_path / "draft")) == [
            "NOT-CARRIED.md", "activities/knee-care.yaml", "catalogue.yaml",
            "pathways/knee-care/2.1.0/pathway.yaml", "pathways/knee-care/2.1.0/rows.yaml",
            "pathways/knee-care/2.1.0/steps/follow-up.yaml", "pathways/knee-care/2.1.0/steps/workup.yaml",
            "systems.yaml", "valuesets/knee-care.yaml",
        ]  # fmt: skip

    def test_check_says_what_it_lacks_and_where(self, source: Path, tmp_path: Path) -> None:
        """Findings that name a file and line, as those of `vardforlopp new` do; nothing is unreadable."""
        call("import-plan", source, "--out", tmp_path / "draft")
        told = call("check", tmp_path / "draft").out.splitlines()

        assert {line.split()[0] for line in told} == {
            "VF-DEF-049",  # no way in
            "VF-DEF-053",  # who does it
            "VF-DEF-054",  # texts in Swedish
            "VF-DEF-086",  # the person
            "VF-DEF-087",  # the national criteria
            "VF-DEF-090",  # texts for the person
        }
        assert all(re.match(r"VF-DEF-\d{3} draft/\S+\.yaml:\d+  ", line) for line in told)

    def test_the_same_plan_gives_the_same_bytes(self, source: Path, tmp_path: Path) -> None:
        """No clock and no chance in it."""
        for name in ("one", "two"):
            call("import-plan", source, "--out", tmp_path / name)

        assert tree(tmp_path / "one") == tree(tmp_path / "two")

    def test_without_a_folder_nothing_is_written(self, source: Path, tmp_path: Path) -> None:
        """The whole report is printed instead."""
        before = tree(tmp_path)
        done = call("import-plan", source)

        assert (done.code, tree(tmp_path)) == (1, before)
        assert "PlanDefinition.action[0].action[0].title" in done.out

    @pytest.mark.parametrize("form", ["folder", "bundle", "package", "gzip", "lines"])
    def test_what_a_plan_refers_to_may_come_in_any_form(self, form: str, tmp_path: Path) -> None:
        """A folder, a Bundle, a package, NDJSON: the value set is found."""
        value_set = {
            "resourceType": "ValueSet",
            "id": "v",
            "url": "https://e.org/v",
            "compose": {"include": [{"system": "http://loinc.org", "concept": [{"code": "1-8"}]}]},
        }
        asked = {
            "language": "text/fhirpath",
            "expression": "Observation.exists(code.memberOf('https://e.org/v'))",
        }
        both = [plan({**A, "condition": [{"kind": "applicability", "expression": asked}]}), value_set]
        call("import-plan", packed(both, form, tmp_path), "--out", tmp_path / "draft")

        assert "1-8" in (tmp_path / "draft/valuesets/knee-care.yaml").read_text("utf-8")

    def test_what_is_not_referred_to_is_counted(self, tmp_path: Path) -> None:
        """And not read."""
        file = packed([plan(A), {"resourceType": "Patient"}, {"resourceType": "Library"}], "bundle", tmp_path)

        assert "were not read: 2." in call("import-plan", file, "--lang", "en").out


def packed(resources: list[Json], form: str, folder: Path) -> Path:
    """Resources in one of the forms that are read."""
    texts = [json.dumps(each).encode() for each in resources]
    if form == "folder":
        (folder / "in").mkdir()
        for number, text in enumerate(texts):
            (folder / f"in/{number}.json").write_bytes(text)
        return folder / "in"
    if form == "package":
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            for number, text in enumerate(texts):
                member = tarfile.TarInfo(f"../../../package/{number}.json")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))
        (folder / "package.tgz").write_bytes(gzip.compress(data.getvalue()))
        return folder / "package.tgz"
    bundle = json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    ).encode()
    data = {"bundle": bundle, "gzip": gzip.compress(bundle), "lines": b"\n".join(texts)}[form]
    (folder / "in.json").write_bytes(data)
    return folder / "in.json"


class TestTheReport:
    """The report of what was not carried."""

    def test_it_accounts_for_every_element(self, source: Path, tmp_path: Path) -> None:
        """The three numbers make up the whole, on the terminal and in the file."""
        said = call("import-plan", source, "--out", tmp_path / "draft", "--lang", "en").out
        numbers = re.search(
            r"read: (\d+)\. Carried: (\d+)\. Not carried: (\d+), listed as \d+ entries\. Set aside: (\d+)",
            said,
        )
        assert numbers is not None
        total, *parts = map(int, numbers.groups())

        assert total == sum(parts)
        assert numbers[0] in (tmp_path / "draft/NOT-CARRIED.md").read_text("utf-8")

    def test_each_entry_has_its_path_why_and_what_to_do(self, source: Path, tmp_path: Path) -> None:
        """In the file all of them, on the terminal the first of each reason."""
        call("import-plan", source, "--out", tmp_path / "draft", "--lang", "en")
        page = (tmp_path / "draft/NOT-CARRIED.md").read_text("utf-8")

        assert "| Evidence | 4 |" in page
        assert "is folded into its steps, with its conditions and times. Make it a phase" in page
        assert "- `PlanDefinition.action[0].action[0].title`: `Imaging`" in page

    @pytest.mark.parametrize(("lang", "word"), [("sv", "Lästa element"), ("en", "Elements read")])
    def test_it_speaks_swedish_and_english(self, lang: str, word: str, source: Path) -> None:
        """Swedish when nothing is said."""
        assert word in call("import-plan", source, "--lang", lang).out
        assert "Lästa element" in call("import-plan", source).out

    def test_every_reason_has_its_words_and_its_kind(self) -> None:
        """A reason that the importer gives can be shown in each language."""
        code = "\n".join(
            path.read_text("utf-8") for path in (ROOT / "src/vardforlopp/fhir/plan_import").glob("*.py")
        )
        given = set(re.findall(r'\.leave\(\s*"([a-z-]+)"', code)) | {"unknown", "counts-from", "in-words"}
        given |= {found for found in re.findall(r'\.note\([^)]*?"([a-z-]+)"', code) if f'"{found}"' in code}
        kinds = [why for whys in KINDS.values() for why in whys]

        assert given <= set(kinds)
        assert len(kinds) == len(set(kinds))
        for texts in CATALOGUES.values():
            assert {f"plan_import.{part}.{why}" for why in kinds for part in ("why", "do")} <= set(texts)

    def test_nothing_in_a_plan_steers_the_terminal_or_the_page(self, tmp_path: Path) -> None:
        """Nor breaks out of its line."""
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan({**A, "odd": "\x1b[2J`x`\n# y", "title": "\x1b[1m\n# T"})), "utf-8")
        said = call("import-plan", file, "--out", tmp_path / "draft").out
        written = "".join(data.decode() for data in tree(tmp_path / "draft").values())

        assert "\x1b" not in said + written
        assert "\n# T" not in written
        assert "\n# y" not in written


NEST: Json = {"id": "deep"}
for _ in range(200):
    NEST = {"action": [NEST]}

SETS = "https://example.org/fhir/ValueSet/"


def value_set(name: str, include: list[Json]) -> Json:
    url = f"{SETS}{name}"
    return {"resourceType": "ValueSet", "id": name, "url": url, "compose": {"include": include}}


def of_set(name: str) -> Json:
    """A condition on a value set."""
    return fhirpath(f"Condition.where(code.memberOf('{SETS}{name}')).exists()")


#: What is wrong, the file's bytes, the code, and words of the message.
BAD: dict[str, tuple[bytes | Json, str, str]] = {
    "not JSON": (b"{plan", "VF-REC-003", "not JSON"),
    "cut off": (b'{"resourceType": "PlanDef', "VF-REC-004", "ends in the middle"),
    "empty": (b"", "VF-REC-001", "empty"),
    "not UTF-8": (b'{"resourceType": "PlanDefinition", "title": "\xe5"}', "VF-REC-002", "UTF-8"),
    "XML": (b"<PlanDefinition xmlns='http://hl7.org/fhir'/>", "VF-IMP-010", "XML"),
    "another resource": ({"resourceType": "Patient"}, "VF-IMP-001", "it holds Patient"),
    "no resource": ([1, 2], "VF-IMP-001", "no resource"),  # type: ignore[dict-item]
    "R5": (
        plan({**A, "relatedAction": [{"targetId": "b"}]}),
        "VF-IMP-003",
        "action[0].relatedAction[0].targetId",
    ),
    "R5 input": (plan({**A, "input": [{"requirement": {}}]}), "VF-IMP-003", "FHIR R5"),
    "STU3": (plan({**A, "label": "A"}), "VF-IMP-003", "STU3"),
    "no actions": (plan(action=[]), "VF-IMP-004", "PlanDefinition.action"),
    "actions that are none": (plan(action="x"), "VF-IMP-004", "no action"),
    "a circle": (
        plan(
            {**A, "relatedAction": [{"actionId": "b", "relationship": "after"}]},
            {"id": "b", "relatedAction": [{"actionId": "a", "relationship": "after"}]},
        ),
        "VF-IMP-006",
        "action[0]",
    ),
    "a plan in itself": (
        plan({**A, "definitionCanonical": "https://example.org/fhir/PlanDefinition/knee-care"}),
        "VF-IMP-005",
        "action[0].definitionCanonical",
    ),
    "too deep": (plan(NEST), "VF-REC-005", "nested deeper"),
    "actions too deep": (
        {
            "resourceType": "Bundle",
            "entry": [
                {
                    "resource": plan(
                        {"definitionCanonical": f"https://example.org/fhir/PlanDefinition/p{number + 1}"},
                        id=f"p{number}",
                        url=f"https://example.org/fhir/PlanDefinition/p{number}",
                    )
                }
                for number in range(300)
            ],
        },
        "VF-IMP-013",
        "PlanDefinition/p51.action[0]",
    ),
    "value sets too deep": (
        {
            "resourceType": "Bundle",
            "entry": [
                {"resource": plan({**A, "condition": [of_set("0")]})},
                *({"resource": value_set(str(n), [{"valueSet": [f"{SETS}{n + 1}"]}])} for n in range(300)),
            ],
        },
        "VF-IMP-014",
        f"{SETS}50",
    ),
    "a value set too large": (
        {
            "resourceType": "Bundle",
            "entry": [
                {"resource": plan({**A, "condition": [of_set("0")]})},
                {
                    "resource": value_set(
                        "0", [{"system": SNOMED, "concept": [{"code": str(n)} for n in range(20_001)]}]
                    )
                },
            ],
        },
        "VF-IMP-015",
        "20000 codes",
    ),
    "too many": (plan(*[A] * 1001), "VF-IMP-007", "1000 actions"),
    "two plans": (
        {"resourceType": "Bundle", "entry": [{"resource": plan(A)}, {"resource": plan(A, id="x", url=None)}]},
        "VF-IMP-002",
        "knee-care, x",
    ),
    "a key twice": (b'{"resourceType": "PlanDefinition", "id": "a", "id": "b"}', "VF-REC-007", "twice"),
    "a damaged archive": (b"x" * 257 + b"ustar" + b"x" * 600, "VF-IMP-012", "damaged"),
    "damaged gzip": (b"\x1f\x8b\x00\x00", "VF-REC-012", "gzip"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_plan_is_told_where_and_what(what: str, tmp_path: Path) -> None:
    """Exit code 2, one line, nothing written."""
    held, code, words = BAD[what]
    file = tmp_path / "in.json"
    file.write_bytes(held if isinstance(held, bytes) else json.dumps(held).encode())
    done = call("import-plan", file, "--out", tmp_path / "draft")

    assert done.code == 2
    assert done.err.startswith(code), done.err
    assert words in done.err
    assert "in.json" in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "draft").exists()


class TestWhereItIsWritten:
    """Where the draft is written."""

    def test_an_existing_folder_is_never_written_to(self, source: Path, tmp_path: Path) -> None:
        """Not even an empty one, nor one that a link leads to."""
        (tmp_path / "there").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name in ("there", "link", "plan.json"):
            done = call("import-plan", source, "--out", tmp_path / name)
            assert (done.code, done.err.split()[0]) == (2, "VF-IMP-008")

        assert list((tmp_path / "there").iterdir()) == []

    def test_a_place_that_cannot_be_written_is_told(self, source: Path) -> None:
        """And nothing of the draft stays behind."""
        done = call("import-plan", source, "--out", source / "draft")

        assert (done.code, done.err.split()[0]) == (2, "VF-IMP-009")

    def test_a_draft_is_whole_or_not_there(
        self, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A disk that fills up in the middle leaves no half of it."""
        from vardforlopp.adapters import draft_folder

        def full(path: Path, data: bytes) -> None:
            if path.name == "rows.yaml":
                raise OSError(28, "No space left on device")
            path.write_bytes(data)

        monkeypatch.setattr(draft_folder, "write_whole", full)
        before = sorted(tmp_path.iterdir())
        done = call("import-plan", source, "--out", tmp_path / "draft")

        assert (done.code, "No space left" in done.err) == (2, True)
        assert sorted(tmp_path.iterdir()) == before

    @pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/b", "..", "con\x00", "~"])
    def test_no_id_leads_out_of_the_folder(self, name: str, tmp_path: Path) -> None:
        """Ids of the plan, its groups and its activities become names of files."""
        file = tmp_path / "plan.json"
        file.write_text(
            json.dumps(plan({"id": name, "title": name, "action": [{"id": name}]}, id=name, version=name)),
            "utf-8",
        )
        call("import-plan", file, "--out", tmp_path / "in" / "draft")

        assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "plan.json"]
        assert [path.name for path in (tmp_path / "in").iterdir()] == ["draft"]
        assert all(
            re.fullmatch(r"[A-Za-z0-9_.-]+", part)
            for path in tree(tmp_path / "in")
            for part in Path(path).parts
        )

    def test_no_such_file_and_an_empty_folder_are_told(self, tmp_path: Path) -> None:
        """With what to name instead."""
        (tmp_path / "empty").mkdir()

        assert call("import-plan", tmp_path / "nothing").err.startswith("VF-REC-013")
        assert call("import-plan", tmp_path / "empty").err.startswith("VF-IMP-011")
