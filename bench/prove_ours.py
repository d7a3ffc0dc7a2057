"""How our own prover is asked: the one place that knows its interface."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from bench.errors import BenchError
from bench.families import ACCOUNT, BOB, Question
from crossaccess.policy.document import PolicyKind, parse_document

MODULE = "crossaccess.compare.prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What our prover says: it holds, it does not (with a case's request that shows it), or unknown."""

    holds: bool | None
    request: Mapping[str, object] | None = None


def never(question: Question) -> Answer:
    """Ask whether the policies never allow it, from the parsed JSON on.

    Raises `BenchError` where there is no prover here.
    """
    try:
        prove = importlib.import_module(MODULE)
    except ImportError as fault:
        raise BenchError(f"there is no {MODULE} here") from fault
    documents = [parse_document(one, PolicyKind.IDENTITY) for one in question.documents]
    proof = prove.never_by(documents, BOB, question.action, question.resource, owner=ACCOUNT)
    holds = {"proven": True, "counterexample": False}.get(proof.kind.value)
    return Answer(holds=holds, request=None if proof.example is None else proof.example.request)
