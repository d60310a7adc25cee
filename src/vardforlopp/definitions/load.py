"""From the texts of a content folder to `Definitions`, with every error found on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from vardforlopp.definitions.catalogue import Catalogue, Definitions, Selector
from vardforlopp.definitions.model import Choice, Overlay, Pathway, Phase, Step
from vardforlopp.definitions.read_catalogue import (
    ACTIVITIES_FILE,
    INTERACTIONS_FILE,
    SELECTORS_FILE,
    merge,
    read_catalogue,
)
from vardforlopp.definitions.read_indicators import INDICATORS
from vardforlopp.definitions.read_overlay import read_overlay
from vardforlopp.definitions.read_pathway import OMITTED, read_head, read_rows
from vardforlopp.definitions.read_steps import read_phase
from vardforlopp.definitions.reading import Failed, Kind, Reading
from vardforlopp.definitions.references import Names, resolve
from vardforlopp.definitions.tree import Node, Scalar, parse_tree, plain
from vardforlopp.kernel.errors import DefinitionError

_PATHWAY_FILE = re.compile(r"pathways/([^/]+)/([^/]+)/(.+)\.yaml")
_SHARED: dict[str, tuple[str, Kind[Any]]] = {
    "valuesets": ("selectors", SELECTORS_FILE),
    "activities": ("activities", ACTIVITIES_FILE),
    "interactions": ("interactions", INTERACTIONS_FILE),
}
_SHARED_KINDS = ("selector", "activity", "role", "level", "kind of source")
_KNOWN_PARTS = re.compile(
    r"pathway|indicators|rows|omitted|steps/[^/]+|cases/[^/]+|texts/(sv|sv-x-lattlast|en)"
)


class Loaded(NamedTuple):
    """What was read: the definitions, or None and the errors, all of them."""

    definitions: Definitions | None
    errors: list[DefinitionError]


def load(texts: Table[str, str], *, root: str = "content") -> Loaded:
    """All definitions of a content folder, given its files' texts by relative path.

    `root` stands before each path in error messages. Any error means no definitions: half a
    pathway is worse than none.
    """
    loader = Loader(texts, root)
    definitions = loader.everything()
    return Loaded(None if loader.errors else definitions, loader.errors)


def read_systems(texts: Table[str, str], *, root: str = "content") -> dict[str, Any]:
    """The table of code systems as plain values, for `kernel.codes.SystemTable`; empty without file."""
    if "systems.yaml" not in texts:
        return {}
    table = plain(parse_tree(texts["systems.yaml"], f"{root}/systems.yaml"))
    if isinstance(table, dict):
        return table
    raise DefinitionError(
        "VF-DEF-010", f"{root}/systems.yaml:1", "the table of systems is no mapping", "Write one."
    )


@dataclass
class _Draft:
    """A pathway version while its files are read."""

    reading: Reading
    head: dict[str, Any]
    steps: dict[str, Step] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)


class Loader:
    """Reads the files in the order in which they need each other."""

    def __init__(self, texts: Table[str, str], root: str) -> None:
        self._texts = texts
        self._root = f"{root.rstrip('/')}/" if root else ""
        self._readings: list[tuple[Reading, Pathway | None]] = []
        self._kinds: dict[str, Any] = {"roles": {}, "levels": {}, "kinds": {}}
        self._shared: dict[str, dict[str, Any]] = {"selectors": {}, "activities": {}, "interactions": {}}
        self.errors: list[DefinitionError] = []

    def everything(self) -> Definitions:
        """All that could be read; what could not stands among the errors."""
        self._read_catalogue()
        pathways: dict[str, Pathway] = {}
        for folder in sorted(self._folders(), key=_version_order):
            pathway = self._read_pathway(*folder)
            if pathway is not None:
                pathways[pathway.id] = pathway
        overlays = self._read_overlays(pathways)
        self._refuse_strays()
        self._resolve(pathways)
        self.errors.sort(key=_place_order)
        catalogue = Catalogue(
            selectors=self._shared["selectors"],
            activities=self._shared["activities"],
            interactions=self._shared["interactions"],
            roles=self._kinds["roles"],
            levels=self._kinds["levels"],
            kinds=self._kinds["kinds"],
        )
        return Definitions(pathways, catalogue, overlays)

    def _open(self, path: str, reading: Reading) -> Node | None:
        reading.file = self._root + path
        try:
            return parse_tree(self._texts[path], reading.file)
        except DefinitionError as error:
            reading.errors.append(error)
            return None

    def _read_catalogue(self) -> None:
        reading = Reading("")
        self._readings.append((reading, None))
        if "catalogue.yaml" not in self._texts:
            self._missing("catalogue.yaml", "roles, care levels and kinds of sources")
        else:
            node = self._open("catalogue.yaml", reading)
            found = None if node is None else reading.attempt(read_catalogue, node)
            if isinstance(found, dict):
                self._kinds = found
        for path in sorted(self._texts):
            part = path.split("/")[0]
            if part in _SHARED and path.endswith(".yaml") and path.count("/") == 1:
                name, kind = _SHARED[part]
                node = self._open(path, reading)
                if node is not None:
                    merge(reading, self._shared[name], node=node, kind=kind)

    def _folders(self) -> set[tuple[str, str]]:
        matches = (_PATHWAY_FILE.fullmatch(path) for path in self._texts)
        return {(match[1], match[2]) for match in matches if match is not None}

    def _read_pathway(self, name: str, version: str) -> Pathway | None:
        folder = f"pathways/{name}/{version}"
        if f"{folder}/pathway.yaml" not in self._texts:
            self._missing(f"{folder}/pathway.yaml", "the pathway's head")
            return None
        reading = Reading("", scope=name)
        node = self._open(f"{folder}/pathway.yaml", reading)
        head = None if node is None else reading.attempt(read_head, node)
        if node is None or not isinstance(head, dict):
            self.errors.extend(reading.errors)
            return None
        for key, wanted in (("id", name), ("version", version)):
            if head[key] != wanted:
                reading.report(
                    "VF-DEF-008",
                    node,
                    f"its {key} is '{head[key]}', its folder's '{wanted}'",
                    do="Let them agree.",
                )
        draft = _Draft(reading, head)
        place = reading.place(node)
        self._read_steps(draft, folder)
        pathway = Pathway(
            id=name, version=version, title=head["title"], summary=head.get("summary", {}),
            status=head["status"], place=place, population=head.get("population"),
            sources=head["sources"], parameters=head.get("parameters", {}), entries=head["entries"],
            exits=head.get("exits", {}), phases=head["phases"], choices=draft.choices, steps=draft.steps,
            indicators=self._beside(draft, f"{folder}/indicators.yaml", INDICATORS.read, {}),
            omitted=self._beside(draft, f"{folder}/omitted.yaml", OMITTED.read, ()),
            rows=self._beside(draft, f"{folder}/rows.yaml", read_rows, {}),
            disclosure=head.get("disclosure", "open"), sided=head.get("sided", False),
            follows=head.get("follows"), person=head.get("person"), motives=head.get("not_met", {}),
            sha256=self._fingerprint(folder),
        )  # fmt: skip
        self._readings.append((reading, pathway))
        return pathway

    def _read_steps(self, draft: _Draft, folder: str) -> None:
        phases: dict[str, Phase] = draft.head["phases"]
        for phase in phases.values():
            path = f"{folder}/steps/{phase.id}.yaml"
            node = self._open(path, draft.reading) if path in self._texts else None
            if node is None or (isinstance(node, Scalar) and node.empty):
                continue
            made = draft.reading.attempt(_phase_reader(phase), node)
            if isinstance(made, Failed):
                continue
            items: dict[str, Step | Choice] = {**made[0], **made[1]}
            for name, item in items.items():
                earlier = draft.steps.get(name) or draft.choices.get(name)
                if earlier is not None:
                    self._twice(name, str(item.place), str(earlier.place))
                elif isinstance(item, Step):
                    draft.steps[name] = item
                else:
                    draft.choices[name] = item

    def _beside(self, draft: _Draft, path: str, read: Any, none: Any) -> Any:
        node = self._open(path, draft.reading) if path in self._texts else None
        if node is None or (isinstance(node, Scalar) and node.empty):
            return none
        made = draft.reading.attempt(read, node)
        return none if isinstance(made, Failed) else made

    def _read_overlays(self, pathways: dict[str, Pathway]) -> dict[str, Overlay]:
        overlays: dict[str, Overlay] = {}
        for path in sorted(self._texts):
            if not re.fullmatch(r"overlays/[^/]+\.yaml", path):
                continue
            reading = Reading("")
            self._readings.append((reading, None))
            node = self._open(path, reading)
            overlay = None if node is None else reading.attempt(_overlay_reader(pathways), node)
            if isinstance(overlay, Overlay):
                overlays[overlay.id] = overlay
        return overlays

    def _resolve(self, pathways: dict[str, Pathway]) -> None:
        shared = self._shared_names(pathways)
        declared = {own.id: reading.declared for reading, own in self._readings if own is not None}
        for reading, own in self._readings:
            names: dict[str, Names] = {}
            for scope in {reference.scope for reference in reading.references}:
                pathway = own if own is not None and own.id == scope else pathways.get(scope)
                names[scope] = _names(
                    self._shared["selectors"], shared, pathway, declared=declared.get(scope, {})
                )
            self.errors.extend(reading.errors)
            self.errors.extend(resolve(reading, names))

    def _shared_names(self, pathways: dict[str, Pathway]) -> dict[str, set[str]]:
        """What all files may refer to, what could not be read included."""
        shared: dict[str, set[str]] = {kind: set() for kind in _SHARED_KINDS}
        shared["pathway"] = {name for name, _ in self._folders()} | set(pathways)
        for reading, pathway in self._readings:
            for kind in _SHARED_KINDS if pathway is None else ():
                shared[kind].update(reading.declared.get(kind, ()))
        systems = self._systems()
        return shared | {"code system": systems} if systems else shared

    def _systems(self) -> set[str]:
        try:
            return set(read_systems(self._texts, root=self._root.rstrip("/")))
        except DefinitionError as error:
            self.errors.append(error)
            return set()

    def _refuse_strays(self) -> None:
        for path in sorted(self._texts):
            match = _PATHWAY_FILE.fullmatch(path)
            known = (
                _KNOWN_PARTS.fullmatch(match[3]) is not None and self._phase_known(path, match)
                if match
                else path in ("catalogue.yaml", "systems.yaml", "jargon.yaml")
                or re.fullmatch(r"(valuesets|activities|interactions|overlays|persons)/[^/]+\.yaml", path)
            )
            if not known:
                self.errors.append(
                    DefinitionError(
                        "VF-DEF-008",
                        self._root + path,
                        "nothing reads this file",
                        "Move, rename or remove it.",
                    )
                )

    def _phase_known(self, path: str, match: re.Match[str]) -> bool:
        if not match[3].startswith("steps/"):
            return True
        phase = match[3].removeprefix("steps/")
        return not any(
            pathway is not None
            and pathway.id == match[1]
            and pathway.version == match[2]
            and phase not in pathway.phases
            for _, pathway in self._readings
        )

    def _fingerprint(self, folder: str) -> str:
        digest = sha256()
        for path in sorted(self._texts):
            if path.startswith(f"{folder}/") and not path.startswith(f"{folder}/cases/"):
                digest.update(f"{path}\0{self._texts[path]}\0".encode())
        return digest.hexdigest()

    def _missing(self, path: str, what: str) -> None:
        self.errors.append(
            DefinitionError("VF-DEF-009", self._root + path, f"the file with {what} is missing", "Add it.")
        )

    def _twice(self, name: str, where: str, earlier: str) -> None:
        self.errors.append(
            DefinitionError(
                "VF-DEF-026", where, f"'{name}' is defined twice (first at {earlier})", "Rename one of them."
            )
        )


def _names(
    selectors: dict[str, Selector],
    shared: dict[str, set[str]],
    pathway: Pathway | None,
    *,
    declared: dict[str, set[str]],
) -> Names:
    if pathway is None:
        return Names(selectors, by_kind=shared)
    own: dict[str, Iterable[str]] = {
        "step": pathway.steps, "choice": pathway.choices, "entry": pathway.entries, "source": pathway.sources,
    }  # fmt: skip
    known = {kind: {*ids, *declared.get(kind, ())} for kind, ids in own.items()}
    options = {name: choice.ways for name, choice in pathway.choices.items()}
    return Names(selectors, pathway.parameters, options, {**shared, **known})


def _phase_reader(phase: Phase) -> Callable[[Reading, Node], tuple[dict[str, Step], dict[str, Choice]]]:
    return lambda reading, node: read_phase(reading, node, phase=phase)


def _overlay_reader(pathways: dict[str, Pathway]) -> Callable[[Reading, Node], Overlay]:
    return lambda reading, node: read_overlay(reading, node, pathways=pathways)


def _version_order(folder: tuple[str, str]) -> tuple[str, tuple[int, ...]]:
    """By id, then by version, so that the newest version is the one that stays."""
    return folder[0], tuple(int(part) for part in re.findall(r"\d+", folder[1]))


def _place_order(error: DefinitionError) -> tuple[str, int]:
    file, _, line = error.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (error.where, 0)
