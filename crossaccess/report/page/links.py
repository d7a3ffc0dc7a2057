"""Where things stand on the page: an id for each, made of numbers alone, since names may hold anything."""

from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.report.sentence import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link says, and the id on the page that it leads to; empty where it leads nowhere."""

    said: Sentence
    target: str = ""


def grant_id(index: int) -> str:
    """The id of a grant, by its place in the list of all."""
    return f"grant-{index + 1}"


def policy_id(index: int) -> str:
    """The id of a policy, by its place in the list of all."""
    return f"policy-{index + 1}"


def statement_id(policy: int, number: int) -> str:
    """The id of a statement, by its policy's place and its number there, which begins at 1."""
    return f"{policy_id(policy)}-statement-{number}"


def finding_id(index: int) -> str:
    """The id of a finding, by its place in the list of all."""
    return f"finding-{index + 1}"


def told_apart(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids by name, without the names that several have: a link has to lead to the right one, or nowhere."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, target in pairs:
        if found.setdefault(name, target) != target:
            twice.add(name)
    return {name: target for name, target in found.items() if name not in twice}
