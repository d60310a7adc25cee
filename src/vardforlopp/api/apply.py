"""PlanDefinition/id/$apply: where a person stands in a pathway, or would if it were followed from now on.

http://hl7.org/fhir/R4/plandefinition-operation-apply.html. Nothing is kept: who sends the CarePlan back as
`active` has enrolled the person. `form=bundle` gives all of it: suggestions, conflicts, the coherent plan.
"""

from __future__ import annotations

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.interactions import failed
from vardforlopp.api.parameters import asked_with
from vardforlopp.fhir.plan_bundle import applied, plan_bundle
from vardforlopp.fhir.search.index import reference
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.planning import View, course_of, plan_of

_KNOWN = ("subject", "form")
_FORMS = ("careplan", "bundle")


def apply(ask: Ask, unit: View, server: Server) -> Reply | Refused:
    """The pathway of one person, as a CarePlan or as all of it."""
    said = asked_with(ask, _KNOWN)
    if isinstance(said, Refused):
        return failed(unit, ask, Action.APPLY, said)
    form = said.get("form", "careplan")
    if form not in _FORMS:
        no = refused(
            "invalid", "value", "there is no such form", f"Known are {', '.join(_FORMS)}.", where="form"
        )
        return failed(unit, ask, Action.APPLY, no)
    found = reference(said.get("subject", ""), base=server.base)
    if found is None or found.type != "Patient" or found.id is None:
        what, do = "it names no patient of this server", "Send subject=Patient/id."
        return failed(unit, ask, Action.APPLY, refused("invalid", "required", what, do, where="subject"))
    if server.in_force is None:
        none = refused("not-found", "not-found", "no pathway is followed here", "Ask who runs the server.")
        return failed(unit, ask, Action.APPLY, none)
    by, at, who, pathway = server.in_force, ask.at, ask.actor, ask.path[1]
    if form == "bundle":
        plan = plan_of(unit, found.id, in_force=by, actor=who, at=at, pathway=pathway)
        if isinstance(plan, Refused):
            return plan
        return Reply(200, orjson.dumps(plan_bundle(plan, by.definitions, by.systems)))
    course = course_of(unit, found.id, in_force=by, actor=who, at=at, pathway=pathway)
    return course if isinstance(course, Refused) else Reply(200, orjson.dumps(applied(*course)))
