"""What every suite shares: the builders of `tests/made` on the path, and the two Hypothesis profiles."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fast", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("fast"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
