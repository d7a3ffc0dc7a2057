"""Asks iamprover, in an environment of its own: a question a line on standard input, an answer a line.

A question is `{"principal", "documents", "action", "resource"}`: do the principal's identity policies never
allow the action on the resource? The answer is `{"holds", "seconds"}`: how long it took from the parsed JSON
on, without start-up. The first line that it writes is `{"seconds"}`: how long the import took.
"""

# ruff: noqa: INP001 - no package: it runs in an environment that has none of our code

import json
import sys
import time

start = time.perf_counter()
# Installed where this runs, not where types are checked; after the clock, since loading them is measured.
from iamprover.engine.solver import check_invariant  # type: ignore[import-not-found]  # noqa: E402 - as above
from iamprover.invariants import Invariant  # type: ignore[import-not-found]  # noqa: E402 - as above
from iamprover.model import Account, Principal  # type: ignore[import-not-found]  # noqa: E402 - as above
from iamprover.parsers.iam import parse_policy_document  # type: ignore[import-not-found]  # noqa: E402 - as above

imported = time.perf_counter() - start


def answer(question: dict[str, object]) -> dict[str, object]:
    """State one question as iamprover has it: an account of one principal, and an invariant that forbids."""
    documents = question["documents"]
    if not isinstance(documents, list):
        raise TypeError("documents are a list")
    begun = time.perf_counter()
    policies = [parse_policy_document(f"policy-{number}", one) for number, one in enumerate(documents)]
    account = Account(principals=[Principal(arn=question["principal"], policies=policies)])
    forbidden = Invariant(
        id="never", description="", actions=[question["action"]], resources=[question["resource"]]
    )
    result = check_invariant(account, forbidden)
    return {"holds": result.passed, "seconds": time.perf_counter() - begun}


def say(value: dict[str, object]) -> None:
    """Write one line at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


say({"seconds": imported})
for line in sys.stdin:
    say(answer(json.loads(line)))
