"""How properties are tried: without time limits, since machines differ.

`pytest --hypothesis-profile=hard` tries many more examples.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("usual", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("hard", settings.get_profile("usual"), max_examples=10_000)
settings.load_profile("usual")
