"""Mistakes that a user can make, as Pulumi shows them: a message, no traceback."""

from collections.abc import Iterable

import pulumi

from crossaccess.policy.faults import Fault, listed


class InputError(pulumi.RunError):
    """What the program was given is not right. The message names every fault, its key and its mend."""

    def __init__(self, heading: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(listed(heading, faults))
