"""The shared catalogue: roles, levels and kinds; selectors; activities; interactions."""

from __future__ import annotations

from typing import Any

from vardforlopp.definitions.catalogue import Activity, CodeRule, Interaction, Role, Selector
from vardforlopp.definitions.kinds import (
    COUNT,
    DECIMAL,
    FIXED_DURATION,
    FLAG,
    ID,
    IDENT,
    SELECTOR,
    TEXT,
    TEXTS,
    WORDS,
    check_id,
    closed,
    reference,
)
from vardforlopp.definitions.model import Texts
from vardforlopp.definitions.read_criteria import CRITERION
from vardforlopp.definitions.read_provenance import DEFAULT, LEVEL
from vardforlopp.definitions.read_steps import DISCLOSURE, ROLE, ROLES
from vardforlopp.definitions.read_tests import TEST
from vardforlopp.definitions.reading import (
    Json,
    Key,
    Kind,
    Reading,
    Reference,
    Shape,
    Use,
    Values,
    list_of,
    named_items,
    need_mapping,
    need_scalar,
    one_or_list,
    read_keys,
)
from vardforlopp.definitions.tree import Mapping, Node, Scalar
from vardforlopp.kernel.errors import DefinitionError

RESOURCES = (
    "AllergyIntolerance", "Appointment", "CarePlan", "CareTeam", "Communication", "Condition", "Consent",
    "DiagnosticReport", "DocumentReference", "Encounter", "EpisodeOfCare", "FamilyMemberHistory", "Goal",
    "ImagingStudy", "Immunization", "MedicationAdministration", "MedicationDispense", "MedicationRequest",
    "MedicationStatement", "Observation", "Procedure", "QuestionnaireResponse", "ServiceRequest", "Task",
)  # fmt: skip
INTERACTION_KINDS = (
    "contradicting-advice", "drug-against-condition", "double-booking", "incompatible-timing",
    "two-owners", "preparation-clash",
)  # fmt: skip
_NOT_SYSTEMS = ("unverified", "answer", "word")


def _code(reading: Reading, node: Node) -> CodeRule:
    mapping = need_mapping(reading, node, what="a code")
    system, code = _coding(reading, mapping)
    flag = mapping.entries.get("unverified")
    answers = mapping.entries.get("answer")
    return CodeRule(
        system=system,
        code=code.removesuffix("*"),
        prefix=code.endswith("*"),
        unverified=flag is not None and FLAG.read(reading, flag),
        values=() if answers is None else _ANSWERS.read(reading, answers),
    )


def _coding(reading: Reading, mapping: Mapping) -> tuple[str, str]:
    systems = [name for name in mapping.entries if name not in _NOT_SYSTEMS]
    if len(systems) != 1:
        raise reading.error(
            "VF-DEF-022", mapping, "a code has one system and one code",
            do="Write one line a code, such as {snomed: 84114007, unverified: true}.",
        )  # fmt: skip
    reading.refer("code system", mapping.keys[systems[0]], name=systems[0])
    return systems[0], need_scalar(reading, mapping.entries[systems[0]], what="a code").text


def _answer(reading: Reading, node: Node) -> tuple[str, str]:
    return _coding(reading, need_mapping(reading, node, what="an answer"))


def _word(reading: Reading, node: Node) -> tuple[tuple[str, str], str]:
    mapping = need_mapping(reading, node, what="an answer's word")
    if "word" not in mapping.entries:
        raise reading.error("VF-DEF-012", node, "an answer's word has no 'word'", do="Add `word:`.")
    return _coding(reading, mapping), need_scalar(reading, mapping.entries["word"], what="a word").text


def _code_schema(use: Use) -> Json:
    return {
        "type": "object",
        "properties": {
            "unverified": {"type": "boolean"},
            "answer": {"type": "array"},
            "word": {"type": "string"},
        },
        "additionalProperties": {"type": ["string", "integer"]},
    }


