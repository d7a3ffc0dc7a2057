"""How properties are tried: without time limits, since machines differ.

`pytest --hypothesis-profile=hard` tries many more examples. CI tries the same ones each time, so that what
fails there fails here too (`CI=true`); everywhere else they are new ones.
"""

import os
import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["crossaccess.testing"]

settings.register_profile(
    "usual",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.register_profile("hard", settings.get_profile("usual"), max_examples=10_000, derandomize=False)
settings.load_profile("usual")

# A shell ignores Ctrl-C in what it runs in the background, and whoever that starts would inherit it: here
# the commands that are sent one.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
