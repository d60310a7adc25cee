"""Parameters with a region's settings: constants where possible, else a look at the patient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from vardforlopp.definitions.criteria import Param, Quantity
from vardforlopp.definitions.model import ParameterRow, ParameterValue, Pathway
from vardforlopp.engine.context import Ctx
from vardforlopp.kernel.civil import Moment, years_between
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.errors import DefinitionError
from vardforlopp.kernel.quantities import convert

Dynamic = Callable[[Ctx, Moment], ParameterValue | None]


class Parameters:
    """Named values of one pathway."""

    def __init__(self, where: str, values: Mapping[str, ParameterValue]) -> None:
        self._where = where
        self._values = values

    def value(self, param: Param) -> ParameterValue:
        """The value of `$name`; a `DefinitionError` when there is no such parameter."""
        try:
            return self._values[param.name]
        except KeyError:
            raise DefinitionError(
                "VF-ENG-001",
                self._where,
                f"parameter '${param.name}' is used but not defined",
                "Define it under `parameters:`, or correct the name.",
            ) from None

    def duration(self, written: Duration | Param) -> Duration | Dynamic:
        """A duration, or a function of the patient where the parameter is a table."""
        if isinstance(written, Duration):
            return written
        value = self.value(written)
        if isinstance(value, Duration):
            return value
        if isinstance(value, tuple):
            return table(value)
        raise self._wrong(written, "a duration")

    def number(
        self, written: Quantity | Param, *, unit: str, molar_mass: Fraction | None = None
    ) -> Fraction | Dynamic:
        """A limit in `unit`, exactly converted, or a function of the patient."""
        rows = self.number_rows(written, unit=unit, molar_mass=molar_mass)
        if isinstance(written, Param) and isinstance(self.value(written), tuple):
            return table(rows)
        (only,) = rows
        return only.value.value if isinstance(only.value, Quantity) else Fraction(only.value)  # type: ignore[arg-type]

    def number_rows(
        self, written: Quantity | Param, *, unit: str, molar_mass: Fraction | None = None
    ) -> tuple[ParameterRow, ...]:
        """A limit in `unit` as the rows of a table; one row without a condition where it is fixed."""
        value = written if isinstance(written, Quantity) else self.value(written)
        if not isinstance(value, Quantity | int | tuple) or isinstance(value, bool):
            raise self._wrong(written, "a number")
        rows = value if isinstance(value, tuple) else (ParameterRow(value),)
        return tuple(
            replace(row, value=Quantity(convert(row.value.value, row.value.unit, unit, molar_mass), unit))
            if isinstance(row.value, Quantity)
            else row
            for row in rows
        )

    def flag(self, param: Param) -> bool:
        """A yes/no parameter."""
        value = self.value(param)
        if isinstance(value, bool):
            return value
        raise self._wrong(param, "true or false")

    def text(self, param: Param) -> str:
        """A word or season parameter."""
        value = self.value(param)
        if isinstance(value, str):
            return value
        raise self._wrong(param, "a word")

    def integer(self, written: int | Param) -> int:
        """A whole number."""
        value = self.value(written) if isinstance(written, Param) else written
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self._wrong(written, "a whole number")

    def _wrong(self, written: object, wanted: str) -> DefinitionError:
        name = f"${written.name}" if isinstance(written, Param) else str(written)
        return DefinitionError(
            "VF-ENG-002",
            self._where,
            f"'{name}' is used as {wanted}, which it is not",
            f"Give the parameter {wanted}.",
        )


NO_PARAMETERS = Parameters("content/interactions", {})


def parameters_of(pathway: Pathway) -> Parameters:
    """A pathway's parameters, as its text or a region's settings have them."""
    return Parameters(str(pathway.place), {name: one.value for name, one in pathway.parameters.items()})


def table(rows: tuple[ParameterRow, ...]) -> Dynamic:
    """A table by age, sex and month: the row for the patient at t, None when that is unknown."""

    def look(ctx: Ctx, t: Moment) -> ParameterValue | None:
        patient = ctx.view.patient
        for row in rows:
            fits = _fits(row, patient.birth_lo, patient.birth_hi, patient.sex, t.day)
            if fits is None:
                return None
            if fits:
                return row.value
        return None

    return look


def _fits(
    row: ParameterRow, born_lo: int | None, born_hi: int | None, sex: str | None, day: int
) -> bool | None:
    if row.sex is not None:
        if sex is None or sex == "unknown":
            return None
        if row.sex != sex:
            return False
    if row.age_from is not None or row.age_below is not None:
        if born_lo is None or born_hi is None:
            return None
        answers = {
            (row.age_from is None or age >= row.age_from) and (row.age_below is None or age < row.age_below)
            for age in (years_between(born_lo, day), years_between(born_hi, day))
        }
        if len(answers) > 1:
            return None
        if not answers.pop():
            return False
    if row.months is not None:
        return date.fromordinal(day).month in row.months
    return True
