"""Common spellings of units that are not UCUM, or not UCUM as we write it: the one table.

`SPELLINGS` maps whole units, `ATOMS` the parts between `/` and `.`. A unit is looked up with
its blanks removed, µ written u, × written x and · written `.`; whole units in lower case.

Left out on purpose, since nobody can tell what is meant: `E`, and forms all in upper case
(`MG` is milligrams to one sender and megagauss to UCUM). UCUM's stere (`st`) and decagram
(`dag`) give way to Swedish pieces and days.
"""

from __future__ import annotations

from typing import Final

_WHOLE = {
    "1": "1 st styck antal poäng poang score points index kvot ratio inr pk(inr) t-score z-score sd ph [ph] "
    "logmar paketår pack-years packyears",
    "%": "procent percent pct %-enheter",
    "[ppth]": "promille ‰",
    "[ppm]": "ppm",
    "[ppb]": "ppb",
    "/min": "1/min bpm beats/min slag/min slag/minut breaths/min andetag/min andetag/minut",
    "/d": "cigaretter/dag cigg/dag cigarettes/day",
    "/wk": "glas/vecka standardglas/vecka",
    # Relative to a body surface, which UCUM can only say as an annotation.
    "mL/min": "ml/min/1.73m2 ml/min/1,73m2 ml/min/1.73m² ml/min/1,73m² ml/min/1.73m^2 ml/min/1,73m^2 "
    "ml/min/1.73.m2 ml/(min.1.73m2) ml/(min.1,73m2) ml/(min.1.73m²) ml/(min.1,73m²) ml/min/1.73 ml/min/1,73 "
    "ml/min/1.73kvm ml/min/1,73kvm",
    "Cel": "°c ºc ˚c ℃ degc celsius graderc",
    "[degF]": "°f ºf ˚f ℉ degf fahrenheit",
    "deg": "° º grader degrees",
    "10*3/uL": "k/ul thou/ul",
    "10*6/uL": "m/ul mill/ul",
    "10*6/L": "e6/l",
    "10*9/L": "e9/l 109/l",
    "10*12/L": "e12/l 1012/l",
    "cm[H2O]": "cmh2o",
    "mm[H2O]": "mmh2o",
    "kg/m2": "kg/kvm kg/m^2 kg/m**2 kg/m*2",
    "m2": "kvm m^2",
    "cm2": "cm^2",
    "[MET]": "met",
    "[in_i]": "inch inches",
    "[lb_av]": "lb lbs",
    "g/d": "g/24h",
    "mg/d": "mg/24h",
    "ug/d": "ug/24h",
    "mmol/d": "mmol/24h",
    "umol/d": "umol/24h",
    "mL/d": "ml/24h",
}

_PARTS = {
    "L": "l liter litre",
    "kL": "kl",
    "hL": "hl",
    "dL": "dl deciliter",
    "cL": "cl",
    "mL": "ml milliliter",
    "uL": "ul mikroliter microliter",
    "nL": "nl",
    "pL": "pl",
    "fL": "fl",
    "[iU]": "[IU] IU IE",
    "k[iU]": "k[IU] kIU kIE",
    "M[iU]": "M[IU] MIU MIE",
    "m[iU]": "m[IU] mIU mIE",
    "u[iU]": "u[IU] uIU uIE",
    "n[iU]": "n[IU] nIU nIE",
    "mm[Hg]": "mmHg mmhg",
    "kg": "kilogram kilo",
    "g": "gm gram",
    "mg": "milligram",
    "ug": "mcg mikrog mikrogram microgram",
    "ng": "nanogram",
    "mmol": "millimol",
    "umol": "mikromol micromol",
    "ukat": "mikrokat",
    "m": "meter",
    "cm": "centimeter",
    "mm": "millimeter",
    "s": "sek sec sekund sekunder second seconds",
    "min": "minut minuter minute minutes mins",
    "h": "tim timme timmar hr hrs hour hours",
    "d": "dag dagar dygn day days",
    "wk": "vecka veckor week weeks wks",
    "mo": "mån månad månader month months",
    "a": "år year years yr yrs",
}


def _by_spelling(table: dict[str, str]) -> dict[str, str]:
    return {spelling: unit for unit, spellings in table.items() for spelling in spellings.split()}


SPELLINGS: Final = _by_spelling(_WHOLE)
ATOMS: Final = _by_spelling(_PARTS)
