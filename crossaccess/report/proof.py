"""The end of a proof, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossaccess.compare.change import Change
from crossaccess.compare.prove import Proof, ProofKind
from crossaccess.compare.services import as_of
from crossaccess.report.diff import wording
from crossaccess.report.plain_data import compact, indented, plain
from crossaccess.report.safe import visible
from crossaccess.report.sentence import told

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys may come without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be proven, in words: a sentence for when it `holds`, and one for when it `fails`.

    `changes`: it is about what a change gives, not about what stands.
    """

    holds: str
    fails: str
    changes: bool


def render(proof: Proof, question: Question, notes: Sequence[str], form: str) -> str:
    """How a proof ended, as `text` or `json`, with a line feed at its end."""
    return _json(proof, question, notes) if form == "json" else _text(proof, question, notes)


def _text(proof: Proof, question: Question, notes: Sequence[str]) -> str:
    if proof.kind is ProofKind.PROVEN:
        lines = [f"proven: {visible(question.holds)}"]
    elif proof.kind is ProofKind.COUNTEREXAMPLE:
        lines = [f"counterexample: {visible(question.fails)}"]
    else:
        lines = [f"unknown: it cannot be told that {visible(question.holds)}"]
        lines += [f"  because {visible(reason)}" for reason in proof.reasons]
    for change in proof.changes:
        lines.append(f"  {wording.sign(change)} {_sentence(change, question)}")
        lines += [f"    for example {compact(one.request)}" for one in change.examples]
    lines += [f"! {visible(note)}" for note in notes]
    lines.append(f"Complete for AWS's list of actions of {as_of()}")
    return "".join(f"{line}\n" for line in lines)


def _json(proof: Proof, question: Question, notes: Sequence[str]) -> str:
    example = proof.example
    data = {
        "version": VERSION,
        "result": proof.kind.value,
        "question": question.holds,
        "request": None if example is None else plain(example.request),
        "reasons": list(proof.reasons),
        "changes": [
            {
                "sentence": _sentence(change, question),
                "examples": [plain(one.request) for one in change.examples],
            }
            for change in proof.changes
        ],
        "notes": list(notes),
        "actionsAsOf": as_of(),
    }
    return indented(data) + "\n"


def _sentence(change: Change, question: Question) -> str:
    return told(wording.sentence(change, stands=not question.changes))
