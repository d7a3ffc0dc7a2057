"""May this principal do this? Decided from the policies of both sides, exactly or not at all.

    decide(Request(principal=..., action=..., resource=...), Policies(identity=[...], resource=...))

Whatever cannot be decided is `Decision.UNKNOWN`, with the reason; never `ALLOWED` by default.
"""

from crossaccess.decide.answer import Answer, decide
from crossaccess.decide.caller import RequestError
from crossaccess.decide.evaluate import Decision, Layer, Policies
from crossaccess.decide.reasons import Reason
from crossaccess.decide.request import Request
from crossaccess.decide.statement import CompiledDocument, compile_document

__all__ = [
    "Answer",
    "CompiledDocument",
    "Decision",
    "Layer",
    "Policies",
    "Reason",
    "Request",
    "RequestError",
    "compile_document",
    "decide",
]
