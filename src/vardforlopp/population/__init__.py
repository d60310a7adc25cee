"""The same definitions as relations: whole populations assessed in DuckDB, by the same rules.

`assess` answers of many (record, enrolment, time) at once what `engine.assess.assess` answers of one. Only
what rule 14 names: no reasons, next changes, preferred dates, flags, nor what a step waits for.
"""

from vardforlopp.population.assessing import assess, connect, instances

__all__ = ("assess", "connect", "instances")