def _selector(reading: Reading, key: Scalar, values: Values) -> Selector:
    if "molar_mass" in values and "molar_mass_source" not in values:
        raise reading.error("VF-DEF-012", key, "molar_mass has no source", do="Add `molar_mass_source:`.")
    if "codes" not in values and "includes" not in values:
        raise reading.error(
            "VF-DEF-012", key, "it has neither codes nor includes",
            do="Write the codes, or `codes: []` when no code system has any.",
        )  # fmt: skip
    if not values.get("state", False):
        stray = [name for name in ("gap", "ends", "ended_by") if name in values]
        if stray:
            raise reading.error(
                "VF-DEF-022", key, f"'{stray[0]}' stands without `state: true`", do="Add or remove."
            )
    gap = values.pop("gap", None)
    values.pop("molar_mass_source", None)
    return Selector(
        id=check_id(reading, key),
        resources=values.pop("resource"),
        codes=values.pop("codes", ()),
        place=reading.place(key),
        gap_days=0 if gap is None else int(gap.rough_days),
        words=dict(values.pop("words", ())),
        **values,
    )


def _activity(reading: Reading, key: Scalar, values: Values) -> Activity:
    if "minutes" in values and "minutes_source" not in values and "minutes_level" not in values:
        raise reading.error(
            "VF-DEF-012",
            key,
            "minutes have no source",
            do="Add `minutes_source:` or `minutes_level: default`.",
        )
    kept = {
        name: value
        for name, value in values.items()
        if name not in ("minutes_source", "minutes_level", "text")
    }
    return Activity(id=check_id(reading, key), place=reading.place(key), texts=values.get("text", {}), **kept)


def _interaction(reading: Reading, key: Scalar, values: Values) -> Interaction:
    sources = values.pop("source")
    return Interaction(id=check_id(reading, key), place=reading.place(key), sources=sources, **values)


