"""Which tests stay together where several processes share the work."""

from typing import Final

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped] # ships no types

_ALONE: Final = ("tests/sandbox/test_pages.py::",)
"""Files whose tests need nothing of each other, and take long: any process may have each of them."""


class ByFile(LoadFileScheduling):  # type: ignore[misc] # see above
    """The tests of a file stay together, since they share what is deployed; but for a few files."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(_ALONE) else str(super()._split_scope(nodeid))
