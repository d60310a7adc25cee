"""Write `kernel/_unit_factors.py`: exact factors of the units that records and pathways use.

Run it after adding a unit to the list below: `python scripts/generate_unit_factors.py`.
"""

from __future__ import annotations

from pathlib import Path

from vardforlopp.kernel.ucum import base_form

TARGET = Path(__file__).resolve().parents[1] / "src" / "vardforlopp" / "kernel" / "_unit_factors.py"

UNITS = {
    "numbers and ratios": (
        "1 % [ppth] [ppm] [ppb] 10*-3 10*3 10*6 10*9 mmol/mol umol/mol mol/mol mg/g ug/g ug/mg g/g "
        "mg/mmol g/mol mg/mol nmol/mmol umol/mmol"
    ),
    "mass per volume": (
        "g/L mg/L ug/L ng/L pg/L kg/L g/dL mg/dL ug/dL ng/dL pg/dL g/mL mg/mL ug/mL ng/mL pg/mL"
    ),
    "amount per volume": (
        "mol/L mmol/L umol/L nmol/L pmol/L fmol/L mmol/dL umol/dL nmol/dL pmol/dL umol/mL nmol/mL pmol/mL "
        "meq/L ueq/L mol/m3 mosm/L mosm/kg mmol/kg"
    ),
    "enzymes": ("kat/L mkat/L ukat/L nkat/L U/L kU/L mU/L U/mL kU/mL mU/mL uU/mL"),
    "international units": (
        "[iU]/L k[iU]/L m[iU]/L u[iU]/L [iU]/mL k[iU]/mL m[iU]/mL u[iU]/mL [iU]/dL [iU] k[iU] m[iU] "
        "[iU]/h [iU]/d"
    ),
    "cells and counts": (
        "10*3/uL 10*6/uL 10*9/L 10*12/L 10*6/L 10*3/L 10*3/mL 10*6/mL 10*9/mL /uL /mL /L /nL 10*6/mm3 "
        "10*3/mm3 /mm3"
    ),
    "rates": ("/min /s /h /d /wk /mo /a Hz"),
    "pressure": ("mm[Hg] cm[H2O] mm[H2O] kPa Pa hPa mbar bar"),
    "temperature": ("Cel K [degF]"),
    "length, area, volume": (
        "m cm mm um nm dm km [in_i] [ft_i] m2 cm2 mm2 m3 cm3 mm3 L dL cL mL uL nL pL fL"
    ),
    "mass and amount": ("kg g mg ug ng pg fg t [lb_av] [oz_av] mol mmol umol nmol pmol fmol"),
    "body": ("kg/m2 g/m2 mL/m2 L/m2 g/cm2 mg/cm2 cm2/m2 mL/kg"),
    "time": ("s ms min h d wk mo a"),
    "flow and dose": (
        "L/min mL/min L/s mL/s mL/h mL/d L/d L/h mL/min/m2 L/min/m2 mL/h/kg mL/kg/h mg/d g/d ug/d ng/d "
        "mg/h ug/h mg/kg ug/kg mg/kg/d ug/kg/min mmol/d umol/d mol/d mg/wk ug/min mg/min"
    ),
    "function": ("m/s cm/s mm/h km/h W kW J kJ kcal V mV uV A mA [diop] mm[Hg].min/L"),
}

HEAD = '''"""Units in base units: (dimension, numerator, denominator, offset numerator, denominator).

`value * numerator / denominator + offset` is the value in the unit that the dimension names.
Written by scripts/generate_unit_factors.py, and checked against it; do not edit by hand.
"""

from __future__ import annotations

from typing import Final

FACTORS: Final[dict[str, tuple[str, int, int, int, int]]] = {
'''


def render() -> str:
    """The module's text."""
    lines = []
    for theme, units in UNITS.items():
        lines.append(f"    # {theme}\n")
        for unit in dict.fromkeys(units.split()):
            dimension, factor, offset = base_form(unit)
            row = (dimension, factor.numerator, factor.denominator, offset.numerator, offset.denominator)
            lines.append(f'    "{unit}": ("{row[0]}", {row[1]}, {row[2]}, {row[3]}, {row[4]}),\n')
    return HEAD + "".join(lines) + "}\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