def _sources(reading: Reading, node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`{kol: [S25, S29], sepsis: default}`: each id is a source of its pathway."""
    mapping = need_mapping(reading, node, what="the sources by pathway")
    found = []
    for pathway, written in mapping.entries.items():
        reading.refer("pathway", mapping.keys[pathway], name=pathway)
        ids = _SOURCE_IDS.read(reading, written)
        for name in ids:
            if name != DEFAULT:
                place = reading.place(written)
                reading.references.append(Reference("source", name, place, pathway, reading.subject))
        found.append((pathway, ids))
    return tuple(found)


def _role(reading: Reading, key: Scalar, values: Values) -> Role:
    phrase: Texts = values.pop("phrase", {})
    return Role(check_id(reading, key), dict(values), phrase)


def _words_for(reading: Reading, key: Scalar, values: Values) -> Texts:
    check_id(reading, key)
    return dict(values)


def read_catalogue(reading: Reading, node: Node) -> dict[str, Any]:
    """`catalogue.yaml`: roles, care levels, kinds of sources."""
    return read_keys(CATALOGUE_SHAPE, reading, node=node)


def merge(reading: Reading, into: dict[str, Any], *, node: Node, kind: Kind[Any]) -> None:
    """Add the items of one file of the catalogue to those of the others."""
    if isinstance(node, Scalar) and node.empty:
        return
    made = reading.attempt(kind.read, node)
    if not isinstance(made, dict):
        return
    for name, item in made.items():
        if name in into:
            reading.errors.append(_twice(item, into[name]))
        else:
            into[name] = item


def _twice(item: Any, earlier: Any) -> DefinitionError:
    return DefinitionError(
        "VF-DEF-026",
        str(item.place),
        f"'{item.id}' is defined twice (first at {earlier.place})",
        "Keep one of them.",
    )


_CODE = Kind("code", _code, _code_schema)
_ANSWERS = list_of(Kind("answer", _answer, _code_schema), what="the list of answers")
_CODES = list_of(_CODE, what="the list of codes", empty=True)
_RESOURCE = closed("resource type", RESOURCES)
SELECTOR_SHAPE = Shape(
    "a selector",
    {
        "title": Key(TEXTS, required=True),
        "kind": Key(reference("kind of source"), "which source would carry it", required=True),
        "resource": Key(one_or_list(_RESOURCE, what="the list of resource types"), required=True),
        "codes": Key(_CODES, "one line a code; a trailing * means the code and all below it"),
        "unit": Key(TEXT, "canonical UCUM unit"),
        "molar_mass": Key(DECIMAL, "g/mol"),
        "molar_mass_source": Key(TEXT),
        "state": Key(FLAG, "it lasts: a drug, a stay, a habit"),
        "gap": Key(FIXED_DURATION, "pieces this close are one state"),
        "ends": Key(closed("kind of end", ("supply", "recorded", "period"))),
        "ended_by": Key(_CODES, "codes that tell that the state is over"),
        "sided": Key(FLAG, "left and right differ"),
        "open": Key(FLAG, "absence is unknown"),
        "status": Key(closed("status", ("performed", "ordered"))),
        "words": Key(list_of(Kind("answer-word", _word, _code_schema), what="the list of words")),
        "where": Key(TEST, "fixed value cut"),
        "includes": Key(list_of(SELECTOR, what="the list of selectors"), "a union of these"),
        "setting": Key(WORDS, "classes of encounter"),
        "date_value": Key(IDENT, "the element whose date is the value"),
    },
)
SELECTORS_FILE: Kind[dict[str, Selector]] = named_items(SELECTOR_SHAPE, _selector, what="selector")
ACTIVITY_SHAPE = Shape(
    "an activity",
    {
        "title": Key(TEXTS, required=True),
        "performers": Key(ROLES, "roles that may do it"),
        "minutes": Key(COUNT, "staff time"),
        "minutes_source": Key(TEXT),
        "minutes_level": Key(LEVEL),
        "competence": Key(IDENT),
        "preparation": Key(IDENT),
        "sided": Key(FLAG),
        "text": Key(TEXTS, "what happens, as the person reads it"),
        "prepare": Key(TEXTS, "how to prepare, or that nothing is needed"),
        "own_part": Key(TEXTS, "what the person does"),
        "promotes": Key(FLAG, "promotes health"),
        "mdr": Key(closed("MDR class", ("administrative", "informative", "device"))),
    },
)
ACTIVITIES_FILE: Kind[dict[str, Activity]] = named_items(ACTIVITY_SHAPE, _activity, what="activity")
_SOURCE_IDS = one_or_list(IDENT, what="the list of sources")
SOURCES_BY_PATHWAY = Kind(
    "sources-by-pathway",
    _sources,
    lambda use: {"type": "object", "additionalProperties": use(_SOURCE_IDS), "minProperties": 1},
)
INTERACTION_SHAPE = Shape(
    "an interaction",
    {
        "kind": Key(closed("kind of interaction", INTERACTION_KINDS), required=True),
        "title": Key(TEXTS, required=True),
        "text": Key(TEXTS),
        "pathways": Key(list_of(reference("pathway", ID), what="the list of pathways", empty=True)),
        "activities": Key(list_of(reference("activity", ID), what="the list of activities", empty=True)),
        "when": Key(CRITERION, "judged on the record"),
        "severity": Key(closed("severity", ("high", "moderate", "low")), required=True),
        "ways_out": Key(list_of(TEXTS, what="the list of ways out"), required=True),
        "decider": Key(ROLE, required=True),
        "medication_list": Key(FLAG, "rests on the medication list"),
        "source": Key(
            SOURCES_BY_PATHWAY, "by pathway, ids of its sources; `default` for ours", required=True
        ),
        "level": Key(LEVEL, required=True),
        "note": Key(TEXTS, "which part of it is ours"),
        "disclosure": Key(DISCLOSURE),
    },
)
INTERACTIONS_FILE: Kind[dict[str, Interaction]] = named_items(
    INTERACTION_SHAPE, _interaction, what="interaction"
)
_WORDED = Shape("a name", {"sv": Key(TEXT, required=True), "en": Key(TEXT, required=True)})
ROLE_SHAPE = Shape("a role", dict(_WORDED.keys) | {"phrase": Key(TEXTS, "in a sentence")})
CATALOGUE_SHAPE = Shape(
    "the catalogue",
    {
        "roles": Key(named_items(ROLE_SHAPE, _role, what="role"), required=True),
        "levels": Key(named_items(_WORDED, _words_for, what="level"), required=True),
        "kinds": Key(named_items(_WORDED, _words_for, what="kind of source"), required=True),
    },
)
