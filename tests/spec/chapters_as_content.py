"""The chapters' examples, filled up to whole content folders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vardforlopp.definitions.tree import parse_tree, plain

CHAPTERS = Path(__file__).parent / "chapters"
_TEXT = {"sv": "text", "en": "text"}


@dataclass(frozen=True)
class Example:
    """One example of a chapter."""

    chapter: str
    title: str
    data: dict[str, Any]

    def content(self) -> dict[str, str]:
        """The files of a content folder with this one pathway."""
        source = self.data.get("source", "S")
        steps = _parsed(self.data, "steps")
        for name, keys in steps.items():
            if "options" in keys:
                steps[name] = {"title": _TEXT, "source": source, **keys}
            else:
                steps[name] = {
                    "title": _TEXT,
                    "summary": _TEXT,
                    "source": source,
                    "activity": "atgard",
                    "by": ["lakare"],
                    "level": "primarvard",
                    **keys,
                }
        entries = _parsed(self.data, "entries") or {"IN": {"event": ["start"]}}
        head = {
            "id": "exempel",
            "version": "1.0.0",
            "title": _TEXT,
            "summary": _TEXT,
            "status": "draft",
            "sources": {"S": {"title": "Source", "level": "regional"}},
            "parameters": _parsed(self.data, "parameters"),
            "entries": {name: {"title": _TEXT, "source": "S", **keys} for name, keys in entries.items()},
            "exits": {
                name: {"title": _TEXT, "source": "S", **keys}
                for name, keys in _parsed(self.data, "exits").items()
            },
            "phases": [{"id": "fas", "title": _TEXT}],
            "sided": self.data.get("sided", False),
        }
        if "phase_when" in self.data:
            head["phases"][0]["when"] = _tree(self.data["phase_when"])
        folder = "pathways/exempel/1.0.0"
        return {
            "catalogue.yaml": (CHAPTERS / "catalogue.yaml").read_text("utf-8"),
            "valuesets/exempel.yaml": (CHAPTERS / "selectors.yaml").read_text("utf-8"),
            "activities/exempel.yaml": _dumped({"atgard": {"title": _TEXT, "performers": ["lakare"]}}),
            f"{folder}/pathway.yaml": _dumped({key: value for key, value in head.items() if value != {}}),
            f"{folder}/steps/fas.yaml": _dumped(steps),
        }

    def case_text(self) -> str:
        """The case as a file would write it."""
        return _dumped({"title": _TEXT, "born": "1970-01-01", "sex": "female", **_parsed(self.data, "case")})


def _tree(text: str) -> Any:
    """Strict YAML 1.2, as the definitions are read: `on` is a word."""
    return plain(parse_tree(text, "chapter.yaml"))


def _parsed(data: dict[str, Any], key: str) -> dict[str, Any]:
    return _tree(data[key]) if key in data else {}


def _dumped(value: Any) -> str:
    """JSON is YAML."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _examples(folder: Path) -> list[Example]:
    found = []
    for path in sorted(folder.glob("[0-9]*.yaml")):
        chapter = _tree(path.read_text("utf-8"))
        found += [Example(chapter["title"], data["title"], data) for data in chapter["examples"]]
    return found


#: What the manual prints.
EXAMPLES = _examples(CHAPTERS)
#: The same form, for the corners: held, not printed.
EDGES = _examples(CHAPTERS.parent / "edges")
