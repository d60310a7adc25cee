"""Timing, goals and head of a plan from elsewhere, and the account of all its elements."""

from __future__ import annotations

from typing import Any

import pytest

from made.foreign_plans import (
    DAYS_3,
    LOINC,
    WEEKS_2,
    A,
    coding,
    imported,
    keys,
    leaves,
    pathway,
    plan,
    reasons,
    three_levels,
)
from vardforlopp.fhir.plan_import.lengths import duration
from vardforlopp.kernel.durations import Duration

Json = dict[str, Any]


class TestTiming:
    @pytest.mark.parametrize(
        ("repeat", "ours"),
        [
            ({"frequency": 1, "period": 3, "periodUnit": "mo"}, {"every": "3 months"}),
            ({"period": 4, "periodMax": 6, "periodUnit": "wk"}, {"every": "4 weeks", "within": "2 weeks"}),
            ({"period": 1, "periodUnit": "a", "count": 5}, {"every": "1 year", "until": {"times": 5}}),
            ({"period": 1, "periodUnit": "d", "boundsDuration": WEEKS_2},
             {"every": "1 day", "until": {"at": "entry", "plus": "2 weeks"}}),
            ({"period": 1.5, "periodUnit": "h"}, {"every": "90 minutes"}),
        ],
    )  # fmt: skip
    def test_once_each_period_is_every(self, repeat: Json, ours: Json) -> None:
        """With its slack, number and end."""
        found = imported(plan({**A, "timingTiming": {"repeat": repeat}}))

        assert {key: keys(found, "a")[key] for key in ours} == ours
        assert not [path for path in found.account.left if "repeat" in path]
        assert pathway(found).steps["a"].every is not None

    @pytest.mark.parametrize(
        "timing",
        [
            {"timingTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}},
            {"timingTiming": {"repeat": {"period": 0.5, "periodUnit": "d"}}},
            {"timingTiming": {"repeat": {"period": 1, "periodUnit": "s"}}},
            {"timingTiming": {"event": ["2026-01-01"]}},
            {"timingTiming": {"code": {"text": "BID"}}},
            {"timingDateTime": "2026-01-01"},
            {"timingPeriod": {"start": "2026-01-01"}},
            {"timingDuration": DAYS_3},
            {"timingRange": {"low": DAYS_3}},
        ],
    )
    def test_other_timings_are_told(self, timing: Json) -> None:
        """Twice a day is not each twelfth hour; a length says not when."""
        found = imported(plan({**A, **timing}))

        assert "timing" in reasons(found).values()
        assert not {"every", "within", "slots"} & set(keys(found, "a"))

    def test_what_is_left_of_a_timing_is_told_part_by_part(self) -> None:
        """The interval is carried, its hours and calendar days are not."""
        repeat = {"period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"], "boundsPeriod": {"start": "2026"}}
        told = reasons(imported(plan({**A, "timingTiming": {"repeat": repeat}})))

        assert told["PlanDefinition.action[0].timingTiming.repeat.dayOfWeek"] == "timing"
        assert told["PlanDefinition.action[0].timingTiming.repeat.boundsPeriod"] == "timing"

    def test_an_age_is_a_guard_and_told(self) -> None:
        """No pathway counts its days from a birth date."""
        found = imported(plan({**A, "timingAge": {"value": 50, "code": "a"}}))

        assert keys(found, "a")["when"] == {"age": ">= 50 years"}
        assert reasons(found)["PlanDefinition.action[0].timingAge"] == "timing-age"


