"""Findings in the Static Analysis Results Interchange Format, as code scanning takes them.

OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; GitHub Docs, "SARIF support for
code scanning": each result has a place in a file of the repository, and a fingerprint by which it is known
again; the rules are the same whatever is found.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from crossaccess import __version__
from crossaccess.findings.catalogue import RULES
from crossaccess.findings.finding import Finding, Rule, Severity
from crossaccess.report.plain_data import indented
from crossaccess.report.safe import shorten

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub Docs, the same page: over 9.0 is critical, from 7.0 high, from 4.0 medium, and else low.
_SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.INFO: "0.1",
}
# The same: how often what a rule tells is so. A finding that is not certain says so itself.
_PRECISION: Final = "high"
# The same: the only fingerprint that code scanning looks at. Without it, one is made of the line that a
# result stands on, and all results of a rule that stand on the first line of a stack's settings would be one.
_KNOWN_BY: Final = "primaryLocationLineHash"
_ROOT: Final = "%SRCROOT%"
_FIRST_LINE: Final = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
_PROJECT: Final = "Pulumi.yaml"
_URN: Final = "urn:pulumi:"
_STACK: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_TEXT: Final = 1_000


def render(findings: Sequence[Finding], here: Path, program: Path | None = None) -> str:
    """The findings as a SARIF log, ASCII only.

    `here` is the folder that files are named from, and `program` that of `Pulumi.yaml`, where it is another.
    """
    driver = {
        "name": "crossaccess",
        "semanticVersion": __version__,
        "rules": [_rule(one) for one in RULES],
    }
    places = {source: _uri(source, here, program or here) for source in {one.source for one in findings}}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which crossaccess ran."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.source]) for one in findings],
    }
    return indented({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(one: Rule) -> dict[str, object]:
    return {
        "id": one.id,
        "name": "".join(word.capitalize() for word in one.name.split("-")),
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": one.reason},
        "help": {"text": f"{one.mend} See {one.page}."},
        "defaultConfiguration": {"level": _LEVELS[one.severity]},
        "properties": {
            "tags": ["security"],
            "precision": _PRECISION,
            "security-severity": _SCORES[one.severity],
        },
    }


def _result(one: Finding, uri: str) -> dict[str, object]:
    fingerprint = _fingerprint(one)
    return {
        "ruleId": one.rule.id,
        "ruleIndex": RULES.index(one.rule),
        "level": _LEVELS[one.severity],
        "message": {"text": _message(one)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri, "uriBaseId": _ROOT},
                    "region": _FIRST_LINE,
                }
            }
        ],
        "partialFingerprints": {_KNOWN_BY: fingerprint, "crossaccess/v1": fingerprint},
    }


def _message(one: Finding) -> str:
    """Where and what, without what a viewer would read as a link or a placeholder (section 3.11)."""
    where = ", ".join(part for part in (one.about, one.policy, one.statement) if part is not None)
    account = f" of account {one.account}" if one.account is not None else ""
    doubt = "" if one.certain else " (this is not certain)"
    shown = shorten(f"{where}{account}: {one.message}{doubt}", _TEXT)
    return shown.replace("[", "(").replace("]", ")").replace("{", "{{").replace("}", "}}")


def _uri(source: str, here: Path, program: Path) -> str:
    """The file of a finding: a document under `here`, else the settings of its stack, or the project."""
    project = _inside(program / _PROJECT, here) or _PROJECT
    if source.startswith(_URN):
        stack = source.removeprefix(_URN).partition("::")[0]
        name = f"Pulumi.{stack}.yaml" if _STACK.fullmatch(stack) else _PROJECT
        return _inside(program / name, here) or name
    return (_inside(Path(source), here) if source else None) or project


def _inside(path: Path, here: Path) -> str | None:
    """A path from a folder on, as a URI; `None` where it does not lie under it. Links are followed."""
    try:
        inside = (here / path).resolve().relative_to(here.resolve()).as_posix()
        return PurePosixPath(f"/{inside}").as_uri().removeprefix("file:///")
    except (ValueError, OSError):
        return None


def _fingerprint(one: Finding) -> str:
    """The same as long as it is the same finding: whatever number its statement has."""
    statement = (one.statement or "").partition(" (")
    parts = (one.rule.id, one.about, one.account or "", one.policy or "", statement[2] or statement[0])
    return hashlib.sha256("\0".join((*parts, one.message)).encode("utf-8", "backslashreplace")).hexdigest()
