"""How properties are tried: without time limits, since machines differ.

`pytest --hypothesis-profile=hard` tries many more examples. CI tries the same ones each time, so that what
fails there fails here too (`CI=true`); everywhere else they are new ones.
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer  # type: ignore[import-untyped] # ships no types

from tests.support.side_by_side import ByFile

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


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """Hand out tests by file (`--dist loadfile`), but for those that need no other."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None