class TestGoals:
    BMI: Json = {"measure": coding(LOINC, "39156-5", "BMI"), "due": {"value": 1, "code": "a"}}

    @pytest.mark.parametrize(
        ("detail", "test"),
        [
            ({"detailRange": {"high": {"value": 24.9, "unit": "kg/m2"}}}, "<= 24.9 kg/m2"),
            (
                {
                    "detailRange": {
                        "low": {"value": 18.5, "code": "kg/m2"},
                        "high": {"value": 25, "code": "kg/m2"},
                    }
                },
                "18.5..25 kg/m2",
            ),
            ({"detailQuantity": {"comparator": "<", "value": 25, "code": "kg/m2"}}, "< 25 kg/m2"),
        ],
    )
    def test_a_goal_with_a_limit_is_an_indicator(self, detail: Json, test: str) -> None:
        """Judged so long after the entry as it is due."""
        goal = {"id": "bmi", "description": {"text": "Lower BMI"}, "target": [{**self.BMI, **detail}]}
        found = imported(plan(A, goal=[goal]))
        made = found.draft.indicators["bmi"].keys

        assert (made["follow_up"], made["met"]["is"]) == ("1 year", test)
        assert made["title"] == {"en": "Lower BMI"}
        assert pathway(found).indicators["bmi"].met is not None

    @pytest.mark.parametrize(
        "target",
        [
            {"detailQuantity": {"value": 25, "code": "kg/m2"}, **BMI},
            {"detailCodeableConcept": {"text": "normal"}, **BMI},
            {"detailRange": {"high": {"value": 25, "unit": "kg/m2"}}},
            {
                **BMI,
                "detailRange": {"high": {"value": 25, "unit": "kg/m2"}},
                "due": {"value": 2, "code": "s"},
            },
        ],
    )
    def test_a_goal_that_no_data_answers_stays_in_words(self, target: Json) -> None:
        """Not measurable, and told."""
        found = imported(
            plan(A, goal=[{"description": {"text": "G"}, "target": [target], "priority": {"text": "high"}}])
        )
        made = found.draft.indicators["mal"].keys

        assert made["measurable"] is False
        assert {"goal-target", "goal-part"} <= set(reasons(found).values())
        assert pathway(found)


class TestTheHead:
    @pytest.mark.parametrize(
        ("publisher", "level"),
        [
            ("Socialstyrelsen", "national"),
            ("Nationellt system för kunskapsstyrning hälso- och sjukvård", "national"),
            ("Region Exempel", "regional"),
            ("World Health Organization", "international"),
            ("Example Institute", "default"),
            ("Who cares", "default"),
            ("Regional kunskapsstyrning", "default"),
            ("", "default"),
        ],
    )
    def test_S04_the_level_is_what_the_publisher_says_or_ours(self, publisher: str, level: str) -> None:
        """The source is the plan itself, with version and date; a document that it cites is not yet read."""
        cited = [
            {"type": "citation", "display": "A guideline", "url": "https://e.org/g"},
            {"type": "depends-on", "resource": "x"},
        ]
        found = imported(plan(A, publisher=publisher, relatedArtifact=cited))
        sources = pathway(found).sources

        assert (sources["PLAN"].level, sources["PLAN"].date) == (level, "2025-04-01")
        assert "2.1.0" in sources["PLAN"].title
        assert (sources["KALLA"].title, sources["KALLA"].level) == ("A guideline", "default")
        assert reasons(found)["PlanDefinition.relatedArtifact[1]"] == "artifact"

    @pytest.mark.parametrize(
        ("written", "ours", "why"),
        [
            ("sv-SE", "sv", None),
            ("en", "en", None),
            ("de", "en", "language"),
            (None, "en", "language-unsaid"),
        ],
    )
    def test_the_texts_keep_their_language(self, written: str | None, ours: str, why: str | None) -> None:
        """Swedish and English; another is told."""
        found = imported(plan(A, language=written))

        assert found.draft.head["title"] == {ours: "Knee care"}
        assert reasons(found).get("PlanDefinition.language") == why

    def test_a_version_that_is_none_of_ours_stays_in_the_source(self) -> None:
        """The draft begins at 0.1.0."""
        found = imported(plan(A, version="4"))

        assert (found.draft.version, reasons(found)["PlanDefinition.version"]) == ("0.1.0", "version")
        assert "4" in found.draft.head["sources"]["PLAN"]["title"]


def test_every_element_stands_in_one_column() -> None:
    """The leaves that were read are those of the plan, each once; what nobody knows is left."""
    odd = three_levels() | {
        "odd": {"a": [1, 2]},
        "text": {"div": "<div/>"},
        "goal": [{"description": {"text": "G"}}],
    }
    account = imported(odd).account
    columns = [*account.carried, *account.left, *account.aside]

    assert len(columns) == len(set(columns)) == account.total == leaves(odd)
    assert [entry.path for entry in account.entries if entry.why == "unknown"] == ["PlanDefinition.odd"]
    assert "PlanDefinition.text.div" in account.aside


@pytest.mark.parametrize(
    ("written", "kept"), [("2025-04-01T10:00:00Z", "2025-04-01"), ("2025-02-30", None), ("x", None)]
)
def test_a_date_that_does_not_exist_is_no_date(written: str, kept: str | None) -> None:
    """Of an instant, the day."""
    assert pathway(imported(plan(A, date=written))).sources["PLAN"].date == kept


def test_no_length_is_longer_than_the_calendar_in_working_days_either():
    assert duration({"value": 3, "unit": "working days"}) == Duration(3, "working days")
    assert duration({"value": 99_999_999_999_999, "unit": "working days"}) is None
