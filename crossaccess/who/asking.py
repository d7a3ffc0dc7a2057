"""What of the matrix is asked about: some actions, some keys."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crossaccess.compare.services import actions_matching, as_of
from crossaccess.compare.shapes import Shape, Token, glob, plain, sequence
from crossaccess.compare.signs import EVERY
from crossaccess.compare.texts import of
from crossaccess.deployment.errors import SourceError
from crossaccess.policy.access import ACCESS
from crossaccess.who.matrix import Entry

_SERVICES: Final = ("s3", "kms", "sts")
_LISTING: Final = frozenset({"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"})
_ANY: Final = ("*",)
_ASSUMING: Final = "sts:AssumeRole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Actions by their names, and what object keys begin with; `None` asks about all.

    `words` are what was asked, as it was said.
    """

    actions: frozenset[str] | None = None
    prefix: str | None = None
    words: tuple[str, ...] = ()


def read_asked(actions: Sequence[str], prefix: str | None) -> Asked:
    """What is asked, in the words of a command line. Raises `SourceError`."""
    found: set[str] = set()
    for text in actions:
        names = ACCESS.get(text) or actions_matching((text,), _SERVICES)
        if not names:
            raise SourceError(
                f"--action is {text!r}: give an action of s3, kms or sts in AWS's list of {as_of()}, such as "
                f"s3:GetObject, or one of {', '.join(ACCESS)}"
            )
        found |= set(names)
    if prefix is not None and prefix.startswith(("s3://", "arn:")):
        raise SourceError(f"--prefix is {prefix!r}: give what keys begin with, such as reports/")
    under = () if prefix is None else (f"keys under {prefix or 'any prefix'}",)
    return Asked(
        actions=frozenset(found) if actions else None,
        prefix=prefix or None,
        words=(*actions, *under),
    )


def narrowed(entries: Iterable[Entry], asked: Asked) -> Iterator[Entry]:
    """The entries that have to do with what is asked, each with the actions that have.

    What nobody can read may be about anything, and stays.
    """
    for entry in entries:
        if tuple(entry.actions) == _ANY:
            yield entry
            continue
        actions = _under(entry, tuple(entry.actions), asked.prefix)
        by_role = entry.role is not None and asked.actions is not None and _ASSUMING in asked.actions
        if asked.actions is not None and not by_role:
            actions = tuple(one for one in actions if one in asked.actions)
        if actions == tuple(entry.actions):
            yield entry
        elif actions:
            access = tuple(name for name in entry.access if ACCESS[name][0] in actions)
            yield replace(entry, actions=actions, access=access)


def _under(entry: Entry, actions: tuple[str, ...], prefix: str | None) -> tuple[str, ...]:
    """Those of the actions that have to do with keys that begin with the prefix."""
    if prefix is None:
        return actions
    if entry.place.kind != "bucket":
        return ()
    if not entry.resources:
        if entry.listing and not any(_meets(pattern, _beginning(prefix)) for pattern in entry.listing):
            return ()
        return tuple(one for one in actions if one in _LISTING)
    return actions if any(_is_under(one, entry.place.arn, prefix) for one in entry.resources) else ()


def _is_under(pattern: str, arn: str | None, prefix: str) -> bool:
    """Whether a pattern may match keys that begin so; one that is told as one of ARNs, those of a bucket."""
    if _meets(pattern, _beginning(prefix)):
        return True
    return pattern.startswith("arn:") and (arn is None or _meets(pattern, _beginning(f"{arn}/{prefix}")))


def _meets(pattern: str, under: Shape) -> bool:
    return not of(glob(pattern)).meet(of(under)).is_empty()


def _beginning(text: str) -> Shape:
    """All texts that begin with one: its signs stand for themselves."""
    return sequence((*plain(text), Token(EVERY, repeats=True)), text=f"{text}…")
