"""What a planned activity is called: the same words in every output."""

from __future__ import annotations

from collections.abc import Mapping

from vardforlopp.contract.proposal import PlannedActivity
from vardforlopp.definitions.catalogue import Activity
from vardforlopp.definitions.model import Pathway, Texts


def activity_texts(
    activity: PlannedActivity, pathway: Pathway | None, *, activities: Mapping[str, Activity]
) -> Texts:
    """The step's own title when one step asks, else the shared activity's; the side is told beside it.

    `pathway`: the one that the first origin follows, with its region's own steps.
    """
    steps = {(origin.pathway, origin.step) for origin in activity.origins}
    if len(steps) == 1 and pathway is not None:
        step = pathway.steps.get(activity.origins[0].step)
        if step is not None:
            return step.title
    known = activities.get(activity.activity)
    return known.title if known is not None else {}
