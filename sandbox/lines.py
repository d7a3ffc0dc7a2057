"""The lines of the demonstration: what Bob and others may and may not do.

Plain data: each line stands on its own, so that tests can pick single ones.
"""

from dataclasses import replace

from sandbox.scene import ACCESS_DENIED, BAD_SIGNATURE, NO_SUCH_BUCKET, OK, Line, Operation, Way

INSIDE = "reports/2026.csv"
"""An object of the owner's where both methods reach."""
OUTSIDE = "notes.txt"
"""An object of the owner's where the role does not reach."""
NEIGHBOUR = "reports-private/pay.csv"
"""An object of the owner's whose name only begins like those that the role reaches."""
OBJECTS = (INSIDE, OUTSIDE, NEIGHBOUR)
"""What the owner puts into the bucket before the lines are asked."""

BOB_GETS = Line(who="bob", operation=Operation.GET, key=OUTSIDE, expected=OK)
BOB_PUTS = Line(who="bob", operation=Operation.PUT, key="from-bob.txt", expected=OK)
BOB_ASSUMES = Line(who="bob", operation=Operation.ASSUME_BY_CLI, expected=OK)
ROLE_GETS = Line(who="bob", in_role=True, operation=Operation.GET, key=INSIDE, expected=OK)
ROLE_PUTS = Line(who="bob", in_role=True, operation=Operation.PUT, key="reports/from-bob.csv", expected=OK)


def refused(line: Line, code: str = ACCESS_DENIED) -> Line:
    """Return the same call, to be refused with an AWS error code."""
    return replace(line, expected=code)


WITHOUT_BUCKET = (refused(BOB_GETS, NO_SUCH_BUCKET), refused(BOB_PUTS, NO_SUCH_BUCKET), refused(BOB_ASSUMES))
"""Before the first deployment and after the last: there is neither bucket nor role."""

OWNER_ALONE = (refused(BOB_GETS), refused(BOB_PUTS), refused(BOB_ASSUMES))
"""The owner's side is deployed, the requester's is not: one side alone is not enough."""

BUCKET_POLICY = (
    BOB_GETS,
    BOB_PUTS,
    Line(who="bob", operation=Operation.DELETE, key=OUTSIDE, expected=ACCESS_DENIED),
    Line(who="bob", operation=Operation.LIST, expected=ACCESS_DENIED),
    refused(replace(BOB_GETS, way=Way.PLAIN)),
    refused(replace(BOB_PUTS, way=Way.PLAIN)),
    refused(replace(BOB_GETS, way=Way.FORGED), BAD_SIGNATURE),
    refused(replace(BOB_GETS, who="carol")),
    refused(replace(BOB_PUTS, who="carol")),
)
"""Both sides are deployed; by the bucket's policy and Bob's own, with his own keys."""

ASSUME_ROLE = (
    BOB_ASSUMES,
    ROLE_GETS,
    ROLE_PUTS,
    refused(replace(ROLE_GETS, operation=Operation.DELETE)),
    refused(replace(ROLE_GETS, key=OUTSIDE)),
    refused(replace(ROLE_PUTS, key="from-bob.txt")),
    refused(replace(ROLE_GETS, key=NEIGHBOUR)),
    refused(replace(ROLE_GETS, way=Way.PLAIN)),
    refused(replace(ROLE_GETS, way=Way.FORGED), BAD_SIGNATURE),
    Line(who="carol", operation=Operation.ASSUME, expected=ACCESS_DENIED),
)
"""Both sides are deployed; by the role that Bob assumes."""
